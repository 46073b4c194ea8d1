"""Importing into the case file: whole, in one transaction, and harmless when done twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus

from casefile.case_file import CaseFile
from casefile.database import Database
from domain.facts import HoldKind
from domain.parties import Creditor, PolicyRule
from domain.policy import Policy
from engine.dispatcher import Dispatcher
from policies.creditor_profile import CreditorProfile
from services.current_case import current_case
from services.importing.lists import ImportedList, ListFile, OtherPolicyStored, import_lists
from tests.casefile.builders import opened
from tests.conftest import DATABASES
from tests.engine.server import quick_server

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 12, 9, tzinfo=UTC)
HEADER = "number;debtor_number;debtor_name;invoice_date;due;amount;open;kind"
ONE, TWO = "case:maan:2026-F-1", "case:maan:2026-F-2"


def row(number: str, open_amount: str = "1000.00", due: str = "2026-03-01", amount: str = "1000.00") -> str:
    return f"{number};d1;Bakker;2026-02-01;{due};{amount};{open_amount};business"


def profile(version: int = 1, after_due: str = "5d") -> CreditorProfile:
    policy = Policy.model_validate(
        {
            "policy": "plain",
            "version": version,
            "steps": [{"id": "reminder", "when": {"after_due": after_due}, "send": ["email"], "attach": ["invoice"]}],
        }
    )
    creditor = Creditor(
        id="maan",
        name="Maan B.V.",
        iban="NL91ABNA0417164300",
        email="maan@maan.example",
        policies=(PolicyRule(policy="plain"),),
    )
    return CreditorProfile(creditor, {"plain": policy})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def file(kept_in: str, tmp_path: Path) -> CaseFile:
    return opened(tmp_path / "cases.sqlite3")


def bring(
    file: CaseFile, *rows: str, at: datetime = AT, complete: bool = False, header: str = HEADER, folder: Path = Path()
) -> ImportedList:
    data = "\n".join((header, *rows)).encode()
    (done,) = import_lists(file, profile(), [ListFile("list.csv", data, folder)], at, at.date(), complete=complete)
    return done


def becomes(done: ImportedList) -> list[tuple[str, str]]:
    return [(each.number, each.what) for each in done.rows]


def waiting(file: CaseFile, case: str) -> list[str]:
    with file.read() as transaction:
        return [each.name for each in transaction.inbox.waiting(case)]


def test_every_good_row_becomes_a_case_that_asks_to_be_started(file: CaseFile) -> None:
    done = bring(file, row("F-1"), row("F-2", "400.00"))
    assert becomes(done) == [("F-1", "opened"), ("F-2", "opened")]
    with file.read() as transaction:
        assert transaction.starts.unstarted() == (ONE, TWO)
        assert transaction.cases.load(TWO).case.open.text == "400.00"
        debtor = transaction.parties.debtor("maan", "d1")
        assert debtor is not None
        assert debtor.name == "Bakker"


def test_the_same_file_twice_changes_nothing(file: CaseFile) -> None:
    bring(file, row("F-1"), row("F-2"))
    lower = (row("F-1", "400.00", due="2026-03-20"), row("F-2", "0.00"))
    assert becomes(bring(file, *lower)) == [("F-1", "payment"), ("F-1", "due_date"), ("F-2", "payment")]
    again = bring(file, *lower, at=LATER)
    assert becomes(again) == [("F-1", "unchanged"), ("F-2", "unchanged")]
    assert waiting(file, ONE) == ["payment_received", "change_due_date"]
    assert waiting(file, TWO) == ["payment_received"]


def test_a_payment_that_no_worker_has_recorded_yet_counts_in_the_next_list(file: CaseFile) -> None:
    bring(file, row("F-1"))
    bring(file, row("F-1", "400.00"))
    # Tomorrow's list is another file, and says the same of this invoice.
    assert becomes(bring(file, row("F-1", "400.00"), row("F-2"), at=LATER)) == [("F-1", "unchanged"), ("F-2", "opened")]
    with file.read() as transaction:
        assert current_case(transaction, ONE, LATER).case.open.text == "400.00"


MAIL = f"{HEADER};email"
DOUBTFUL, OTHER = "els@b\u0430nk.example", "els@b\u0430\u043ek.example"


def test_a_doubtful_mail_domain_is_a_task_on_every_case_of_the_debtor_and_asks_once(file: CaseFile) -> None:
    rows = (f"{row('F-1')};{DOUBTFUL}", f"{row('F-2')};")
    done = bring(file, *rows, header=MAIL)
    assert becomes(done) == [("F-1", "opened"), ("F-1", "email_domain"), ("F-2", "opened"), ("F-2", "email_domain")]
    assert [(each.severity, each.column) for each in done.findings] == [("warning", "email")]
    again = bring(file, *rows, header=MAIL, at=LATER)
    assert becomes(again) == [("F-1", "unchanged"), ("F-2", "unchanged")]
    for case in (ONE, TWO):
        assert waiting(file, case) == ["raise_task"]
        with file.read() as transaction:
            stands = current_case(transaction, case, LATER).case
            assert stands.open_task("check_email_domain") is not None
            assert stands.holds_on(LATER.date()) == (), "mail goes out meanwhile"
    with file.read() as transaction:
        debtor = transaction.parties.debtor("maan", "d1")
        assert debtor is not None
        assert debtor.address_for("email", "finance") == DOUBTFUL


def test_a_known_debtor_whose_address_becomes_doubtful_is_told_and_another_domain_asks_again(file: CaseFile) -> None:
    bring(file, f"{row('F-1')};els@bank.example", header=MAIL)
    assert waiting(file, ONE) == []
    assert becomes(bring(file, f"{row('F-1')};{DOUBTFUL}", header=MAIL)) == [
        ("F-1", "unchanged"),
        ("F-1", "debtor"),
        ("F-1", "email_domain"),
    ]
    bring(file, f"{row('F-1')};{OTHER}", header=MAIL, at=LATER)
    assert waiting(file, ONE) == ["raise_task", "raise_task"]


def test_a_dry_run_tells_of_a_doubtful_domain_and_writes_nothing(file: CaseFile) -> None:
    source = ListFile("list.csv", f"{MAIL}\n{row('F-1')};{DOUBTFUL}".encode(), Path())
    (done,) = import_lists(file, profile(), [source], AT, AT.date(), dry_run=True)
    assert ("F-1", "email_domain") in becomes(done)
    assert [each.severity for each in done.findings] == ["warning"]
    with file.read() as transaction:
        assert transaction.starts.unstarted() == ()


def test_the_task_of_a_doubtful_domain_names_no_address(file: CaseFile) -> None:
    bring(file, f"{row('F-1')};{DOUBTFUL}", header=MAIL)
    with file.read() as transaction:
        (message,) = transaction.inbox.waiting(ONE)
    told = json.loads(message.raw or b"")
    assert (told["task"], told["actor"]) == ("check_email_domain", "import")
    assert not {"b\u0430nk", "xn--", "els"} & {part for part in ("b\u0430nk", "xn--", "els") if part in str(told)}


def test_a_bad_row_does_not_stop_the_others_and_is_named_with_its_place(file: CaseFile) -> None:
    done = bring(file, row("F-1", due="soon"), row("F-2"))
    assert becomes(done) == [("F-2", "opened")]
    assert done.has_errors
    (finding,) = done.findings
    assert (finding.file, finding.line, finding.column) == ("list.csv", 2, "due")


def test_an_unknown_last_step_is_named_under_the_header_of_the_file(file: CaseFile) -> None:
    done = bring(file, row("F-1") + ";third", row("F-2") + ";", header=HEADER + ";laatste stap")
    assert becomes(done) == [("F-2", "opened")]
    (finding,) = done.findings
    assert (finding.line, finding.column, finding.severity) == (2, "laatste stap", "error")


def test_a_paid_row_of_an_invoice_that_nobody_knows_is_only_a_warning(file: CaseFile) -> None:
    done = bring(file, row("F-1", "0.00"))
    assert done.rows == ()
    assert [(finding.severity, finding.line) for finding in done.findings] == [("warning", 2)]


def test_a_paid_row_of_a_known_invoice_pays_it_without_a_remark(file: CaseFile) -> None:
    bring(file, row("F-1"))
    done = bring(file, row("F-1", "0.00"))
    assert becomes(done) == [("F-1", "payment")]
    assert done.findings == ()


def test_what_is_missing_from_a_complete_list_goes_on_hold_until_it_is_back(file: CaseFile) -> None:
    bring(file, row("F-1"), row("F-2"))
    assert becomes(bring(file, row("F-2"), complete=True)) == [("F-2", "unchanged"), ("F-1", "missing")]
    with file.read() as transaction:
        case = current_case(transaction, ONE, AT).case
    assert [hold.kind for hold in case.holds_on(AT.date())] == [HoldKind.MISSING_FROM_LIST]
    assert case.open_task("missing_from_list") is not None
    # Still missing two days later: nothing new.
    assert becomes(bring(file, row("F-2"), row("F-3"), at=LATER, complete=True)) == [
        ("F-2", "unchanged"),
        ("F-3", "opened"),
    ]
    assert becomes(bring(file, row("F-1"), at=LATER)) == [("F-1", "back")]
    with file.read() as transaction:
        back = current_case(transaction, ONE, LATER).case
    assert back.holds_on(LATER.date()) == ()
    assert back.open_task("missing_from_list") is None


def test_an_invoice_whose_row_has_an_error_is_not_missing(file: CaseFile) -> None:
    bring(file, row("F-1"))
    assert becomes(bring(file, row("F-1", due="soon"), complete=True)) == []
    assert waiting(file, ONE) == []


def test_nothing_is_missing_from_a_list_that_could_not_be_read_whole(file: CaseFile) -> None:
    bring(file, row("F-1"), row("F-2"))
    done = bring(file, row("F-2"), "F-1;d1", complete=True)
    assert becomes(done) == [("F-2", "unchanged"), ("F-1", "row_unreadable")]
    assert any("nothing counts as missing" in finding.reason for finding in done.findings)


def test_what_two_lists_name_together_is_not_missing(file: CaseFile) -> None:
    bring(file, row("F-1"), row("F-2"))
    lists = [
        ListFile(name, "\n".join((HEADER, each)).encode(), Path())
        for name, each in (("a.csv", row("F-1")), ("b.csv", row("F-2")))
    ]
    done = import_lists(file, profile(), lists, LATER, LATER.date(), complete=True)
    assert [becomes(each) for each in done] == [[("F-1", "unchanged")], [("F-2", "unchanged")]]


def test_a_dry_run_says_the_same_and_writes_nothing(file: CaseFile) -> None:
    data = "\n".join((HEADER, row("F-1"))).encode()
    lists = [ListFile("list.csv", data, Path())]
    dry = import_lists(file, profile(), lists, AT, AT.date(), dry_run=True)
    with file.read() as transaction:
        assert transaction.cases.ids() == ()
        assert transaction.parties.policy("plain", None) is None
    assert import_lists(file, profile(), lists, AT, AT.date()) == dry


def test_the_document_of_an_invoice_is_kept_with_its_case(file: CaseFile, tmp_path: Path) -> None:
    (tmp_path / "F-1.pdf").write_bytes(b"%PDF-1.7 one")
    (tmp_path / "F-2.pdf").write_bytes(b"no pdf")
    header = HEADER + ";document"
    rows = (row("F-1") + ";F-1.pdf", row("F-2") + ";F-2.pdf", row("F-3") + ";F-3.pdf")
    done = bring(file, *rows, header=header, folder=tmp_path)
    assert becomes(done) == [("F-1", "opened"), ("F-2", "opened"), ("F-3", "opened")]
    assert [(finding.line, finding.column) for finding in done.findings] == [(3, "document"), (4, "document")]
    assert not done.has_errors
    with file.read() as transaction:
        assert transaction.documents.of_case(ONE) == (("F-1.pdf", "application/pdf", b"%PDF-1.7 one"),)


def test_a_policy_that_changed_under_its_version_stops_the_import(file: CaseFile) -> None:
    bring(file, row("F-1"))
    data = "\n".join((HEADER, row("F-2"))).encode()
    with pytest.raises(OtherPolicyStored, match="raise `version`"):
        import_lists(file, profile(after_due="9d"), [ListFile("list.csv", data, Path())], AT, AT.date())
    with file.read() as transaction:
        assert transaction.cases.ids() == (ONE,)


# Starting ---------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Client]:
    async with quick_server() as client:
        yield client


@pytest.mark.asyncio(loop_scope="module")
async def test_a_crash_between_the_rows_and_their_starts_is_swept_up_at_the_next_start(
    engine: Client, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'cases.sqlite3'}"
    crashed = CaseFile(Database(url))
    crashed.database.migrate()
    await asyncio.to_thread(bring, crashed, row("F-1"), row("F-2"))
    await asyncio.to_thread(bring, crashed, row("F-1", "400.00"), row("F-2"))
    crashed.database.close()  # Committed, and gone before anything was started.

    file = CaseFile(Database(url))
    dispatcher = Dispatcher(engine, file, "swept-up")
    assert await dispatcher.sweep() == (2, 1)
    for case in (ONE, TWO):
        described = await engine.get_workflow_handle(case).describe()
        assert described.status == WorkflowExecutionStatus.RUNNING
    assert await dispatcher.sweep() == (0, 1)  # The message waits until a worker records it.


# References --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "written", "kept"),
    [
        ("betalingskenmerk", "5000056789012345", "5000 0567 8901 2345"),
        ("payment_reference", "RF18 5390 0754 7034", "RF18 5390 0754 7034"),
        ("ogm", "010/8068/17183", "+++010/8068/17183+++"),
        ("reference", "+++010/8068/17183+++", "+++010/8068/17183+++"),
        # An order number of the debtor passes the Dutch check by chance: one in eleven of seven digits does.
        ("reference", "5000056789012345", None),
        ("reference", "PO 5", None),
    ],
)
def test_a_structured_reference_is_kept_as_people_read_it(
    file: CaseFile, column: str, written: str, kept: str | None
) -> None:
    done = bring_reference(file, column, written)
    assert [str(each) for each in done.findings] == []
    with file.read() as transaction:
        assert transaction.cases.load(ONE).case.invoice.payment_reference == kept


def test_a_reference_with_a_slip_is_told_and_not_used(file: CaseFile) -> None:
    done = bring_reference(file, "Betalingskenmerk", "5000056789012346")
    (finding,) = done.findings
    assert (finding.line, finding.column, finding.severity) == (2, "Betalingskenmerk", "warning")
    assert "check digit" in finding.reason
    with file.read() as transaction:
        assert transaction.cases.load(ONE).case.invoice.payment_reference is None


def bring_reference(file: CaseFile, column: str, written: str) -> ImportedList:
    data = f"{HEADER};{column}\n{row('F-1')};{written}\n".encode()
    (done,) = import_lists(file, profile(), [ListFile("list.csv", data, Path())], AT, AT.date())
    return done
