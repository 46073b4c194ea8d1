"""Blocks 1 and 3: whether messages may leave, and which leave today."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from casefile.channel_stops import stops_in
from casefile.going_out import changes_since, look_first, plan_before, steps_going
from casefile.morning import (
    coverage,
    kept_cases,
    laws,
    loose_sums,
    under_way,
)
from casefile.sending_stops import stop_in
from casefile.session import Session
from domain.blockers import BlockerKind
from domain.calendar import last_banking_day_before
from domain.law.tables import tables_of
from domain.planning.planner import INTENT_GRACE
from domain.tasks import TaskKind
from services.today.day import OFFICE
from services.today.page import Account, Answer, GoingOut, MaySend, Moved, Past, Reason, SendRow, Stop
from services.today.rows import LOOK_FIRST, ROWS, case_fields, case_row, money_of, reasons_of_codes, sum_of

__all__ = ["going_out", "may_send"]


def may_send(
    session: Session, kinds: Mapping[str, int], unmatched: Sequence[Any], now: datetime, today: date
) -> MaySend:
    """Block 1: bank, channels, unknown outcomes, tables of the law, money of nobody; and a stop that stands."""
    placed = stop_in(session, today)
    kept = [row for row in kept_cases(session) if row.kept_by == BlockerKind.BANK_NOT_COVERING.value]
    needed = last_banking_day_before(today)
    accounts = []
    for row in coverage(session):
        profile = json.loads(row.body)
        waiting = [(each.number, each.currency, each.minor) for each in kept if each.creditor == row.id]
        missing = None if row.covered_until is None or row.covered_until >= needed else needed
        accounts.append(
            Account(
                creditor=row.id,
                name=profile["name"],
                iban=profile["iban"],
                covered_until=row.covered_until,
                missing=missing,
                waiting=sum_of("waiting", waiting),
            )
        )
    stops = stops_in(session)
    channels = tuple(Reason(code=stop.channel, word=stop.reason, day=stop.since.date()) for stop in stops)
    lost = under_way(session, now - INTENT_GRACE)
    unproven = kinds.get(TaskKind.SETTLE_SEND.value, 0)
    tables = [table for law in laws(session) for table in tables_of(law)]
    past = tuple(
        Past(table=table.name, checked_until=table.checked_until) for table in tables if table.checked_until < today
    )
    but = sum(each.waiting.number for each in accounts) + len({row.id for row in lost})
    answer: Answer = "no" if placed else "yes_but" if but or channels else "yes"
    loose = [(row.currency, row.minor) for row in (*unmatched, *loose_sums(session))]
    return MaySend(
        answer=answer,
        but=but,
        stop=None
        if placed is None
        else Stop(
            since=placed.since,
            until=placed.until,
            reason=placed.reason,
            actor=placed.actor,
            placed_at=placed.placed_at,
        ),
        accounts=tuple(accounts),
        channels_stopped=channels,
        unknown=tuple(case_row(row, _handed_over(row)) for row in lost[:ROWS]),
        unknown_number=len({row.id for row in lost}),
        unproven=unproven,
        tables_past=past,
        tables_checked_until=min((table.checked_until for table in tables), default=None),
        unmatched=money_of(loose),
    )


def _handed_over(row: Any) -> Reason:
    on = datetime.fromisoformat(row.intended_at).astimezone(OFFICE).date()
    return Reason(code="handed_over", word=f"{row.of_step} {row.channel}", day=on)


def going_out(session: Session, today: date) -> GoingOut:
    """Block 3: what leaves before the day is over, as the last decisions left it."""
    end = datetime.combine(today + timedelta(days=1), time(), OFFICE)
    by_step: dict[str, list[tuple[int, str, int]]] = {}
    for row in steps_going(session, end):
        by_step.setdefault(row.step or "", []).append((row.number, row.currency, row.minor))
    steps = sorted((sum_of(step, of) for step, of in by_step.items()), key=lambda each: (-each.number, each.kind))
    number, first = look_first(session, end, LOOK_FIRST.minor, ROWS)
    return GoingOut(
        number=sum(each.number for each in steps),
        amounts=money_of((currency, minor) for of in by_step.values() for _, currency, minor in of),
        steps=tuple(steps),
        first=tuple(_send_row(row, today) for row in first),
        first_number=number,
        moved=_moved(session, end, today),
    )


def _reasons_first(row: Any) -> list[Reason]:
    """Why a message is looked at before it leaves; nothing where it need not be."""
    reasons = []
    if row.next_action == "hand_off":
        reasons.append(Reason(code="hand_off"))
    if row.open_minor >= LOOK_FIRST.minor:
        reasons.append(Reason(code="large", amount=LOOK_FIRST))
    if row.first_formal:
        reasons.append(Reason(code="first_formal"))
    return reasons


def _send_row(row: Any, today: date) -> SendRow:
    days = (today - row.due).days if row.due is not None else 0
    return SendRow(
        **case_fields(row),
        why=(*_reasons_first(row), Reason(code="days_late", number=days, day=row.due)),
        step=row.step or "",
        action=row.next_action,
        at=datetime.fromisoformat(row.next_action_at),
        veto_until=today + timedelta(days=1),
    )


def _moved(session: Session, end: datetime, today: date) -> Moved:
    """What changed since the plan of the last day before this one that is stored."""
    since = plan_before(session, today)
    if since is None:
        return Moved(since=None, came=0, gone=0, moved=0, rows=())
    changes = changes_since(session, since, today, end, ROWS)
    (gone, left), (moved, put_off), (came, new) = changes.gone, changes.put_off, changes.came
    shown = [
        *(case_row(row, _why_gone(row)) for row in left),
        *(case_row(row, *_why_put_off(row)) for row in put_off),
        *(case_row(row, _why_came(row)) for row in new),
    ]
    return Moved(since=since, came=came, gone=gone, moved=moved, rows=tuple(shown))


def _why_gone(row: Any) -> Reason:
    if row.closed is not None:
        return Reason(code="closed", word=row.closed)
    holds = [] if row.holds is None else json.loads(row.holds)
    if holds:
        return Reason(code=holds[0])
    codes = reasons_of_codes(row.why)
    return codes[0] if codes else Reason(code="other_step", word=row.step)


def _why_put_off(row: Any) -> tuple[Reason, ...]:
    on = datetime.fromisoformat(row.next_action_at).astimezone(OFFICE).date()
    holds = [] if row.holds is None else json.loads(row.holds)
    if holds:
        return (Reason(code=holds[0], day=on),)
    return reasons_of_codes(row.why, on)[:1] or (Reason(code="put_off", day=on),)


def _why_came(row: Any) -> Reason:
    if row.planned_on is not None:
        return Reason(code="brought_forward", day=row.planned_on)
    return Reason(code="came_due")
