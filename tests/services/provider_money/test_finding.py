"""Whose money it is: the surest comes first, and what leads to two debtors leads to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from domain.opening import open_case
from domain.provider_money import Designation
from services.provider_money.finding import Found, Nobody, find, linked_cases, references_in
from tests.casefile.builders import CASE, CREDITOR, NOW, furnish, opened, reminders
from tests.casefile.conftest import each_database, pytest_generate_tests
from tests.domain.builders import eur, invoice

__all__ = ["each_database", "pytest_generate_tests"]

# ISO 11649 (from its standard), Betaalvereniging's example of a betalingskenmerk, and a Belgian OGM.
RF, KENMERK, OGM = "RF18539007547034", "5000056789012345", "010806817183"


def case(number: str, creditor: str = "devaart") -> str:
    return f"case:{creditor}:2026-{number}"


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    """F-1 (RF) and 20261234 (OGM) of the baker; F-12 (kenmerk), 17 and F-1/A of the smith."""
    file = opened(tmp_path / "case-file.sqlite3")
    told = (
        ("20261234", "bakker", "+++010/8068/17183+++"),
        ("F-12", "smid", "5000 0567 8901 2345"),
        ("17", "smid", None),
        ("F-1/A", "smid", None),
    )
    with file.write() as transaction:
        furnish(transaction)
        for number, debtor, reference in told:
            owed = invoice(number=number, amount="75.00").model_copy(
                update={"debtor": debtor, "payment_reference": reference}
            )
            transaction.cases.open(case(number), CREDITOR.id, open_case(owed, reminders(), NOW), NOW)
    return file


def found(file: CaseFile, names: tuple[str, ...] = ("mollie:tr_1",), **said: object) -> str | None:
    """The one case, or `debtor: name`; None for nobody."""
    with file.read() as transaction:
        result = find(transaction, Designation(**said), names, eur("1.00"), linked_cases)  # type: ignore[arg-type]
    if isinstance(result, Nobody):
        return None
    return result.case_id or f"debtor: {result.debtor.id}"


def test_our_own_id_wins_over_all_that_is_written(file: CaseFile) -> None:
    assert found(file, case_id=CASE, texts=("F-12",), debtor="smid") == CASE
    assert found(file, case_id="case:devaart:gone", texts=("F-12",)) == case("F-12")


def test_a_payment_that_we_asked_for_ourselves_is_found_by_the_providers_name_of_it(file: CaseFile) -> None:
    links = {"mollie:pl_1": case("F-12")}
    with file.read() as transaction:
        result = find(
            transaction,
            Designation(texts=("F-1",)),
            ("mollie:tr_1", "mollie:pl_1"),
            None,
            lambda _, names: tuple(links[name] for name in names if name in links),
        )
    assert isinstance(result, Found) and (result.case_id, result.whole) == (case("F-12"), True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"betaling {KENMERK}", "F-12"),
        ("5000 0567 8901 2345", "F-12"),
        ("+++010/8068/17183+++", "20261234"),
        ("communicatie ***010/8068/17183*** dank", "20261234"),
    ],
)
def test_a_structured_reference_finds_its_invoice_however_it_is_written(file: CaseFile, text: str, number: str) -> None:
    assert found(file, texts=(text,)) == case(number)


def test_references_with_wrong_check_digits_are_none() -> None:
    text = f"{RF} RF19539007547034 {KENMERK} 5000056789012346 +++{OGM}+++ +++010806817184+++"
    assert set(references_in([text])) == {RF, KENMERK, OGM}
    assert RF in references_in(["RF18 5390 0754 7034, dank u"])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("factuur F-1", "F-1"),
        ("f-1.", "F-1"),
        ("(F-1)", "F-1"),
        ("F-1/A", "F-1/A"),
        ("F-12, dank", "F-12"),
        ("inv#20261234", "20261234"),
    ],
)
def test_a_number_is_found_as_a_whole_word(file: CaseFile, text: str, number: str) -> None:
    assert found(file, texts=(text,)) == (CASE if number == "F-1" else case(number))


@pytest.mark.parametrize("text", ["F-123", "XF-1", "F-1-2", "F 1", "flat 17, 17 March", "", "thank you"])
def test_what_is_no_number_of_ours_finds_nobody(file: CaseFile, text: str) -> None:
    assert found(file, texts=(text,)) is None


def test_numbers_of_two_debtors_lead_to_nobody_unless_one_is_named(file: CaseFile) -> None:
    with file.read() as transaction:
        result = find(transaction, Designation(texts=("F-1 and F-12",)), (), eur("75.00"), linked_cases)
    assert isinstance(result, Nobody)
    assert result.reason == "it names invoices of several debtors"
    assert set(result.guesses[:2]) == {CASE, case("F-12")}
    assert found(file, texts=("F-1 and F-12",), debtor="smid") == case("F-12")


def test_several_invoices_of_one_debtor_are_his(file: CaseFile) -> None:
    assert found(file, texts=("F-1 and 20261234",)) == "debtor: bakker"
    assert found(file, invoices=("F-1", "20261234")) == "debtor: bakker"


def test_a_debtor_alone_is_enough_and_another_creditor_is_not(file: CaseFile) -> None:
    assert found(file, debtor="bakker") == "debtor: bakker"
    assert found(file, debtor="bakker", creditor="other") is None
    assert found(file, invoices=("F-1",), creditor="other") is None


def test_a_short_number_in_a_field_of_its_own_is_a_number(file: CaseFile) -> None:
    assert found(file, invoices=("17",)) == case("17")


def test_an_invoice_and_another_debtor_is_nobody(file: CaseFile) -> None:
    assert found(file, invoices=("F-1",), debtor="smid") is None
