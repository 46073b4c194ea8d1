"""A statement of account: whatever came and went, its sums are those of the ledger, and it says nothing internal."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ledger import Entry, EntryKind, Ledger, WaitingReversal
from domain.money import Money
from domain.views.statement import AccountEntry, account_parts

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 200).map(lambda n: FIRST + timedelta(days=n))


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[str, Ledger]:
    """A ledger to which anything happened that may happen to one."""
    currency = draw(st.sampled_from(("EUR", "EUR", "USD", "JPY")))
    ledger = Ledger(currency).book(
        Entry("principal", None, Money.from_minor(draw(st.integers(1, 10**7)), currency), draw(DAYS), FIRST,
              EntryKind.PRINCIPAL)
    )  # fmt: skip
    for n in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from((EntryKind.PAYMENT, EntryKind.CREDIT, EntryKind.WRITE_OFF, EntryKind.REFUND)))
        sign = 1 if kind is EntryKind.REFUND else -1
        amount = Money.from_minor(sign * draw(st.integers(1, 10**7)), currency)
        day = draw(DAYS)
        ledger = ledger.book(Entry(f"e{n}", None, amount, day, day, kind))
        if kind is EntryKind.PAYMENT and draw(st.booleans()):
            back = draw(DAYS)
            ledger = ledger.reverse(WaitingReversal(f"r{n}", f"e{n}", None, back, back))
    return currency, ledger


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(ledgers(), max_size=5), DAYS, DAYS)
def test_the_sums_are_those_of_the_ledger(found: list[tuple[str, Ledger]], one: date, other: date) -> None:
    since, until = min(one, other), max(one, other)
    entries = [
        AccountEntry(invoice=f"F-{place}", due=FIRST, kind=each.kind, amount=each.amount, on=each.credited_on)
        for place, (_, ledger) in enumerate(found)
        for each in ledger.entries
    ]
    closing: dict[str, int] = defaultdict(int)
    opening: dict[str, int] = defaultdict(int)
    for currency, ledger in found:
        closing[currency] += sum(each.amount.minor for each in ledger.entries if each.credited_on <= until)
        opening[currency] += sum(each.amount.minor for each in ledger.entries if each.credited_on < since)
    for part in account_parts(entries, since, until):
        assert part.closing.minor == closing[part.currency]
        assert part.opening.minor == opening[part.currency]
        assert part.opening.minor + sum(line.amount.minor for line in part.lines) == part.closing.minor
        assert sum(each.open.minor for each in part.invoices) == part.closing.minor
        assert all(each.amount.minor + each.settled.minor == each.open.minor != 0 for each in part.invoices)
        balance = part.opening.minor
        for line in part.lines:
            balance += line.amount.minor
            assert line.balance.minor == balance and since <= line.on <= until
    whole = account_parts(entries, FIRST, FIRST + timedelta(days=200))
    for part in whole:
        assert part.closing.minor == sum(
            ledger.balance_minor for currency, ledger in found if currency == part.currency
        )


def entry(number: str, kind: EntryKind, amount: str, on: str, currency: str = "EUR") -> AccountEntry:
    return AccountEntry(
        invoice=number, due=date(2026, 3, 1), kind=kind, amount=Money.parse(amount, currency), on=date.fromisoformat(on)
    )


def test_what_was_written_off_is_an_adjustment_to_the_debtor() -> None:
    (part,) = account_parts(
        [
            entry("F-1", EntryKind.PRINCIPAL, "100.00", "2026-02-01"),
            entry("F-1", EntryKind.WRITE_OFF, "-30.00", "2026-03-05"),
        ],
        date(2026, 1, 1),
        date(2026, 4, 1),
    )
    assert [line.kind for line in part.lines] == ["invoice", "adjustment"]
    assert (part.closing.text, part.overdue.text) == ("70.00", "70.00")


def test_the_euro_stands_first_and_currencies_are_never_added() -> None:
    parts = account_parts(
        [
            entry("U-1", EntryKind.PRINCIPAL, "10.00", "2026-02-01", "USD"),
            entry("F-1", EntryKind.PRINCIPAL, "1.00", "2026-02-01"),
        ],
        date(2026, 1, 1),
        date(2026, 2, 15),
    )
    assert [(part.currency, part.closing.text, part.overdue.text) for part in parts] == [
        ("EUR", "1.00", "0.00"),
        ("USD", "10.00", "0.00"),
    ]
