"""The account of one claim: the worked cases of the practice, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.account import Account, Booked, CostsDue, Movement, MovementKind, settle
from domain.law import nl
from domain.law.allocation import Allocation
from domain.law.interest import InterestRule, agreed_rate
from domain.money import CurrencyMismatch, Money
from tests.domain.builders import day, eur

LEGAL = Allocation.LEGAL
PRINCIPAL_FIRST = Allocation.PRINCIPAL_FIRST


def paid(on: str, amount: str, id: str = "p", kind: MovementKind = "payment", of: str | None = None) -> Movement:
    return Movement(id, day(on), eur(amount), kind, of)


def consumer(since: str) -> InterestRule:
    return InterestRule(day(since), nl.statutory_rates(trade=False))


def trade(since: str) -> InterestRule:
    return InterestRule(day(since), nl.statutory_rates(trade=True))


def costs(since: str, amount: str) -> CostsDue:
    return CostsDue(day(since), eur(amount))


def parts(booked: Booked) -> tuple[str, str, str, str]:
    return (booked.costs.text, booked.interest.text, booked.principal.text, booked.over.text)


# Worked cases


def test_s1_silence_of_a_business() -> None:
    found = settle(
        eur("2420.00"), (), day("2026-10-20"), interest=trade("2026-09-03"), costs=costs("2026-10-20", "363.00")
    )
    assert found.total == eur("2816.10")


def test_s2_silence_of_a_consumer() -> None:
    due = costs("2026-12-03", "40.00")
    rule = consumer("2026-10-31")
    assert settle(eur("249.00"), (), day("2026-12-02"), interest=rule, costs=due).costs == eur("0.00")
    assert settle(eur("249.00"), (), day("2026-12-04"), interest=rule, costs=due).total == eur("289.96")
    assert settle(eur("249.00"), (), day("2026-12-15"), interest=rule, costs=due).total == eur("290.26")


def test_s4_part_payment_inside_the_term_principal_first() -> None:
    found = settle(
        eur("1000.00"),
        [paid("2026-10-20", "600.00")],
        day("2026-11-04"),
        interest=consumer("2026-10-01"),
        costs=costs("2026-11-03", "60.00"),
    )
    assert (found.principal, found.interest, found.total) == (eur("400.00"), eur("2.85"), eur("462.85"))
    assert [each.amount.text for each in found.periods] == ["2.19", "0.66"]
    assert parts(found.booked[0]) == ("0.00", "0.00", "600.00", "0.00")


def test_s4_part_payment_inside_the_term_as_the_law_has_it() -> None:
    found = settle(
        eur("1000.00"),
        [paid("2026-10-20", "600.00")],
        day("2026-11-04"),
        interest=consumer("2026-10-01"),
        costs=costs("2026-11-03", "60.33"),
        allocation=LEGAL,
    )
    assert (found.principal, found.total) == (eur("402.19"), eur("463.18"))
    assert parts(found.booked[0]) == ("0.00", "2.19", "597.81", "0.00")


def test_s6_three_invoices_of_one_consumer() -> None:
    claims = [
        settle(eur("100.00"), (), day("2026-11-20"), interest=consumer(since), costs=costs("2026-11-19", "15.00"))
        for since in ("2026-10-02", "2026-10-09", "2026-10-16")
    ]
    assert sum((each.total.amount for each in claims), Decimal(0)) == Decimal("346.41")


@pytest.mark.parametrize(
    ("principal", "movements", "as_of", "total"),
    [
        # a: a correction counts from the first day: the claim was 600 all along
        ("600.00", [], "2026-10-27", "692.76"),
        # b: a rebate counts like a payment
        ("800.00", [paid("2026-10-05", "200.00", kind="rebate")], "2026-10-20", "692.74"),
        # c: 13 days on 800 = 1.1397, 29 days on 600 = 1.9068, together 3.05
        ("800.00", [paid("2026-09-28", "200.00")], "2026-10-27", "693.05"),
    ],
)
def test_s8_credit_after_the_letter(principal: str, movements: list[Movement], as_of: str, total: str) -> None:
    found = settle(
        eur(principal), movements, day(as_of), interest=consumer("2026-09-16"), costs=costs("2026-10-17", "90.00")
    )
    assert found.total == eur(total)


def test_s10_broken_arrangement_with_interest_reserved() -> None:
    found = settle(
        eur("3000.00"),
        [paid("2026-09-15", "1159.62")],
        day("2026-10-21"),
        interest=trade("2026-07-01"),
        costs=costs("2026-08-15", "425.00"),
    )
    assert parts(found.booked[0]) == ("425.00", "65.82", "668.80", "0.00")
    assert (found.principal, found.interest, found.total) == (eur("2331.20"), eur("23.91"), eur("2355.11"))


def test_s14_sole_trader() -> None:
    found = settle(
        eur("600.00"), (), day("2026-10-06"), interest=trade("2026-09-03"), costs=costs("2026-10-03", "90.00")
    )
    assert found.total == eur("695.81")


def test_costs_come_first_then_interest_then_principal() -> None:
    # law.md §4: 5,000 with 600 interest and 875 costs; 2,000 pays 875 / 600 / 525. Here 12% over one year is the 600.
    found = settle(
        eur("5000.00"),
        [paid("2025-12-31", "2000.00")],
        day("2025-12-31"),
        interest=InterestRule(day("2025-01-01"), agreed_rate(Decimal(12)), compound=False),
        costs=costs("2025-06-01", "875.00"),
        allocation=LEGAL,
    )
    assert parts(found.booked[0]) == ("875.00", "600.00", "525.00", "0.00")
    assert (found.principal, found.interest, found.costs) == (eur("4475.00"), eur("0.00"), eur("0.00"))


# Which order applies


def test_costs_that_are_not_due_yet_get_nothing() -> None:
    for allocation in Allocation:
        found = settle(
            eur("100.00"),
            [paid("2026-11-02", "150.00")],
            day("2026-11-03"),
            costs=costs("2026-11-03", "40.00"),
            allocation=allocation,
        )
        # What was left is held, and is not booked against costs that come later.
        assert (found.principal, found.costs, found.overpaid) == (eur("0.00"), eur("40.00"), eur("50.00"))
        assert found.total == eur("40.00")


def test_on_the_day_on_which_costs_are_due_a_payment_pays_them() -> None:
    found = settle(eur("100.00"), [paid("2026-11-03", "50.00")], day("2026-11-03"), costs=costs("2026-11-03", "40.00"))
    assert parts(found.booked[0]) == ("40.00", "0.00", "10.00", "0.00")


def test_from_the_hand_off_on_payments_are_allocated_as_the_law_has_it() -> None:
    def found(on: str) -> Account:
        return settle(
            eur("1000.00"),
            [paid(on, "500.00")],
            day("2026-10-20"),
            interest=consumer("2026-10-01"),
            legal_from=day("2026-10-20"),
        )

    assert parts(found("2026-10-19").booked[0]) == ("0.00", "0.00", "500.00", "0.00")
    assert parts(found("2026-10-20").booked[0]) == ("0.00", "2.19", "497.81", "0.00")


def test_principal_first_pays_interest_with_the_rest_and_never_costs() -> None:
    found = settle(eur("1000.00"), [paid("2026-10-20", "1010.00")], day("2026-12-01"), interest=consumer("2026-10-01"))
    assert parts(found.booked[0]) == ("0.00", "2.19", "1000.00", "7.81")
    assert (found.total, found.overpaid) == (eur("0.00"), eur("7.81"))


@pytest.mark.parametrize("kind", ["rebate", "write_off"])
def test_a_rebate_or_write_off_lowers_the_principal_only(kind: MovementKind) -> None:
    found = settle(
        eur("100.00"),
        [paid("2026-11-03", "120.00", kind=kind)],
        day("2026-11-03"),
        interest=consumer("2026-10-01"),
        costs=costs("2026-11-01", "40.00"),
        allocation=LEGAL,
    )
    assert parts(found.booked[0]) == ("0.00", "0.00", "100.00", "20.00")
    assert (found.interest, found.costs) == (eur("0.37"), eur("40.00"))


# Days


def test_the_day_of_payment_still_bears_interest_on_the_old_balance() -> None:
    # 1000 × 4% × 20/365 = 2.19; a day less would be 2.08.
    found = settle(eur("1000.00"), [paid("2026-10-20", "1000.00")], day("2026-11-30"), interest=consumer("2026-10-01"))
    assert found.interest == eur("2.19")


def test_what_came_before_the_first_interest_day_counts_at_once() -> None:
    found = settle(eur("1000.00"), [paid("2026-09-30", "400.00")], day("2026-10-20"), interest=consumer("2026-10-01"))
    assert [(each.base, each.days) for each in found.periods] == [(eur("600.00"), 20)]


def test_what_comes_after_the_day_does_not_count_yet() -> None:
    found = settle(eur("1000.00"), [paid("2026-10-21", "400.00")], day("2026-10-20"), interest=consumer("2026-10-01"))
    assert (found.principal, found.booked) == (eur("1000.00"), ())


def test_interest_that_was_paid_is_not_capitalised() -> None:
    # 10% of 1,000 is 100 a year. Paid on the last day of the year: the base stays 1,000. A day later it has become
    # 1,100, and the payment takes the interest of the year off it.
    rule = InterestRule(day("2023-01-01"), agreed_rate(Decimal(10)), compound=True)
    in_time = settle(eur("1000.00"), [paid("2023-12-31", "100.00")], day("2025-12-31"), interest=rule, allocation=LEGAL)
    assert (in_time.principal, in_time.interest) == (eur("1000.00"), eur("210.00"))
    too_late = settle(
        eur("1000.00"), [paid("2024-01-01", "100.00")], day("2024-01-02"), interest=rule, allocation=LEGAL
    )
    assert [each.base.text for each in too_late.periods] == ["1000.00", "1100.00", "1000.00"]
    # 2024 has 366 days: 1100 × 10% / 366 = 0.30, 1000 × 10% / 366 = 0.27, together 0.57.
    assert too_late.interest == eur("0.57")


# Reversals


def test_a_reversal_gives_back_what_its_payment_did() -> None:
    found = settle(
        eur("1000.00"),
        [paid("2026-10-20", "600.00"), paid("2026-10-30", "600.00", "r", "reversal", "p")],
        day("2026-11-30"),
        interest=consumer("2026-10-01"),
        costs=costs("2026-10-10", "150.00"),
    )
    assert parts(found.booked[0]) == ("150.00", "2.19", "447.81", "0.00")
    assert parts(found.booked[1]) == ("-150.00", "-2.19", "-447.81", "0.00")
    assert (found.principal, found.costs) == (eur("1000.00"), eur("150.00"))
    # While we had the money there was no interest on it: 20 days on 1,000, 10 on 552.19, 31 on 1,000.
    assert [(each.base.text, each.days) for each in found.periods] == [
        ("1000.00", 20),
        ("552.19", 10),
        ("1000.00", 31),
    ]


def test_a_part_reversal_gives_back_what_was_allocated_last() -> None:
    def back(amount: str) -> tuple[str, str, str, str]:
        movements = [paid("2026-10-20", "600.00"), paid("2026-10-30", amount, "r", "reversal", "p")]
        found = settle(
            eur("400.00"),
            movements,
            day("2026-10-30"),
            interest=consumer("2026-10-01"),
            costs=costs("2026-10-10", "60.00"),
        )
        return parts(found.booked[1])

    # 600.00 paid 60.00 costs, 0.88 interest (400 × 4% × 20/365), 400.00 principal, and 139.12 were held.
    assert back("100.00") == ("0.00", "0.00", "0.00", "-100.00")
    assert back("200.00") == ("0.00", "0.00", "-60.88", "-139.12")
    assert back("540.00") == ("0.00", "-0.88", "-400.00", "-139.12")
    assert back("550.00") == ("-10.00", "-0.88", "-400.00", "-139.12")
    # Never more than is left of the payment.
    assert back("700.00") == ("-60.00", "-0.88", "-400.00", "-139.12")


def test_interest_given_back_after_its_year_is_part_of_the_base() -> None:
    # The 100.00 paid at the end of 2023 come back at the end of 2024: from 2025 on the base is what it would have
    # been, 1,000 + 100 + the 100 of 2024.
    rule = InterestRule(day("2023-01-01"), agreed_rate(Decimal(10)), compound=True)
    movements = [paid("2023-12-31", "100.00"), paid("2024-12-31", "100.00", "r", "reversal", "p")]
    found = settle(eur("1000.00"), movements, day("2025-12-31"), interest=rule, allocation=LEGAL)
    assert [each.base.text for each in found.periods] == ["1000.00", "1000.00", "1200.00"]
    assert found.interest == eur("320.00")


def test_a_reversal_of_nothing_known_does_nothing() -> None:
    movements = [
        paid("2026-10-20", "50.00"),
        paid("2026-10-21", "50.00", "r", "reversal", "p"),
        paid("2026-10-22", "50.00", "s", "reversal", "r"),
        paid("2026-10-22", "50.00", "t", "reversal", "x"),
        paid("2026-10-22", "50.00", "u", "reversal"),
    ]
    found = settle(eur("100.00"), movements, day("2026-10-30"))
    assert (found.principal, [each.id for each in found.booked]) == (eur("100.00"), ["p", "r"])


def test_a_reversal_dated_before_its_payment_counts_with_it() -> None:
    movements = [paid("2026-10-20", "50.00"), paid("2026-10-18", "50.00", "r", "reversal", "p")]
    assert settle(eur("100.00"), movements, day("2026-10-19")).booked == ()
    assert settle(eur("100.00"), movements, day("2026-10-20")).principal == eur("100.00")


def test_who_paid_twice_owes_nothing_when_one_payment_comes_back() -> None:
    movements = [
        paid("2026-10-20", "100.00", "a"),
        paid("2026-10-21", "100.00", "b"),
        paid("2026-10-25", "100.00", "ra", "reversal", "a"),
    ]
    once = settle(eur("100.00"), movements, day("2026-10-30"))
    assert (once.principal, once.overpaid) == (eur("0.00"), eur("0.00"))
    assert parts(once.booked[2]) == ("0.00", "0.00", "0.00", "-100.00")
    both = settle(eur("100.00"), [*movements, paid("2026-10-26", "100.00", "rb", "reversal", "b")], day("2026-10-30"))
    assert (both.principal, both.overpaid) == (eur("100.00"), eur("0.00"))


# Refusals


def test_amounts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        paid("2026-10-20", "0.00")
    with pytest.raises(ValueError, match="below zero"):
        settle(eur("-1.00"), (), day("2026-10-20"))
    with pytest.raises(ValueError, match="one id"):
        settle(eur("1.00"), [paid("2026-10-20", "1.00"), paid("2026-10-21", "1.00")], day("2026-10-22"))
    with pytest.raises(CurrencyMismatch):
        settle(Money.parse("1", "USD"), [paid("2026-10-20", "1.00")], day("2026-10-22"))
    with pytest.raises(CurrencyMismatch):
        settle(Money.parse("1", "USD"), (), day("2026-10-22"), costs=costs("2026-10-01", "40.00"))


# What holds for every account

FIRST = date(2023, 1, 1)
DAYS = st.integers(min_value=0, max_value=1200).map(lambda days: FIRST + timedelta(days=days))
AMOUNTS = st.integers(min_value=1, max_value=300_000).map(lambda cents: Money.from_minor(cents, "EUR"))
RULES = st.one_of(
    st.none(),
    st.builds(
        InterestRule,
        since=DAYS,
        rates=st.sampled_from((nl.statutory_rates(True), nl.statutory_rates(False), agreed_rate(Decimal("12.5")))),
        compound=st.booleans(),
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Movement]:
    """Movements of which reversals name earlier ones, one another, or nothing."""
    count = draw(st.integers(min_value=0, max_value=7))
    found = []
    for number in range(count):
        kind: MovementKind = draw(
            st.sampled_from(("payment", "payment", "rebate", "write_off", "reversal", "reversal"))
        )
        of = f"m{draw(st.integers(min_value=0, max_value=8))}" if kind == "reversal" else None
        found.append(Movement(f"m{number}", draw(DAYS), draw(AMOUNTS), kind, of))
    return found


ACCOUNTS = st.fixed_dictionaries(
    {
        "principal": AMOUNTS,
        "movements": histories(),
        "as_of": DAYS,
        "interest": RULES,
        "costs": st.one_of(st.none(), st.builds(CostsDue, since=DAYS, amount=AMOUNTS)),
        "allocation": st.sampled_from(Allocation),
        "legal_from": st.one_of(st.none(), DAYS),
    }
)


def moved(booked: Booked) -> int:
    return (booked.costs + booked.interest + booked.principal + booked.over).minor


@given(st.data())
def test_no_cent_is_lost_or_made(data: st.DataObject) -> None:
    given_ = data.draw(ACCOUNTS)
    movements = {each.id: each for each in given_["movements"]}
    found = settle(**given_)
    booked = {each.id: each for each in found.booked}
    for id, each in booked.items():
        movement = movements[id]
        if movement.kind == "reversal":
            assert -movement.amount.minor <= moved(each) <= 0
        else:
            assert moved(each) == movement.amount.minor
    for id in booked:
        undone = -sum(moved(each) for each in found.booked if movements[each.id].of == id)
        asked = sum(each.amount.minor for each in movements.values() if each.of == id and each.id in booked)
        if movements[id].kind != "reversal":
            assert undone == min(asked, movements[id].amount.minor)
    run = sum(each.amount.minor for each in found.periods)
    due = given_["costs"]
    owed = due.amount.minor if due is not None and due.since <= given_["as_of"] else 0
    assert found.principal.minor == given_["principal"].minor - sum(each.principal.minor for each in found.booked)
    assert found.interest.minor == run - sum(each.interest.minor for each in found.booked)
    assert found.costs.minor == owed - sum(each.costs.minor for each in found.booked)
    assert found.overpaid.minor == sum(each.over.minor for each in found.booked)
    assert min(each.minor for each in (found.principal, found.interest, found.costs, found.overpaid)) >= 0
    assert found.principal.is_zero or found.overpaid.is_zero
    assert found.total == found.principal + found.interest + found.costs


@given(st.data())
def test_the_order_in_which_movements_are_told_does_not_matter(data: st.DataObject) -> None:
    given_ = data.draw(ACCOUNTS)
    shuffled = data.draw(st.permutations(given_["movements"]))
    assert settle(**{**given_, "movements": shuffled}) == settle(**given_)


@given(st.data())
def test_a_payment_that_comes_back_on_its_day_leaves_no_trace(data: st.DataObject) -> None:
    given_ = data.draw(ACCOUNTS)
    on = data.draw(DAYS)
    # Both stand last on their day, so that nothing else happens in between.
    pair = (
        Movement("y", on, data.draw(AMOUNTS), data.draw(st.sampled_from(("payment", "rebate")))),
        Movement("z", on, eur("999999.00"), "reversal", of="y"),
    )
    same_day = any(each.on == on and each.kind == "reversal" for each in given_["movements"])
    others = [each for each in given_["movements"] if not (same_day and each.kind == "reversal")]
    given_["movements"] = others
    without = settle(**given_)
    found = settle(**{**given_, "movements": [*others, *pair]})
    assert replace(found, periods=(), booked=(), remarks=()) == replace(without, periods=(), booked=(), remarks=())


@given(st.data())
def test_without_interest_and_costs_the_account_is_the_ledger(data: st.DataObject) -> None:
    given_ = data.draw(ACCOUNTS)
    found = settle(given_["principal"], given_["movements"], given_["as_of"])
    assert found.principal.minor - found.overpaid.minor == given_["principal"].minor - sum(map(moved, found.booked))
