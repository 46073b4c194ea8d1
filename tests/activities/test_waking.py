"""Whom a turn wakes: cases of the same debtor for which something follows from it sooner than they planned."""

from __future__ import annotations

from pathlib import Path

from activities.contracts import Turn
from tests.activities.workplace import Workplace
from tests.casefile.builders import reminders
from tests.domain.builders import local


async def _held(folder: Path) -> Workplace:
    """F-2 waits since its reminder was due, for what was overpaid on F-1 covers it."""
    at = Workplace(folder, reminders(), numbers=("F-1", "F-2", "F-3"))
    await at.tell("pause", number="F-3")
    await at.tell("payment_received", {"id": "p1", "amount": "2500.00"})
    await at.act("F-2")
    assert at.last["F-2"].at == local("2026-03-13", "12:00") and at.taken() == ()
    at.now = local("2026-03-09", "09:00")
    return at


async def test_a_turn_wakes_the_case_for_which_something_follows_sooner_and_no_other(tmp_path: Path) -> None:
    at = await _held(tmp_path)
    turn = await at.tell("complete_task", {"task": "overpayment", "outcome": "returned"})
    assert turn.wake == (at.case("F-2"),)


async def test_who_is_woken_plans_at_its_own_now_and_wakes_nobody_back(tmp_path: Path) -> None:
    at = await _held(tmp_path)
    await at.tell("complete_task", {"task": "overpayment", "outcome": "returned"})
    assert await _until_all_sleep(at) == ["F-2"]
    # The opening hour of that day.
    assert (at.last["F-2"].action, at.last["F-2"].at) == ("send", local("2026-03-09", "12:00"))


async def test_a_turn_that_was_lost_after_it_was_recorded_wakes_all_the_same(tmp_path: Path) -> None:
    at = await _held(tmp_path)
    before = at.last["F-1"]
    await at.tell("complete_task", {"task": "overpayment", "outcome": "returned"})
    at.last["F-1"] = before
    assert (await at.advance()).wake == (at.case("F-2"),)


async def test_a_turn_that_records_nothing_wakes_nobody(tmp_path: Path) -> None:
    at = await _held(tmp_path)
    await at.tell("complete_task", {"task": "overpayment", "outcome": "returned"})
    assert (await at.advance()).wake == ()


async def test_an_only_invoice_wakes_nobody(tmp_path: Path) -> None:
    at = Workplace(tmp_path, reminders())
    await at.tell("payment_received", {"id": "p1", "amount": "400.00"})
    await at.act()
    await at.tell("payment_reversed", {"id": "r1", "payment": "p1"})
    assert [turn.wake for turn in at.turns] == [()] * len(at.turns)


async def _until_all_sleep(at: Workplace) -> list[str]:
    """Look again whoever is woken, until nobody is; returns who was, in order."""
    woken: list[str] = []
    numbers = {at.case(number): number for number in ("F-1", "F-2", "F-3")}
    turn: Turn = at.last["F-1"]
    left = [numbers[case_id] for case_id in turn.wake]
    while left:
        number = left.pop(0)
        woken.append(number)
        assert len(woken) < 10, "they wake each other for ever"
        left += [numbers[case_id] for case_id in (await at.advance(number=number)).wake]
    return woken
