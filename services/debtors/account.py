"""A debtor's statement of account, from the ledgers of all his invoices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from casefile.case_file import Transaction
from casefile.debtor_money import loose_money
from casefile.of_debtor import entries_of_debtor, facts_of_debtor
from casefile.session import Session
from domain.facts import LetterVoided, StepTaken
from domain.ledger import EntryKind
from domain.money import Money
from domain.views.statement import AccountEntry, AccountPart, ClaimedBeside, account_parts
from services.figures.paying_habit import PaidInvoice
from services.today.day import office_day

__all__ = ["DebtorAccount", "account_of", "paid_invoices"]

_BEFORE_IMPORT = "before-import"
"""The entry of what was paid before a case came to us: on which day, nobody knows."""


class DebtorAccount(BaseModel):
    """A statement of account.

    Attributes:
        since: The first day of which lines are shown, `until` the last that counts.
        parts: One for each currency.
        handed_off: Numbers of the invoices that a collection partner has, and is to be paid.
    """

    model_config = ConfigDict(frozen=True)

    creditor: str
    debtor: str
    since: date
    until: date
    parts: tuple[AccountPart, ...]
    handed_off: tuple[str, ...] = ()


def account_of(
    transaction: Transaction,
    creditor: str,
    number: str,
    now: datetime,
    *,
    since: date | None = None,
    until: date | None = None,
) -> DebtorAccount | None:
    """The account of a debtor; None where he has no invoices.

    Args:
        transaction: A reading transaction on the case file.
        creditor: Id of his creditor.
        number: His number there.
        now: The present moment.
        since: The first day; else that of his oldest invoice that is open, so that all that is open is accounted for.
        until: The last day; else today.
    """
    session = transaction.session
    rows = entries_of_debtor(session, creditor, number)
    if not rows:
        return None
    last = until or office_day(now)
    first = min(since or _first(rows) or last, last)
    claimed = _claimed(transaction.session, creditor, number, rows)
    loose: dict[str, int] = defaultdict(int)
    for each in loose_money(transaction, creditor, number):
        loose[each.left.currency] += each.left.minor
    parts = account_parts((_entry(row) for row in rows), first, last)
    return DebtorAccount(
        creditor=creditor,
        debtor=number,
        since=first,
        until=last,
        parts=tuple(
            part.model_copy(
                update={
                    "claimed": tuple(each for each in claimed if each.interest.currency == part.currency),
                    "loose": Money.from_minor(loose[part.currency], part.currency) if loose[part.currency] else None,
                }
            )
            for part in parts
        ),
        handed_off=_handed_off(rows),
    )


def paid_invoices(session: Session, creditor: str, number: str) -> tuple[PaidInvoice, ...]:
    """His invoices that were paid in full by himself, with the day of the last payment."""
    left: dict[str, int] = defaultdict(int)
    paid: dict[str, date] = {}
    due: dict[str, date] = {}
    for row in entries_of_debtor(session, creditor, number):
        left[row.case] += int(row.amount_minor)
        if row.due is not None:
            due[row.case] = row.due
        if row.kind == EntryKind.PAYMENT.value and row.id != _BEFORE_IMPORT:
            paid[row.case] = max(row.credited_on, paid.get(row.case, row.credited_on))
    return tuple(PaidInvoice(due[case], day) for case, day in paid.items() if left[case] <= 0 and case in due)


def _handed_off(rows: Sequence[Any]) -> tuple[str, ...]:
    """Numbers of the invoices that were handed off, and are not paid."""
    left: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.closed == "handed_off":
            left[row.number] += int(row.amount_minor)
    return tuple(sorted(number for number, minor in left.items() if minor > 0))


def _entry(row: Any) -> AccountEntry:
    return AccountEntry(
        invoice=row.number,
        due=row.due,
        kind=EntryKind(row.kind),
        amount=Money.from_minor(int(row.amount_minor), row.currency),
        on=row.credited_on,
    )


def _first(rows: Sequence[Any]) -> date | None:
    """The day of the oldest entry of what is open."""
    left: dict[str, int] = defaultdict(int)
    first: dict[str, date] = {}
    for row in rows:
        left[row.case] += int(row.amount_minor)
        first.setdefault(row.case, row.credited_on)
    return min((first[case] for case, minor in left.items() if minor), default=None)


def _claimed(session: Session, creditor: str, number: str, rows: Sequence[Any]) -> tuple[ClaimedBeside, ...]:
    """What the last letter on each open invoice asked for beside it, unless that letter is void."""
    open_ones: dict[str, int] = defaultdict(int)
    for row in rows:
        # Of what is closed nothing more is asked.
        open_ones[row.case] += int(row.amount_minor) if row.closed in (None, "handed_off") else 0
    void: set[tuple[str, str, int]] = set()
    found: dict[str, ClaimedBeside] = {}
    for each in facts_of_debtor(session, creditor, number, kinds={"step_taken", "letter_voided"}, most=2000):
        fact = each.fact
        if isinstance(fact, LetterVoided):
            void |= {(each.case, step, issue) for step, issue in fact.steps}
        if (
            not isinstance(fact, StepTaken)
            or fact.step_kind not in ("send", "answer")
            or not fact.proven
            or fact.claims == "principal"
            or (each.case, fact.step, fact.issue) in void
            or open_ones[each.case] <= 0
            or each.case in found
        ):
            continue
        costs = fact.costs if fact.claims == "all" else fact.costs - fact.costs
        if fact.interest.minor or costs.minor:
            found[each.case] = ClaimedBeside(
                invoice=each.number, letter_on=fact.on, interest=fact.interest, costs=costs
            )
    return tuple(sorted(found.values(), key=lambda each: each.invoice))
