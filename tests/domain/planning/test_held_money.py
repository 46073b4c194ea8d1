"""Money of the debtor that stands elsewhere keeps the letters on his other invoices back."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from domain.debtor_money import LooseMoney, Unallocated, named_in, spread_payment, unallocated_of
from domain.law.allocation import OpenClaim
from domain.money import Money
from domain.surroundings import NOTHING_SPECIAL, Held, Surroundings
from tests.domain.builders import Life, day, eur, policy, send

LADDER = policy(
    send("one", {"after_due": "5d"}),
    send("two", {"after_due": "12d"}),
    {"id": "call", "when": {"after_due": "20d"}, "task": "call"},
    tolerance="2.00",
)


def loose(text: str, since: str = "2026-03-03", foreign: bool = False) -> Surroundings:
    money = Unallocated(eur(text), day(since), day(since), foreign)
    return dataclasses.replace(NOTHING_SPECIAL, unallocated=money)


def held(text: str) -> Surroundings:
    return dataclasses.replace(NOTHING_SPECIAL, held=Held(eur(text), eur(text)))


def living(surroundings: Surroundings) -> Life:
    life = Life(LADDER).at("2026-03-01")
    life.surroundings = surroundings
    return life


def codes(life: Life) -> list[str]:
    return [blocker.code.value for blocker in life.decision.blockers]


@pytest.mark.parametrize("surroundings", [held("3.00"), held("5000.00"), loose("3.00"), loose("0.00", foreign=True)])
def test_any_money_above_the_tolerance_keeps_a_letter_back(surroundings: Surroundings) -> None:
    life = living(surroundings).live("2026-03-06")
    assert (life.steps, codes(life)) == ([], ["money_unallocated"])
    # It never waits without a date.
    assert life.decision.at is not None


@pytest.mark.parametrize("surroundings", [held("2.00"), loose("2.00"), loose("1.00")])
def test_a_trifle_keeps_nothing_back(surroundings: Surroundings) -> None:
    assert living(surroundings).live("2026-03-06").steps == ["2026-03-06 one"]


def test_a_small_invoice_that_a_trifle_covers_is_not_asked_for() -> None:
    life = Life(LADDER)
    life.hear("payment_received", {"id": "p1", "amount": "997.50"})
    life.surroundings = held("2.00")
    assert life.live("2026-03-06").steps == []


def test_a_person_is_asked_once_and_again_after_thirty_days() -> None:
    life = living(loose("50.00")).live("2026-03-06")
    assert life.open_tasks() == ["allocate_money"]
    life.live("2026-04-01")
    assert life.open_tasks() == ["allocate_money"]
    # Known since 03-03; thirty days later is 04-02.
    life.live("2026-04-20")
    assert sorted(life.open_tasks()) == ["allocate_money", "money_late"]
    assert life.steps == []


def test_the_day_of_the_second_task_hangs_on_nothing_else_that_the_case_waits_for() -> None:
    # Known since 03-03; thirty days later is 04-02, though the wait looks again on 04-03, and a pause longer on.
    for paused in (False, True):
        life = living(loose("50.00")).live("2026-03-20")
        if paused:
            life.hear("pause")
        life.live("2026-04-20")
        assert [str(t.raised_on) for t in life.case.tasks if t.kind == "money_late"] == ["2026-04-02"]


def test_when_it_is_allocated_or_given_back_the_ladder_goes_on_and_nobody_is_asked_any_more() -> None:
    life = living(loose("50.00")).live("2026-03-09")
    life.surroundings = NOTHING_SPECIAL
    life.live("2026-03-13")
    # It was asked at once, here; by itself it would have looked again on the 13th.
    assert life.steps == ["2026-03-09 one", "2026-03-13 two"]
    assert life.open_tasks() == []


def test_who_leaves_it_where_it_is_ends_the_hold_until_more_comes_in() -> None:
    life = living(loose("50.00")).live("2026-03-08")
    life.ask("complete_task", {"task": "allocate_money", "outcome": "belongs to another contract", "actor": "anna"})
    assert life.live("2026-03-08").steps == ["2026-03-08 one"]
    life.surroundings = loose("80.00", since="2026-03-09")
    life.live("2026-03-14")
    assert (life.steps, codes(life)) == (["2026-03-08 one"], ["money_unallocated"])
    assert life.open_tasks() == ["allocate_money"]


def test_a_call_is_no_letter() -> None:
    ladder = policy({"id": "call", "when": {"after_due": "5d"}, "task": "call"}, send("one", {"after_due": "30d"}))
    life = Life(ladder).at("2026-03-01")
    life.surroundings = held("50.00")
    assert life.live("2026-03-07").steps == ["2026-03-06 call"]


# What a payment without an invoice pays ---------------------------------------------------------------------


def claim(key: str, due: str, text: str) -> OpenClaim:
    return OpenClaim(key, day(due), day("2026-01-01"), eur(text))


CLAIMS = (claim("a", "2026-03-01", "100.00"), claim("b", "2026-03-08", "200.00"))
NUMBERS = (("a", "F-1"), ("b", "F-2"), ("c", "F-12"))
ON = date(2026, 3, 20)


@pytest.mark.parametrize(
    ("reference", "paid", "expected", "left"),
    [
        ("", "150.00", (("a", "100.00"), ("b", "50.00")), "0.00"),
        ("dank u", "150.00", (("a", "100.00"), ("b", "50.00")), "0.00"),
        ("factuur f-2", "150.00", (("b", "150.00"),), "0.00"),
        ("F-2", "250.00", (("b", "200.00"), ("a", "50.00")), "0.00"),
        ("F-2 en F-1", "250.00", (("a", "100.00"), ("b", "150.00")), "0.00"),
        ("F-2", "350.00", (("b", "200.00"), ("a", "100.00")), "50.00"),
        # F-12 is settled: he probably paid twice, and nothing is guessed.
        ("F-12", "150.00", (), "150.00"),
    ],
)
def test_who_names_an_invoice_pays_that_one_first(
    reference: str, paid: str, expected: tuple[tuple[str, str], ...], left: str
) -> None:
    found = spread_payment(eur(paid), reference, CLAIMS, NUMBERS, ON)
    assert tuple((key, share.text) for key, share in found.shares) == expected
    assert found.left == eur(left)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("F-1", ("F-1",)),
        ("betaling F-12.", ("F-12",)),
        ("F-1/2", ()),
        ("XF-1", ()),
        ("2026-F-1", ()),
        ("F-12 en F-1", ("F-12", "F-1")),
        ("", ()),
    ],
)
def test_a_number_is_named_as_a_whole_word(text: str, expected: tuple[str, ...]) -> None:
    assert named_in(text, ["F-1", "F-12", ""]) == expected


def test_money_in_another_currency_is_not_nothing() -> None:
    dollars = LooseMoney("p1", Money.parse("10.00", "USD"), ON, ON)
    found = unallocated_of((dollars, LooseMoney("p2", eur("5.00"), ON, day("2026-03-25"))), "EUR")
    assert found == Unallocated(eur("5.00"), day("2026-03-25"), ON, foreign=True)
    assert unallocated_of((), "EUR") is None


def test_what_we_credited_after_he_paid_holds_only_where_it_covers_all_that_is_asked() -> None:
    lived = Life(LADDER)
    lived.surroundings = dataclasses.replace(NOTHING_SPECIAL, held=Held(eur("50.00"), eur("0.00")))
    lived.live("2026-03-31")
    assert lived.case.taken
    covered = Life(LADDER)
    covered.surroundings = dataclasses.replace(NOTHING_SPECIAL, held=Held(eur("1000.00"), eur("0.00")))
    covered.live("2026-03-31")
    assert covered.case.taken == ()
