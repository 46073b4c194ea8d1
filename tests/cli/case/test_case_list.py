"""`maanwerk case list` reads columns of its own, and says to the letter what the views say."""

from __future__ import annotations

import io
import json
import random
import re
import socket
import sqlite3
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from sqlalchemy import event, text

from casefile.case_file import CaseFile, Transaction
from casefile.list_columns import lists_of
from casefile.surroundings import surroundings_of
from casefile.which_cases import Which
from cli.case.asking_beside import Beside, Told
from cli.case.list_lines import lines_of
from cli.case.show_list import print_list_json, show_list
from cli.output import print_json
from domain import facts as f
from domain.case_ids import case_id
from domain.invoice import Kind
from domain.opening import History, open_case
from domain.parties import Debtor
from domain.reactions.react import react
from domain.views.case_view import view_of
from engine.embedded import free_port
from services.reports.case_list import ListRow, is_collected_now, list_rows
from tests.casefile.builders import CREDITOR, NOW, opened
from tests.casefile.putting_back import Content, content_of, put_back
from tests.cli.running import Run
from tests.conftest import DATABASES
from tests.domain.builders import call, eur, hand_off, invoice, policy, send
from tests.postgresql import MADE_WITH_THE_TABLES

LADDER = policy(
    send("reminder", {"after_due": "5d"}),
    call("call", {"after_due": "9d"}),
    send("notice", {"after_due": "24d"}, term="14d"),
    hand_off({"term_expired": "notice"}),
)
OTHER = CREDITOR.model_copy(update={"id": "zon & zn", "name": "Zon"})
ON = NOW.date()
LONG = "Stichting tot Instandhouding van Buitengewoon Lange Namen te Sint-Oedenrode en Omstreken"
NAMES = ("Bakkerij Ochtend", "漢字 商店", "Café “Zoë”", LONG, "Wagen\tWerk", "Naam-van-" + "x" * 90)
DONE = timedelta(minutes=1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "file" in metafunc.fixturenames:
        metafunc.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def file(kept_in: str, tmp_path: Path) -> CaseFile:
    """Cases of every sort, of two creditors, made by chance but the same every time: made once for all tests."""
    found = opened(tmp_path / "cases.sqlite3")
    own = {name: rows for name, rows in content_of(found).items() if name in MADE_WITH_THE_TABLES}
    put_back(found, {**made(), **own})
    if kept_in == "postgresql":
        with found.write() as transaction:
            for name in ("facts", "inbox"):
                transaction.session.connection.execute(
                    text(f"SELECT setval(pg_get_serial_sequence('{name}', 'seq'), max(seq)) FROM {name}")
                )
    return found


@cache
def made() -> Content:
    """What is in the case file of these tests."""
    with TemporaryDirectory() as folder:
        found = furnished(opened(Path(folder) / "cases.sqlite3"))
        content = content_of(found)
        found.database.close()
    return content


def furnished(found: CaseFile) -> CaseFile:
    chance = random.Random(8)
    with found.write() as transaction:
        transaction.parties.save_policy(LADDER)
        for creditor in (CREDITOR, OTHER):
            transaction.parties.save_creditor(creditor)
            for number, name in enumerate(NAMES):
                transaction.parties.save_debtor(creditor.id, Debtor(id=f"d{number}", name=name))
        for number in range(160):
            make(transaction, number, chance)
    return found


def make(transaction: Transaction, number: int, chance: random.Random) -> None:
    """One case: opened in some way, and lived for a while or not at all."""
    creditor = chance.choice((CREDITOR, CREDITOR, OTHER))
    # d6 and d7 are debtors of whom nothing is known; numbers come twice, once a creditor.
    inv = invoice(
        number=f"F-{number // 2}",
        invoice_date="2025-12-01",
        due=(ON + timedelta(days=chance.randint(-60, 20))).isoformat(),
        amount=f"{chance.randint(1, 99_999_999) / 100:.2f}",
        kind=chance.choice((Kind.BUSINESS, Kind.CONSUMER)),
        currency=chance.choice(("EUR", "EUR", "USD")),
    ).model_copy(update={"debtor": f"d{chance.randint(0, 7)}"})
    history = chance.choice(
        (History(), History(), History(on_hold=True), History(last_step="reminder"), History(handed_off=True))
    )
    case = case_id(creditor.id, f"2026-{number}")
    transaction.cases.open(case, creditor.id, open_case(inv, LADDER, NOW, history=history, review=True), NOW)
    told = chance.choice((0, 0, 1, 2, 3))
    if told > 1:
        transaction.cases.append(case, some_facts(number, inv.amount.currency, chance))
    if told in (1, 2):
        see(transaction, case, NOW + number * DONE, failing=chance.random() < 0.1)
    if chance.random() < 0.3:
        transaction.inbox.accept(case, f"m{number}", "pause", b"{}", NOW)
    if chance.random() < 0.1:
        # A worker of the version before: it knows the view, and none of the columns.
        view_only(transaction, case, NOW + number * DONE + DONE / 2)


def some_facts(number: int, currency: str, chance: random.Random) -> list[f.Fact]:
    amount = eur("0.01") if currency == "EUR" else replace(eur("0.01"), currency=currency)
    later = ON + timedelta(days=30)
    choice: list[f.Fact] = [
        f.PaymentReceived(id=f"p{number}", at=NOW, on=ON, amount=amount, credited_on=ON),
        f.TaskRaised(id=f"t{number}", at=NOW, on=ON, task=chance.choice(("call", "review", "amount_raised"))),
        f.HoldPlaced(id=f"h{number}", at=NOW, on=ON, hold=f.HoldKind.PROMISE, actor="els"),
        f.HoldPlaced(id=f"i{number}", at=NOW, on=ON, hold=f.HoldKind.PAUSE, until=later, actor="els"),
        f.MessageQuarantined(id=f"quarantine:{number}", at=NOW, on=ON, name="x", sha256="0", error="wrong"),
        f.CaseClosed(id=f"c{number}", at=NOW, on=ON, reason=f.CloseReason.WRITTEN_OFF),
    ]
    return chance.sample(choice, chance.randint(1, 4))


def see(transaction: Transaction, case: str, at: datetime, *, failing: bool = False) -> None:
    """What a worker writes when it has looked at a case."""
    loaded = transaction.cases.load(case)
    surroundings = surroundings_of(transaction, loaded)
    going = react(loaded.case, loaded.policy, surroundings, at)
    view = view_of(going.case, loaded.policy, going.decision, at, surroundings=surroundings, failing=failing)
    transaction.views.write(case, view, at)


def view_only(transaction: Transaction, case: str, at: datetime) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in ("due", "step", "zone", "holds", "open_tasks", "quarantined"))
    row = "SELECT due, step, zone, holds, open_tasks, quarantined, listed FROM cases WHERE id = :id"
    before = transaction.session.connection.execute(text(row), {"id": case}).mappings().one()
    transaction.cases.append(case, [f.TaskRaised(id="old", at=NOW, on=ON, task="call")])
    see(transaction, case, at)
    transaction.session.connection.execute(
        text(f"UPDATE cases SET {columns}, listed = :listed WHERE id = :id"), {"id": case, **before}
    )


# The way it was: every view taken apart ----------------------------------------------------------------------


def by_views(transaction: Transaction, creditor: str | None = None) -> list[ListRow]:
    waiting = frozenset(transaction.inbox.undelivered())
    rows = []
    for case, number, view in transaction.views.all(creditor):
        stored = transaction.cases.load(case)
        if view is None:
            of = stored.case
            shown = (of.stage, of.closed, of.open, of.due)
            tasks = tuple(task.kind for task in of.tasks if task.done_on is None)
            holds = tuple(hold.kind.value for hold in of.holds if hold.lifted is None)
            step, next_at, quarantined, attend = None, None, len(of.quarantined), bool(tasks)
        else:
            shown = (view.stage, view.closed, view.open, view.due)
            tasks, holds = view.tasks, tuple(hold.kind for hold in view.holds)
            step, quarantined, attend = view.step, len(view.quarantined), view.needs_attention
            next_at = None
            if view.at is not None:
                next_at = view.at.astimezone(ZoneInfo(view.zone)).strftime("%a %Y-%m-%d %H:%M")
        debtor = stored.case.invoice.debtor
        known = transaction.parties.debtor(stored.creditor, debtor)
        stage_now, closed, owed, due = shown
        rows.append(
            ListRow(
                case,
                number,
                known.name if known else debtor,
                stage_now,
                closed.value if closed else None,
                owed.text,
                owed.currency,
                due.isoformat(),
                holds,
                step,
                next_at,
                tasks,
                quarantined,
                case in waiting,
                attend,
                debtor_number=debtor,
                creditor=stored.creditor,
                partner=view.partner or None if view else None,
                partner_state=view.partner_state if view else None,
            )
        )
    return rows


def printed_by(show: Callable[[Any], None], rows: object) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        show(rows)
    return printed.getvalue()


def listed(file: CaseFile, which: Which) -> list[ListRow]:
    with lists_of(file.database) as session:
        return list_rows(session, which)


# -------------------------------------------------------------------------------------------------------------


def test_the_columns_say_what_the_views_and_facts_say(file: CaseFile) -> None:
    with file.read() as transaction:
        expected = by_views(transaction)
    found = listed(file, Which())
    assert found == expected
    assert printed_by(print_list_json, found) == printed_by(print_json, [row._asdict() for row in expected])


def test_what_is_listed_is_of_every_sort(file: CaseFile) -> None:
    """Else the comparison above would compare nothing."""
    with file.read() as transaction:
        stale = "SELECT count(*) FROM cases WHERE listed IS NULL OR (view IS NOT NULL AND listed <> viewed_at)"
        assert transaction.session.connection.scalar(text(stale))
    rows = listed(file, Which())
    assert {row.closed for row in rows} >= {None, "written_off"}
    assert {row.stage for row in rows} >= {"new", "reminder", "handed_off", "closed"}
    for some in ("next_at", "holds", "tasks", "quarantined", "waiting", "attention"):
        assert {bool(getattr(row, some)) for row in rows} == {True, False}, some


def test_filters_leave_out_the_same_cases(file: CaseFile) -> None:
    sizes = set()
    creditors, stages = (None, CREDITOR.id, OTHER.id, "nobody"), (None, "new", "reminder", "closed")
    for creditor in creditors:
        with file.read() as transaction:
            his = by_views(transaction, creditor)
        for stage, attention in product(stages, (True, None)):
            expected = [row for row in his if stage in (None, row.stage) and (row.attention or not attention)]
            assert listed(file, Which(creditor, stage, attention)) == expected
            sizes.add(len(expected))
    assert len(sizes) > 8


def test_a_case_that_needs_attention_for_reasons_from_elsewhere_is_listed_too(file: CaseFile) -> None:
    attended = listed(file, Which(attention=True))
    calm = next(row for row in listed(file, Which()) if not row.attention)
    found = listed(file, Which(attention=True, attended={calm.case_id}))
    assert [row for row in found if row not in attended] == [calm]


def test_a_list_is_one_query_however_many_cases_there_are(file: CaseFile) -> None:
    with file.write() as transaction:
        for case in transaction.cases.ids():
            see(transaction, case, NOW + timedelta(days=2))
    asked: list[str] = []
    event.listen(file.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    rows = listed(file, Which())
    assert len(rows) == 160
    # Beside the list itself there are two looks for what a process of a version before wrote.
    assert len([each for each in asked if "FROM cases" in each and "LIMIT" not in each]) == 1
    assert len(asked) < 8


def test_the_migration_fills_the_columns_from_the_views(file: CaseFile, kept_in: str) -> None:
    # No view of that time knew of partners.
    before = [each._replace(partner=None, partner_state=None) for each in listed(file, Which())]
    file.database.migrate_down("0004")
    file.database.migrate()
    assert listed(file, Which()) == before
    with file.read() as transaction:
        query = "SELECT count(*) FROM cases WHERE view IS NOT NULL AND (listed IS NULL OR listed <> viewed_at)"
        assert transaction.session.connection.scalar(text(query)) == 0


# For a person ------------------------------------------------------------------------------------------------

TODAY = ON + timedelta(days=10)


def row(number: str, **given: Any) -> ListRow:
    plain = ListRow(
        f"case:c:{number}",
        number,
        "Bakker",
        "new",
        None,
        "10.00",
        "EUR",
        ON.isoformat(),
        (),
        None,
        None,
        (),
        0,
        False,
        False,
    )
    return plain._replace(**given)


def shown(rows: list[ListRow], width: int | None = None, left_out: tuple[ListRow, ...] = ()) -> list[str]:
    def show(these: list[ListRow]) -> None:
        show_list(these, TODAY, left_out=left_out, width=width)

    return printed_by(show, rows).splitlines()


def test_the_list_begins_with_what_is_collected_now() -> None:
    late, early, closed = row("F-1"), row("F-2", due=TODAY.isoformat()), row("F-3", closed="paid", stage="closed")
    attended = row("F-4", due="2099-01-01", attention=True)
    assert [is_collected_now(each, TODAY.isoformat()) for each in (late, early, closed, attended)] == [
        True,
        False,
        False,
        True,
    ]
    said = shown([late], left_out=(early, closed))
    assert said[0] == "1 of 3 cases"
    assert said[-1] == "Not shown: 1 not due yet, 1 closed (--all shows them)"


def test_a_row_says_days_late_what_is_owed_and_what_comes_next() -> None:
    said = shown([row("F-1", step="notice", next_at="Tue 2026-04-07 09:00", open="1284.60")])
    assert said[1].split() == ["invoice", "debtor", "late", "owed", "due", "stage", "next", "remarks"]
    assert said[2].split() == [
        "F-1",
        "Bakker",
        "10",
        "1284.60",
        ON.isoformat(),
        "new",
        "notice",
        "Tue",
        "2026-04-07",
        "09:00",
    ]
    assert said[3] == "owed: 1,284.60 EUR"


@pytest.mark.parametrize("width", [66, 80, 109, 110, 140])
def test_a_case_is_one_line_however_narrow_the_window_and_amounts_are_whole(file: CaseFile, width: int) -> None:
    rows = listed(file, Which())
    said = shown(rows, width)[1 : len(rows) + 2]
    assert all(cell_len(line) <= width for line in said)
    for line, each in zip(said[1:], rows, strict=True):
        assert each.number in line
        assert f"{each.open} {each.currency}" in line
    assert len(said) == len(rows) + 1


def test_in_a_pipe_nothing_is_cut() -> None:
    said = shown([row("F-1", debtor=LONG, trouble="its task fails, and it is said at length why that is so")])
    assert LONG in said[2]
    assert said[2].endswith("said at length why that is so")


def test_a_hold_is_named_once_with_a_count_and_not_beside_its_task() -> None:
    holds = row("F-1", holds=("promise", "promise", "onboarding_review"), tasks=("onboarding_review", "call", "call"))
    said = shown([holds, row("F-2", holds=("promise",))])
    assert said[2].endswith("on hold: promise, 2 times; task: review the invoice; task: call")
    assert said[3].endswith("on hold: promise")
    assert said[5:] == ["on hold: 2 promise, 1 onboarding review", "with a task for a person: 1"]


def test_totals_are_by_currency_and_of_open_cases_only() -> None:
    said = shown([row("F-1"), row("F-2", open="1000.50", currency="USD"), row("F-3", closed="paid", open="0.00")])
    assert said[5] == "owed: 10.00 EUR and 1,000.50 USD, in 2 cases that are not closed"


def test_a_debtor_is_found_by_number_or_part_of_his_name_and_a_text_anywhere(file: CaseFile) -> None:
    rows = listed(file, Which())
    assert listed(file, Which(debtor="D0")) == [each for each in rows if each.debtor_number == "d0"]
    assert listed(file, Which(debtor="ochtend")) == [each for each in rows if each.debtor == "Bakkerij Ochtend"]
    assert listed(file, Which(search="f-12")) == [each for each in rows if "F-12" in each.number]
    assert listed(file, Which(search="café")) == [each for each in rows if "Café" in each.debtor]
    assert listed(file, Which(search="nowhere")) == []


def test_lines_have_no_signs_that_move_the_cursor() -> None:
    assert lines_of(("a", "b"), [("x\ty\nz", "\x1b[31mred")], None) == ["a      b", "x y z  [31mred"]


# Beside Temporal ---------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case file with one case, and no Temporal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'cases.sqlite3'}")
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    with opened(tmp_path / "cases.sqlite3").write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_policy(LADDER)
        transaction.cases.open(case_id(CREDITOR.id, "1"), CREDITOR.id, open_case(invoice(), LADDER, NOW), NOW)
    return tmp_path


def test_what_temporal_says_is_waited_for_no_longer_than_a_moment(
    maanwerk: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list comes all the same, and nothing is left of the question."""
    made: list[Beside] = []

    class Kept(Beside):
        def __init__(self, *, patient: bool = False) -> None:
            super().__init__(patient=patient)
            made.append(self)

    monkeypatch.setattr("cli.case.asking_beside.Beside", Kept)
    monkeypatch.setattr("cli.case.asking_beside._AT_MOST_SECONDS", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{silent.getsockname()[1]}")
        ran = maanwerk("case", "list", "--json")
    assert (ran.code, [row["number"] for row in json.loads(ran.out)]) == (0, ["F-1"])
    assert made[0]._process is not None
    assert made[0]._process.poll() is not None


def test_where_nobody_listens_nobody_is_asked(desk: Path) -> None:
    with Beside() as beside:
        assert beside._process is None
        assert beside.told() == Told(frozenset(), {}, "Temporal does not answer, or not in time")


def test_where_there_is_no_case_file_nothing_is_left_of_the_question(maanwerk: Run, desk: Path) -> None:
    (desk / "cases.sqlite3").unlink()
    ran = maanwerk("case", "list")
    assert ran.code == 1
    assert "there is no case file" in ran.err


def test_held_credits_are_said_under_the_list(maanwerk: Run, desk: Path) -> None:
    with sqlite3.connect(desk / "cases.sqlite3") as connection:
        connection.execute(
            "INSERT INTO unallocated_credits (creditor, id, number, issued_on, debtor, amount_minor, currency, names,"
            " reason, file, content, sha256, received_at) VALUES (?, '1', 'C-1', '2026-03-01', 'd', 1, 'EUR', '', '',"
            " '', x'00', '', '')",
            (CREDITOR.id,),
        )
    assert re.search(r"^1 credit note is on no invoice", maanwerk("case", "list").out, re.MULTILINE)
    assert "credit note" not in maanwerk("case", "list", "--creditor", "somebody").out
