"""All that is known of a debtor over all his invoices: for his page, for the API and for the command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from casefile.blocked_addresses import BlockedAddress
from casefile.case_file import Transaction
from casefile.debtor_credit import credit_of
from casefile.debtor_statuses import statuses_of
from casefile.handed_off import left_together
from casefile.of_debtor import OfCase, facts_of_debtor, mended_on
from casefile.which_cases import Which
from domain.credit import KeptCredit
from domain.facts import PromiseJudged, PromiseMade
from domain.money import Money
from domain.parties import Debtor, Role
from domain.telephone import international
from services.debtors.account import paid_invoices
from services.figures.paying_habit import PayingHabit, paying_habit
from services.reports.case_list import ListRow, list_rows
from services.reports.handoff_check import read_handoff_check
from services.today.day import office_day

__all__ = ["DebtorRecord", "KnownContact", "KnownInvoice", "KnownPromise", "KnownStatus", "debtor_record"]

_MOST_CHECKED = 3
"""Hand-offs that wait for approval and are looked into: one names all that goes along."""

_PROMISES = frozenset(("promise_made", "promise_judged"))


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class KnownInvoice(_Value):
    """One of his invoices, as the last decision on its case left it.

    Attributes:
        goes_with: Numbers of those in whose file it left, or that go along where its hand-off waits for approval.
    """

    case: str
    number: str
    due: date
    days_late: int
    stage: str
    closed: str | None
    open: Money
    holds: tuple[str, ...]
    tasks: tuple[str, ...]
    goes_with: tuple[str, ...] = ()


class Blocked(_Value):
    """A way in which a contact is not reached any more: why, and since when."""

    channel: str
    reason: str
    since: date


class KnownContact(_Value):
    """A person or mailbox at the debtor, and what of it reaches nobody."""

    role: Role
    name: str | None
    email: str | None
    phone: str | None
    blocked: tuple[Blocked, ...]


class KnownPromise(_Value):
    """A promise, and what came of it; `outcome` is None while nothing did."""

    case: str
    number: str
    on: date
    amount: Money
    by: date
    outcome: str | None
    judged_on: date | None


class KnownStatus(_Value):
    """What he is or was in, since when, and whether he proved it."""

    status: str
    since: date
    proven: bool
    ended_on: date | None


class DebtorRecord(_Value):
    """All that is known of a debtor.

    Attributes:
        name: None where nothing but his number is known.
        open: What he owes, by currency.
        invoices: The latest first, what is closed last.
        mended_on: When a task to mend his contact was last finished.
        kept: How many of his promises were kept, of `judged`.
        over_limit: By how much he owes more than his credit limit.
    """

    creditor: str
    number: str
    name: str | None
    language: Literal["nl", "en", "fr", "de"] | None
    address: tuple[str, ...]
    contacts: tuple[KnownContact, ...]
    mended_on: date | None
    open: tuple[Money, ...]
    invoices: tuple[KnownInvoice, ...]
    promises: tuple[KnownPromise, ...]
    kept: int
    judged: int
    habit: PayingHabit
    statuses: tuple[KnownStatus, ...]
    credit: KeptCredit | None
    over_limit: Money | None


def debtor_record(transaction: Transaction, creditor: str, number: str, now: datetime) -> DebtorRecord | None:
    """Read it; None when there is no such debtor.

    Args:
        transaction: A reading transaction on the case file.
        creditor: Id of his creditor.
        number: His number there.
        now: The present moment.
    """
    session = transaction.session
    found = list_rows(session, Which(creditor=creditor, debtor_number=number), "late")
    # What is sought is compared in small letters.
    rows = [row for row in found if row.debtor_number == number]
    debtor = transaction.parties.debtor(creditor, number)
    if debtor is None and not rows:
        return None
    today = office_day(now)
    left = left_together(session, creditor, number)
    waiting = [row.case_id for row in rows if "approve_handoff" in row.tasks][:_MOST_CHECKED]
    left |= {case_id: read_handoff_check(transaction, case_id, now).goes_with for case_id in waiting}
    invoices = tuple(_invoice(row, today, left.get(row.case_id, ())) for row in rows)
    promises = _promises(facts_of_debtor(session, creditor, number, kinds=_PROMISES, most=1000))
    outcomes = [each.outcome for each in promises if each.outcome in ("kept", "broken")]
    owed = _open(invoices)
    credit = credit_of(session, creditor, number)
    return DebtorRecord(
        creditor=creditor,
        number=number,
        name=None if debtor is None else debtor.name,
        language=None if debtor is None else debtor.language,
        address=() if debtor is None else debtor.address,
        contacts=_contacts(transaction, debtor),
        mended_on=mended_on(session, creditor, number),
        open=owed,
        invoices=invoices,
        promises=promises,
        kept=outcomes.count("kept"),
        judged=len(outcomes),
        habit=paying_habit(paid_invoices(session, creditor, number)),
        statuses=tuple(
            KnownStatus(status=each.status.value, since=each.since, proven=each.proven, ended_on=each.ended_on)
            for each in statuses_of(session, creditor, number)
        ),
        credit=credit,
        over_limit=_over(owed, credit),
    )


def _invoice(row: ListRow, today: date, goes_with: tuple[str, ...]) -> KnownInvoice:
    due = date.fromisoformat(row.due)
    return KnownInvoice(
        case=row.case_id,
        number=row.number,
        due=due,
        days_late=0 if row.closed else max(0, (today - due).days),
        stage=row.stage,
        closed=row.closed,
        open=Money.parse(row.open, row.currency),
        holds=row.holds,
        tasks=row.tasks,
        goes_with=goes_with,
    )


def _open(invoices: Sequence[KnownInvoice]) -> tuple[Money, ...]:
    sums: dict[str, Money] = {}
    for each in invoices:
        if each.closed is None:
            known = sums.get(each.open.currency)
            sums[each.open.currency] = each.open if known is None else known + each.open
    return tuple(sums[currency] for currency in sorted(sums, key=lambda one: (one != "EUR", one)))


def _over(owed: Sequence[Money], credit: KeptCredit | None) -> Money | None:
    limit = None if credit is None else credit.credit.limit
    if limit is None:
        return None
    of = next((each for each in owed if each.currency == limit.currency), None)
    return of - limit if of is not None and of.minor > limit.minor else None


def _contacts(transaction: Transaction, debtor: Debtor | None) -> tuple[KnownContact, ...]:
    contacts = () if debtor is None else debtor.contacts
    blocked = transaction.blocked.among(way for each in contacts for way in (each.email, each.phone) if way is not None)

    def of(email: str | None, phone: str | None) -> tuple[Blocked, ...]:
        mine = {email.strip().lower()} if email else set()
        mine |= {international(phone) or phone.strip()} if phone else set()
        return tuple(_blocked(each) for each in blocked if each.address in mine)

    return tuple(
        KnownContact(
            role=each.role, name=each.name, email=each.email, phone=each.phone, blocked=of(each.email, each.phone)
        )
        for each in contacts
    )


def _blocked(each: BlockedAddress) -> Blocked:
    return Blocked(channel=each.channel, reason=each.reason, since=office_day(each.since))


def _promises(facts: Sequence[OfCase]) -> tuple[KnownPromise, ...]:
    """All of them, the newest first, each with its last judgement."""
    judged: dict[tuple[str, str], PromiseJudged] = {}
    for each in facts:
        if isinstance(each.fact, PromiseJudged):
            judged.setdefault((each.case, each.fact.promise), each.fact)
    found = []
    for each in facts:
        if isinstance(each.fact, PromiseMade):
            came = judged.get((each.case, each.fact.promise))
            found.append(
                KnownPromise(
                    case=each.case,
                    number=each.number,
                    on=each.fact.on,
                    amount=each.fact.amount,
                    by=each.fact.by,
                    outcome=None if came is None else came.outcome,
                    judged_on=None if came is None else came.on,
                )
            )
    return tuple(found)
