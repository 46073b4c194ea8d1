"""`maanwerk case`: read and decide, also while no worker runs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from engine.embedded import free_port
from services.current_case import current_case
from tests.cli.running import Run

HEADER = "number;debtor_number;debtor_name;invoice_date;due;amount;kind"
CREDITOR = """\
id: {id}
name: Maan B.V.
iban: NL91ABNA0417164300
email: maan@maan.example
policies: [{{policy: ladder}}]
"""
LADDER = """\
policy: ladder
law: NL
kind: business
calendar: {zone: Europe/Amsterdam, holidays: NL, days: [tue, wed, thu], from: "09:00", until: "16:00"}
steps:
  - {id: reminder, when: {after_due: 5d}, send: [email]}
  - {id: notice, when: {after_due: 24d, after_previous: 5d}, send: [post], term: 14d, claims: principal+interest}
  - {id: handoff, when: {term_expired: notice}, hand_off: agency, claims: all, approval: required}
"""


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Two cases, F-1 on the ladder and F-2 old and unreviewed; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    rows = (
        "F-1;d1;Bakker;2099-02-01;2099-03-01;1000.00;business",
        "F-2;d1;Bakker;2026-01-01;2026-01-15;50.00;business",
    )
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def shown(maanwerk: Run, case: str) -> dict[str, object]:
    ran = maanwerk("case", "show", case, "--json")
    assert ran.code == 0
    report: dict[str, object] = json.loads(ran.out)
    return report


def test_the_list_shows_every_case_and_what_a_person_must_do(maanwerk: Run) -> None:
    ran = maanwerk("case", "list")
    assert "1 of 2 cases" in ran.out
    assert "Not shown: 1 not due yet" in ran.out
    assert "2 cases" in maanwerk("case", "list", "--all").out
    assert "task: review the invoice" in ran.out
    attention = json.loads(maanwerk("case", "list", "--attention", "--json").out)
    assert [row["number"] for row in attention] == ["F-2"]
    assert json.loads(maanwerk("case", "list", "--stage", "reminder", "--json").out) == []


def test_a_case_says_where_it_stands_what_comes_next_and_when(maanwerk: Run) -> None:
    # Due Sunday 1 March 2099; five days after it is Friday the 6th, so Tuesday the 10th, from 09:00.
    report = shown(maanwerk, "F-1")
    assert (report["stage"], report["open"], report["next"], report["step"]) == (
        "new",
        "1000.00",
        "send",
        "reminder",
    )
    assert report["next_at"] == "Tue 2099-03-10 09:00"
    assert report["started"] is False
    ran = maanwerk("case", "show", "case:maan:2099-F-1")
    assert "reminder on Tue 2099-03-10 09:00 (Europe/Amsterdam)" in ran.out
    assert "not started yet" in ran.out


def test_a_number_that_two_cases_have_lists_them(maanwerk: Run, desk: Path) -> None:
    (desk / "creditor.yaml").write_text(CREDITOR.format(id="zon"), encoding="utf-8")
    maanwerk("import", "list.csv")
    ran = maanwerk("case", "show", "F-1")
    assert ran.code == 2
    assert "case:maan:2099-F-1" in ran.err
    assert "case:zon:2099-F-1" in ran.err


def test_a_case_that_nobody_knows_ends_with_2(maanwerk: Run) -> None:
    assert maanwerk("case", "show", "F-9").code == 2
    assert maanwerk("case", "pause", "F-9").code == 2


def test_a_pause_is_written_down_and_shown_while_no_worker_runs(maanwerk: Run) -> None:
    ran = maanwerk("case", "pause", "F-1", "--until", "2099-05-04", "--actor", "j.devries")
    assert ran.code == 0
    assert "written down; takes effect when a worker runs" in ran.out
    report = shown(maanwerk, "F-1")
    assert report["holds"] == [{"kind": "pause", "until": "2099-05-04"}]
    assert report["waiting"] == [{"name": "pause_case", "refusal": None}]


def test_notes_reasons_and_actors_are_shown_where_people_look(maanwerk: Run, desk: Path) -> None:
    assert maanwerk("case", "pause", "F-1", "--reason", "on holiday", "--actor", "els").code == 0
    assert maanwerk("case", "log-call", "F-1", "--note", "asks for a copy", "--actor", "jan").code == 0
    assert maanwerk("case", "write-off", "F-1", "--amount", "10.00", "--reason", "goodwill", "--actor", "els").code == 0
    said = [(each["by"], each["words"]) for each in shown(maanwerk, "F-1")["said"]]  # type: ignore[attr-defined]
    assert said == [("els", "on holiday"), ("jan", "asks for a copy"), ("els", "goodwill")]
    printed = maanwerk("case", "show", "F-1").out
    for each in ("on hold: pause: on holiday (els)", "call noted: asks for a copy (jan)", "goodwill (els)"):
        assert each in printed
    # Once a worker has recorded it, what happened tells it too.
    file = CaseFile(Database(f"sqlite:///{desk / 'var' / 'case-file.sqlite3'}"))
    with file.write() as transaction:
        current = current_case(transaction, "case:maan:2099-F-1", datetime.now(UTC))
        transaction.cases.append("case:maan:2099-F-1", current.pending_facts)
    file.database.close()
    assert any(line.endswith("on hold: pause (els: on holiday)") for line in shown(maanwerk, "F-1")["timeline"])  # type: ignore[attr-defined]


def test_what_a_rule_forbids_ends_with_1_and_the_rule(maanwerk: Run) -> None:
    ran = maanwerk("case", "resume", "F-1")
    assert (ran.code, ran.err) == (1, "maanwerk: refused: the case is not paused\n")
    assert shown(maanwerk, "F-1")["waiting"] == []


def test_a_pause_that_ends_in_the_past_is_refused(maanwerk: Run) -> None:
    ran = maanwerk("case", "pause", "F-1", "--until", "2020-01-01")
    assert ran.code == 1
    assert "first free day" in ran.err


def test_a_date_that_is_none_ends_with_2_and_writes_nothing(maanwerk: Run) -> None:
    assert maanwerk("case", "pause", "F-1", "--until", "tomorrow").code == 2
    assert maanwerk("case", "write-off", "F-1", "--amount", "a lot").code == 2
    assert shown(maanwerk, "F-1")["waiting"] == []


def test_the_review_of_an_old_invoice_ends_its_hold(maanwerk: Run) -> None:
    assert [hold["kind"] for hold in shown(maanwerk, "F-2")["holds"]] == ["onboarding_review"]  # type: ignore[attr-defined]
    assert maanwerk("case", "task", "F-2", "onboarding_review").code == 0
    assert shown(maanwerk, "F-2")["holds"] == []


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (("log-call", "F-1", "--outcome", "pays on Friday"), "log_call"),
        (("write-off", "F-1", "--amount", "10.00"), "write_off"),
        (("change-due", "F-1", "2099-03-20"), "change_due_date"),
        (("change-policy", "F-1", "preset-7-14-21"), "change_policy"),
        (("approve", "F-1", "--open", "1000.00"), "approve_handoff"),
    ],
)
def test_every_decision_goes_through_the_inbox(maanwerk: Run, command: tuple[str, ...], name: str) -> None:
    ran = maanwerk("case", *command)
    assert ran.code == 0, ran.err
    assert shown(maanwerk, "F-1")["waiting"] == [{"name": name, "refusal": None}]


def test_a_promise_and_a_settlement_are_noted_and_shown_with_who_noted_them(maanwerk: Run) -> None:
    by = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    ran = maanwerk("case", "promise", "F-1", "--amount", "400,00", "--by", by, "--note", "on Friday", "--actor", "els")
    assert ran.code == 0, ran.err
    report = shown(maanwerk, "F-1")
    assert [hold["kind"] for hold in report["holds"]] == ["promise"]  # type: ignore[attr-defined]
    agreed = {"kind": "promise", "amount": "400.00", "by": by, "paid": "0.00", "outcome": None, "holds": True}
    assert [agreed.items() <= each.items() for each in report["agreed"]] == [True]  # type: ignore[attr-defined]
    assert f"400.00 by {by}, 0.00 came in" in maanwerk("case", "show", "F-1").out
    ran = maanwerk("case", "settlement", "F-1", "700.00", "--by", by, "--actor", "els")
    assert (ran.code, "300.00 of 1000.00 would be released" in ran.err) == (1, True)
    ran = maanwerk("case", "settlement", "F-1", "700.00", "--by", by, "--approved-by", "bos", "--actor", "els")
    assert ran.code == 0, ran.err
    report = shown(maanwerk, "F-1")
    assert [hold["kind"] for hold in report["holds"]] == ["settlement"]  # type: ignore[attr-defined]
    assert [(each["kind"], each["outcome"]) for each in report["agreed"]] == [  # type: ignore[attr-defined]
        ("promise", "replaced"),
        ("settlement", None),
    ]


def test_a_promise_too_far_ahead_is_refused_with_what_would_be_accepted(maanwerk: Run) -> None:
    ran = maanwerk("case", "promise", "F-1", "--by", "2099-03-20")
    assert (ran.code, "at the latest, or agree on instalments" in ran.err) == (1, True)
    assert shown(maanwerk, "F-1")["waiting"] == []


def test_a_policy_that_is_in_no_file_may_be_in_the_case_file_but_a_path_is_refused_at_once(maanwerk: Run) -> None:
    ran = maanwerk("case", "change-policy", "F-1", "nowhere")
    assert (ran.code, "there is no policy 'nowhere' in the case file" in ran.err) == (1, True)
    ran = maanwerk("case", "change-policy", "F-1", "ladders/nowhere.yaml")
    assert (ran.code, ran.err) == (
        2,
        "ladders/nowhere.yaml: there is no such policy file (tried ladders/nowhere.yaml)\n",
    )


def test_a_day_and_an_amount_are_read_as_people_write_them(maanwerk: Run) -> None:
    assert maanwerk("case", "pause", "F-1", "--until", "4-5-2099").code == 0
    assert shown(maanwerk, "F-1")["holds"] == [{"kind": "pause", "until": "2099-05-04"}]
    assert maanwerk("case", "write-off", "F-1", "--amount", "€ 100,50").code == 0
    assert shown(maanwerk, "F-1")["open"] == "899.50"
    assert maanwerk("case", "change-due", "F-1", "20/03/2099").code == 0
    ran = maanwerk("case", "write-off", "F-1", "--amount", "1.000")
    assert (ran.code, "write 1000.00 if you mean 1000" in ran.err) == (2, True)
    ran = maanwerk("case", "pause", "F-1", "--until", "05/13/2099")
    assert (ran.code, "the day comes first here" in ran.err) == (2, True)


# Many at once ------------------------------------------------------------------------------------------------


@pytest.fixture
def many(maanwerk: Run, desk: Path) -> None:
    """F-3 and F-4 beside the others, of another debtor and not due yet."""
    rows = (
        "F-3;d2;Slager;2099-02-01;2099-03-01;10.00;business",
        "F-4;d2;Slager;2099-02-01;2099-03-01;20.00;business",
    )
    (desk / "more.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    assert maanwerk("import", "more.csv").code == 0


def held(maanwerk: Run) -> list[str]:
    return [number for number in ("F-1", "F-2", "F-3", "F-4") if "pause" in str(shown(maanwerk, number)["holds"])]


@pytest.mark.parametrize(
    ("chosen", "paused"),
    [
        (("F-1", "F-3", "F-1"), ["F-1", "F-3"]),
        (("--debtor", "d2"), ["F-3", "F-4"]),
        (("--debtor", "slager", "--stage", "new"), ["F-3", "F-4"]),
        (("--stage", "new"), ["F-1", "F-2", "F-3", "F-4"]),
        (("--file", "ids.csv"), ["F-2", "F-4"]),
        (("F-1", "--file", "ids.csv"), ["F-1", "F-2", "F-4"]),
    ],
)
def test_many_cases_are_told_at_once_with_a_result_for_each(
    maanwerk: Run, desk: Path, many: None, chosen: tuple[str, ...], paused: list[str]
) -> None:
    (desk / "ids.csv").write_text('invoice;amount\n"F-2";50,00\n\n# not these\ncase:maan:2099-F-4\n', encoding="utf-8")
    ran = maanwerk("case", "pause", *chosen)
    assert ran.code == 0, ran.err
    # Some are told at once: they come in the order in which they are answered.
    assert sorted(line.partition(":")[0] for line in ran.out.splitlines()[: len(paused)]) == paused
    assert f"{len(paused)} cases: {len(paused)} written down" in ran.out
    assert held(maanwerk) == paused


def test_where_one_cannot_be_found_nothing_is_done(maanwerk: Run, many: None) -> None:
    ran = maanwerk("case", "pause", "F-1", "F-8", "F-9")
    assert ran.code == 2
    assert "'F-8'" in ran.err
    assert "'F-9'" in ran.err
    assert held(maanwerk) == []
    assert maanwerk("case", "pause").code == 2
    assert maanwerk("case", "pause", "F-1", "--debtor", "d2").code == 2
    assert maanwerk("case", "pause", "--stage", "nowhere").code == 2
    assert maanwerk("case", "pause", "--file", "nowhere.csv").code == 2
    ran = maanwerk("case", "pause", "--debtor", "er")
    assert (ran.code, "d1  Bakker" in ran.err, "d2  Slager" in ran.err) == (2, True, True)


def test_of_many_each_refusal_is_told_and_ends_with_1(maanwerk: Run, many: None) -> None:
    assert maanwerk("case", "pause", "F-3").code == 0
    ran = maanwerk("case", "resume", "F-1", "F-3", "--json")
    assert ran.code == 1
    assert [(each["case"], each["outcome"]) for each in json.loads(ran.out)] == [
        ("case:maan:2099-F-1", "refused"),
        ("case:maan:2099-F-3", "written"),
    ]
    ran = maanwerk("case", "resume", "F-1", "F-4")
    assert ran.code == 1
    assert "F-1: refused: the case is not paused" in ran.out
    assert "refused: 2 of 2" in ran.err


def test_of_a_stage_only_those_are_told_that_wait_for_it(maanwerk: Run, many: None) -> None:
    ran = maanwerk("case", "task", "--stage", "new", "onboarding_review")
    assert (ran.code, ran.out.splitlines()[0].partition(":")[0], "1 case: " in ran.out) == (0, "F-2", True)
    ran = maanwerk("case", "approve", "--stage", "new", "--json")
    assert [each["case"] for each in json.loads(ran.out or "[]")] in ([], ["case:maan:2026-F-2"]), (
        "what waits may change it"
    )
    assert maanwerk("case", "approve", "F-1", "F-3", "--open", "10.00").code == 2


def test_many_move_to_another_policy_that_is_stored_once(maanwerk: Run, many: None) -> None:
    ran = maanwerk("case", "change-policy", "--debtor", "d2", "preset-7-14-21")
    assert ran.code == 0, ran.err
    assert [shown(maanwerk, number)["waiting"] for number in ("F-3", "F-4")] == [
        [{"name": "change_policy", "refusal": None}]
    ] * 2


def test_a_sending_that_nobody_doubts_cannot_be_settled(maanwerk: Run) -> None:
    ran = maanwerk("case", "settle", "F-1", "reminder", "not-sent")
    assert ran.code == 1
    assert "no sending whose outcome is unknown" in ran.err


def test_a_message_in_quarantine_is_shown_and_can_be_mended(maanwerk: Run, desk: Path) -> None:
    # A worker recorded a payment that nobody can read, then stopped.
    file = CaseFile(Database(f"sqlite:///{desk / 'var' / 'case-file.sqlite3'}"))
    quarantine_unreadable_payment(file, "case:maan:2099-F-1")
    file.database.close()
    report = shown(maanwerk, "F-1")
    assert [each["name"] for each in report["quarantined"]] == ["payment_received"]  # type: ignore[attr-defined]
    corrected = '{"id": "p1", "amount": "400.00"}'
    assert maanwerk("case", "quarantine", "resubmit", "F-1", "--payload", corrected).code == 0
    after = shown(maanwerk, "F-1")
    assert (after["open"], after["quarantined"]) == ("600.00", [])


def test_an_empty_quarantine_has_nothing_to_dismiss(maanwerk: Run) -> None:
    assert maanwerk("case", "quarantine", "dismiss", "F-1").code == 2


def test_without_a_case_file_the_command_says_what_to_do_first(
    maanwerk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'other' / 'none.sqlite3'}")
    ran = maanwerk("case", "list")
    assert ran.code == 1
    assert "import a list of open items first" in ran.err
    assert not (tmp_path / "other").exists()


def quarantine_unreadable_payment(file: CaseFile, case: str) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with file.write() as transaction:
        transaction.inbox.accept(case, "hook:1", "payment_received", b'{"amount": 4.0}', at)
        current = current_case(transaction, case, at)
        transaction.cases.append(case, current.pending_facts)
        transaction.inbox.recorded(current.waiting[0].seq, at, current.refusals["hook:1"])
