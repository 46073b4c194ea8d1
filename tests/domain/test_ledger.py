"""The ledger: whatever comes, in whatever order, the balance is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger import Entry, EntryKind, Ledger, WaitingReversal
from domain.money import Money
from tests.domain.builders import day, eur

ON = day("2026-03-10")


def principal(text: str = "1000.00") -> Entry:
    return Entry("principal", None, eur(text), ON, ON, EntryKind.PRINCIPAL)


def payment(id: str, text: str) -> Entry:
    return Entry(id, None, -eur(text), ON, ON, EntryKind.PAYMENT)


def reversal(id: str, of: str, text: str | None = None) -> WaitingReversal:
    return WaitingReversal(id, of, None if text is None else eur(text), ON, ON)


def ledger_of(*lines: Entry | WaitingReversal) -> Ledger:
    ledger = Ledger("EUR")
    for line in lines:
        ledger = ledger.book(line) if isinstance(line, Entry) else ledger.reverse(line)
    return ledger


def test_the_balance_is_the_sum_of_the_entries() -> None:
    assert ledger_of(principal(), payment("p1", "300.00"), payment("p2", "0.01")).balance == eur("699.99")


def test_too_much_paid_gives_a_negative_balance() -> None:
    assert ledger_of(principal(), payment("p1", "1200.00")).balance == eur("-200.00")


def test_the_same_payment_twice_counts_once() -> None:
    assert ledger_of(principal(), payment("p1", "300.00"), payment("p1", "300.00")).balance == eur("700.00")


def test_the_same_reversal_twice_counts_once() -> None:
    lines = (
        principal(),
        payment("p1", "300.00"),
        reversal("r1", "p1", "100.00"),
        reversal("r1", "p1", "100.00"),
    )
    assert ledger_of(*lines).balance == eur("800.00")


def test_a_reversal_may_come_before_its_payment() -> None:
    before = ledger_of(principal(), reversal("r1", "p1"))
    assert before.balance == eur("1000.00")
    assert before.book(payment("p1", "300.00")).balance == eur("1000.00")


def test_a_partial_reversal_before_its_payment_leaves_the_rest_paid() -> None:
    assert ledger_of(principal(), reversal("r1", "p1", "100.00"), payment("p1", "300.00")).balance == eur("800.00")


def test_a_payment_is_never_reversed_for_more_than_it_was() -> None:
    lines = (
        principal(),
        payment("p1", "300.00"),
        reversal("r1", "p1", "200.00"),
        reversal("r2", "p1", "200.00"),
    )
    assert ledger_of(*lines).balance == eur("1000.00")


def test_the_principal_cannot_be_reversed_away() -> None:
    assert ledger_of(principal(), reversal("r1", "principal")).balance == eur("1000.00")


def test_a_reversal_cannot_itself_be_reversed() -> None:
    lines = (principal(), payment("p1", "300.00"), reversal("r1", "p1"), reversal("r2", "r1"))
    assert ledger_of(*lines).balance == eur("1000.00")


def test_a_ledger_is_kept_in_one_currency() -> None:
    with pytest.raises(ValueError, match="USD in a ledger kept in EUR"):
        ledger_of(Entry("p1", None, Money.parse("-1.00", "USD"), ON, ON, EntryKind.PAYMENT))
    with pytest.raises(ValueError, match="USD in a ledger kept in EUR"):
        Ledger("EUR").reverse(WaitingReversal("r1", "p1", Money.parse("1.00", "USD"), ON, ON))


def test_an_id_is_never_forgotten() -> None:
    ledger = ledger_of(principal(), payment("p1", "1.00"), reversal("r1", "p1"), reversal("r2", "later"))
    assert [ledger.knows(id) for id in ("p1", "r1", "r2", "later")] == [True, True, True, False]


def test_totals_are_kept_by_kind() -> None:
    credit = Entry("c1", None, -eur("50.00"), ON, ON, EntryKind.CREDIT)
    ledger = ledger_of(principal(), payment("p1", "300.00"), credit, reversal("r1", "p1", "20.00"))
    totals = [ledger.total(kind).text for kind in (EntryKind.PAYMENT, EntryKind.CREDIT, EntryKind.REVERSAL)]
    assert totals == ["-300.00", "-50.00", "20.00"]


cents = st.integers(1, 100_000)
entries = st.builds(
    lambda n, minor, kind: Entry(f"e{n}", None, -Money.from_minor(minor, "EUR"), ON, ON, kind),
    st.integers(0, 5),
    cents,
    st.sampled_from([EntryKind.PAYMENT, EntryKind.CREDIT, EntryKind.WRITE_OFF]),
)
reversals = st.builds(
    lambda n, of, minor: WaitingReversal(
        f"r{n}", of, None if minor is None else Money.from_minor(minor, "EUR"), ON, ON
    ),
    st.integers(0, 7),
    st.sampled_from([*(f"e{n}" for n in range(6)), *(f"r{n}" for n in range(8)), "principal"]),
    st.none() | cents,
)
lines = st.lists(entries | reversals, max_size=10, unique_by=lambda line: line.id)


@given(lines, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_never_matters(drawn: list[Entry | WaitingReversal], random: object) -> None:
    shuffled: list[Entry | WaitingReversal] = [principal(), *drawn]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    in_order = ledger_of(principal(), *drawn)
    assert ledger_of(*shuffled).balance == in_order.balance
    assert ledger_of(*shuffled, *drawn).balance == in_order.balance


@given(lines)
def test_the_balance_follows_from_the_set_of_lines(drawn: list[Entry | WaitingReversal]) -> None:
    """An independent sum: each entry counts, less what was reversed of it, never more than all of it."""
    expected = 100_000
    for entry in (line for line in drawn if isinstance(line, Entry)):
        paid = -entry.amount.minor
        of_it = [line for line in drawn if isinstance(line, WaitingReversal) and line.of == entry.id]
        taken_back = sum(paid if r.amount is None else r.amount.minor for r in of_it)
        expected -= paid - min(paid, taken_back)
    ledger = ledger_of(*drawn, principal())
    assert ledger.balance_minor == expected
    assert ledger.balance_minor == sum(entry.amount.minor for entry in ledger.entries)
