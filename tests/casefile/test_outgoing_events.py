"""What is to be told to other systems: with its facts or not at all, in the order of its case, until it is settled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from casefile import outgoing_tables as t
from casefile.case_file import CaseFile
from casefile.outgoing_events import (
    OutgoingEvent,
    Tried,
    dismiss_events,
    forget_delivered,
    send_again,
    set_aside_events,
    take_up,
    write_tries,
)
from casefile.subscribers import (
    resume_subscriber,
    set_subscribers,
    stop_subscriber,
    stopped_subscribers,
    subscribers,
)
from domain import facts as f
from tests.casefile.builders import CASE, NOW, furnish, opened

TWO = "case:devaart:2026-F-2"
ON = date(2026, 3, 1)
SOON = timedelta(minutes=1)
RAISED = {"erp": ("erp.example", ("task.raised", "task.done"))}


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        furnish(transaction)
        furnish(transaction, case_id=TWO, number="F-2")
    return found


@pytest.fixture
def told(file: CaseFile) -> CaseFile:
    """One subscriber, who hears of tasks."""
    set_subscribers(file, RAISED, NOW)
    return file


def task(name: str, at: datetime = NOW) -> f.TaskRaised:
    return f.TaskRaised(id=f"task:{name}", at=at, on=ON, task=name)


def raise_tasks(file: CaseFile, *names: str, case_id: str = CASE) -> None:
    with file.write(case_id) as transaction:
        transaction.cases.append(case_id, [task(name) for name in names])


def rows(file: CaseFile) -> list[tuple[str, str, str]]:
    e = t.outgoing_events.c
    with file.read() as transaction:
        found = transaction.session.connection.execute(select(e.subscriber, e.case_id, e.body).order_by(e.seq))
        return [(row.subscriber, row.case_id, row.body) for row in found]


def tasks_of(events: Sequence[OutgoingEvent]) -> list[str]:
    return [json.loads(event.body)["data"]["task"] for event in events]


def due(file: CaseFile, at: datetime = NOW, most: int = 10) -> tuple[OutgoingEvent, ...]:
    return take_up(file, "erp", at, at + SOON, most)


# Written with the facts ------------------------------------------------------------------------------------


def test_where_nobody_is_told_nothing_is_written(file: CaseFile) -> None:
    raise_tasks(file, "decide_next")
    assert rows(file) == []


def test_an_event_is_written_with_its_fact_for_each_who_wants_it(file: CaseFile) -> None:
    set_subscribers(file, RAISED | {"crm": ("crm.example", ("task.raised",)), "log": ("x", ("case.closed",))}, NOW)
    raise_tasks(file, "decide_next")
    body = {
        "type": "task.raised",
        "timestamp": "2026-03-01T09:00:00.000000Z",
        "data": {"case": CASE, "invoice": "F-1", "stage": "new", "task": "decide_next"},
    }
    assert sorted((name, case_id) for name, case_id, _ in rows(file)) == [("crm", CASE), ("erp", CASE)]
    assert [json.loads(written) for _, _, written in rows(file)] == [body, body]


def test_a_fact_that_is_known_already_tells_nothing_again(told: CaseFile) -> None:
    raise_tasks(told, "decide_next")
    raise_tasks(told, "decide_next")
    assert len(rows(told)) == 1


class Broken(Exception):
    pass


def test_what_is_rolled_back_is_told_to_nobody(told: CaseFile) -> None:
    with pytest.raises(Broken), told.write(CASE) as transaction:
        transaction.cases.append(CASE, [task("lost")])
        raise Broken
    with told.write(CASE) as transaction:
        with pytest.raises(Broken), transaction.savepoint():
            transaction.cases.append(CASE, [task("undone")])
            raise Broken
        transaction.cases.append(CASE, [task("kept")])
    assert tasks_of(due(told)) == ["kept"]


def test_who_is_named_no_more_hears_nothing_new_and_what_waited_waits(told: CaseFile) -> None:
    raise_tasks(told, "before")
    set_subscribers(told, {}, NOW)
    raise_tasks(told, "after")
    (left,) = subscribers(told)
    assert (left.name, left.ended, left.waiting, len(rows(told))) == ("erp", True, 1, 1)
    set_subscribers(told, RAISED, NOW)
    assert tasks_of(due(told)) == ["before"]


# One after the other ---------------------------------------------------------------------------------------


def test_of_one_case_the_next_comes_when_the_one_before_it_is_settled(told: CaseFile) -> None:
    raise_tasks(told, "a", "b")
    raise_tasks(told, "c", case_id=TWO)
    first = due(told)
    assert tasks_of(first) == ["a", "c"]
    assert due(told) == (), "what is under way is nobody else's"
    write_tries(told, [Tried(first[0], "delivered"), Tried(first[1], again_at=NOW + SOON, problem="busy")], NOW)
    assert tasks_of(due(told)) == ["b"]


def test_what_is_to_be_tried_later_is_tried_then_and_keeps_its_case_waiting(told: CaseFile) -> None:
    raise_tasks(told, "a", "b")
    (event,) = due(told)
    write_tries(told, [Tried(event, again_at=NOW + 3 * SOON, problem="it answered 500")], NOW)
    assert due(told, NOW + 2 * SOON) == ()
    (again,) = due(told, NOW + 3 * SOON)
    assert (again.id, again.body, again.tries) == (event.id, event.body, 1)


def test_who_dies_with_an_event_in_his_hand_leaves_it_to_the_next(told: CaseFile) -> None:
    raise_tasks(told, "a")
    (lost,) = due(told)
    assert due(told, NOW + SOON / 2) == ()
    (found,) = due(told, NOW + SOON)
    assert found.id == lost.id
    # He was only slow: what failed with him counts no more, what was delivered does.
    write_tries(told, [Tried(lost, "set_aside", problem="late")], NOW)
    assert set_aside_events(told) == ()
    write_tries(told, [Tried(lost, "delivered")], NOW)
    assert due(told, NOW + 9 * SOON) == ()


def test_no_more_are_taken_up_than_asked(told: CaseFile) -> None:
    raise_tasks(told, "a")
    raise_tasks(told, "b", case_id=TWO)
    assert tasks_of(due(told, most=1)) == ["a"]
    assert tasks_of(due(told, most=1)) == ["b"]


# Set aside -------------------------------------------------------------------------------------------------


def given_up(file: CaseFile, *names: str) -> None:
    raise_tasks(file, *names)
    for _ in names:
        (event,) = due(file)
        write_tries(file, [Tried(event, "set_aside", problem="it answered 500")], NOW)


def test_what_was_given_up_is_shown_and_holds_up_nobody(told: CaseFile) -> None:
    given_up(told, "a", "b")
    raise_tasks(told, "c")
    found = set_aside_events(told)
    assert [(each.case_id, each.kind, each.problem, each.tries) for each in found] == [
        (CASE, "task.raised", "it answered 500", 1)
    ] * 2
    (shown,) = subscribers(told)
    assert (shown.waiting, shown.set_aside, shown.waits_since) == (1, 2, NOW)
    assert tasks_of(due(told)) == ["c"]


def test_a_person_sends_it_again_under_the_same_id_or_leaves_it(told: CaseFile) -> None:
    given_up(told, "a", "b")
    first, second = set_aside_events(told)
    assert send_again(told, event=first.id) == 1
    (again,) = due(told)
    assert (again.id, again.tries) == (first.id, 0)
    assert dismiss_events(told, NOW, event=second.id) == 1
    assert (set_aside_events(told), send_again(told, event=second.id), send_again(told, subscriber="erp")) == ((), 0, 0)


def test_all_of_a_subscriber_are_sent_again_in_their_order(told: CaseFile) -> None:
    given_up(told, "a", "b")
    assert send_again(told, subscriber="other") == 0
    assert send_again(told, subscriber="erp") == 2
    assert tasks_of(due(told)) == ["a"]


# Stopped, and forgotten ------------------------------------------------------------------------------------


def test_one_that_wants_no_more_is_shown_until_a_person_lets_it_go_on(told: CaseFile) -> None:
    assert not resume_subscriber(told, "erp")
    stop_subscriber(told, "erp", "it wants no more events (410)", NOW)
    assert stopped_subscribers(told) == {"erp"}
    raise_tasks(told, "kept")
    (shown,) = subscribers(told)
    assert (shown.stopped_why, shown.waiting) == ("it wants no more events (410)", 1)
    set_subscribers(told, RAISED, NOW)
    assert stopped_subscribers(told) == {"erp"}, "a worker that starts does not know better"
    assert resume_subscriber(told, "erp")
    assert (stopped_subscribers(told), tasks_of(due(told))) == (frozenset(), ["kept"])


def test_what_was_delivered_is_forgotten_after_a_while_and_nothing_else(told: CaseFile) -> None:
    given_up(told, "a")
    raise_tasks(told, "b", "c")
    (event,) = due(told)
    write_tries(told, [Tried(event, "delivered")], NOW)
    forget_delivered(told, NOW)
    assert len(rows(told)) == 3
    forget_delivered(told, NOW + SOON)
    assert [json.loads(body)["data"]["task"] for _, _, body in rows(told)] == ["a", "c"]
