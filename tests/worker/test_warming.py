"""A worker rehearses the letters that are due first: made as their step will make them, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from casefile.all_tables import metadata
from casefile.case_file import CaseFile
from casefile.due_first import due_first
from domain.opening import open_case
from letters.errors import UnknownLetter
from services.correspondence import composing
from services.debtor_page.linking import PayPages
from tests.activities.ladders import notice
from tests.activities.workplace import START, Workplace
from tests.casefile.builders import CASE, CREDITOR, DEBTOR, NOW, opened, prepared, reminders
from tests.conftest import DATABASES
from tests.domain.builders import invoice
from tests.engine.bench import until
from worker.warming import Rehearsals, made_ready

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)

LANGUAGES = ("nl", "de", "nl", "fr")
"""Of four debtors."""
DUE = datetime.fromisoformat("2026-03-06T11:00:00+00:00")
"""Noon in Amsterdam, five days after the invoices of `tests.domain.builders` fell due."""


@pytest.fixture(autouse=True)
def each_database(kept_in: str) -> None:
    """What the test opens is in the database of its name."""


class Recorded:
    """Makes e-mails, and keeps from what; those of one language can't be made."""

    def __init__(self, fails: str = "") -> None:
        self.made: list[tuple[Any, ...]] = []
        self.fails = fails
        self.makes = composing.form_of

    def __call__(self, channel: str, content: Any, recipient: str, key: str, at: datetime, **more: Any) -> Any:
        if content.language == self.fails:
            raise ZeroDivisionError("nobody foresaw it")
        self.made.append((channel, content, recipient, key, at, more))
        return self.makes(channel, content, recipient, key, at, **more)

    def languages(self) -> list[str]:
        return [content.language for _, content, *_ in self.made]


def rehearsals(file: CaseFile, at: datetime = NOW) -> Rehearsals:
    return Rehearsals(file, now=lambda: at)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    made = Recorded()
    monkeypatch.setattr(composing, "form_of", made)
    return made


def four_debtors(file: CaseFile) -> None:
    """Cases that nobody has looked at yet, each of a debtor of its own."""
    rules = reminders()
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_policy(rules)
        for number, language in enumerate(LANGUAGES):
            debtor = DEBTOR.model_copy(update={"id": f"d{number}", "language": language})
            transaction.parties.save_debtor(CREDITOR.id, debtor)
            own = invoice(number=f"F-{number}").model_copy(update={"debtor": debtor.id})
            transaction.cases.open(CASE.replace("F-1", f"F-{number}"), CREDITOR.id, open_case(own, rules, NOW), NOW)


def all_rows(file: CaseFile) -> dict[str, Sequence[Any]]:
    with file.database.read() as connection:
        return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}


@BOTH
async def test_the_letter_that_is_due_first_is_made_as_its_step_makes_it(recorded: Recorded, tmp_path: Path) -> None:
    work = Workplace(tmp_path, reminders())
    await work.advance()
    assert rehearsals(work.file, START).begin() == 1
    turn = await work.act()
    rehearsed, made = recorded.made
    assert rehearsed == made
    assert turn.at is not None and len(work.taken()) == 1


@BOTH
async def test_nothing_is_written_and_nothing_leaves(tmp_path: Path) -> None:
    work = Workplace(tmp_path, notice())
    await work.act()
    assert [each.action for each in work.turns] == ["send", "hand_off"]
    before, sent = all_rows(work.file), work.taken()
    assert rehearsals(work.file, START).begin() == 1
    assert (all_rows(work.file), work.taken()) == (before, sent)


@BOTH
def test_a_link_and_an_address_for_answers_are_drawn_and_kept_nowhere(recorded: Recorded, tmp_path: Path) -> None:
    file = prepared(tmp_path / "case-file.sqlite3", four_debtors)
    before = all_rows(file)
    looking = Rehearsals(file, PayPages("https://desk.example", lambda: NOW), "antwoord.example", lambda: NOW)
    with capture_logs() as log:
        assert looking.begin() == 3
    assert (all_rows(file), log) == (before, [])
    for _, content, _, _, _, more in recorded.made:
        assert content.payment_link.startswith("https://desk.example/pay/")
        assert more["reply_to"].endswith("@antwoord.example")


@BOTH
def test_one_letter_of_each_language_is_rehearsed_before_anybody_has_looked_at_a_case(
    recorded: Recorded, tmp_path: Path
) -> None:
    file = prepared(tmp_path / "case-file.sqlite3", four_debtors)
    assert rehearsals(file).begin() == 3
    assert recorded.languages() == ["nl", "de", "fr"]
    assert {at for _, _, _, _, at, _ in recorded.made} == {DUE}


def test_what_is_overdue_is_rehearsed_as_of_now(recorded: Recorded, tmp_path: Path) -> None:
    later = DUE + timedelta(days=1)
    assert rehearsals(prepared(tmp_path / "case-file.sqlite3", four_debtors), later).begin() == 3
    assert {at for _, _, _, _, at, _ in recorded.made} == {later}


async def test_the_first_that_is_due_stands_for_its_kind(tmp_path: Path) -> None:
    work = Workplace(tmp_path, reminders(), numbers=("F-1", "F-2", "F-3"))
    await work.act("F-2")
    for number in ("F-1", "F-3"):
        await work.advance(number=number)
    with work.file.read() as transaction:
        found = {each.case_id: each.at for each in due_first(transaction)}
    # F-2 has had its first reminder, and the next one is another step.
    assert found == {work.case("F-1"): DUE, work.case("F-2"): work.last["F-2"].at}


def test_a_letter_that_cannot_be_made_is_said_and_the_others_are_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composing, "form_of", recorded := Recorded(fails="de"))
    file = prepared(tmp_path / "case-file.sqlite3", four_debtors)
    with capture_logs() as log:
        assert rehearsals(file).begin() == 2
    assert recorded.languages() == ["nl", "fr"]
    said = {"event": "letter_not_rehearsed", "case_id": CASE, "reason": "ZeroDivisionError", "log_level": "warning"}
    assert log == [said]


def test_a_letter_that_would_not_stand_is_left_to_its_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def void(*_: object, **__: object) -> None:
        raise UnknownLetter("there is none")

    monkeypatch.setattr(composing, "form_of", void)
    with capture_logs() as log:
        rehearsals(prepared(tmp_path / "case-file.sqlite3", four_debtors)).begin()
    assert log == []


def test_who_has_taken_long_begins_no_other_letter(recorded: Recorded, tmp_path: Path) -> None:
    file = prepared(tmp_path / "case-file.sqlite3", four_debtors)
    assert rehearsals(file).rehearse(longest_seconds=0) == 0
    assert recorded.made == []


@BOTH
def test_connections_wait_for_the_steps(tmp_path: Path) -> None:
    file = prepared(tmp_path / "case-file.sqlite3", four_debtors)
    rehearsals(file).begin()
    pool: Any = file.database.engine.pool
    assert (pool.checkedin(), pool.checkedout()) == (4, 0)


@BOTH
def test_what_is_planned_later_is_rehearsed_once(recorded: Recorded, tmp_path: Path) -> None:
    file = opened(tmp_path / "case-file.sqlite3")
    looking = rehearsals(file)
    assert looking.begin() == 0
    four_debtors(file)
    assert [looking.rehearse(), looking.rehearse()] == [3, 0]
    assert recorded.languages() == ["nl", "de", "fr"]


async def test_a_worker_looks_again_while_it_works(recorded: Recorded, tmp_path: Path) -> None:
    file = opened(tmp_path / "case-file.sqlite3")
    async with made_ready(file, None, None, look_seconds=0.001):
        assert recorded.made == []
        four_debtors(file)
        await until(lambda: recorded.languages() == ["nl", "de", "fr"], "the letters were rehearsed")


async def test_a_case_file_that_is_gone_keeps_no_worker_from_beginning(tmp_path: Path) -> None:
    path = tmp_path / "case-file.sqlite3"
    file = prepared(path, four_debtors)
    with file.database.read():
        pass
    file.database.engine.dispose()
    path.unlink()
    with capture_logs() as log:
        async with made_ready(file, None, None):
            pass
    assert [(each["event"], each.get("reason")) for each in log] == [
        ("no_connections_yet", "CaseFileGone"),
        ("letters_not_rehearsed", "CaseFileGone"),
        ("worker_made_ready", None),
    ]


async def test_of_what_is_paid_nothing_is_rehearsed(tmp_path: Path) -> None:
    work = Workplace(tmp_path, reminders())
    await work.advance()
    await work.tell("payment_received", {"id": "p1", "amount": "1000.00"})
    assert rehearsals(work.file).begin() == 0


def test_an_empty_case_file_has_nothing_to_rehearse(tmp_path: Path) -> None:
    assert rehearsals(opened(tmp_path / "case-file.sqlite3")).begin() == 0
