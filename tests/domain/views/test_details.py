"""What people read of a case in the Temporal UI."""

from typing import Any

import pytest

from domain.views.case_view import CaseView, view_of
from domain.views.details import CODES_HEAD, render_details, summary_of
from tests.domain.builders import Life, business_ladder, eur

CASE = "case:devaart:2026-F-1"


def life(*messages: tuple[str, Any]) -> Life:
    """An invoice of 1000.00 due on Sunday 1 March 2026, seen on Monday the 2nd at noon."""
    lives = Life(business_ladder(), opened="2026-03-02").at("2026-03-02", "12:00")
    for name, content in messages:
        lives.hear(name, content)
    return lives


def view(*messages: tuple[str, Any]) -> CaseView:
    lives = life(*messages)
    return view_of(lives.case, lives.policy, lives.decision, lives.now)


def rows(details: str) -> dict[str, str]:
    """The table of the details, as a reader takes it in."""
    cells = [line.strip("|").split(" | ") for line in details.splitlines() if line.startswith("| **")]
    return {name.strip(" *\u2003"): value.strip() for name, value in cells}


def test_stage_open_amount_holds_why_and_what_next_are_told() -> None:
    # Seven days after Sunday 1 March is Sunday the 8th; the next sending day is Tuesday the 10th.
    details = render_details(CASE, view(), ())
    assert "**Next: reminder is sent on Tue 2026-03-10**" in details
    told = rows(details)
    assert (told["Stage"], told["Open"], told["On hold"]) == ("new", "1000.00 EUR", "no")
    assert told["Due"] == "Sun 2026-03-01"
    assert "Tue 2026-03-10" in told["Why not now"]


def test_a_pause_is_told_with_its_end_or_that_it_has_none() -> None:
    told = rows(render_details(CASE, view(("pause", None)), ()))
    assert (told["On hold"], told["Why not now"]) == ("pause, no end", "the case is paused")
    told = rows(render_details(CASE, view(("pause", {"until": "2026-03-20"})), ()))
    assert told["On hold"] == "pause until Fri 2026-03-20"
    assert told["Why not now"].startswith("the case is paused until Fri 2026-03-20; its day comes on ")


def test_the_task_that_comes_next_is_named() -> None:
    """An open-ended pause is reviewed after 14 days: Monday 16 March, moved to Tuesday the 17th by the calendar."""
    paused = view(("pause", None))
    assert "a person is asked to review the pause on Tue 2026-03-17" in render_details(CASE, paused, ())
    assert summary_of("F-1", paused) == "F-1: ask a person to review the pause at Tue 2026-03-17 09:00"


def test_what_was_paid_too_much_is_told() -> None:
    overpaid = view(("payment_received", {"id": "p1", "amount": "1000.00"})).model_copy(
        update={"overpaid": eur("7.00")}
    )
    assert rows(render_details(CASE, overpaid, ()))["Open"].endswith(", 7.00 paid too much")


def test_a_closed_case_says_why_and_asks_nothing() -> None:
    lives = life(("payment_received", {"id": "p1", "amount": "1000.00"})).live("2026-03-02")
    details = render_details(CASE, view_of(lives.case, lives.policy, lives.decision, lives.now), ())
    assert "**The case is closed: paid in full**" in details
    assert "Why not now" not in details


def test_a_step_that_fails_is_told_first() -> None:
    failing = view().model_copy(update={"failing": True})
    assert next(iter(rows(render_details(CASE, failing, ())).items())) == (
        "Trouble",
        "the last try failed; it is tried again",
    )


def test_the_newest_of_the_last_five_events_stands_on_top() -> None:
    timeline = tuple(f"2026-03-0{number} event {number}" for number in range(1, 8))
    shown = [line for line in render_details(CASE, view(), timeline).splitlines() if line.startswith("- ")]
    assert shown == [f"- 2026-03-0{number} event {number}" for number in (7, 6, 5, 4, 3)]


@pytest.mark.parametrize("typed", ["a | b", "[click](http://evil.example)", "<b>", "one\ntwo", "**loud**", "`x`"])
def test_what_somebody_typed_never_becomes_markup(typed: str) -> None:
    details = render_details(CASE, view(("raise_task", {"task": typed})), (f"2026-03-02 call: {typed}",))
    body = [line for line in details.splitlines() if line.startswith("| **")]
    assert len(body) == 8
    for sign in "[<`":
        assert details.count(sign) == details.count(f"\\{sign}")
    assert all(line.replace("\\|", "").count("|") == 3 for line in body)


def coded(*messages: tuple[str, Any]) -> CaseView:
    """The view of a case that is to tell codes and days only."""
    lives = life(*messages)
    return view_of(lives.case, lives.policy, lives.decision, lives.now, codes_only=True)


def test_codes_only_leave_out_number_amount_and_events() -> None:
    details = render_details(CASE, coded(), ("2026-03-02 payment tr_1: 100.00 credited 2026-03-01",))
    assert details.startswith(f"{CODES_HEAD}\n")
    assert "**Next: reminder is sent on Tue 2026-03-10**" in details
    assert all(word not in details for word in ("F-1", "1000", "100.00", "tr_1", "EUR"))
    assert rows(details) == {
        name: told for name, told in rows(render_details(CASE, view(), ())).items() if name != "Open"
    }


def test_codes_only_leave_out_a_task_that_somebody_named() -> None:
    typed = coded(("raise_task", {"task": "jansen_wil_niet"}), ("raise_task", {"task": "fix_contact"}))
    assert rows(render_details(CASE, typed, ()))["To do"].replace("\\", "") == (
        "mend the contact (fix_contact); 1 with a name of its own"
    )
    nowhere = typed.model_copy(update={"step": None, "at": None, "next": "wait", "why": ()})
    assert "jansen" not in summary_of("F-1", nowhere) and "jansen" in summary_of(
        "F-1", nowhere.model_copy(update={"codes_only": False})
    )


def test_a_summary_with_codes_only_says_the_step_and_when() -> None:
    assert summary_of("F-1", coded()) == "reminder at Tue 2026-03-10 09:00"
    assert summary_of("F-1", coded(("pause", None))) == "ask a person to review the pause at Tue 2026-03-17 09:00"
    lives = life(("payment_received", {"id": "p1", "amount": "1000.00"})).live("2026-03-02")
    closed = view_of(lives.case, lives.policy, lives.decision, lives.now, codes_only=True)
    assert summary_of("F-1", closed) == "closed, paid"


def test_details_of_any_other_case_can_not_pass_for_codes_only() -> None:
    """What begins so stays readable where everything else is encrypted: no typed word may stand there."""
    details = render_details(CASE, view(("raise_task", {"task": CODES_HEAD})), (CODES_HEAD,))
    assert not details.startswith(CODES_HEAD)
