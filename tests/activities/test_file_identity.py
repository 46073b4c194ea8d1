"""A case goes on only with the case file that it has seen, and only where that is as far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from temporalio.exceptions import ApplicationError

from activities.contracts import FileMark
from casefile.identity import accept_in_place
from tests.activities.workplace import Workplace
from tests.casefile.builders import opened, reminders
from tests.casefile.putting_back import Content, content_of, emptied, of_another_file, put_back, without_case

OTHER = "0123456789abcdef0123456789abcdef"
"""The id of another case file."""


@dataclass
class Backups:
    """What was in the case file when the cases had begun, and now."""

    begun: Content
    now: Content


def another_file(backups: Backups) -> Content:
    return of_another_file(backups.now, OTHER)


def another_empty_file(backups: Backups) -> Content:
    return of_another_file(emptied(backups.now), OTHER)


def an_empty_file(backups: Backups) -> Content:
    return emptied(backups.now)


def an_older_copy(backups: Backups) -> Content:
    return backups.begun


def a_copy_that_lacks_only_what_others_were_told(backups: Backups) -> Content:
    """The case itself was told nothing since; the debtor's other case was."""
    facts = [row for row in backups.now["facts"] if row not in backups.now["facts"][-1:]]
    return {**backups.now, "facts": facts}


def a_file_without_the_case(backups: Backups) -> Content:
    return without_case(backups.now, Workplace.case("F-1"))


def a_file_without_one_fact(backups: Backups) -> Content:
    own = [row for row in backups.now["facts"] if row["case_id"] == Workplace.case("F-1")]
    return {**backups.now, "facts": [row for row in backups.now["facts"] if row != own[-2]]}


WRONG = (
    a_file_without_one_fact,
    another_file,
    another_empty_file,
    an_empty_file,
    an_older_copy,
    a_copy_that_lacks_only_what_others_were_told,
    a_file_without_the_case,
)


async def at_work(folder: Path) -> tuple[Workplace, Backups]:
    """F-1 and F-2 of one debtor; F-1 has seen all that F-2 was told."""
    work = Workplace(folder, reminders(), numbers=("F-1", "F-2"))
    begun = content_of(work.file)
    await work.advance()
    await work.tell("payment_received", {"id": "p1", "amount": "100.00"})
    await work.tell("payment_received", {"id": "p2", "amount": "100.00"}, number="F-2")
    await work.advance()
    return work, Backups(begun, content_of(work.file))


Door = Literal["message", "step"]


async def come(work: Workplace, door: Door) -> None:
    if door == "message":
        await work.tell("payment_received", {"id": "p9", "amount": "1.00"})
    else:
        await work.act(action="send")


@pytest.mark.parametrize("restarted", [True, False], ids=["worker restarted", "worker goes on"])
@pytest.mark.parametrize("door", ["message", "step"])
@pytest.mark.parametrize("wrong", WRONG)
async def test_on_any_other_file_nothing_is_recorded_sent_or_ended_and_on_the_right_one_it_goes_on(
    wrong: Callable[[Backups], Content], door: Door, restarted: bool, tmp_path: Path
) -> None:
    work, backups = await at_work(tmp_path)
    found = wrong(backups)
    put_back(work.file, found)
    if restarted:
        work.equip(file=opened(tmp_path / "case-file.sqlite3"))
    for _ in range(2):
        with pytest.raises(ApplicationError) as refused:
            await come(work, door)
        assert (refused.value.type, refused.value.non_retryable) == ("WrongCaseFile", False)
        assert "docs/runbook.md" in str(refused.value)
    assert content_of(work.file) == found
    assert work.taken() == ()

    put_back(work.file, backups.now)
    await come(work, door)
    assert (len(work.taken()), work.loaded().case.open.text) == ((1, "900.00") if door == "step" else (0, "899.00"))


async def test_the_refusal_names_both_files(tmp_path: Path) -> None:
    work, backups = await at_work(tmp_path)
    own = backups.now["identity"][0]["id"]
    put_back(work.file, of_another_file(backups.now, OTHER))
    with pytest.raises(ApplicationError, match=f"this is the case file {OTHER}, and case:.* lives on {own}"):
        await work.advance()


async def test_a_run_from_before_marks_were_kept_does_not_take_an_empty_file_for_its_own(tmp_path: Path) -> None:
    work, backups = await at_work(tmp_path)
    put_back(work.file, emptied(backups.now))
    work.last["F-1"] = work.last["F-1"].model_copy(update={"seen": None})
    with pytest.raises(ApplicationError, match="no longer holds"):
        await work.advance()


async def test_a_run_from_before_marks_were_kept_goes_on_and_has_one_from_then_on(tmp_path: Path) -> None:
    work, _ = await at_work(tmp_path)
    work.last["F-1"] = work.last["F-1"].model_copy(update={"seen": None})
    turn = await work.advance()
    assert turn.seen is not None


async def test_a_provider_s_answer_is_not_written_into_another_file(tmp_path: Path) -> None:
    """The file is exchanged while the provider is called: the intent in the right one says what may have happened."""
    work, backups = await at_work(tmp_path)

    def exchange(point: str) -> None:
        if point == "before_record":
            put_back(work.file, of_another_file(emptied(backups.now), OTHER))

    work.equip(checkpoint=exchange)
    with pytest.raises(ApplicationError, match="this is the case file"):
        await work.act()
    assert content_of(work.file)["facts"] == []


@pytest.mark.parametrize("wrong", [another_file, an_older_copy])
async def test_once_a_file_is_accepted_cases_go_on_with_it_and_no_longer_with_the_one_before(
    wrong: Callable[[Backups], Content], tmp_path: Path
) -> None:
    work, backups = await at_work(tmp_path)
    put_back(work.file, wrong(backups))
    with work.file.write() as transaction:
        accept_in_place(transaction, 1_800_000_000)
    open_now = work.loaded().case.open
    turn = await work.tell("payment_received", {"id": "p9", "amount": "1.00"})
    assert (open_now - work.loaded().case.open).text == "1.00"
    assert turn.seen is not None
    assert turn.seen.epoch == 1_800_000_000
    put_back(work.file, backups.now)
    with pytest.raises(ApplicationError, match=r"before it was last accepted|lives on"):
        await work.advance()


async def test_an_accepted_file_without_the_case_makes_it_wait_and_its_messages_are_kept(tmp_path: Path) -> None:
    work, backups = await at_work(tmp_path)
    put_back(work.file, emptied(backups.now))
    with work.file.write() as transaction:
        accept_in_place(transaction, 1_800_000_000)
    turn = await work.tell("payment_received", {"id": "p9", "amount": "1.00"})
    assert (turn.action, turn.at) == ("wait", None)
    with work.file.read() as transaction:
        assert [each.name for each in transaction.quarantine.unsettled()] == ["payment_received"]


async def test_what_is_seen_never_falls(tmp_path: Path) -> None:
    work, _ = await at_work(tmp_path)
    await work.act()
    marks = [turn.seen for turn in work.turns if turn.seen is not None]
    assert len(marks) == len(work.turns)
    assert marks[-1].last > marks[0].last
    assert sorted(marks, key=lambda mark: mark.upto) == marks
    assert all(isinstance(mark, FileMark) and mark.last <= mark.upto for mark in marks)
