"""The two papers of a hand-off as PDF: the claim statement, and its summary on one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from letters.figures import grouped
from letters.statement.blocks import Block, listed, rows, said, section, table
from letters.statement.claimed import about_invoice, default_said, notice_said
from letters.statement.content import Claimed, Party, Statement
from letters.statement.press import press_paper
from letters.statement.wording import Words

__all__ = ["ListedDocument", "claim_statement", "summary"]

_MOST_ON_A_PAGE = 8
"""Invoices that the summary names one by one."""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document of the file, as the statement lists it.

    Attributes:
        kind: `message`, `invoice`, `credit`, `contract`, `terms`, `document` or `from_debtor`.
        invoices: Numbers of the invoices that it is about.
    """

    name: str
    kind: str
    sha256: str
    invoices: tuple[str, ...] = ()


def claim_statement(statement: Statement, documents: Sequence[ListedDocument]) -> bytes:
    """The claim statement: who, how much, and on what all of it rests.

    Raises:
        Unprintable: a text has characters that no bundled font has.
    """
    words = Words.of(statement)
    blocks = [*_parties(statement, words), *_claim(statement, words)]
    for each in statement.invoices:
        blocks += about_invoice(each, words)
    blocks.append(section(words["documents_title"]))
    several = len(statement.invoices) > 1
    lines = [
        (
            d.name,
            ", ".join((words.coded("document_kinds", d.kind), *(d.invoices[:_MOST_ON_A_PAGE] if several else ()))),
            d.sha256[:16],
        )
        for d in documents
    ]
    blocks.append(table(words["documents_head"], lines, widths=(0, 48, 34), left=3))
    blocks.append(said(words["documents_note"]))
    return _printed(statement, words, str(words["statement"]), blocks)


def summary(statement: Statement) -> bytes:
    """The summary for who opens the file: one page.

    Raises:
        Unprintable: a text has characters that no bundled font has.
    """
    words = Words.of(statement)
    creditor, debtor = statement.creditor, statement.debtor
    lead = statement.invoices[0]
    # The first of them is the day to know.
    barred = min((each.limitation for each in statement.invoices if each.limitation is not None), default=None)
    blocks: list[Block] = [
        said(
            words["intro"].format(
                creditor=creditor.name,
                debtor=debtor.name,
                total=words.money(statement.total),
                day=words.figures.day(statement.on),
            )
        ),
        rows(
            [
                (words["creditor"], _short(creditor, words)),
                (words["debtor"], _short(debtor, words)),
                (words["fields"]["kind"], words.coded("kinds", debtor.kind)),
                (words["partner"], words["unknown"] if statement.partner is None else statement.partner.name),
            ]
        ),
        *_claim(statement, words, most=_MOST_ON_A_PAGE),
        section(words["why"]),
        rows(
            [
                (words["invoice_fields"]["default"], _of_all(statement, words, default_said, "default_since")),
                (words["invoice_fields"]["notice"], _of_all(statement, words, notice_said, "notice_sent_on")),
                (words["interest"], words.coded("interest_ground", lead.interest_ground)),
                (words["costs"], words.coded("costs_ground", lead.costs_ground)),
                (words["invoice_fields"]["limitation"], words.day(barred)),
            ]
        ),
        section(words["done"]),
        said(_done(statement, words)),
        section(words["stand"]),
        *_defence(statement, words),
        section(words["attention"]),
        listed(_open_points(statement, words) or [words["none"]]),
    ]
    return _printed(statement, words, str(words["summary"]), blocks)


def _printed(statement: Statement, words: Words, title: str, blocks: Sequence[Block]) -> bytes:
    numbers = ", ".join(each.number for each in statement.invoices[:_MOST_ON_A_PAGE])
    paper = {
        "title": title,
        "author": statement.creditor.name,
        "language": statement.language,
        "subtitle": words["as_of"].format(day=words.figures.day(statement.on)),
        "footer": f"{statement.creditor.name} / {statement.debtor.name} · {numbers}",
        "page_labels": [words["page"], words["of"]],
        "blocks": list(blocks),
    }
    return press_paper(paper, statement.on)


def _parties(statement: Statement, words: Words) -> Iterator[Block]:
    yield section(words["creditor"])
    yield rows(_party(statement.creditor, words, creditor=True))
    yield section(words["debtor"])
    yield rows(_party(statement.debtor, words, creditor=False))
    partner = statement.partner
    if partner is None:
        return
    labels = words["fields"]
    yield section(words["partner"])
    shown = [
        (labels["name"], f"{partner.name} ({words.coded('partner_kinds', partner.kind)})"),
        (labels["register_number"], partner.register_number or words["none"]),
    ]
    shown += [(labels["iso"], partner.iso)] if partner.iso else []
    shown += [(labels["guarantee_fund"], partner.guarantee_fund)] if partner.guarantee_fund else []
    shown += [(labels["address"], ", ".join(partner.address))] if partner.address else []
    yield rows(shown)


def _party(party: Party, words: Words, *, creditor: bool) -> list[tuple[str, str]]:
    labels = words["fields"]
    shown = [
        (labels["name"], party.name),
        (labels["legal_form"], words.known(party.legal_form)),
        *(() if creditor else ((labels["kind"], words.coded("kinds", party.kind)),)),
        (labels["address"], words.known(", ".join(party.address))),
    ]
    shown += [(labels[name], words.known(getattr(party, name))) for name in _registered(party, words)]
    if party.iban:
        shown.append((labels["iban"], " ".join(p for p in (grouped(party.iban), party.bic) if p)))
        shown.append((labels["account_name"], party.account_name or party.name))
    optional = (("vat", party.vat), ("email", party.email), ("phone", party.phone))
    return [*shown, *((labels[name], value) for name, value in optional if value)]


def _claim(statement: Statement, words: Words, most: int | None = None) -> Iterator[Block]:
    yield section(words["claim"])
    shown = statement.invoices if most is None else statement.invoices[:most]
    lines = [
        (
            each.number,
            words.money(each.principal),
            words.money(each.interest),
            words.money(each.costs),
            words.money(each.total),
        )
        for each in shown
    ]
    head = [words[name] for name in ("invoice", "principal", "interest", "costs", "total")]
    parts = [
        statement.sum_of(getattr(each, name) for each in statement.invoices)
        for name in ("principal", "interest", "costs", "total")
    ]
    sums = [(words["grand_total"], *map(words.money, parts))]
    yield table(head, lines, widths=(0, 30, 26, 38, 32), left=1, sums=sums)
    if len(shown) < len(statement.invoices):
        yield said(words["more"].format(count=len(statement.invoices) - len(shown)))
    daily = statement.sum_of(each.daily for each in statement.invoices if each.daily is not None)
    if daily.is_positive:
        tomorrow = words.figures.day(statement.on + timedelta(days=1))
        yield said(words["daily"].format(amount=words.money(daily), day=tomorrow))
    else:
        yield said(words["no_daily"])


def _short(party: Party, words: Words) -> str:
    name = _registered(party, words)[0]
    number = f"{words['fields'][name]} {words.known(getattr(party, name))}"
    return ", ".join(p for p in (party.name, *party.address, number) if p)


def _registered(party: Party, words: Words) -> tuple[str, ...]:
    """Which numbers of registers are shown: those that are known, else the one that the law of the claim asks for."""
    known = tuple(name for name in ("kvk", "enterprise_number") if getattr(party, name))
    return known or (("enterprise_number",) if words.law == "BE" else ("kvk",))


def _of_all(statement: Statement, words: Words, told: Callable[[Claimed, Words], str], day: str) -> str:
    """What holds of all invoices in full; where they differ the day of each, for the statement tells the rest."""
    found = dict.fromkeys(told(each, words) for each in statement.invoices)
    if len(found) == 1:
        return next(iter(found))
    shown = [f"{each.number}: {words.day(getattr(each, day))}" for each in statement.invoices[:_MOST_ON_A_PAGE]]
    return f"{'; '.join(shown)} ({words['see_statement']})"


def _done(statement: Statement, words: Words) -> str:
    # One letter on several invoices is one, and so is one that went by mail and by post.
    letters: dict[tuple[date, str], dict[str, set[str]]] = {}
    for each in statement.invoices:
        for e in each.letters:
            over = letters.setdefault((e.sent_on, e.letter), {})
            over.setdefault(e.channel, set()).add(e.sha256 or each.number)
    if not letters:
        return str(words["done_none"])
    days = [on for on, _ in letters]
    count = sum(max(map(len, over.values())) for over in letters.values())
    calls = sum(len(each.calls) for each in statement.invoices)
    return str(words["done_said"]).format(
        letters=_counted(words["letters_sent"], count),
        first=words.day(min(days)),
        last=words.day(max(days)),
        calls=_counted(words["calls_noted"], calls),
    )


def _counted(forms: Sequence[str], number: int) -> str:
    """How many of something, in its form for one or for several."""
    return forms[number != 1].format(count=number)


def _defence(statement: Statement, words: Words) -> Iterator[Block]:
    disputes = [(each.number, d) for each in statement.invoices for d in each.disputes]
    if not disputes:
        yield said(words["no_defence"])
        return
    yield listed(
        [
            f"{number}: {words.day(d.on)}, {words.coded('reasons', d.reason)}, "
            + (words.coded("outcomes", d.outcome) if d.outcome else words["unresolved"].lstrip("; "))
            for number, d in disputes[:4]
        ]
    )


def _open_points(statement: Statement, words: Words) -> list[str]:
    """What a lawyer will ask for; where it is of some of the invoices only, with their numbers."""
    points, invoices = words["open_points"], statement.invoices
    lacking = {
        "terms": [each.number for each in invoices if each.terms_document is None],
        "contract": [each.number for each in invoices if each.contract is None and each.contract_document is None],
        "product": [each.number for each in invoices if not each.product],
        "received": [
            each.number for each in invoices if each.notice is not None and each.notice_received == "presumed"
        ],
        "not_received": [
            each.number for each in invoices if each.notice is not None and each.notice_received == "unknown"
        ],
        "limitation": [each.number for each in invoices if each.limitation is None],
        "register": [each.number for each in invoices if each.register_checked_on is None]
        if statement.debtor.kind in ("company", "person_in_business")
        else [],
    }
    found = []
    for point, numbers in lacking.items():
        if numbers:
            some = f"{', '.join(numbers[:_MOST_ON_A_PAGE])}{words['colon']}" if len(numbers) < len(invoices) else ""
            found.append(some + points[point])
    if statement.debtor.kind in ("company", "person_in_business") and not (
        statement.debtor.kvk or statement.debtor.enterprise_number
    ):
        found.append(points["kvk"])
    if statement.debtor.kind == "unknown":
        found.append(points["unknown_kind"])
    early = dict.fromkeys(each.without_notice for each in invoices if each.without_notice is not None)
    found += [words.coded("without_notice", reason) for reason in early]
    return found
