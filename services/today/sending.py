"""Blocks 1 and 3: whether messages may leave, and which leave today."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from casefile.channel_stops import stops_in
from casefile.morning import (
    cases_of,
    coverage,
    kept_cases,
    laws,
    loose_sums,
    open_task_kinds,
    planned_before,
    under_way,
    unmatched_sums,
)
from casefile.morning import going_out as sends_before
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


def may_send(session: Session, now: datetime, today: date) -> MaySend:
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
    unproven = open_task_kinds(session).get(TaskKind.SETTLE_SEND.value, 0)
    tables = [table for law in laws(session) for table in tables_of(law)]
    past = tuple(
        Past(table=table.name, checked_until=table.checked_until) for table in tables if table.checked_until < today
    )
    but = sum(each.waiting.number for each in accounts) + len({row.id for row in lost})
    answer: Answer = "no" if placed else "yes_but" if but or channels else "yes"
    loose = [(row.currency, row.minor) for row in (*unmatched_sums(session), *loose_sums(session))]
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
    rows = sends_before(session, end)
    by_step: dict[str, list[tuple[int, str, int]]] = {}
    for row in rows:
        by_step.setdefault(row.step or "", []).append((1, row.currency, row.open_minor))
    steps = sorted((sum_of(step, of) for step, of in by_step.items()), key=lambda each: (-each.number, each.kind))
    first = [row for row in rows if _look_first(row)]
    return GoingOut(
        number=len(rows),
        amounts=money_of((row.currency, row.open_minor) for row in rows),
        steps=tuple(steps),
        first=tuple(_send_row(row, today) for row in first[:ROWS]),
        first_number=len(first),
        moved=_moved(session, rows, today),
    )


def _look_first(row: Any) -> list[Reason]:
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
        why=(*_look_first(row), Reason(code="days_late", number=days, day=row.due)),
        step=row.step or "",
        action=row.next_action,
        at=datetime.fromisoformat(row.next_action_at),
        veto_until=today + timedelta(days=1),
    )


def _moved(session: Session, rows: Sequence[Any], today: date) -> Moved:
    """What changed since the plan of the last day before this one that is stored."""
    since, planned = planned_before(session, today)
    if since is None:
        return Moved(since=None, came=0, gone=0, moved=0, rows=())
    now = {row.id: row for row in rows}
    # What was to leave on the days in between left, or is late and leaves today.
    expected = {row.case_id for row in planned if row.planned_on <= today}
    later = {row.case_id: row.planned_on for row in planned if row.planned_on > today}
    came = [row for row in rows if row.id not in expected]
    missing = cases_of(session, [case_id for case_id in expected if case_id not in now])
    gone = [row for row in missing if not _is_put_off(row)]
    put_off = [row for row in missing if _is_put_off(row)]
    shown = [
        *(case_row(row, _why_gone(row)) for row in gone[:ROWS]),
        *(case_row(row, *_why_put_off(row)) for row in put_off[:ROWS]),
        *(case_row(row, _why_came(row.id, later)) for row in came[:ROWS]),
    ]
    return Moved(since=since, came=len(came), gone=len(gone), moved=len(put_off), rows=tuple(shown))


def _is_put_off(row: Any) -> bool:
    return row.closed is None and row.next_action in ("send", "hand_off")


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


def _why_came(case_id: str, later: dict[str, date]) -> Reason:
    if case_id in later:
        return Reason(code="brought_forward", day=later[case_id])
    return Reason(code="came_due")
