"""All that is to be known of a debtor while one calls him: whom to ask for, what is owed, what was said last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from casefile.case_file import Transaction
from casefile.debtor_statuses import statuses_of
from casefile.of_debtor import OfCase, debtor_mark, facts_of_debtor, tasks_of_debtor
from casefile.which_cases import Which
from domain import facts as f
from domain.calendar import banking_day_after
from domain.case import Case
from domain.contact_hours import CONTACT_UNTIL, keeps_hours, next_reachable
from domain.money import Money
from domain.parties import Contact, Debtor
from domain.tasks import is_call_task
from domain.telephone import international, why_unusable
from domain.views.said import said
from domain.views.timeline import bare_line
from services.calling.script import CallStage, call_stage
from services.reports.case_list import ListRow, list_rows
from services.today.day import OFFICE

__all__ = ["CallSheet", "Invoice", "Number", "Words", "read_call_sheet"]

_SPOKEN = frozenset(
    (
        "call_logged",
        "promise_made",
        "promise_judged",
        "dispute_raised",
        "dispute_resolved",
        "arrangement_proposed",
        "arrangement_agreed",
        "hold_placed",
    )
)
_TAKEN = "step_taken"
_MOST_WORDS = 6
_MOST_FACTS = 400


@dataclass(frozen=True, slots=True)
class Number:
    """A number at the debtor: whose, and why it is not called, where it isn't."""

    contact: Contact
    number: str
    wrong: str | None


@dataclass(frozen=True, slots=True)
class Invoice:
    """An open invoice of the debtor.

    Attributes:
        row: Where it stands.
        late: Days since its due date.
        asked: Whether it asks for the call.
        had: The last step that was taken, and `had_on` its day.
    """

    row: ListRow
    open: Money
    late: int
    asked: bool
    had: str | None
    had_on: date | None


@dataclass(frozen=True, slots=True)
class Words:
    """Something that was said: on a day, about an invoice, by whom, in which words; `text` says what it came to.

    Attributes:
        outcome: Of a call what came of it, in English where it is one of ours.
    """

    on: date
    number: str
    kind: str
    text: str
    outcome: str
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class CallSheet:
    """All that one needs in a call.

    Attributes:
        numbers: Which numbers there are, those that can be called first.
        open: What he owes, by currency.
        invoices: His open invoices, those that ask for the call first.
        said: What was said last, the newest first.
        kept: How many promises were kept, of `judged`.
        consumer: Whether he may be a consumer: then he is called within hours, and is told less.
        may_from: From when he may be called; None while that is now.
        until: Until when today, of who may be a consumer.
        asks_not_to: What he is in that keeps us from asking him for money.
        again: Day and hour for which he asked to be called.
        tomorrow: The next banking day, for another try.
        mark: How far his cases have come.
    """

    creditor: str
    creditor_name: str
    debtor: Debtor | None
    number: str
    numbers: tuple[Number, ...]
    open: tuple[Money, ...]
    invoices: tuple[Invoice, ...]
    said: tuple[Words, ...]
    kept: int
    judged: int
    stage: CallStage
    language: Literal["nl", "en", "fr", "de"]
    consumer: bool
    may_from: datetime | None
    until: time | None
    asks_not_to: tuple[str, ...]
    again: str | None
    zone: str
    on: date
    tomorrow: date
    mark: str


def read_call_sheet(transaction: Transaction, creditor: str, number: str, now: datetime) -> CallSheet | None:
    """Read it; None when there is no such debtor, or nothing of his is open.

    Args:
        transaction: A reading transaction on the case file.
        creditor: Id of his creditor.
        number: His number there.
        now: The present moment.
    """
    session = transaction.session
    found = list_rows(session, Which(creditor=creditor, debtor_number=number, closed=False), "late")
    # What is sought is compared in small letters.
    rows = [row for row in found if row.debtor_number == number]
    if not rows:
        return None
    asking: dict[str, list[str]] = {}
    for of, kind, is_open in tasks_of_debtor(session, creditor, number):
        if is_open and is_call_task(kind):
            asking.setdefault(of, []).append(kind)
    told = facts_of_debtor(session, creditor, number, kinds={_TAKEN, *_SPOKEN}, most=_MOST_FACTS)
    invoices = _invoices(rows, asking, told, now.astimezone(OFFICE).date())
    first = transaction.cases.load(invoices[0].row.case_id)
    case, policy = first.case, first.policy
    on = policy.sending_calendar.local_date(now)
    debtor = transaction.parties.debtor(creditor, number)
    profile = transaction.parties.known_creditor(creditor)
    again = _again(case)
    may_from = next_reachable(case, policy, now)
    consumer = keeps_hours(case, policy)
    judged, kept = _promises(told)
    return CallSheet(
        creditor=creditor,
        creditor_name=creditor if profile is None else profile.name,
        debtor=debtor,
        number=number,
        numbers=_numbers(transaction, debtor),
        open=_sums(invoices),
        invoices=invoices,
        said=_said(told),
        kept=kept,
        judged=judged,
        stage=call_stage(case, asking.get(invoices[0].row.case_id, ()), on, again=again is not None),
        language="nl" if debtor is None else debtor.language,
        consumer=consumer,
        may_from=may_from if may_from > now else None,
        until=CONTACT_UNTIL if consumer else None,
        asks_not_to=tuple(
            each.status.value for each in statuses_of(session, creditor, number) if each.ended_on is None
        ),
        again=again,
        zone=policy.sending_calendar.zone,
        on=on,
        tomorrow=banking_day_after(on, 1),
        mark=debtor_mark(session, creditor, number),
    )


def _invoices(
    rows: Sequence[ListRow], asking: Mapping[str, Sequence[str]], told: Sequence[OfCase], today: date
) -> tuple[Invoice, ...]:
    had: dict[str, tuple[str, date]] = {}
    for each in told:
        fact = each.fact
        if isinstance(fact, f.StepTaken) and fact.step_kind != "task" and each.case not in had:
            had[each.case] = (fact.step, fact.on)
    found = [
        Invoice(
            row=row,
            open=Money.parse(row.open, row.currency),
            late=max(0, (today - date.fromisoformat(row.due)).days),
            asked=row.case_id in asking,
            had=had[row.case_id][0] if row.case_id in had else None,
            had_on=had[row.case_id][1] if row.case_id in had else None,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: not each.asked))


def _again(case: Case) -> str | None:
    """When he asked to be called, of the calls that are open."""
    found = [(task.again_on, task.again_at) for task in case.tasks if task.done_on is None and task.again_on]
    return " ".join((max(found)[0].isoformat(), max(found)[1])).strip() if found else None


def _numbers(transaction: Transaction, debtor: Debtor | None) -> tuple[Number, ...]:
    """Each number once; those that reach nobody, or cost who dials them, last."""
    contacts = () if debtor is None else debtor.contacts
    blocked = {
        (each.channel, each.address): each.reason
        for each in transaction.blocked.among(contact.phone for contact in contacts if contact.phone)
    }
    found: dict[str, Number] = {}
    for contact in contacts:
        if contact.phone is None or contact.phone in found:
            continue
        compared = international(contact.phone) or contact.phone
        wrong = blocked.get(("call", compared)) or why_unusable(contact.phone)
        found[contact.phone] = Number(contact, contact.phone, wrong)
    # Who sees to the money first, as the morning screen has it.
    return tuple(sorted(found.values(), key=lambda each: (each.wrong is not None, each.contact.role != "finance")))


def _promises(told: Sequence[OfCase]) -> tuple[int, int]:
    """How many were judged, and kept: each by its last judgement."""
    last: dict[tuple[str, str], str] = {}
    for each in told:
        if isinstance(each.fact, f.PromiseJudged):
            last.setdefault((each.case, each.fact.promise), each.fact.outcome)
    outcomes = [outcome for outcome in last.values() if outcome in ("kept", "broken")]
    return len(outcomes), outcomes.count("kept")


def _said(told: Sequence[OfCase]) -> tuple[Words, ...]:
    found: list[Words] = []
    for each in told:
        if each.fact.kind not in _SPOKEN or len(found) == _MOST_WORDS:
            continue
        who = said(each.fact)
        words = who.words if who else ""
        # What the engine gives as its reason for a hold nobody said.
        if each.fact.kind == "hold_placed" and not (words and who and who.by):
            continue
        # One call about three invoices was said once.
        if any((one.on, one.kind, one.words) == (each.fact.on, each.fact.kind, words) for one in found):
            continue
        found.append(
            Words(
                on=each.fact.on,
                number=each.number,
                kind=each.fact.kind,
                text=bare_line(each.fact)[11:],
                outcome=each.fact.outcome if isinstance(each.fact, f.CallLogged) else "",
                by=who.by if who else "",
                words=words,
            )
        )
    return tuple(found)


def _sums(invoices: Sequence[Invoice]) -> tuple[Money, ...]:
    sums: dict[str, Money] = {}
    for each in invoices:
        known = sums.get(each.open.currency)
        sums[each.open.currency] = each.open if known is None else known + each.open
    return tuple(sums[currency] for currency in sorted(sums, key=lambda one: (one != "EUR", one)))
