"""What stands with us of a payment follows from the set of what was told, in whatever order and however often."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.money import Money
from domain.provider_money import Movement, MovementKind, gross_of, in_order, net_of, source_of, steps_of

BEGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)


def moved(own: str, kind: MovementKind, cents: int, hour: int = 0, of: str | None = None) -> Movement:
    return Movement(own, kind, Money.from_minor(cents, "EUR"), date(2026, 3, 1), BEGIN + timedelta(hours=hour), of)


PAID = moved("p", "received", 10_000)


def test_two_equal_refunds_of_one_day_are_two() -> None:
    assert net_of([PAID, moved("re_1", "refund", 2500), moved("re_2", "refund", 2500)]) == 5000


def test_a_chargeback_that_was_won_back_takes_nothing() -> None:
    lost = moved("chb", "chargeback", 10_000, 1)
    assert net_of([PAID, lost]) == 0
    assert net_of([PAID, lost, moved("chb:won", "undone", 10_000, 2, "chb")]) == 10_000


def test_a_refund_that_failed_before_we_heard_of_it_moves_nothing() -> None:
    assert net_of([PAID, moved("re_1:undone", "undone", 2500, 2, "re_1")]) == 10_000
    assert net_of([PAID, moved("re_1:undone", "undone", 2500, 2, "re_1"), moved("re_1", "refund", 2500, 1)]) == 10_000


def test_a_total_counts_as_far_as_the_refunds_with_an_id_do_not_reach() -> None:
    total = moved("t1", "refunded_total", 4000, 3)
    assert net_of([PAID, total]) == 6000
    assert net_of([PAID, total, moved("re_1", "refund", 2500, 1)]) == 6000
    assert net_of([PAID, total, moved("re_1", "refund", 2500, 1), moved("re_2", "refund", 1500, 2)]) == 6000
    assert net_of([PAID, total, moved("re_1", "refund", 2500), moved("re_2", "refund", 3000)]) == 4500


def test_of_two_totals_the_later_one_counts() -> None:
    assert net_of([PAID, moved("t2", "refunded_total", 4000, 3), moved("t1", "refunded_total", 1500, 2)]) == 6000


def test_a_refund_undone_after_a_total_was_in_it_still() -> None:
    told = [PAID, moved("re_1", "refund", 2500, 1), moved("t1", "refunded_total", 2500, 2)]
    assert net_of(told) == 7500
    assert net_of([*told, moved("re_1:undone", "undone", 2500, 3, "re_1")]) == 10_000


def test_a_direct_debit_stands_as_it_was_told_last() -> None:
    there, gone, again = moved("e1", "stands", 900, 1), moved("e2", "stands", 0, 2), moved("e3", "stands", 900, 3)
    assert [net_of(told) for told in ([there], [there, gone], [gone, there], [there, again, gone])] == [900, 0, 0, 900]


def test_captures_of_one_payment_add_up_and_one_that_failed_does_not_count() -> None:
    both = [moved("c1", "received", 600), moved("c2", "received", 400)]
    assert gross_of(both) == 1000
    assert gross_of([*both, moved("c2:failed", "undone", 400, 1, "c2")]) == 600


def test_what_came_in_is_told_before_what_went_back_whatever_was_known_first() -> None:
    back, paid = moved("re_1", "refund", 2500, 0), moved("p", "received", 10_000, 5)
    assert [each.id for each in in_order([back, paid])] == ["p", "re_1"]
    assert [net for _, net in steps_of([], [back, paid])] == [10_000, 7500]


def test_what_went_back_of_a_payment_that_nobody_knows_takes_nothing_from_anybody() -> None:
    assert [net for _, net in steps_of([], [moved("re_1", "refund", 2500)])] == [0]


def test_the_source_of_a_payment_stands_before_its_id() -> None:
    assert [source_of(own) for own in ("mollie:tr_1", "p1", "payment:2026-03-01:1.00:1")] == ["mollie", "", "payment"]


@st.composite
def told(draw: st.DrawFn) -> list[Movement]:
    """What a provider tells of one payment: captures, refunds, chargebacks, some of them undone, and totals."""
    found = [moved(f"p{n}", "received", draw(st.integers(1, 50_000)), n) for n in range(draw(st.integers(1, 2)))]
    for number in range(draw(st.integers(0, 4))):
        kind: MovementKind = draw(st.sampled_from(["refund", "chargeback", "returned"]))
        back = moved(f"b{number}", kind, draw(st.integers(1, 20_000)), draw(st.integers(3, 9)))
        found.append(back)
        if draw(st.booleans()):
            found.append(moved(f"{back.id}:u", "undone", back.amount.minor, draw(st.integers(10, 20)), back.id))
    for number in range(draw(st.integers(0, 2))):
        found.append(moved(f"t{number}", "refunded_total", draw(st.integers(0, 20_000)), draw(st.integers(3, 20))))
    return found


@settings(max_examples=200, derandomize=True, deadline=None)
@given(told(), st.randoms(use_true_random=False))
def test_any_order_and_any_number_of_tellings_leave_the_same(found: list[Movement], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    known: list[Movement] = []
    last = 0
    for each in shuffled:
        last = [net for _, net in steps_of(known, [each])][-1]
        known.append(each)
    assert last == max(net_of(found), 0)
    assert [net for _, net in steps_of([], found)][-1] == max(net_of(found), 0)
