"""The morning screen: its eight blocks, read in one transaction from the case file alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from casefile.case_file import CaseFile
from casefile.morning import (
    money_since,
    open_amounts,
    open_task_kinds,
    overpaid_sums,
    reversals_since,
    unmatched_sums,
    without_next_date,
)
from casefile.narrowed import looked_after
from casefile.session import Session, reading
from domain.calendar import last_banking_day_before
from domain.money import Money
from services.figures.figures import ageing_of, dso_on, kept_of, money_by_hold, receivables
from services.figures.promises import Judged, judged_promises
from services.today.calling import to_call
from services.today.day import office_day
from services.today.page import Figures, MoneyOvernight, Morning, Reason, Stuck, StuckHold, Sum
from services.today.rows import ROWS, case_row, money_of, sum_of
from services.today.sending import going_out, may_send
from services.today.waiting import DatedCase, dated_of, needs_me, on_dates

__all__ = ["KEPT_DAYS", "morning_in", "morning_of"]

KEPT_DAYS = 84
"""Days back of which the share of promises kept is told: twelve weeks."""


def morning_of(file: CaseFile, now: datetime, of: str = "") -> Morning:
    """The morning screen at a moment.

    Args:
        file: The case file.
        now: The moment.
        of: Id of the user whose cases and tasks the blocks from the third on tell of; empty: everybody's.
    """
    with reading(file.database) as session:
        if not of:
            return morning_in(session, now)
        with reading(looked_after(file, of)) as his:
            return morning_in(session, now, his)


def morning_in(session: Session, now: datetime, his: Session | None = None) -> Morning:
    """The same, in a transaction; whether we may send, and money overnight, are of all in any case."""
    today = office_day(now)
    kinds, unmatched = open_task_kinds(session), unmatched_sums(session)
    sending, money = may_send(session, kinds, unmatched, now, today), _money(session, unmatched, today)
    if his is not None:
        session, kinds = his, open_task_kinds(his)
    dated = dated_of(session, today)
    promised, amounts = judged_promises(session), open_amounts(session)
    return Morning(
        on=today,
        at=now,
        may_send=sending,
        money=money,
        going_out=going_out(session, today),
        needs_me=needs_me(session, kinds, dated, today),
        dates=on_dates(session, dated, today),
        calls=to_call(session, kinds, promised, now),
        stuck=_stuck(session, amounts),
        figures=_figures(session, amounts, dated, promised, today),
    )


def _money(session: Session, unmatched: Sequence[Any], today: date) -> MoneyOvernight:
    """Block 2: since the last banking day before today, of which the statement came overnight."""
    since = last_banking_day_before(today)
    moved = money_since(session, since)

    def of(kind: str, rows: Sequence[Any], sign: int = 1) -> Sum:
        return sum_of(kind, [(row.number, row.currency, sign * int(row.minor)) for row in rows])

    # In the ledger a payment lowers what is open: it is below zero there, and a reversal above.
    return MoneyOvernight(
        since=since,
        sums=(
            of("matched", [row for row in moved if row.kind == "payment"], -1),
            of("unmatched_with_guess", [row for row in unmatched if row.guessed]),
            of("unmatched", [row for row in unmatched if not row.guessed]),
            of("overpaid", overpaid_sums(session)),
            of("reversed", [row for row in moved if row.kind == "reversal"], -1),
        ),
        reversed=tuple(
            case_row(
                row,
                Reason(
                    code="taken_back",
                    day=row.credited_on,
                    amount=Money.from_minor(int(row.amount_minor), row.currency),
                ),
            )
            for row in reversals_since(session, since, ROWS)
        ),
    )


def _stuck(session: Session, amounts: Sequence[Any]) -> Stuck:
    """Block 7."""
    oldest: dict[tuple[str, str], date] = {}
    for row in amounts:
        if row.holds is not None and row.due is not None:
            for kind in json.loads(row.holds):
                oldest[kind, row.currency] = min(row.due, oldest.get((kind, row.currency), row.due))
    holds = tuple(
        StuckHold(
            **each.model_dump(exclude={"open"}), open=each.open, oldest_due=oldest.get((each.kind, each.open.currency))
        )
        for each in money_by_hold(amounts)
    )
    number, rows = without_next_date(session, ROWS)
    return Stuck(
        holds=holds,
        without_next_date=number,
        rows=tuple(case_row(row, Reason(code="no_next_date")) for row in rows),
    )


def _figures(
    session: Session, amounts: Sequence[Any], dated: Sequence[DatedCase], promised: Sequence[Judged], today: date
) -> Figures:
    """Block 8."""
    monday = today - timedelta(days=today.weekday())
    week = [each for each in dated if each.kind == "promise" and monday <= each.day <= monday + timedelta(days=6)]
    return Figures(
        ageing=ageing_of(amounts, today),
        promised_this_week=money_of((each.currency, each.minor or 0) for each in week),
        promised_number=len(week),
        dso=dso_on(receivables(session), today),
        kept=kept_of(promised, today - timedelta(days=KEPT_DAYS - 1), today),
    )
