"""The table of tasks: what it says holds together."""

from typing import get_args

import pytest

from domain.messages import MESSAGES
from domain.reactions.deadlines import WARN_DAYS, DeadlineKind
from domain.tasks import OWN_TASKS, TaskKind, is_known_task, task_text, tasks_ended_by
from tests.rows import in_rows


@in_rows("kind", TaskKind)
def test_what_ends_a_task_is_a_message_or_a_sending(kind: TaskKind) -> None:
    assert kind.rule.ended_by in ("", "sent", *MESSAGES)


@pytest.mark.parametrize("deadline", get_args(DeadlineKind))
def test_every_warning_of_a_deadline_is_a_task_of_the_case(deadline: str) -> None:
    names = [f"{deadline}_passed", *(f"{deadline}_in_{days}_days" for days in WARN_DAYS)]
    assert set(names) <= OWN_TASKS
    assert all(task_text(name) != name.replace("_", " ") for name in names)


def test_a_task_without_words_is_told_by_its_name() -> None:
    assert task_text("sending_fails") == "sending fails"
    assert (is_known_task("sending_fails"), is_known_task("stop_supply")) == (True, False)


def test_a_message_ends_the_tasks_that_name_it() -> None:
    assert tasks_ended_by("settle_send") == (TaskKind.SETTLE_SEND,)
    assert tasks_ended_by("log_call") == (TaskKind.CALL_ABOUT_REFUSAL, TaskKind.CALL_AGAIN)
    assert tasks_ended_by("write_off") == ()
