"""`maanwerk case report`, `case recall` and `agency remittance`, as somebody types them; no worker, no Temporal."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from casefile.case_file import CaseFile
from cli.commands.case import _PartnerState
from domain.handoffs.partner_state import PartnerState
from domain.handoffs.partners import Fees, Partner
from domain.opening import open_case
from domain.reactions.sending import step_taken
from services.recording import record
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from tests.cli.running import Run
from tests.domain.builders import hand_off, invoice, local, policy, send

HEADER = "remittance;on;kind;case;reference;report;amount;currency"
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)
RULES = policy(send("reminder", {"after_due": "5d"}), hand_off({"after_due": "9d"}))
PARTNER = Partner(id="noordkade", name="Noordkade", fees=Fees(percent=Decimal(15), source="agreement"))
PAID = {"id": "r1", "partner": "noordkade", "status": "payment", "amount": "400.00", "reference": "NK-1"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """F-1 is with noordkade, who was paid 400.00 on it; F-2 is still ours."""
    path = tmp_path_factory.mktemp("partner") / "case-file.sqlite3"
    file = opened(path)
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (PARTNER,)}))
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(RULES)
        at = local("2026-03-10", "12:00")
        for number in ("F-1", "F-2"):
            facts = open_case(invoice(number=number), RULES, at)
            transaction.cases.open(f"case:devaart:{number}", CREDITOR.id, facts, at)
        case = transaction.cases.load("case:devaart:F-1").case
        taken = step_taken(case, RULES, RULES.steps[1], 1, at, channels=("agency",), message="m", partner="noordkade")
        transaction.cases.append("case:devaart:F-1", (taken,))
        raw = json.dumps({**PAID, "on": "2026-04-10"}).encode()
        transaction.inbox.accept("case:devaart:F-1", "r1", "agency_reported", raw, NOW)
        record(transaction, transaction.cases.load("case:devaart:F-1"), NOW)
    Advancing(file, "all").advance(AdvanceRequest(case_id="case:devaart:F-1", at=NOW))
    file.database.close()
    return path


@pytest.fixture
def file(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseFile:
    path = tmp_path / "case-file.sqlite3"
    shutil.copy(prepared, path)
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{path}")
    monkeypatch.setenv("MAANWERK_OUTBOX", str(tmp_path / "outbox"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return opened(path)


def remittance(*lines: str, number: str = "2026-04") -> str:
    rows = [f"{number};2026-04-30;{line}" for line in lines]
    Path("afdracht.csv").write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return "afdracht.csv"


GOOD = ("payment;F-1;;r1;400.00;EUR", "fee;F-1;;;60.00;EUR", "total;;;;340.00;EUR")


def test_a_report_is_written_down_for_the_case_that_a_partner_has(maanwerk: Run, file: CaseFile) -> None:
    ran = maanwerk("case", "report", "F-1", "accepted", "--reference", "NK-1", "--on", "2026-04-02", "--id", "r2")
    assert ran.code == 0, ran.err
    with file.read() as transaction:
        (waiting,) = transaction.inbox.waiting("case:devaart:F-1")
    told = json.loads(waiting.raw or b"")
    assert (waiting.name, told["status"], told["reference"], told["on"]) == (
        "report_agency", "accepted", "NK-1", "2026-04-02",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("F-9", "accepted"), "F-9"),
        (("F-1", "happy"), "'happy' is not one of"),
        (("F-1", "payment", "--amount", "lots"), "amount: 'lots' is no amount"),
        (("F-1", "payment", "--amount", "-5.00"), "amount: Input should be greater than 0"),
        (("F-1", "payment"), "amount: say how much was paid"),
        (("F-1", "accepted", "--on", "31-04-2026"), "--on"),
        (("F-1", "closed", "--code", "gone"), "'gone' is not one of"),
    ],
)
def test_what_can_not_be_meant_is_refused_before_anything_is_written(
    maanwerk: Run, file: CaseFile, typed: tuple[str, ...], says: str
) -> None:
    ran = maanwerk("case", "report", *typed)
    assert ran.code != 0 and says in ran.out + ran.err
    with file.read() as transaction:
        assert list(transaction.inbox.waiting("case:devaart:F-1")) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("report", "F-2", "accepted"), "was never handed off"),
        (("report", "F-1", "accepted", "--partner", "zuidkade"), "zuidkade"),
        (("report", "F-1", "accepted", "--on", "2199-01-01"), "2199-01-01"),
        (("recall", "F-2"), "no partner has this case"),
    ],
)
def test_what_a_rule_forbids_is_said_with_its_reason(
    maanwerk: Run, file: CaseFile, typed: tuple[str, ...], says: str
) -> None:
    ran = maanwerk("case", *typed)
    assert ran.code == 1 and says in ran.out + ran.err, (ran.code, ran.out, ran.err)


def test_a_case_is_asked_back_once(maanwerk: Run, file: CaseFile) -> None:
    assert maanwerk("case", "recall", "F-1", "--reason", "disputed").code == 0
    with file.write() as transaction:
        record(transaction, transaction.cases.load("case:devaart:F-1"), NOW)
    again = maanwerk("case", "recall", "F-1")
    assert again.code == 1 and "asked" in again.out + again.err
    assert maanwerk("case", "recall", "F-1", "--reason", "boredom").code == 2


def test_what_came_back_is_checked_for_the_next_hand_off(maanwerk: Run, file: CaseFile) -> None:
    assert "was handed off on" in maanwerk("case", "check", "F-1").out
    assert maanwerk("case", "report", "F-1", "closed", "--code", "uncollectable").code == 0
    told = json.loads(maanwerk("case", "check", "F-1", "--json").out)
    assert told["handed_off_on"] is None and "hold" in {each["point"] for each in told["points"] if each["stops"]}


def test_a_remittance_is_told_line_by_line_and_balances_to_the_cent(maanwerk: Run, file: CaseFile) -> None:
    ran = maanwerk("agency", "remittance", remittance(*GOOD), "--partner", "noordkade")
    assert ran.code == 0 and "All of it agrees." in ran.out and "the lines come to 340.00" in ran.out
    again = maanwerk("agency", "remittance", remittance(*GOOD), "--partner", "noordkade")
    assert again.code == 0 and "taken in before; nothing changed" in again.out
    other = maanwerk("agency", "remittance", remittance(GOOD[0], "total;;;;400.00;EUR"), "--partner", "noordkade")
    assert other.code == 2 and "was taken in with another content" in other.err


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("payment;F-1;;r1;400;EUR", "total;;;;400.00;EUR"), "afdracht.csv:2: amount: '400' is no amount"),
        (("payment;F-1;;r1;400.00;EUR",), "there must be one line `total`"),
        (("payment;F-1;;r1;400.00;EUR", "total;;;;400.00;USD"), "all lines must be in one currency"),
        (("payment;F-1;;r1;400.00;euro", "total;;;;400.00;EUR"), "'euro' is no currency"),
        (("payment;F-1;;r1;400.00", "total;;;;400.00;EUR"), "afdracht.csv:2: 7 cells where there must be 8"),
    ],
)
def test_a_bad_line_is_named_by_file_and_line_and_nothing_is_kept(
    maanwerk: Run, file: CaseFile, lines: tuple[str, ...], says: str
) -> None:
    ran = maanwerk("agency", "remittance", remittance(*lines), "--partner", "noordkade")
    assert ran.code == 2 and says in ran.err, ran.err
    assert maanwerk("agency", "remittance", remittance(*GOOD), "--partner", "noordkade").code == 0


def test_a_file_that_is_not_there_and_a_partner_that_nobody_has_are_named(maanwerk: Run, file: CaseFile) -> None:
    missing = maanwerk("agency", "remittance", "none.csv", "--partner", "noordkade")
    assert missing.code == 2 and "none.csv" in missing.err
    nobody = maanwerk("agency", "remittance", remittance(*GOOD), "--partner", "zuidkade")
    assert nobody.code == 2 and "no creditor has a partner 'zuidkade'" in nobody.err


def test_a_line_that_means_no_case_waits_until_a_person_says_whose_it_is(maanwerk: Run, file: CaseFile) -> None:
    path = remittance("payment;F-99;;;40.00;EUR", *GOOD[:2], "total;;;;380.00;EUR")
    ran = maanwerk("agency", "remittance", path, "--partner", "noordkade")
    assert ran.code == 0 and "no case of this creditor is meant by it" in ran.out and "agency reports" in ran.out
    (waiting,) = json.loads(maanwerk("agency", "reports", "--json").out)["reports"]
    assert waiting["came_by"] == "remittance"
    assert waiting["reason"] == "remittance 2026-04, line 2: no case of this creditor is meant by it"
    assert "payment F-99 40.00 EUR" in maanwerk("agency", "reports").out
    assert "1 report of a partner is of no case" in maanwerk("today").out
    assert maanwerk("agency", "give", waiting["number"], "F-9").code == 2
    assert maanwerk("agency", "give", waiting["number"], "F-2").code == 0
    with file.write() as transaction:
        record(transaction, transaction.cases.load("case:devaart:F-2"), NOW)
        assert [each.kind for each in transaction.cases.load("case:devaart:F-2").case.tasks] == ["check_remittance"]
    gone = maanwerk("agency", "give", waiting["number"], "F-2")
    assert gone.code == 2 and "there is no report" in gone.err


def test_where_a_case_is_with_its_partner_is_listed_and_sought(maanwerk: Run, file: CaseFile) -> None:
    listed = json.loads(maanwerk("case", "list", "--partner-state", "submitted", "--json").out)
    assert [(each["number"], each["partner"], each["partner_state"]) for each in listed] == [
        ("F-1", "noordkade", "submitted")
    ]
    assert "noordkade: with the partner, who has not answered" in maanwerk("case", "list", "--all").out
    assert maanwerk("case", "list", "--partner-state", "lost").code == 2
    assert get_args(_PartnerState) == get_args(PartnerState)
