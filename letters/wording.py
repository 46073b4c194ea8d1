"""From a letter's content to its words: the blocks of its template filled in, its tables, what to pay where.

The wording of a letter stands once per language, as named blocks in `templates/<letter>.<language>.txt.j2`; all forms
are laid out from these blocks, so that they cannot say different things.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from letters.address import address_lines
from letters.answered import event_values, term_of
from letters.content import Announcement, LetterContent
from letters.errors import UnknownLetter, VoidLetter
from letters.figures import TEMPLATES, Figures, grouped, labels
from letters.kinds import BY_INSTALMENT, EVENTS, FEE_LETTERS, FORMAL, NAMES_NO_INVOICE, RECORD, effective_letter
from letters.marking import french_spaces, mark, masked, printed, values
from letters.salutation import addressee, title_of

_TEMPLATE_NAME = re.compile(r"(?P<letter>[a-z][a-z0-9_]*)\.(?P<language>[a-z]{2})\.txt\.j2")
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")

BODY = ("consequence", "fee", "partner", "terms", "reservation", "reaction", "hardship", "crossed")
"""Blocks below the payment, in their order."""

BLOCKS = ("subject", "salutation", "opening", "request", *BODY, "interest_note", "warning", "others", "closing")
"""Every block that is printed."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is printed.

    Attributes:
        caption: What it shows; printed above it if `titled`, and read aloud by a screen reader.
        head: Heads of the columns.
        rows: As many cells each as there are heads.
        sums: Label and amount below the rows; the last one is what the table comes to.
        left: How many columns, from the first on, stand to the left; the others are figures.
        titled: Whether the caption is printed.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, str], ...]
    left: int
    titled: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one letter, filled in; each text is printed as it is.

    Attributes:
        letter: Name of the letter that it became (`kinds.effective_letter`).
        subject: Subject and title.
        meta: Label and value: date, addressee, reference.
        salutation: Words to the reader.
        opening: Paragraphs before the table of invoices.
        table: The invoices; None where the letter must not say what is owed.
        interest: How the interest was counted, if some is claimed.
        interest_note: The rate and the convention, below that table.
        request: Paragraphs that ask.
        schedule: Instalments, if they are agreed.
        payment: Label and value: what to pay where; empty when nothing is to be paid.
        warning: Below the payment: against another account number.
        others: Other overdue invoices, if the letter lists some.
        others_note: What they are, below that table.
        body: Paragraphs after the payment.
        closing: The last words above the name.
        footer: Lines with name, address and numbers of the creditor.
        masked: The wording alone of each block, data replaced by its kind.
        amounts: The amounts in each block.
    """

    letter: str
    subject: str
    meta: tuple[tuple[str, str], ...]
    salutation: str
    opening: tuple[str, ...]
    table: Table | None
    interest: Table | None
    interest_note: str
    request: tuple[str, ...]
    schedule: Table | None
    payment: tuple[tuple[str, str], ...]
    warning: str
    others: Table | None
    others_note: str
    body: tuple[str, ...]
    closing: str
    footer: tuple[str, ...]
    masked: Mapping[str, str]
    amounts: Mapping[str, tuple[str, ...]]


@cache
def wordings() -> Mapping[str, tuple[str, ...]]:
    """Return the languages of each letter, read from the names in the template folder."""
    found: dict[str, list[str]] = {}
    for entry in TEMPLATES.iterdir():
        if match := _TEMPLATE_NAME.fullmatch(entry.name):
            found.setdefault(match["letter"], []).append(match["language"])
    return {letter: tuple(sorted(languages)) for letter, languages in sorted(found.items())}


@cache
def environment() -> Environment:
    """Return the template engine: HTML is escaped, wording is not."""
    return Environment(
        loader=PackageLoader("letters"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
        # What is shipped does not change while it runs: no file is looked at again for every letter.
        auto_reload=False,
    )


def template(letter: str, language: str) -> Template:
    """Return the wording of a letter in a language.

    Raises:
        UnknownLetter: there is none.
    """
    if language not in wordings().get(letter, ()):
        known = "; ".join(f"{name} ({', '.join(spoken)})" for name, spoken in wordings().items())
        raise UnknownLetter(f"no letter {letter!r} in language {language!r}; there are: {known}")
    return environment().get_template(f"{letter}.{language}.txt.j2")


def announced(content: LetterContent, letter: str) -> tuple[Announcement, ...]:
    """Return what the letter announces in words, in the order of the policy, each once.

    A consumer reads of the hand-off alone, and only in the final demand: costs are announced to him by their exact
    amount (art. 6:96 lid 6 BW). What is announced exactly is not announced in general words as well.
    """
    said = set[Announcement]()
    if content.announced_costs and letter in FEE_LETTERS:
        said.add("costs")
    if content.partner:
        said.add("handoff")
    codes = tuple(code for code in dict.fromkeys(content.announces) if code not in said)
    if not content.consumer:
        return codes
    return tuple(code for code in codes if code == "handoff" and letter == "final_demand")


class Blocks:
    """The blocks of one wording, filled with one content."""

    def __init__(self, content: LetterContent, *, paper: bool, sender: str | None = None) -> None:
        """Fill in the blocks.

        Args:
            content: What the letter says.
            paper: Whether it is printed; an e-mail asks for a reply instead.
            sender: Name under a text message, if not the creditor's.

        Raises:
            UnknownLetter: there is no such letter in this language.
            VoidLetter: what it answers is missing.
        """
        self.letter = effective_letter(content)
        event = EVENTS.get(self.letter)
        if event is not None and getattr(content, event) is None:
            raise VoidLetter(f"{self.letter}: {event} is missing; give what this letter answers")
        self._french = content.language == "fr"
        form = template(self.letter, content.language)
        self._context = form.new_context(_marked_values(content, self.letter, paper=paper, sender=sender))
        # The blocks of the shared wording are taken over before the first word of the whole comes out; each block
        # is filled in when it is asked for, and no other.
        next(iter(form.root_render_func(self._context)), None)

    def marked(self, name: str) -> tuple[str, ...]:
        """Return the paragraphs of a block: an empty line parts them, other line ends are spaces."""
        text = "".join(self._context.blocks[name][0](self._context))
        parts = [text.strip(" \t")]
        if "\n" in text:
            parts = [_LINE_END.sub(" ", part).strip(" \t\n") for part in _EMPTY_LINE.split(text)]
        return tuple(french_spaces(part) if self._french else part for part in parts if part)


def _marked_values(content: LetterContent, letter: str, *, paper: bool, sender: str | None) -> dict[str, object]:
    """Return what the templates may use; every text of it is marked as data."""
    figures = Figures.of(content.language, content.law)
    first = content.lines[0]
    fee = content.announced_costs
    creditor = content.creditor

    def text(value: str | None) -> str:
        return mark("text", value)

    return {
        "creditor": {
            "name": text(creditor.name),
            "email": text(creditor.email),
            "phone": text(_unbroken(creditor.phone)),
        },
        "debtor": {"name": text(content.debtor.name), "contact_name": text(content.debtor.contact_name)},
        "addressee": text(addressee(content, formal=letter in FORMAL)),
        "title": title_of(content),
        "sender": text(creditor.name if sender is None else sender),
        "many": len(content.lines) > 1,
        "stages": any(line.reminder for line in content.lines),
        "reminded_before": content.reminded_before,
        "one_other": len(content.others) == 1,
        "count": mark("number", str(len(content.lines))),
        "number": text(first.number),
        "invoice_date": mark("date", figures.day(first.invoice_date)),
        "due": mark("date", figures.day(first.due)),
        "letter_date": mark("date", figures.day(content.on)),
        "interest_until": mark("date", figures.day(_interest_until(content))),
        "claimed": mark("amount", figures.money(content.claimed)),
        # Who gets the money, where that is not the sender: what was assigned is paid to the factor alone.
        "payee": text(creditor.factor) if creditor.factor else "",
        "to_pay": content.claimed.is_positive,
        "balance": mark("amount", figures.money(content.balance)),
        "balance_open": content.balance.is_positive,
        "term_days": mark("number", figures.count(days) if (days := term_of(content, letter)) else None),
        "one_day": term_of(content, letter) == 1,
        "announced": announced(content, letter),
        "fee": mark("amount", figures.money(fee.amount) if fee else None),
        "fee_vat": mark("amount", figures.money(fee.vat) if fee and fee.vat else None),
        "damages": mark("amount", figures.money(content.damages_if_late) if content.damages_if_late else None),
        # Under Belgian law what a consumer owes beside the price is damages, and only once the free reminder ran out.
        "damages_due": mark("amount", _damages_due(content, figures)),
        "interest_due": content.claimed_interest is not None,
        "product": text(content.product),
        "consumer": content.consumer,
        "careful": content.consumer or content.natural_person,
        "formal": letter in FORMAL,
        "paper": paper,
        "law": content.law,
        "interest_basis": content.interest_basis,
        "day_count": content.day_count,
        **_partner_values(content, figures),
        **event_values(content, figures),
    }


def _damages_due(content: LetterContent, figures: Figures) -> str | None:
    costs = content.claimed_costs if content.consumer and content.law == "BE" else None
    return figures.money(costs) if costs else None


def _interest_until(content: LetterContent) -> date:
    """Return the last day with interest, which a letter for tomorrow may have before its own date."""
    return max((period.last for period in content.periods), default=content.on)


def _unbroken(number: str | None) -> str | None:
    """Return a telephone number that no line end cuts in two."""
    return number.replace(" ", "\u00a0") if number else None


def _partner_values(content: LetterContent, figures: Figures) -> Mapping[str, object]:
    partner = content.partner
    if partner is None:
        return {"partner": None}
    return {
        "partner": {
            "name": mark("text", partner.name),
            "register_number": mark("text", partner.register_number),
            "takes_over_on": mark("date", figures.day(partner.takes_over_on)),
        }
    }


def word(content: LetterContent, *, paper: bool) -> Wording:
    """Return the words of a letter.

    Args:
        content: What it says.
        paper: Whether it is printed.

    Raises:
        UnknownLetter: there is no such letter in this language.
    """
    blocks = Blocks(content, paper=paper)
    marked = {name: blocks.marked(name) for name in BLOCKS}

    def paragraphs(name: str) -> tuple[str, ...]:
        return tuple(printed(part) for part in marked[name])

    def line(name: str) -> str:
        return " ".join(paragraphs(name))

    to_pay = content.claimed.is_positive
    with_interest = content.claimed_interest is not None and blocks.letter not in BY_INSTALMENT | NAMES_NO_INVOICE
    return Wording(
        letter=blocks.letter,
        subject=line("subject"),
        meta=_meta(content, blocks.letter, paper=paper),
        salutation=line("salutation"),
        opening=paragraphs("opening"),
        table=_invoices(content, blocks.letter),
        interest=_interest(content) if with_interest else None,
        interest_note=line("interest_note") if with_interest else "",
        request=paragraphs("request"),
        schedule=_schedule(content, blocks.letter),
        payment=_payment(content, blocks.letter) if to_pay else (),
        warning=line("warning") if to_pay else "",
        others=_others(content) if content.others else None,
        others_note=line("others") if content.others else "",
        body=tuple(part for name in BODY for part in paragraphs(name)),
        closing=line("closing"),
        footer=_footer(content),
        masked={name: masked("\n".join(parts)).replace("\u00a0", " ") for name, parts in marked.items()},
        amounts={name: values("\n".join(parts), "amount") for name, parts in marked.items()},
    )


def _meta(content: LetterContent, letter: str, *, paper: bool) -> tuple[tuple[str, str], ...]:
    named, figures = labels(content.language), Figures.of(content.language, content.law)
    rows = [(named["date"], figures.day(content.on)), (named["our_reference"], content.reference)]
    if paper:
        return tuple(rows)
    if letter not in RECORD:
        return ()
    addressee = ", ".join(part for part in (content.debtor.name, *address_lines(content)) if part)
    return (rows[0], (named["to"], addressee), rows[1])


def _invoices(content: LetterContent, letter: str) -> Table | None:
    if letter in NAMES_NO_INVOICE:
        return None
    named, figures = labels(content.language), Figures.of(content.language, content.law)
    if letter in BY_INSTALMENT:
        by_amount = tuple(
            (line.number, figures.short_day(line.invoice_date), figures.money(line.principal)) for line in content.lines
        )
        columns = (named["invoice"], named["invoice_date"], named["principal"])
        return Table(named["invoices_title"], columns, by_amount, (), left=2, titled=False)
    # The invoice amount is shown only where it says something new: on a letter one amount should catch the eye.
    part_paid = any(line.principal != line.open for line in content.lines)
    stages = any(line.reminder for line in content.lines)
    head = [named["invoice"], named["invoice_date"], named["due"]]
    head += [named["reminder"]] if stages else []
    head += [named["principal"]] if part_paid else []
    head += [_open_label(content, letter)]
    rows = []
    for line in content.lines:
        row = [line.number, figures.short_day(line.invoice_date), figures.short_day(line.due)]
        row += [figures.ordinal(line.reminder) if line.reminder else ""] if stages else []
        row += [figures.money(line.principal)] if part_paid else []
        rows.append((*row, figures.money(line.open)))
    sums = _sums(content)
    return Table(named["invoices_title"], tuple(head), tuple(rows), sums, left=3 + stages, titled=False)


def _sums(content: LetterContent) -> tuple[tuple[str, str], ...]:
    """What the invoices come to, with interest and costs; the last one is what is asked, if all of it is."""
    named, figures = labels(content.language), Figures.of(content.language, content.law)
    extras = []
    if interest := content.claimed_interest:
        extras.append((named["interest"].format(day=figures.day(_interest_until(content))), figures.money(interest)))
    if costs := content.claimed_costs:
        extras.append((named["costs_BE" if content.law == "BE" else "costs"], figures.money(costs)))
    balance = figures.money(content.balance)
    if extras:
        principal = [(named["sum_principal"], figures.money(content.open))] if len(content.lines) > 1 else []
        return (*principal, *extras, (named["claimed" if content.asks_all else "balance"], balance))
    return ((named["total"], balance),) if len(content.lines) > 1 else ()


def _open_label(content: LetterContent, letter: str) -> str:
    """Return the head of the column of open amounts: only what is asked is still to pay."""
    named = labels(content.language)
    if letter == "dispute_confirmation":
        return str(named["undisputed"])
    return str(named["open" if content.asks_all else "balance"])


def _others(content: LetterContent) -> Table:
    """The other overdue invoices; without a sum, for one amount should catch the eye."""
    named, figures = labels(content.language), Figures.of(content.language, content.law)
    head = (named["invoice"], named["invoice_date"], named["due"], named["open"])
    rows = tuple(
        (line.number, figures.short_day(line.invoice_date), figures.short_day(line.due), figures.money(line.open))
        for line in content.others
    )
    return Table(named["others_title"], head, rows, (), left=3, titled=True)


def _interest(content: LetterContent) -> Table:
    named, figures = labels(content.language), Figures.of(content.language, content.law)
    head = (named[key] for key in ("invoice", "period", "days", "rate", "base", "amount"))
    rows = tuple(
        (
            period.invoice,
            f"{figures.short_day(period.first)} {named['through']}\u00a0{figures.short_day(period.last)}",
            str(period.days),
            figures.percent(period.rate),
            figures.money(period.base),
            figures.money(period.amount),
        )
        for period in content.periods
    )
    sums: tuple[tuple[str, str], ...] = ()
    if content.interest_paid and content.interest is not None:
        sums = (
            (named["interest_paid"], figures.money(-content.interest_paid)),
            (named["interest_left"], figures.money(content.interest)),
        )
    return Table(named["interest_title"], tuple(head), rows, sums, left=2, titled=True)


def _schedule(content: LetterContent, letter: str) -> Table | None:
    """The instalments that were agreed, or those that were missed."""
    named, figures = labels(content.language), Figures.of(content.language, content.law)
    head = (named["instalment"], named["instalment_due"], named["amount"])
    if letter == "arrangement_default" and content.default is not None:
        missed = tuple(
            (figures.short_day(instalment.due), figures.money(instalment.amount))
            for instalment in content.default.missed
        )
        return Table(named["missed_title"], head[1:], missed, (), left=1, titled=True)
    if content.arrangement is None or letter != "arrangement_confirmation":
        return None
    rows = tuple(
        (str(place), figures.short_day(instalment.due), figures.money(instalment.amount))
        for place, instalment in enumerate(content.arrangement.instalments, start=1)
    )
    sums = ((named["total"], figures.money(content.arrangement.total)),)
    return Table(named["schedule_title"], head, rows, sums, left=2, titled=True)


def _payment(content: LetterContent, letter: str) -> tuple[tuple[str, str], ...]:
    named, figures = labels(content.language), Figures.of(content.language, content.law)
    rows = []
    # An arrangement is paid by its schedule; the whole sum in this place would be a second one to pay.
    if letter != "arrangement_confirmation":
        rows.append((named["claimed"], figures.money(content.claimed)))
    if content.payment_link and content.asks_all and letter != "arrangement_confirmation":
        rows.append((named["pay_online"], content.payment_link))
    blocked = content.blocked_account if content.asks_all and letter != "arrangement_confirmation" else None
    if blocked is not None:
        part = figures.money(blocked.amount)
        rows.append((named["g_account"], f"{grouped(blocked.iban)}: {part}"))
        rows.append((named["account"], f"{grouped(content.creditor.iban)}: {figures.money(content.to_own_account)}"))
    else:
        rows.append((named["account"], grouped(content.creditor.iban)))
    if content.creditor.bic:
        rows.append((named["bic"], content.creditor.bic))
    rows.append((named["account_name"], content.creditor.account_name))
    if content.creditor.factor:
        rows.append((named["assigned_to"], named["assigned_only"].format(name=content.creditor.factor)))
    if reference := content.checked_reference:
        rows.append((named[f"reference_{reference.standard}"], reference.shown.replace(" ", "\u00a0")))
    else:
        rows.append((named["reference"], content.reference))
    return tuple(rows)


def _footer(content: LetterContent) -> tuple[str, ...]:
    named, creditor = labels(content.language), content.creditor
    address = " · ".join(part for part in (creditor.name, *creditor.address) if part)
    contact = [f"{named['email']} {creditor.email}"]
    contact += [f"{named['phone']} {_unbroken(creditor.phone)}"] if creditor.phone else []
    numbers = (
        ("kvk", creditor.kvk),
        ("enterprise_number", creditor.enterprise_number),
        ("vat", creditor.vat),
        ("register_number", creditor.register_number),
    )
    register = [f"{named[key]} {value}" for key, value in numbers if value]
    return tuple(line for line in (address, " · ".join(contact), " · ".join(register)) if line)
