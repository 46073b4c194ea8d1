"""A transfer of a partner is his remittance, or a person is told both sums; it is on no case, and never a debtor's."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.partner_transfers import transfers
from casefile.provider_payments import unmatched_payments
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentReport
from services.provider_money.recording import record_reports
from services.provider_money.unmatched import CannotBook, assign_to_remittance
from tests.casefile.builders import CREDITOR
from tests.conftest import DATABASES
from tests.services.handoffs.test_remittances import FIRST, NOW, PARTNER, file, taken_in

__all__ = ["file"]

IBAN = "NL91ABNA0417164300"
OTHER = "BE68539007547034"


@pytest.fixture(autouse=True)
def known_account(kept_in: str, file: CaseFile) -> None:
    with file.write() as transaction:
        own = PARTNER.model_copy(update={"iban": IBAN})
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (own,)}))


def came(file: CaseFile, amount: str, text: str, own: str = "t1", account: str = IBAN, back: str | None = None) -> None:
    """Money came in over a provider, as a transfer; `back`: so much of it went back."""
    at = NOW
    movements = [Movement(f"mollie:{own}", "received", Money.parse(amount, "EUR"), date(2026, 5, 2), at)]
    if back is not None:
        movements.append(Movement(f"mollie:{own}b", "returned", Money.parse(back, "EUR"), date(2026, 5, 3), at))
    said = Designation(texts=(text,), account=account)
    report = PaymentReport(f"mollie:{own}", at, "paid", tuple(movements), designation=said)
    with file.write() as transaction:
        record_reports(transaction, [report], at)


def books(file: CaseFile) -> dict[str, object]:
    """Which payments are remittances, which are nobody's and why, and what stands on the cases."""
    with file.read() as transaction:
        ledgers = [transaction.cases.load(f"case:devaart:{number}").case.ledger.entries for number in ("F-1", "F-2")]
        return {
            "remitted": [(t.payment, t.number, t.amount.text) for t in transfers(transaction.session)],
            "waiting": [(each.id, each.reason) for each in unmatched_payments(transaction.session)],
            "cases": [[(e.id, e.amount.text) for e in entries] for entries in ledgers],
        }


@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
def test_whichever_comes_first_and_however_often_the_books_end_the_same(file: CaseFile, tmp_path: Path) -> None:
    doing: list[Callable[[], object]] = [
        lambda: taken_in(file, *FIRST),
        lambda: came(file, "327.50", "AFDRACHT 2026-04 F-1"),
        lambda: taken_in(file, *FIRST),
        lambda: came(file, "327.50", "AFDRACHT 2026-04 F-1"),
    ]
    cases = books(file)["cases"]
    for each in doing:
        each()
    first = books(file)
    assert first == {"remitted": [("mollie:t1", "2026-04", "327.50")], "waiting": [], "cases": cases}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_two_transfers_and_a_remittance_end_the_same_in_any_order(file: CaseFile, order: tuple[int, ...]) -> None:
    doing = (
        lambda: taken_in(file, *FIRST),
        lambda: came(file, "327.50", "2026-04"),
        lambda: came(file, "80.00", "F-1, 2026-05", own="t2"),
    )
    for index in order:
        doing[index]()
    found = books(file)
    assert found["remitted"] == [("mollie:t1", "2026-04", "327.50")]
    # Its text names an invoice of a debtor, and it is none of his.
    assert found["waiting"] == [
        ("mollie:t2", "from noordkade, and no remittance of his is known that it names; take his remittance in")
    ]


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        # 400.00 paid there; 60.00 of fees and 12.50 of costs kept.
        ("327.50", None),
        ("400.00", None),
        ("327.49", "327.49 came in, and it comes to 327.50 (400.00 where he keeps nothing)"),
        ("340.00", "340.00 came in, and it comes to 327.50 (400.00 where he keeps nothing)"),
    ],
)  # fmt: skip
def test_it_comes_to_the_sum_with_his_invoice_set_off_or_not_else_both_sums_are_said(
    file: CaseFile, amount: str, why: str | None
) -> None:
    taken_in(file, *FIRST)
    came(file, amount, "Afdracht 2026-04")
    assert books(file)["waiting"] == ([] if why is None else [("mollie:t1", f"remittance 2026-04 of noordkade: {why}")])


def test_of_the_same_sum_without_its_number_a_person_is_asked(file: CaseFile) -> None:
    taken_in(file, *FIRST)
    came(file, "327.50", "afdracht april")
    assert books(file)["waiting"] == [
        ("mollie:t1", "from noordkade, of 327.50 like his remittance 2026-04: say whether it is")
    ]
    with file.write() as transaction:
        assign_to_remittance(transaction, "mollie:t1", "noordkade", "2026-04", "els", NOW)
    assert books(file)["remitted"] == [("mollie:t1", "2026-04", "327.50")]
    came(file, "327.50", "afdracht april")
    assert books(file)["waiting"] == []


def test_a_second_transfer_of_one_remittance_waits(file: CaseFile) -> None:
    taken_in(file, *FIRST)
    came(file, "327.50", "2026-04")
    came(file, "327.50", "2026-04", own="t2")
    assert books(file)["waiting"] == [
        ("mollie:t2", "remittance 2026-04 of noordkade came in already, as mollie:t1 on 2026-05-02")
    ]


def test_a_transfer_that_went_back_is_that_remittance_no_more(file: CaseFile) -> None:
    taken_in(file, *FIRST)
    came(file, "327.50", "2026-04")
    came(file, "327.50", "2026-04", back="27.50")
    assert books(file)["waiting"] == [
        ("mollie:t1", "it was remittance 2026-04 of noordkade with 327.50; by now 300.00 of it is with us")
    ]
    assert books(file)["remitted"] == []


def test_money_from_another_account_is_whose_it_says(file: CaseFile) -> None:
    taken_in(file, *FIRST)
    came(file, "50.00", "F-2 2026-04", account=OTHER)
    found = books(file)
    assert (found["remitted"], found["waiting"]) == ([], [])


def test_what_is_no_remittance_of_his_is_refused(file: CaseFile) -> None:
    came(file, "327.50", "2026-04")
    with file.write() as transaction, pytest.raises(CannotBook, match="there is no remittance 2026-04 of noordkade"):
        assign_to_remittance(transaction, "mollie:t1", "noordkade", "2026-04", "els", NOW)
