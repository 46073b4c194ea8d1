"""Who decided something and what he wrote is told at the desk, and to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain import facts as f
from domain.views.said import Said, said
from domain.views.timeline import bare_line, line, told_line
from tests.domain.builders import eur

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ON = AT.date()


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (
            f.HoldPlaced(id="h", at=AT, on=ON, hold=f.HoldKind.PAUSE, actor="els", note="on holiday"),
            "2026-03-02 on hold: pause (els: on holiday)",
        ),
        (
            f.HoldPlaced(id="h", at=AT, on=ON, hold=f.HoldKind.PAUSE, note="on holiday"),
            "2026-03-02 on hold: pause (on holiday)",
        ),
        (f.HoldLifted(id="l", at=AT, on=ON, hold=f.HoldKind.PAUSE, actor="els"), "2026-03-02 hold ended: pause (els)"),
        (
            f.CallLogged(id="c", at=AT, on=ON, outcome="pays", actor="els", note="asks for a copy"),
            "2026-03-02 call noted: pays (els: asks for a copy)",
        ),
        (
            f.WrittenOff(id="w", at=AT, on=ON, amount=eur("1.00"), actor="els", note="too small"),
            "2026-03-02 written off: 1.00 (els: too small)",
        ),
        (
            f.TaskDone(id="t", at=AT, on=ON, task="call", outcome="done", actor="els"),
            "2026-03-02 task done: call (done) (els)",
        ),
    ],
)
def test_the_desk_reads_who_and_why_and_others_do_not(fact: f.Fact, told: str) -> None:
    assert told_line(fact) == told
    for shown in (line(fact), bare_line(fact)):
        assert "els" not in shown
        assert "holiday" not in shown


def test_a_fact_of_the_engine_itself_has_nobody() -> None:
    fact = f.HoldPlaced(id="h", at=AT, on=ON, hold=f.HoldKind.ONBOARDING_REVIEW)
    assert said(fact) is None
    assert told_line(fact) == line(fact)
    assert said(f.HoldPlaced(id="h", at=AT, on=ON, hold=f.HoldKind.PAUSE, note="x")) == Said("", "x")
