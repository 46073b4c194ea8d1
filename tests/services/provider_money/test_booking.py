"""Booking what providers told: no cent in two places or in none, in whatever order it was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from casefile.case_file import CaseFile
from casefile.debtor_money import entries_of, loose_money
from casefile.provider_payments import provider_payment
from domain.blockers import HoldKind
from domain.money import Money
from domain.opening import open_case
from domain.provider_money import Designation, Movement, MovementKind, PaymentReport, net_of
from services.current_case import current_case
from services.debtor_payments import put_on_case, tell_case
from services.provider_money.booking import local_day
from services.provider_money.opening import open_with_money
from services.provider_money.recording import record_reports
from services.provider_money.unmatched import CannotBook, assign, dismiss, unmatched
from tests.casefile.builders import CASE, CREDITOR, furnish, opened, reminders
from tests.casefile.conftest import each_database, pytest_generate_tests
from tests.domain.builders import eur, invoice
from tests.services.test_debtor_payments import BAKKER

__all__ = ["each_database", "pytest_generate_tests"]

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)
TWO = "case:devaart:2026-F-2"


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    """F-1 of 1000.00 due 1 March, F-2 of 500.00 due 8 March, both of the baker."""
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        second = invoice(number="F-2", due="2026-03-08", amount="500.00")
        open_with_money(transaction, TWO, CREDITOR.id, open_case(second, reminders(), NOW), NOW)
    return file


def moved(own: str, kind: MovementKind, cents: int, hour: int = 0, of: str | None = None, reason: str = "") -> Movement:
    at = datetime(2026, 3, 18, 8, tzinfo=UTC) + timedelta(hours=hour)
    return Movement(own, kind, Money.from_minor(cents, "EUR"), local_day(at), at, of, reason)


def report(*movements: Movement, payment: str = "mollie:tr_1", **said: Any) -> PaymentReport:
    return PaymentReport(
        payment,
        datetime(2026, 3, 18, 8, tzinfo=UTC),
        "paid",
        movements,
        designation=Designation(**said),
    )


def tell(file: CaseFile, *reports: PaymentReport) -> tuple[str, ...]:
    with file.write() as transaction:
        return record_reports(transaction, reports, NOW)


def balances(file: CaseFile) -> tuple[str, ...]:
    with file.read() as transaction:
        cases = [current_case(transaction, each, NOW) for each in (CASE, TWO)]
        assert not any(each.refusals for each in cases), [each.refusals for each in cases]
        return tuple(each.case.ledger.balance.text for each in cases)


def loose(file: CaseFile) -> list[tuple[str, str]]:
    with file.read() as transaction:
        return [(each.id, each.left.text) for each in loose_money(transaction, "devaart", "bakker")]


PAID = moved("mollie:tr_1", "received", 120_000)


# Where it goes ---------------------------------------------------------------------------------------------


def test_a_payment_for_a_case_of_ours_goes_there_whole(file: CaseFile) -> None:
    assert tell(file, report(PAID, case_id=TWO)) == (TWO,)
    assert (balances(file), loose(file)) == (("1000.00", "-700.00"), [])


def test_more_than_the_named_invoice_asks_pays_the_others(file: CaseFile) -> None:
    tell(file, report(PAID, texts=("invoice F-2, and the rest",)))
    assert (balances(file), loose(file)) == (("300.00", "0.00"), [])


def test_several_invoices_in_one_payment_are_each_paid(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 150_000), texts=("F-2 and F-1",)))
    assert balances(file) == ("0.00", "0.00")


def test_what_is_left_of_all_invoices_stands_with_the_debtor(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 160_000), invoices=("F-1", "F-2")))
    assert (balances(file), loose(file)) == (("0.00", "0.00"), [("mollie:tr_1", "100.00")])


def test_a_payment_in_another_currency_is_kept_on_no_invoice(file: CaseFile) -> None:
    dollars = replace(PAID, amount=Money.from_minor(5000, "USD"))
    tell(file, report(dollars, case_id=CASE))
    assert (balances(file), loose(file)) == (("1000.00", "500.00"), [("mollie:tr_1", "50.00")])


def test_a_settled_invoice_that_is_paid_again_is_overpaid(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 50_000), invoices=("F-2",)))
    tell(file, report(moved("mollie:tr_2", "received", 50_000), payment="mollie:tr_2", invoices=("F-2",)))
    assert balances(file) == ("1000.00", "-500.00")


# What goes back --------------------------------------------------------------------------------------------


def test_what_goes_back_is_taken_from_no_invoice_first_and_from_the_last_case_then(file: CaseFile) -> None:
    # Both are named, so the older one was paid first (BW 6:43 lid 2).
    tell(file, report(moved("mollie:tr_1", "received", 160_000), texts=("F-2", "F-1")))
    tell(file, report(moved("mollie:re_1", "refund", 15_000, 1)))
    assert (balances(file), loose(file)) == (("0.00", "50.00"), [])
    tell(file, report(moved("mollie:re_2", "refund", 100_000, 2)))
    assert balances(file) == ("550.00", "500.00")
    tell(file, report(moved("mollie:re_1:undone", "undone", 15_000, 3, "mollie:re_1")))
    assert (balances(file), loose(file)) == (("400.00", "500.00"), [])


def test_money_put_on_a_case_by_a_person_goes_back_from_there(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 30_000), debtor="nobody", texts=("F-99",)))
    with file.write() as transaction:
        assign(transaction, "mollie:tr_1", BAKKER, "anna", NOW)
    tell(file, report(moved("mollie:tr_2", "received", 160_000), payment="mollie:tr_2", debtor="bakker"))
    assert (balances(file), loose(file)) == (("0.00", "0.00"), [("mollie:tr_2", "400.00")])
    with file.write() as transaction:
        put_on_case(transaction, BAKKER, "mollie:tr_2", CASE, eur("400.00"), "anna", NOW)
    assert balances(file) == ("-400.00", "0.00")
    tell(file, report(moved("mollie:chb", "chargeback", 160_000, 2, reason="MD06"), payment="mollie:tr_2"))
    assert (balances(file), loose(file)) == (("700.00", "500.00"), [])


def test_money_on_no_invoice_that_goes_makes_all_open_cases_look(file: CaseFile) -> None:
    dollars = replace(PAID, amount=Money.from_minor(5000, "USD"))
    assert set(tell(file, report(dollars, case_id=CASE))) == {CASE, TWO}
    back = replace(moved("mollie:re_1", "refund", 5000, 1), amount=Money.from_minor(5000, "USD"))
    assert set(tell(file, report(back))) == {CASE, TWO}
    assert loose(file) == []


def test_a_refund_known_before_its_payment_takes_effect_with_it(file: CaseFile) -> None:
    refund = moved("mollie:re_1", "refund", 20_000, 1)
    tell(file, report(refund))
    assert balances(file) == ("1000.00", "500.00")
    tell(file, report(PAID, case_id=CASE))
    assert balances(file) == ("0.00", "500.00")
    with file.read() as transaction:
        entries = current_case(transaction, CASE, NOW).case.ledger.entries
    assert [(e.id, e.amount.text) for e in entries if e.kind != "principal"] == [
        ("mollie:tr_1", "-1200.00"),
        ("reversal:mollie:re_1", "200.00"),
    ]


def test_the_reason_of_a_bank_is_told(file: CaseFile) -> None:
    tell(file, report(PAID, case_id=CASE))
    tell(file, report(moved("mollie:chb", "chargeback", 120_000, 1, reason="AM04")))
    with file.read() as transaction:
        case = current_case(transaction, CASE, NOW).case
    assert case.open_task("retry_debit") is not None


@pytest.mark.parametrize("seed", range(12))
def test_any_order_leaves_the_same_on_every_case(file: CaseFile, seed: int) -> None:
    told: list[tuple[Movement, dict[str, Any]]] = [
        (moved("mollie:tr_1", "received", 160_000), {"texts": ("F-1 and F-2",)}),
        (moved("mollie:re_1", "refund", 5_000, 1), {}),
        (moved("mollie:re_2", "refund", 5_000, 1), {}),
        (moved("mollie:chb", "chargeback", 90_000, 2), {}),
        (moved("mollie:chb:won", "undone", 90_000, 9, "mollie:chb"), {}),
        (moved("mollie:re_3", "refund", 70_000, 4), {}),
        (moved("mollie:re_2:undone", "undone", 5_000, 10, "mollie:re_2"), {}),
    ]
    stands = net_of([each for each, _ in told])
    random = Random(seed)
    random.shuffle(told)
    for movement, said in (*told, *random.sample(told, 3)):
        tell(file, report(movement, **said))
    assert stands == 85_000
    assert (balances(file), loose(file)) == (("150.00", "500.00"), [])
    with file.read() as transaction:
        assert sum(e.amount.minor for e in entries_of(transaction, "devaart", "bakker")) == 0


# Nobody knows whose ----------------------------------------------------------------------------------------


def waiting(file: CaseFile) -> Sequence[tuple[str, str, tuple[str, ...]]]:
    with file.read() as transaction:
        return [(each.payment.id, each.left.text, each.payment.guesses) for each in unmatched(transaction.session)]


def test_what_names_nobody_is_kept_with_the_best_guesses(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 50_000), texts=("thank you",)))
    assert waiting(file) == [("mollie:tr_1", "500.00", (TWO,))]


def test_a_person_says_whose_it_is_and_what_comes_later_goes_there_too(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 50_000)), report(moved("mollie:re_1", "refund", 10_000, 1)))
    with file.write() as transaction:
        assert assign(transaction, "mollie:tr_1", CASE, "anna", NOW) == (CASE,)
    assert (balances(file), waiting(file)) == (("600.00", "500.00"), [])
    tell(file, report(moved("mollie:re_2", "refund", 10_000, 2)))
    assert balances(file) == ("700.00", "500.00")


def test_what_is_dismissed_is_told_to_nobody(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 50_000)))
    with file.write() as transaction:
        dismiss(transaction, "mollie:tr_1", "of the webshop", "anna", NOW)
    tell(file, report(moved("mollie:re_1", "refund", 10_000, 2), case_id=CASE))
    assert (balances(file), waiting(file)) == (("1000.00", "500.00"), [])
    with file.write() as transaction, pytest.raises(CannotBook, match="it is dismissed"):
        assign(transaction, "mollie:tr_1", CASE, "anna", NOW)


def test_a_payment_known_before_its_case_opens_counts_when_it_opens(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 30_000), texts=("F-3, thanks",)))
    assert waiting(file)[0][0] == "mollie:tr_1"
    third = "case:devaart:2026-F-3"
    facts = open_case(invoice(number="F-3", amount="300.00"), reminders(), NOW)
    with file.write() as transaction:
        assert open_with_money(transaction, third, CREDITOR.id, facts, NOW) == (third,)
    with file.read() as transaction:
        assert current_case(transaction, third, NOW).case.ledger.balance.text == "0.00"
    assert waiting(file) == []


# Told twice ------------------------------------------------------------------------------------------------


def doubted(file: CaseFile, case_id: str) -> bool:
    with file.read() as transaction:
        case = current_case(transaction, case_id, NOW).case
    return any(hold.kind is HoldKind.PROBABLE_DUPLICATE for hold in case.holds_on(date(2026, 3, 20)))


@pytest.mark.parametrize("where", [CASE, TWO])
def test_money_that_another_source_told_of_on_any_case_of_the_debtor_is_doubted(file: CaseFile, where: str) -> None:
    with file.write() as transaction:
        told = {"id": "bank:77", "amount": "300.00", "credited_on": "2026-03-20"}
        tell_case(transaction, where, "payment_received", told, NOW)
    assert set(tell(file, report(moved("mollie:tr_1", "received", 30_000), case_id=TWO))) == {where, TWO}
    assert (doubted(file, where), doubted(file, TWO)) == (True, True)


def test_money_told_of_later_about_it_is_not_doubted_again(file: CaseFile) -> None:
    tell(file, report(moved("mollie:tr_1", "received", 30_000), case_id=TWO))
    tell(file, report(moved("mollie:tr_2", "received", 30_000), payment="mollie:tr_2", case_id=CASE))
    assert (doubted(file, CASE), doubted(file, TWO)) == (False, False), "one provider tells each payment once"


# Under way -------------------------------------------------------------------------------------------------


def test_a_pending_direct_debit_keeps_its_case_waiting_until_it_fails(file: CaseFile) -> None:
    at = datetime(2026, 3, 18, 8, tzinfo=UTC)
    said = Designation(case_id=CASE)
    pending = PaymentReport("mollie:tr_1", at, "pending", expected_on=date(2026, 3, 24), designation=said)
    assert tell(file, pending, pending) == (CASE,)

    def held() -> bool:
        with file.read() as transaction:
            case = current_case(transaction, CASE, NOW).case
        return any(hold.kind is HoldKind.PAYMENT_PENDING for hold in case.holds_on(date(2026, 3, 20)))

    assert held()
    tell(file, replace(pending, state="failed", state_at=at + timedelta(days=1)))
    assert not held()
    tell(file, pending)
    assert not held(), "an older word comes late"
    with file.read() as transaction:
        assert provider_payment(transaction.session, "mollie:tr_1") is not None
    assert balances(file) == ("1000.00", "500.00")


# Refunds that a person booked as well ----------------------------------------------------------------------


def test_a_refund_that_a_person_booked_too_waits_for_him_and_counts_once_when_he_says_so(file: CaseFile) -> None:
    tell(file, report(PAID, case_id=CASE))
    booked: dict[str, object] = {"id": "b1", "amount": "200.00", "refunded_on": "2026-03-18", "actor": "anna"}
    with file.write() as transaction:
        tell_case(transaction, CASE, "record_refund", booked, NOW)
    assert tell(file, report(moved("mollie:re_1", "refund", 20_000, 1))) == (CASE,)
    with file.read() as transaction:
        holds = current_case(transaction, CASE, NOW).case.holds_on(local_day(NOW))
    assert [hold.kind for hold in holds] == [HoldKind.PROBABLE_DUPLICATE]
    with file.write() as transaction:
        tell_case(transaction, CASE, "settle_duplicate", {"id": "s1", "outcome": "one", "actor": "anna"}, NOW)
    assert (balances(file)[0], loose(file)) == ("0.00", [])
    # It failed at the provider: the money is with us again.
    tell(file, report(moved("mollie:re_1:undone", "undone", 20_000, 2, "mollie:re_1")))
    assert balances(file)[0] == "-200.00"
