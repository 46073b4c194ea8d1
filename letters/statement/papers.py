"""The two papers of a hand-off as PDF: the claim statement, and its summary on one page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from letters.figures import grouped
from letters.statement.blocks import Block, listed, rows, said, section, table
from letters.statement.claimed import about_invoice, default_said, notice_said
from letters.statement.content import Party, Statement
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
    """

    name: str
    kind: str
    sha256: str


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
    lines = [(d.name, words.coded("document_kinds", d.kind), d.sha256[:16]) for d in documents]
    blocks.append(table(words["documents_head"], lines, widths=(0, 44, 36), left=3))
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
                (words["invoice_fields"]["default"], default_said(lead, words)),
                (words["invoice_fields"]["notice"], notice_said(lead, words)),
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
    if party.kvk or not party.enterprise_number:
        shown.append((labels["kvk"], words.known(party.kvk)))
    if party.enterprise_number:
        shown.append((labels["enterprise_number"], party.enterprise_number))
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
    sums = [(words["grand_total"], words.money(statement.total))]
    yield table(head, lines, widths=(0, 30, 28, 30, 32), left=1, sums=sums)
    if len(shown) < len(statement.invoices):
        yield said(words["more"].format(count=len(statement.invoices) - len(shown)))
    daily = statement.sum_of(each.daily for each in statement.invoices if each.daily is not None)
    if daily.is_positive:
        tomorrow = words.figures.day(statement.on + timedelta(days=1))
        yield said(words["daily"].format(amount=words.money(daily), day=tomorrow))
    else:
        yield said(words["no_daily"])


def _short(party: Party, words: Words) -> str:
    number = party.kvk or party.enterprise_number
    label = words["fields"]["kvk" if party.kvk or not party.enterprise_number else "enterprise_number"]
    return ", ".join(p for p in (party.name, *party.address, f"{label} {words.known(number)}") if p)


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
        count=count, first=words.day(min(days)), last=words.day(max(days)), calls=calls
    )


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
    points = words["open_points"]
    found = []
    if any(each.terms_document is None for each in statement.invoices):
        found.append(points["terms"])
    if any(each.contract is None and each.contract_document is None for each in statement.invoices):
        found.append(points["contract"])
    if statement.debtor.kind in ("company", "person_in_business") and not (
        statement.debtor.kvk or statement.debtor.enterprise_number
    ):
        found.append(points["kvk"])
    if any(each.notice is not None and each.notice_received != "proven" for each in statement.invoices):
        found.append(points["received"])
    if statement.debtor.kind == "unknown":
        found.append(points["unknown_kind"])
    early = dict.fromkeys(each.without_notice for each in statement.invoices if each.without_notice is not None)
    found += [words.coded("without_notice", reason) for reason in early]
    return found
