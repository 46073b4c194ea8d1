"""Log lines say about which case they are."""

import io
import json
import logging
from datetime import timedelta

import pytest
import structlog
from temporalio import activity, workflow
from temporalio.testing import ActivityEnvironment

from config.logs import configure_logs
from worker.case_worker import shutdown_time
from workflows import options


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logs(stream=stream)
    return stream


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@activity.defn(name="send_message")
def send_message() -> None:
    activity.logger.warning("the provider hesitates")


def test_a_line_of_an_activity_names_its_case_in_a_field_of_its_own(log: io.StringIO) -> None:
    environment = ActivityEnvironment()
    environment.run(send_message)
    (line,) = lines(log)
    assert line["event"] == "the provider hesitates"
    assert line["case_id"] == environment.info.workflow_id
    assert line["run_id"] == environment.info.workflow_run_id


def test_a_line_of_a_workflow_names_its_case(log: io.StringIO) -> None:
    record = {"temporal_workflow": {"workflow_id": "case:devaart:2026-F-1", "run_id": "r1"}}
    logging.getLogger(workflow.logger.logger.name).warning("decided", extra=record)
    (line,) = lines(log)
    assert (line["event"], line["case_id"], line["run_id"]) == ("decided", "case:devaart:2026-F-1", "r1")


def test_other_lines_have_no_case(log: io.StringIO) -> None:
    structlog.get_logger("maanwerk.worker").info("swept", cases_started=2)
    (line,) = lines(log)
    assert line["cases_started"] == 2
    assert "case_id" not in line


@pytest.mark.parametrize("step_seconds", [1.0, 60.0, 300.0])
def test_a_worker_that_stops_waits_for_the_longest_activity(step_seconds: float) -> None:
    longest = max(options.step_timeout(action, step_seconds) for action in ("send", "hand_off", "task", "reconcile"))
    assert shutdown_time(step_seconds) >= max(longest, options.ADVANCE_TIMEOUT, timedelta(0))
