"""What the morning screen reads: each block in a few queries, however many cases there are."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, literal_column, or_, select, text

from casefile import feedback_tables as ft
from casefile import payment_tables as pt
from casefile import tables as t
from casefile.session import Session, moment_text

__all__ = [
    "call_tasks",
    "case_rows",
    "cases_of",
    "coverage",
    "dated_cases",
    "kept_cases",
    "last_words",
    "laws",
    "loose_sums",
    "money_since",
    "needing_tasks",
    "not_looked_at",
    "open_amounts",
    "open_task_kinds",
    "overpaid_sums",
    "promises_judged",
    "quarantined_number",
    "replies_number",
    "reversals_since",
    "under_way",
    "unmatched_sums",
    "without_next_date",
]

_CASE = (
    t.cases.c.id, t.cases.c.number, t.cases.c.creditor, t.cases.c.debtor, t.cases.c.open_minor, t.cases.c.currency,
    t.cases.c.due, t.cases.c.stage, t.cases.c.step, t.cases.c.next_action, t.cases.c.next_action_at, t.cases.c.why,
    t.cases.c.holds, t.cases.c.closed,
)  # fmt: skip
"""What a row of the screen shows of a case."""

# Building a statement takes longer than running it, and the screen asks thirty: each is built once.
_MOST = bindparam("most", type_=Integer)


def case_rows(*columns: Any) -> Any:
    """A query on what rows show of cases, and these columns; the debtor as stored is its `body`."""
    named = and_(t.debtors.c.creditor == t.cases.c.creditor, t.debtors.c.id == t.cases.c.debtor)
    return select(*_CASE, t.debtors.c.body, *columns).select_from(t.cases).outerjoin(t.debtors, named)


# 1 May we send ---------------------------------------------------------------------------------------------


def coverage(session: Session) -> Sequence[Any]:
    """Each creditor with his profile as stored and the last day that his bank statements cover."""
    return session.connection.execute(_coverage()).all()


@cache
def _coverage() -> Any:
    c = t.creditors.c
    return select(c.id, c.body, c.covered_until).order_by(c.id)


def laws(session: Session) -> tuple[str, ...]:
    """The laws of the policies that cases were ever pinned to."""
    found = {json.loads(body).get("law") for body in session.connection.scalars(select(t.policies.c.body))}
    return tuple(sorted(law for law in found if law))


def kept_cases(session: Session) -> Sequence[Any]:
    """By code of what keeps them, creditor and currency: how many open cases, and what is open on them."""
    return session.connection.execute(_kept_cases()).all()


@cache
def _kept_cases() -> Any:
    c = t.cases.c
    return (
        select(c.kept_by, c.creditor, c.currency, func.count().label("number"), func.sum(c.open_minor).label("minor"))
        .where(text("kept_by IS NOT NULL"), c.closed.is_(None))
        .group_by(c.kept_by, c.creditor, c.currency)
        .order_by(c.kept_by, c.creditor, c.currency)
    )


def under_way(session: Session, before: datetime) -> Sequence[Any]:
    """Messages handed over before a moment of which nobody knows what became; a row for each of their cases."""
    return session.connection.execute(_under_way(), {"before": moment_text(before)}).all()


@cache
def _under_way() -> Any:
    d = t.deliveries.c
    return (
        case_rows(d.step.label("of_step"), d.channel, d.intended_at)
        .join(t.delivery_cases, t.delivery_cases.c.case_id == t.cases.c.id)
        .join(t.deliveries, d.key == t.delivery_cases.c.key)
        .where(literal_column("deliveries.status IN ('intended', 'unknown')"), d.intended_real < bindparam("before"))
        .order_by(d.intended_at, d.key, t.cases.c.id)
    )


# 2 Money overnight -----------------------------------------------------------------------------------------


def money_since(session: Session, since: date) -> Sequence[Any]:
    """Payments and reversals that we learned of since a day, by kind and currency: how many, and how much."""
    return session.connection.execute(_money_since(), {"since": since}).all()


@cache
def _money_since() -> Any:
    c = t.entries.c
    return (
        select(c.kind, c.currency, func.count().label("number"), func.sum(c.amount_minor).label("minor"))
        .where(c.known_on >= bindparam("since"), c.kind.in_(("payment", "reversal")), c.id != "before-import")
        .group_by(c.kind, c.currency)
        .order_by(c.kind, c.currency)
    )


def reversals_since(session: Session, since: date, most: int) -> Sequence[Any]:
    """The reversals of them, with their cases."""
    return session.connection.execute(_reversals_since(), {"since": since, "most": most}).all()


@cache
def _reversals_since() -> Any:
    c = t.entries.c
    query = case_rows(c.amount_minor, c.known_on, c.credited_on).join(t.entries, c.case_id == t.cases.c.id)
    wanted = query.where(c.known_on >= bindparam("since"), c.kind == "reversal")
    return wanted.order_by(c.known_on, c.case_id, c.id).limit(_MOST)


def unmatched_sums(session: Session) -> Sequence[Any]:
    """Payments of which nobody knows whose they are, by whether a case is guessed: how many, and what stands."""
    return session.connection.execute(_unmatched_sums()).all()


@cache
def _unmatched_sums() -> Any:
    p, m = pt.provider_payments.c, pt.provider_movements.c
    each = (
        select(p.id, m.currency, func.sum(m.amount_minor).label("minor"), (p.guesses != "[]").label("guessed"))
        .join(pt.provider_movements, m.payment == p.id)
        .where(p.status == "unmatched")
        .group_by(p.id, m.currency, p.guesses)
        .subquery()
    )
    return (
        select(each.c.guessed, each.c.currency, func.count().label("number"), func.sum(each.c.minor).label("minor"))
        .group_by(each.c.guessed, each.c.currency)
        .order_by(each.c.guessed.desc(), each.c.currency)
    )


def loose_sums(session: Session) -> Sequence[Any]:
    """Money of known debtors that is on no invoice, by currency: of how many payments, and how much."""
    return session.connection.execute(_loose_sums()).all()


@cache
def _loose_sums() -> Any:
    c = t.debtor_money.c
    each = (
        select(c.creditor, c.debtor, c.of, c.currency, func.sum(c.amount_minor).label("minor"))
        .group_by(c.creditor, c.debtor, c.of, c.currency)
        .having(func.sum(c.amount_minor) > 0)
        .subquery()
    )
    return (
        select(each.c.currency, func.count().label("number"), func.sum(each.c.minor).label("minor"))
        .group_by(each.c.currency)
        .order_by(each.c.currency)
    )


def overpaid_sums(session: Session) -> Sequence[Any]:
    """What was paid too much and waits for a person, by currency: on how many cases, and how much."""
    return session.connection.execute(_overpaid_sums()).all()


@cache
def _overpaid_sums() -> Any:
    c = t.entries.c
    waiting = select(t.tasks.c.case_id).where(t.tasks.c.done_on.is_(None), t.tasks.c.kind == "overpayment")
    each = (
        select(c.case_id, c.currency, func.sum(c.amount_minor).label("minor"))
        .where(c.case_id.in_(waiting))
        .group_by(c.case_id, c.currency)
        .having(func.sum(c.amount_minor) < 0)
        .subquery()
    )
    return (
        select(each.c.currency, func.count().label("number"), (-func.sum(each.c.minor)).label("minor"))
        .group_by(each.c.currency)
        .order_by(each.c.currency)
    )


def cases_of(session: Session, ids: Collection[str]) -> Sequence[Any]:
    """These cases, by number and id."""
    if not ids:
        return ()
    return session.connection.execute(_cases_of(), {"ids": sorted(ids)}).all()


@cache
def _cases_of() -> Any:
    c = t.cases.c
    return case_rows().where(c.id.in_(bindparam("ids", expanding=True))).order_by(c.number, c.id)


# 4 Needs me ------------------------------------------------------------------------------------------------


def open_task_kinds(session: Session) -> dict[str, int]:
    """How many open tasks there are of each kind."""
    return {kind: number for kind, number in session.connection.execute(_open_task_kinds())}


@cache
def _open_task_kinds() -> Any:
    c = t.tasks.c
    return select(c.kind, func.count()).where(text("done_on IS NULL")).group_by(c.kind)


def needing_tasks(session: Session, without: Collection[str], most: int) -> Sequence[Any]:
    """Open tasks with their cases, the oldest first, but those of some kinds."""
    return session.connection.execute(_needing_tasks(), {"without": sorted(without), "most": most}).all()


@cache
def _needing_tasks() -> Any:
    c = t.tasks.c
    return (
        case_rows(c.kind, c.step.label("of_step"), c.raised_on)
        .join(t.tasks, c.case_id == t.cases.c.id)
        .where(literal_column("tasks.done_on IS NULL"), c.kind.not_in(bindparam("without", expanding=True)))
        .order_by(c.raised_on, t.cases.c.number, t.cases.c.id, c.kind)
        .limit(_MOST)
    )


def quarantined_number(session: Session) -> int:
    """How many messages could not be used and wait for a person."""
    return session.connection.scalar(_quarantined_number()) or 0


@cache
def _quarantined_number() -> Any:
    return select(func.count()).select_from(t.quarantine).where(t.quarantine.c.settled.is_(None))


def replies_number(session: Session) -> int:
    """How many mails of debtors name no case and wait for a person."""
    return session.connection.scalar(_replies_number()) or 0


@cache
def _replies_number() -> Any:
    c = ft.replies.c
    return select(func.count()).select_from(ft.replies).where(c.case_id.is_(None), c.settled_at.is_(None))


# 5 Dates ---------------------------------------------------------------------------------------------------


def dated_cases(session: Session, today: date) -> Sequence[Any]:
    """The cases of which something dated is to be shown on a day: id, number, currency, and `dates` as stored."""
    return session.connection.execute(_dated_cases(), {"today": today}).all()


@cache
def _dated_cases() -> Any:
    c = t.cases.c
    shown = or_(c.closed.is_(None), c.closed == "handed_off")
    # In no order, lest SQLite go through all cases for the sake of it.
    return select(c.id, c.number, c.currency, c.dates).where(c.dates_from <= bindparam("today"), shown)


def not_looked_at(session: Session) -> int:
    """How many open cases no worker of this version has looked at: nothing that is dated is known of them."""
    return session.connection.scalar(_not_looked_at()) or 0


@cache
def _not_looked_at() -> Any:
    c = t.cases.c
    return (
        select(func.count()).select_from(t.cases).where(c.dates_from.is_(None), c.closed.is_(None), c.dates.is_(None))
    )


# 6 Calls ---------------------------------------------------------------------------------------------------


def call_tasks(session: Session, kinds: Collection[str]) -> Sequence[Any]:
    """Open tasks of these kinds: case, debtor, what is open, since when it is due, when he is called again.

    In no order: thousands are not sorted for the few who have several.
    """
    if not kinds:
        return ()
    return session.connection.execute(_call_tasks(), {"kinds": sorted(kinds)}).all()


@cache
def _call_tasks() -> Any:
    c, of = t.tasks.c, t.cases.c
    return (
        select(
            of.id, of.creditor, of.debtor, of.open_minor, of.currency, of.due, of.number, of.zone, c.kind, c.raised_on,
            c.again_on, c.again_at,
        )
        .join(t.tasks, c.case_id == of.id)
        .where(literal_column("tasks.done_on IS NULL"), c.kind.in_(bindparam("kinds", expanding=True)))
    )  # fmt: skip


def promises_judged(session: Session) -> Sequence[Any]:
    """The facts of promises made and judged, in order: `kind` and `body` as stored; of judged ones the debtor, too."""
    return session.connection.execute(_promises_judged()).all()


@cache
def _promises_judged() -> Any:
    f, c = t.facts.c, t.cases.c
    return (
        select(f.case_id, f.kind, f.body, c.creditor, c.debtor)
        .outerjoin(t.cases, and_(f.kind == "promise_judged", c.id == f.case_id))
        .where(literal_column("facts.kind IN ('promise_made', 'promise_judged')"))
        .order_by(f.seq)
    )


_SAID = ("call_logged", "promise_made", "dispute_raised", "arrangement_proposed")


def last_words(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The last fact of each of these cases in which somebody said something, as stored."""
    if not ids:
        return {}
    f = t.facts.c
    last = select(func.max(f.seq)).where(f.case_id.in_(sorted(ids)), f.kind.in_(_SAID)).group_by(f.case_id).subquery()
    rows = session.connection.execute(select(f.case_id, f.body).where(f.seq.in_(select(last))))
    return {case_id: body for case_id, body in rows}


# 7 Stuck money, 8 figures ----------------------------------------------------------------------------------


def open_amounts(session: Session) -> Sequence[Any]:
    """What is open on cases that are not closed, by currency, stage, holds as stored, and due day: how many, how much.

    Stages, holds and days late are told of the same rows, in the order of an index: all cases are gone through once.
    """
    return session.connection.execute(_open_amounts()).all()


@cache
def _open_amounts() -> Any:
    c = t.cases.c
    return (
        select(c.currency, c.stage, c.holds, c.due, func.count().label("number"), func.sum(c.open_minor).label("minor"))
        .where(c.closed.is_(None))
        .group_by(c.currency, c.stage, c.holds, c.due)
    )


def without_next_date(session: Session, most: int) -> tuple[int, Sequence[Any]]:
    """Open cases that wait for no day and ask nothing of a person: how many, and some of them."""
    number, some = _without_next_date()
    return session.connection.scalar(number) or 0, session.connection.execute(some, {"most": most}).all()


@cache
def _without_next_date() -> tuple[Any, Any]:
    c = t.cases.c
    # What a worker has not seen yet has no date because nobody asked.
    stuck = (c.next_action == "wait", c.next_action_at.is_(None), c.closed.is_(None), c.open_tasks.is_(None))
    number = select(func.count()).select_from(t.cases).where(*stuck)
    return number, case_rows().where(*stuck).order_by(c.due, c.id).limit(_MOST)
