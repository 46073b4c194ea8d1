"""A remittance against what the partner reported and what was agreed with him, to the cent (docs/handoff.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from domain.handoffs.partners import Fees, Partner
from domain.opening import open_case
from domain.reactions.sending import step_taken
from intake.remittance import BadRemittance, read_remittance
from services.handoffs.remittances import OtherRemittance, Reconciliation, take_in_remittance
from services.recording import record
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from tests.domain.builders import hand_off, invoice, local, policy, send

HEADER = "remittance;on;kind;case;reference;report;amount;currency\n"
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
RULES = policy(send("reminder", {"after_due": "5d"}), hand_off({"after_due": "9d"}))
PARTNER = Partner(
    id="noordkade", name="Noordkade", fees=Fees(percent=Decimal(15), fixed=Decimal("25.00"), source="agreement")
)
REPORTS = (
    ("F-1", {"id": "r1", "status": "payment", "amount": "400.00", "reference": "NK-1", "on": "2026-04-10"}),
    ("F-1", {"id": "r2", "status": "payment", "amount": "100.00", "on": "2026-04-20"}),
    ("F-1", {"id": "r3", "status": "payment_reversed", "payment": "r2", "on": "2026-04-22"}),
    ("F-1", {"id": "r4", "status": "costs", "amount": "12.50", "on": "2026-04-22"}),
    ("F-2", {"id": "r5", "status": "payment", "amount": "250.00", "on": "2026-04-11"}),
)


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    """Two cases that noordkade has, with what he reported of them."""
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (PARTNER,)}))
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(RULES)
        for number in ("F-1", "F-2"):
            case_id, at = f"case:devaart:{number}", local("2026-03-10", "12:00")
            facts = open_case(invoice(number=number), RULES, at)
            transaction.cases.open(case_id, CREDITOR.id, facts, at)
            case = transaction.cases.load(case_id).case
            taken = step_taken(
                case, RULES, RULES.steps[1], 1, at, channels=("agency",), message="m", partner="noordkade"
            )
            transaction.cases.append(case_id, (taken,))
        for number, report in REPORTS:
            raw = str({**report, "partner": "noordkade"}).replace("'", '"').encode()
            transaction.inbox.accept(f"case:devaart:{number}", report["id"], "agency_reported", raw, NOW)
        for number in ("F-1", "F-2"):
            record(transaction, transaction.cases.load(f"case:devaart:{number}"), NOW)
    return file


def taken_in(file: CaseFile, *lines: str, number: str = "2026-04") -> Reconciliation:
    text = HEADER + "".join(f"{number};2026-04-30;{line};EUR\n" for line in lines)
    content = text.encode()
    with file.write() as transaction:
        return take_in_remittance(
            transaction, CREDITOR.id, PARTNER, read_remittance(content, "r.csv"), content, "els", NOW
        )


def outcomes(found: Reconciliation) -> list[str]:
    return [each.outcome for each in found.lines]


# 15 % of 400.00 is 60.00; 400.00 - 60.00 - 12.50 = 327.50.
FIRST = ("payment;F-1;;r1;400.00", "fee;F-1;;;60.00", "costs;;NK-1;;12.50", "total;;;;327.50")


def test_what_agrees_and_what_lacks_is_told_to_the_cent(file: CaseFile) -> None:
    found = taken_in(file, *FIRST)
    assert outcomes(found) == ["agrees", "agrees", "agrees"]
    assert (found.total, found.expected, found.balanced) == ("327.50", "327.50", False)
    # The payment that came back before he passed it on is none of it; the one on F-2 he keeps.
    assert [(each.number, each.amount) for each in found.lacking] == [("F-2", "250.00")]


def test_a_remittance_that_passes_on_all_of_it_balances(file: CaseFile) -> None:
    # With the fee for opening both files: 60.00 + 25.00, and 37.50 + 25.00.
    found = taken_in(
        file, "payment;F-1;;r1;400.00", "payment;case:devaart:F-2;;;250.00", "fee;;;;147.50", "costs;F-1;;;12.50",
        "total;;;;490.00",
    )  # fmt: skip
    assert (outcomes(found), found.lacking, found.balanced) == (["agrees"] * 4, (), True)


def test_taken_in_again_it_says_the_same_and_changes_nothing(file: CaseFile) -> None:
    before = taken_in(file, *FIRST)
    again = taken_in(file, *FIRST)
    assert (again.again, again.lines, again.lacking) == (True, before.lines, before.lacking)


def test_another_content_under_the_same_number_is_refused(file: CaseFile) -> None:
    taken_in(file, *FIRST)
    with pytest.raises(OtherRemittance, match="another content"):
        taken_in(file, "payment;F-1;;r1;400.00", "total;;;;400.00")


def test_what_was_passed_on_before_is_too_much_in_the_next_one_and_twice_in_one(file: CaseFile) -> None:
    taken_in(file, *FIRST)
    found = taken_in(
        file, "payment;F-1;;r1;400.00", "payment;F-2;;r5;250.00", "payment;F-2;;r5;250.00", "total;;;;900.00",
        number="2026-05",
    )  # fmt: skip
    assert [(each.outcome, each.says) for each in found.lines] == [
        ("too_much", "passed on before, by 2026-04"),
        ("agrees", ""),
        ("too_much", "passed on before, in line 3"),
    ]
    assert not found.balanced


def test_a_cent_of_difference_is_told(file: CaseFile) -> None:
    found = taken_in(file, "payment;F-1;;r1;399.99", "fee;F-1;;;61.00", "total;;;;338.99")
    assert [(each.outcome, each.says) for each in found.lines] == [
        ("differs", "he reported 400.00"),
        ("differs", "by the agreement 0.00"),
    ]
    # What differs is not passed on.
    assert [each.amount for each in found.lacking] == ["400.00", "250.00"]


def test_a_total_that_is_not_the_sum_of_its_lines_does_not_balance(file: CaseFile) -> None:
    found = taken_in(file, "payment;F-1;;r1;400.00", "payment;F-2;;r5;250.00", "total;;;;649.99")
    assert (found.expected, found.balanced) == ("650.00", False)


def test_what_nobody_reported_is_a_task_of_its_case(file: CaseFile) -> None:
    found = taken_in(file, "payment;F-2;;r9;10.00", "payment;F-99;;;5.00", "total;;;;15.00")
    assert outcomes(found) == ["unknown", "unknown"]
    with file.write() as transaction:
        record(transaction, transaction.cases.load("case:devaart:F-2"), NOW)
        tasks = [each.kind for each in transaction.cases.load("case:devaart:F-2").case.tasks if each.done_on is None]
    assert tasks == ["check_remittance"]


def test_what_is_passed_on_in_another_currency_differs_and_lacks_nothing_of_ours(file: CaseFile) -> None:
    content = (HEADER + "n;2026-04-30;payment;F-1;;r1;400.00;USD\nn;2026-04-30;total;;;;400.00;USD\n").encode()
    with file.write() as transaction:
        found = take_in_remittance(
            transaction, CREDITOR.id, PARTNER, read_remittance(content, "r.csv"), content, "els", NOW
        )
    assert [(each.outcome, each.says) for each in found.lines] == [("differs", "he reported 400.00 EUR")]
    assert (found.lacking, found.balanced) == ((), False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x;y\n", "r.csv:1: the header must be"),
        (HEADER + "n;2026-04-30;payment;F-1;;;100;EUR\n", "r.csv:2: amount: '100' is no amount"),
        (HEADER + "n;30-04-2026;total;;;;1.00;EUR\n", "r.csv:2: on: '30-04-2026' is no day"),
        (HEADER + "n;2026-04-30;gift;;;;1.00;EUR\n", "r.csv:2: kind: 'gift' is none of payment"),
        (HEADER + "n;2026-04-30;payment;;;;1.00;EUR\n", "r.csv:2: case: name the case"),
        (HEADER + "n;2026-04-30;fee;;;;1.00;EUR\n", "there must be one line `total`; found 0"),
        (HEADER + "n;2026-04-30;total;;;;1.00;EUR\nm;2026-04-30;fee;;;;1.00;EUR\n", "all lines must be of one"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_where_and_what(text: str, says: str) -> None:
    with pytest.raises(BadRemittance) as wrong:
        read_remittance(text.encode(), "r.csv")
    assert says in str(wrong.value)
