"""Catching up: which steps whose moment passed unseen are still taken."""

from __future__ import annotations

import pytest

from domain.invoice import LegalStatus, YesNoUnknown
from domain.surroundings import Surroundings
from tests.domain.builders import Life, day, hand_off, invoice, policy, send
from tests.domain.planning.ladders import THREE


def test_in_order_takes_missed_steps_one_by_one_and_spaced() -> None:
    life = Life(policy(*THREE, spacing="5d")).at("2026-03-25").live("2026-04-30")
    assert life.steps == ["2026-03-25 one", "2026-03-30 two", "2026-04-04 three", "2026-04-10 four"]


def test_latest_takes_the_last_missed_step_only() -> None:
    life = Life(policy(*THREE, spacing="5d", catch_up="latest")).at("2026-03-25").live("2026-04-30")
    assert life.steps == ["2026-03-25 three", "2026-04-10 four"]
    assert life.passed == [("2026-03-25", "one"), ("2026-03-25", "two")]


def test_skip_takes_none_of_the_missed_steps() -> None:
    life = Life(policy(*THREE, spacing="5d", catch_up="skip")).at("2026-03-25").live("2026-04-30")
    assert life.steps == ["2026-04-10 four"]
    assert [step for _, step in life.passed] == ["one", "two", "three"]


def test_a_message_from_before_the_due_date_is_left_out_once_that_has_passed() -> None:
    early = send("service", {"before_due": "5d"})
    on_the_day = Life(policy(early, *THREE)).at("2026-03-01").live("2026-03-10")
    assert on_the_day.steps == ["2026-03-01 service", "2026-03-06 one"]
    late = Life(policy(early, *THREE)).at("2026-03-02").live("2026-03-10")
    assert (late.steps, late.passed) == (["2026-03-06 one"], [("2026-03-02", "service")])


@pytest.mark.parametrize(
    ("natural_person", "last_day_and_two"),
    [
        # Sent Tuesday 3 March 2026: received Friday the 6th (three delivery days). Eight days: Saturday the 14th, acted
        # on from Tuesday the 17th. Fourteen: Friday the 20th, acted on from Tuesday the 24th.
        (YesNoUnknown.NO, "2026-03-17"),
        (YesNoUnknown.YES, "2026-03-24"),
        (YesNoUnknown.UNKNOWN, "2026-03-24"),
    ],
)
def test_a_natural_person_has_the_statutory_term_also_where_businesses_have_a_shorter_one(
    natural_person: YesNoUnknown, last_day_and_two: str
) -> None:
    steps = (
        send("notice", {"after_due": "2d"}, send=["post"], letter="notice", term="8d"),
        hand_off({"term_expired": "notice"}),
    )
    status = LegalStatus(natural_person=natural_person, in_business=YesNoUnknown.YES)
    owed = invoice().model_copy(update={"legal_status": status})
    assert Life(policy(*steps, law="NL"), owed).live("2026-04-30").steps == [
        "2026-03-03 notice",
        f"{last_day_and_two} handoff",
    ]


def test_a_step_is_missed_only_when_a_later_day_has_come() -> None:
    # 20 March is the day of the third step: the first two are missed, the third is not.
    life = Life(policy(*THREE, catch_up="skip")).at("2026-03-20", "18:00").live("2026-03-31")
    assert life.steps == ["2026-03-20 three"]


@pytest.mark.parametrize("catch_up", ["in_order", "latest", "skip"])
def test_no_catching_up_leaves_out_a_step_that_a_gate_needs(catch_up: str) -> None:
    ladder = policy(
        send("one", {"after_due": "5d"}),
        send("notice", {"after_due": "12d"}, term="14d"),
        send("three", {"after_due": "19d"}),
        hand_off({"term_expired": "notice"}),
        catch_up=catch_up,
    )
    life = Life(ladder).at("2026-05-01").live("2026-06-30")
    assert "2026-05-01 notice" in life.steps
    # Sent 1 May, last day of the term 15 May.
    assert life.steps[-1] == "2026-05-16 handoff"


@pytest.mark.parametrize("catch_up", ["latest", "skip"])
def test_a_step_that_was_held_back_before_everyones_eyes_is_not_missed(catch_up: str) -> None:
    life = Life(policy(*THREE, catch_up=catch_up))
    life.surroundings = Surroundings(bank_covered_until=day("2026-03-01"))
    life.live("2026-03-09")
    assert life.steps == []
    life.surroundings = Surroundings()
    assert life.live("2026-03-31").steps == ["2026-03-09 one", "2026-03-13 two", "2026-03-20 three"]


def test_a_moment_in_a_closed_period_was_not_missed() -> None:
    life = Life(policy(*THREE, catch_up="skip")).live("2026-03-08")
    life.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    life.live("2026-03-20").at("2026-03-21").hear("payment_reversed", {"payment": "p1"})
    # Step two was planned for 13 March and three for the 20th: both come when the case is opened again.
    assert life.live("2026-03-31").steps == ["2026-03-06 one", "2026-03-21 two", "2026-03-21 three"]
    assert life.passed == []
