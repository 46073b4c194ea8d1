"""A debtor's payment without an invoice: spread, kept, put on a case, given back; no cent in two places or in none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casefile.case_file import CaseFile, Transaction
from casefile.debtor_money import KnownDebtor, entries_of, find_debtors, loose_money
from casefile.surroundings import surroundings_of
from domain.money import Money
from domain.opening import open_case
from services import debtor_payments as money
from services.current_case import current_case
from tests.casefile.builders import CREDITOR, DEBTOR, furnish, opened, reminders
from tests.casefile.conftest import each_database, pytest_generate_tests
from tests.domain.builders import eur, invoice

__all__ = ["each_database", "pytest_generate_tests"]

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
BAKKER = KnownDebtor("devaart", "bakker", "Bakkerij Ochtend")
ONE, TWO = "case:devaart:2026-F-1", "case:devaart:2026-F-2"


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    """F-1 of 1000.00 due 1 March, F-2 of 500.00 due 8 March."""
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        second = invoice(number="F-2", due="2026-03-08", amount="500.00")
        transaction.cases.open(TWO, CREDITOR.id, open_case(second, reminders(), NOW), NOW)
    return file


def paid(text: str, reference: str = "", **more: Any) -> money.Payment:
    return money.Payment(eur(text), date(2026, 3, 18), reference, "anna", **more)


@contextmanager
def writing(file: CaseFile) -> Iterator[Transaction]:
    with file.write() as transaction:
        yield transaction


def opens(file: CaseFile) -> tuple[str, str]:
    with file.read() as transaction:
        return tuple(current_case(transaction, each, NOW).case.open.text for each in (ONE, TWO))  # type: ignore[return-value]


def loose(file: CaseFile) -> list[tuple[str, str]]:
    with file.read() as transaction:
        return [(each.id, each.left.text) for each in loose_money(transaction, "devaart", "bakker")]


def book(file: CaseFile, payment: money.Payment) -> money.Paid:
    with file.write() as transaction:
        return money.book_payment(transaction, BAKKER, payment, NOW)


def test_the_oldest_is_paid_first_and_the_rest_is_on_no_invoice(file: CaseFile) -> None:
    found = book(file, paid("1600.00"))
    assert [(each.number, each.amount.text) for each in found.shares] == [("F-1", "1000.00"), ("F-2", "500.00")]
    assert (opens(file), loose(file)) == (("0.00", "0.00"), [(found.id, "100.00")])


def test_the_one_that_he_named_is_paid_first(file: CaseFile) -> None:
    found = book(file, paid("600.00", "betreft F-2"))
    assert (found.named, opens(file), loose(file)) == (("F-2",), ("900.00", "0.00"), [])


def test_the_same_twice_is_refused_with_what_is_known_and_counts_again_when_he_says_so(file: CaseFile) -> None:
    first = book(file, paid("100.00"))
    with pytest.raises(money.CannotBook, match=rf"booked already, as {first.id}: 100.00 on F-1"):
        book(file, paid("100.00", "typed again"))
    assert opens(file) == ("900.00", "500.00")
    book(file, paid("100.00", again=True))
    assert opens(file) == ("800.00", "500.00")


def test_under_its_own_id_it_counts_once(file: CaseFile) -> None:
    book(file, paid("100.00", id="b1"))
    assert book(file, paid("100.00", id="b1")).known
    with pytest.raises(money.CannotBook, match=r"b1 is booked already, with 100\.00"):
        book(file, paid("101.00", id="b1"))
    assert opens(file) == ("900.00", "500.00")


def test_an_equal_payment_that_a_case_knows_is_taken_for_the_same(file: CaseFile) -> None:
    raw = b'{"id": "tr_1", "amount": "100.00", "credited_on": "2026-03-18"}'
    with file.write() as transaction:
        transaction.inbox.accept(TWO, "m1", "payment_received", raw, NOW)
    with pytest.raises(money.CannotBook, match="on F-2, as tr_1"):
        book(file, paid("100.00"))


def test_a_day_to_come_is_refused(file: CaseFile) -> None:
    with pytest.raises(money.CannotBook, match="still to come"):
        book(file, money.Payment(eur("1.00"), date(2026, 3, 21)))


def test_another_currency_is_kept_and_holds_his_cases(file: CaseFile) -> None:
    found = book(file, money.Payment(Money.parse("50.00", "USD"), date(2026, 3, 18)))
    assert (found.shares, found.left.text) == ((), "50.00")
    with file.read() as transaction:
        around = surroundings_of(transaction, transaction.cases.load(ONE)).unallocated
    assert around is not None and around.foreign and around.amount.is_zero
    with file.write() as transaction, pytest.raises(money.CannotBook, match=r"50\.00 USD for invoice F-1 in EUR"):
        money.put_on_case(transaction, BAKKER, found.id, ONE, None, "anna", NOW)


def test_what_is_on_no_invoice_is_put_on_one_with_the_day_on_which_it_came(file: CaseFile) -> None:
    found = book(file, paid("1600.00"))
    third = "case:devaart:2026-F-3"
    with file.write() as transaction:
        opening = open_case(invoice(number="F-3", due="2026-03-15", amount="70.00"), reminders(), NOW)
        transaction.cases.open(third, CREDITOR.id, opening, NOW)
        put = money.put_on_case(transaction, BAKKER, found.id, third, None, "anna", NOW)
        case = current_case(transaction, third, NOW).case
    assert (put.amount.text, case.open.text, loose(file)) == ("70.00", "0.00", [(found.id, "30.00")])
    assert case.ledger.entries[-1].credited_on == date(2026, 3, 18)


def test_no_more_can_be_put_on_a_case_than_there_is(file: CaseFile) -> None:
    found = book(file, paid("1600.00"))
    with pytest.raises(money.CannotBook, match="nothing is open on F-1"), writing(file) as transaction:
        money.put_on_case(transaction, BAKKER, found.id, ONE, None, "anna", NOW)
    with pytest.raises(money.CannotBook, match=r"100\.00 EUR is on no invoice"), writing(file) as transaction:
        money.put_on_case(transaction, BAKKER, found.id, ONE, eur("100.01"), "anna", NOW)
    with pytest.raises(money.CannotBook, match=f"there: {found.id}"), writing(file) as transaction:
        money.put_on_case(transaction, BAKKER, "p9", ONE, None, "anna", NOW)
    assert loose(file) == [(found.id, "100.00")]


def test_what_was_given_back_is_on_no_invoice_any_more(file: CaseFile) -> None:
    found = book(file, paid("1600.00"))
    with file.write() as transaction:
        money.give_back(transaction, BAKKER, None, eur("40.00"), date(2026, 3, 20), "terug", "anna", NOW)
    assert loose(file) == [(found.id, "60.00")]
    with pytest.raises(money.CannotBook, match=r"only 60\.00 of Bakkerij Ochtend"), writing(file) as transaction:
        money.give_back(transaction, BAKKER, None, eur("61.00"), date(2026, 3, 20), "", "anna", NOW)
    with file.write() as transaction:
        money.give_back(transaction, BAKKER, found.id, None, date(2026, 3, 20), "", "anna", NOW)
    assert loose(file) == []
    with file.read() as transaction:
        kept = entries_of(transaction, "devaart", "bakker")
    assert sum(each.amount.minor for each in kept) == 0


def test_what_was_paid_too_much_on_one_is_set_off_against_another_and_told(file: CaseFile) -> None:
    raw = b'{"id": "p1", "amount": "1300.00", "credited_on": "2026-03-10"}'
    with file.write() as transaction:
        transaction.inbox.accept(ONE, "m1", "payment_received", raw, NOW)
        put = money.set_off(transaction, ONE, TWO, None, "anna", NOW)
        a, b = (current_case(transaction, each, NOW).case for each in (ONE, TWO))
    assert (put.amount.text, a.overpaid.text, a.open.text, b.open.text) == ("300.00", "0.00", "0.00", "200.00")
    # Set-off works back to the day of the payment (BW 6:129), and is told (6:127).
    assert b.ledger.entries[-1].credited_on == date(2026, 3, 10)
    assert [each.letter for each in b.owing] == ["receipt"]


def test_nothing_is_set_off_where_nothing_was_paid_too_much(file: CaseFile) -> None:
    with pytest.raises(money.CannotBook, match="nothing was paid too much on F-1"), writing(file) as transaction:
        money.set_off(transaction, ONE, TWO, None, "anna", NOW)
    assert opens(file) == ("1000.00", "500.00")


def test_a_debtor_is_found_by_number_or_by_a_part_of_his_name(file: CaseFile) -> None:
    with file.read() as transaction:
        found = {text: find_debtors(transaction, text) for text in ("bakker", "BAKKER", "ochtend", "x", "")}
    assert found["bakker"] == found["BAKKER"] == found["ochtend"] == (BAKKER,)
    assert found["x"] == found[""] == ()
    assert DEBTOR.name == BAKKER.name


def back(transaction: Transaction, amount: str | None = None, payment: str = "p1") -> money.TakenBack:
    part = None if amount is None else eur(amount)
    return money.take_back(transaction, BAKKER, payment, part, date(2026, 3, 19), "AM04", "anna", NOW)


def test_the_bank_takes_back_what_is_on_no_invoice_and_it_holds_nothing_any_more(file: CaseFile) -> None:
    with writing(file) as transaction:
        money.book_payment(transaction, BAKKER, paid("1800.00", id="p1"), NOW)
    assert loose(file) == [("p1", "300.00")]
    with writing(file) as transaction:
        assert back(transaction, "300.00") == money.TakenBack("p1", eur("300.00"), ())
    assert (loose(file), opens(file)) == ([], ("0.00", "0.00"))
    with file.read() as transaction:
        assert surroundings_of(transaction, transaction.cases.load(ONE)).unallocated is None


def test_a_payment_that_comes_back_whole_opens_the_invoices_it_was_put_on(file: CaseFile) -> None:
    with writing(file) as transaction:
        money.book_payment(transaction, BAKKER, paid("1800.00", id="p1"), NOW)
    with writing(file) as transaction:
        found = back(transaction)
    assert [(each.number, each.amount.text) for each in found.on_cases] == [("F-1", "1000.00"), ("F-2", "500.00")]
    assert (found.loose.text, loose(file), opens(file)) == ("300.00", [], ("1000.00", "500.00"))
    with pytest.raises(money.CannotBook, match="nothing of p1 is with us"), writing(file) as transaction:
        back(transaction)


@pytest.mark.parametrize(
    ("amount", "payment", "why"),
    [("300.01", "p1", "300.00 EUR is on no invoice"), (None, "p9", "no payment 'p9'.*p1")],
)
def test_no_more_is_taken_back_than_came(file: CaseFile, amount: str | None, payment: str, why: str) -> None:
    with writing(file) as transaction:
        money.book_payment(transaction, BAKKER, paid("1800.00", id="p1"), NOW)
    with pytest.raises(money.CannotBook, match=why), writing(file) as transaction:
        back(transaction, amount, payment)
    assert loose(file) == [("p1", "300.00")]


def test_what_was_given_back_is_not_taken_back(file: CaseFile) -> None:
    with writing(file) as transaction:
        money.book_payment(transaction, BAKKER, paid("90.00", "F-9", id="p1"), NOW)
        other = money.book_payment(transaction, BAKKER, paid("2000.00", id="p2"), NOW)
    assert other.left.text == "590.00"
    with writing(file) as transaction:
        money.give_back(transaction, BAKKER, "p2", None, date(2026, 3, 19), "", "anna", NOW)
    with pytest.raises(money.CannotBook, match="on no invoice"), writing(file) as transaction:
        back(transaction, "1.00", "p2")
