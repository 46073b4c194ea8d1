"""A debtor's statement of account in words: for a page, and as a PDF of A4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from domain.money import Money
from domain.parties import Creditor, Debtor
from domain.views.statement import AccountPart
from letters.content import Language, Law
from letters.figures import Figures, grouped, labels
from letters.press import press_statement
from speech.shipped_words import shipped_words

__all__ = ["Section", "Statement", "render_statement", "statement_of"]

_TEMPLATES = files("letters") / "templates"


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a statement.

    Attributes:
        widths: Of its columns on paper in mm; 0: what is left.
        left: How many of the first columns are text.
        sums: Labels and amounts below it.
    """

    caption: str
    head: tuple[str, ...]
    widths: tuple[int, ...]
    left: int
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in the words of its language; the fields are those of the layout.

    Attributes:
        payment: How he pays us; empty where a collection partner has all that is open.
    """

    language: Language
    title: str
    creditor: str
    sender: str
    address: tuple[str, ...]
    meta: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    payment_title: str
    payment: tuple[tuple[str, str], ...]
    warning: str
    footer: tuple[str, ...]
    window: str
    page_labels: tuple[str, str]


def statement_of(
    creditor: Creditor,
    debtor: Debtor,
    parts: Sequence[AccountPart],
    *,
    since: date,
    until: date,
    on: date,
    law: Law | None = None,
    handed_off: Sequence[str] = (),
) -> Statement:
    """A statement of account in the debtor's language.

    Args:
        creditor: Whose account it is.
        debtor: With whom.
        parts: The account, a part for each currency.
        since: The first day of which lines are shown.
        until: The last day that counts.
        on: The day on which it is made.
        law: The law under which he reads figures; the Netherlands' where none is known.
        handed_off: Numbers of invoices that a collection partner has: they are paid there, and not to us.
    """
    said, named, figures = _texts(debtor.language), labels(debtor.language), Figures.of(debtor.language, law)
    footer = [part for part in (creditor.name, *creditor.address) if part]
    numbers = [f"{named['kvk']} {creditor.kvk}"] if creditor.kvk else []
    numbers += [f"{named['vat']} {creditor.vat}"] if creditor.vat else []
    numbers += [f"{named['email']} {creditor.email}"]
    numbers += [f"{named['phone']} {creditor.phone}"] if creditor.phone else []
    notes = [said["loose"].format(amount=figures.money(part.loose)) for part in parts if part.loose is not None]
    if all(not part.invoices for part in parts):
        notes.append(said["nothing"])
    if handed_off:
        notes.append(said["handed_off"].format(invoices=", ".join(handed_off)))
    notes.append(said["note"].format(day=figures.day(until)))
    owed_to_us = [each for part in parts for each in part.invoices if each.invoice not in handed_off]
    # Who has bought the claims is the one who is paid.
    factor = creditor.paid_to("factor")
    return Statement(
        language=debtor.language,
        title=said["title"],
        creditor=creditor.name,
        sender=" · ".join(footer),
        address=(debtor.name, *(line for line in debtor.address if line)),
        meta=(
            (said["number"], debtor.id),
            (said["date"], figures.day(on)),
            (said["period"], f"{figures.short_day(since)} {said['through']} {figures.short_day(until)}"),
        ),
        sections=tuple(
            section
            for part in parts
            for section in _sections(part, said, figures, since, until, several=len(parts) > 1)
        ),
        notes=tuple(notes),
        payment_title=said["payment_title"],
        payment=(
            (named["account"], grouped(creditor.iban if factor is None else factor.iban)),
            (named["account_name"], creditor.name if factor is None else factor.name or creditor.name),
            (named["reference"], said["reference"].format(number=debtor.id)),
        )
        if owed_to_us or not handed_off
        else (),
        warning=said["warning"],
        footer=(" · ".join(footer), " · ".join(numbers)),
        window="right" if law == "BE" else "left",
        page_labels=(named["page"], named["page_of"]),
    )


def render_statement(statement: Statement, on: date) -> bytes:
    """Return it as a PDF; the same statement gives the same bytes.

    Raises:
        Unprintable: a text has characters that no bundled font has.
    """
    return press_statement(asdict(statement), on)


def _sections(
    part: AccountPart, said: Mapping[str, Any], figures: Figures, since: date, until: date, *, several: bool
) -> Iterator[Section]:
    def caption(name: str) -> str:
        return str(said[f"{name}_in"].format(currency=part.currency) if several else said[name])

    money = figures.money
    opening = (figures.short_day(since), said["opening"], "", money(part.opening))
    yield Section(
        caption=caption("account"),
        head=(said["day"], said["what"], said["amount"], said["balance"]),
        widths=(26, 0, 30, 30),
        left=2,
        rows=(
            *((opening,) if part.opening.minor or not part.lines else ()),
            *(
                (
                    figures.short_day(line.on),
                    said["kinds"][line.kind].format(invoice=line.invoice),
                    money(line.amount),
                    money(line.balance),
                )
                for line in part.lines
            ),
        ),
        sums=((said["closing"].format(day=figures.day(until)), money(part.closing)),),
    )
    if part.invoices:
        yield Section(
            caption=caption("invoices"),
            head=(said["invoice"], said["day"], said["due"], said["amount"], said["settled"], said["open"]),
            widths=(0, 25, 25, 27, 27, 27),
            left=3,
            rows=tuple(
                (
                    each.invoice,
                    figures.short_day(each.invoiced),
                    "" if each.due is None else figures.short_day(each.due),
                    money(each.amount),
                    money(each.settled),
                    money(each.open),
                )
                for each in part.invoices
            ),
            sums=((said["sum"], money(part.closing)), (said["overdue"], money(part.overdue))),
        )
    if part.claimed:
        sums = [each.interest.minor + each.costs.minor for each in part.claimed]
        yield Section(
            caption=said["claimed"],
            head=(said["invoice"], said["letter"], said["interest"], said["costs"]),
            widths=(0, 30, 30, 34),
            left=2,
            rows=tuple(
                (each.invoice, figures.short_day(each.letter_on), money(each.interest), money(each.costs))
                for each in part.claimed
            ),
            sums=((said["beside"], money(Money.from_minor(sum(sums), part.currency))),),
        )


@cache
def _texts(language: Language) -> Mapping[str, Any]:
    return shipped_words(_TEMPLATES / f"statement.{language}.yaml")
