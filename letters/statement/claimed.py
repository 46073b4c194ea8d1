"""The part of the claim statement about one invoice: default, interest, costs, money, letters, what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letters.statement.blocks import Block, listed, part, rows, said, section, table
from letters.statement.content import Claimed, Complaint, SentLetter
from letters.statement.wording import Words

__all__ = ["about_invoice", "default_said", "notice_said"]


def about_invoice(claimed: Claimed, words: Words) -> Iterator[Block]:
    """All blocks of one invoice."""
    yield section(words["invoice_title"].format(number=claimed.number))
    yield _facts(claimed, words)
    if claimed.without_notice is not None:
        yield said(words.coded("without_notice", claimed.without_notice))
    yield from _interest(claimed, words)
    yield from _costs(claimed, words)
    yield from _money(claimed, words)
    yield from _letters(claimed, words)
    yield from _said_and_agreed(claimed, words)


def default_said(claimed: Claimed, words: Words) -> str:
    """Since when he is in default, and why."""
    ground = words.lawful("default_ground", claimed.default_ground).format(
        letter_on=words.day(claimed.default_letter_on),
        last_day=words.day(claimed.default_last_day),
        due=words.day(claimed.due),
    )
    return ground if claimed.default_since is None else f"{words.day(claimed.default_since)}{words['colon']}{ground}"


def notice_said(claimed: Claimed, words: Words) -> str:
    """Which letter set the last term, when it reached him, and when it ran out."""
    if claimed.notice is None:
        return str(words["notice_none"])
    received = str(words["notice_not_known"])
    if claimed.notice_received_on is not None:
        received = str(words["notice_received"]).format(
            received_on=words.day(claimed.notice_received_on),
            received=words.coded("received", claimed.notice_received),
        )
    return str(words["notice_said"]).format(
        letter=words.coded("letters", claimed.notice),
        sent_on=words.day(claimed.notice_sent_on),
        received=received,
        last_day=words.day(claimed.notice_last_day),
    )


def _facts(claimed: Claimed, words: Words) -> Block:
    labels = words["invoice_fields"]
    shown = [
        (labels["invoiced"], words.money(claimed.invoiced)),
        (labels["invoice_date"], words.day(claimed.invoice_date)),
        (labels["received_on"], words.day(claimed.received_on)),
        (labels["product"], words.known(claimed.product)),
        (labels["delivered_on"], words.day(claimed.delivered_on)),
        (labels["due"], words.day(claimed.due)),
        (labels["term_basis"], words.coded("term_basis", claimed.term_basis)),
        (labels["default"], default_said(claimed, words)),
        (labels["notice"], notice_said(claimed, words)),
        (labels["limitation"], words.day(claimed.limitation)),
        (
            labels["contract"],
            words.known(claimed.contract)
            if claimed.contract_document is None
            else exhibit(claimed.contract_document, words),
        ),
        (labels["terms"], _shown([claimed.terms_document] if claimed.terms_document else [], words)),
        (labels["invoice_documents"], _shown(claimed.invoice_documents, words)),
        (labels["register"], words.day(claimed.register_checked_on)),
    ]
    return rows(shown)


def _shown(documents: Sequence[str], words: Words) -> str:
    return words.known(", ".join(exhibit(each, words) for each in documents))


def _interest(claimed: Claimed, words: Words) -> Iterator[Block]:
    yield part(words["interest_title"])
    yield said(words.coded("interest_ground", claimed.interest_ground))
    if not claimed.interest_periods:
        return
    lines = [
        (
            words.day(each.first),
            words.day(each.last),
            str(each.days),
            words.figures.percent(each.rate),
            words.money(each.base),
            words.money(each.amount),
        )
        for each in claimed.interest_periods
    ]
    sums = [(words["interest_run"], words.money(claimed.interest_run))]
    if claimed.interest_run != claimed.interest:
        sums += [
            (words["interest_paid"], words.money(claimed.interest_run - claimed.interest)),
            (words["interest_open"], words.money(claimed.interest)),
        ]
    yield table(words["interest_head"], lines, widths=(0, 32, 16, 28, 28, 26), left=2, sums=sums)


def _costs(claimed: Claimed, words: Words) -> Iterator[Block]:
    yield part(words["costs_title"])
    paid = sum((m.costs for m in claimed.movements if m.costs is not None), claimed.costs - claimed.costs)
    how = "; ".join(claimed.costs_how)
    ground = words.coded("costs_ground", claimed.costs_ground)
    yield said(f"{ground} {how[:1].upper()}{how[1:]}{'.' if how else ''}".strip())
    if claimed.costs_ground != "none":
        owed = words.money(claimed.costs)
        extra = "" if paid.is_zero else " " + words["costs_paid"].format(amount=words.money(paid))
        yield said(f"{words['costs']}{words['colon']}{owed}.{extra}")


def _money(claimed: Claimed, words: Words) -> Iterator[Block]:
    yield part(words["money_title"])
    if not claimed.movements:
        yield said(words["money_none"])
        return
    lines = [
        (
            words.day(each.on),
            " ".join(p for p in (words.coded("moved", each.kind), each.reference) if p),
            words.money(each.amount),
            words.money(each.costs),
            words.money(each.interest),
            words.money(each.principal),
        )
        for each in claimed.movements
    ]
    yield table(words["money_head"], lines, widths=(24, 0, 25, 22, 22, 25), left=2)
    yield said(words.lawful("money_note", "said"))


def _letters(claimed: Claimed, words: Words) -> Iterator[Block]:
    yield part(words["letters_title"])
    if not claimed.letters:
        yield said(words["letters_none"])
        return
    lines = [
        (
            words.day(each.sent_on),
            _named(each, words),
            words.coded("channels", each.channel),
            _received(each, words),
            "" if each.term is None else words.day(each.last_day),
            _proof(each, words),
        )
        for each in claimed.letters
    ]
    yield table(words["letters_head"], lines, widths=(22, 32, 22, 28, 22, 0), left=6)


def _named(letter: SentLetter, words: Words) -> str:
    name = words.coded("letters", letter.letter)
    return f"{name} ({words['void']})" if letter.void else name


def _received(letter: SentLetter, words: Words) -> str:
    how = words.coded("received", letter.received)
    return how if letter.received_on is None else f"{words.day(letter.received_on)} ({how})"


def _proof(letter: SentLetter, words: Words) -> str:
    told = [f"{words.day(on)} {words.coded('reports', status)}" for on, status in letter.reports]
    number = [letter.reference] if letter.reference else []
    kept = exhibit(letter.document, words)
    return "; ".join((*told, *number, kept))


def exhibit(document: str | None, words: Words) -> str:
    """How the papers name a document of the file: by its number."""
    if document is None:
        return str(words["not_kept"])
    number = document.partition(" ")[0].lstrip("0")
    return str(words["exhibit"]).format(number=number)


def _said_and_agreed(claimed: Claimed, words: Words) -> Iterator[Block]:
    yield part(words["disputes_title"])
    disputes = [_disputed(each, words) for each in claimed.disputes]
    yield listed(disputes) if disputes else said(words["disputes_none"])
    yield part(words["agreements_title"])
    agreed = [
        words["agreement_said"].format(
            on=words.day(each.on),
            kind=words.coded("agreement_kinds", each.kind),
            amount=words.money(each.amount),
            by=words.day(each.by),
            outcome="" if each.outcome is None else f": {words.coded('outcomes', each.outcome)}",
        )
        for each in claimed.agreements
    ]
    yield listed(agreed) if agreed else said(words["agreements_none"])
    yield part(words["calls_title"])
    calls = [
        f"{words.day(each.on)}{words['colon']}{each.outcome}" + (f". “{each.words}”" if each.words else "")
        for each in claimed.calls
    ]
    yield listed(calls) if calls else said(words["calls_none"])


def _disputed(complaint: Complaint, words: Words) -> str:
    ended = str(words["unresolved"])
    if complaint.outcome is not None:
        ended = words["resolved"].format(
            on=words.day(complaint.resolved_on), outcome=words.coded("outcomes", complaint.outcome)
        )
    return str(words["disputes_said"]).format(
        on=words.day(complaint.on),
        reason=words.coded("reasons", complaint.reason),
        amount=words["all_of_it"] if complaint.amount is None else words.money(complaint.amount),
        words=f": “{complaint.words}”" if complaint.words else "",
        outcome=ended,
    )
