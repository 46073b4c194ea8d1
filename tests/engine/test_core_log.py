"""What the SDK's core says of trouble is a line of our log: of which case, with a code, and without its texts."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.logs import configure_logs
from engine.core_log import CoreWarnings, remember_run
from tests.engine.runs.office import line_of, office
from tests.engine.server import quick_server
from tests.replay.changed_workflows import SleepsFirst


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    configure_logs(stream=stream)
    return stream


@dataclass
class CoreLine:
    """As the SDK attaches it to a record."""

    fields: Mapping[str, Any]


def record(message: str, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("temporalio.core", logging.WARNING, "", 0, message, (), None)
    made.temporal_log = CoreLine(fields)
    return made


async def test_a_failing_workflow_task_is_a_warning_with_the_case_and_the_code(
    tmp_path: Path, log: io.StringIO
) -> None:
    async with quick_server() as client:
        desk = office(client, tmp_path)
        await desk.dispatcher.sweep()
        async with desk.worker():
            await desk.until(desk.all_recorded, "the first decision")
        await desk.dispatcher.nudge(desk.case_id)
        async with desk.broken_worker(SleepsFirst):
            await desk.until(lambda: "Failing workflow task" in log.getvalue(), "the warning")
        line = line_of(log.getvalue(), "Failing workflow task (TMPRL1100, NonDeterministicError)")
        assert (line["level"], line["case_id"]) == ("warning", desk.case_id)
        assert line["logger"] == "temporalio.core"
        desk.file.database.close()


def test_what_an_exception_said_is_left_out() -> None:
    made = record("Failing workflow task", run_id="r1", failure='Failure { message: "Els Ochtend" } [TMPRL1101]')
    assert CoreWarnings().filter(made)
    assert made.getMessage() == "Failing workflow task (TMPRL1101)"


def test_a_run_is_told_as_its_case() -> None:
    remember_run("r2", "case:devaart:2")
    made = record("Failing workflow task", run_id="r2", failure="")
    assert CoreWarnings().filter(made)
    assert vars(made)["temporal_workflow"] == {"workflow_id": "case:devaart:2", "run_id": "r2"}


def test_what_is_not_of_the_core_stays_as_it_is() -> None:
    made = logging.LogRecord("temporalio.core", logging.ERROR, "", 0, "failed %s", (7,), None)
    assert CoreWarnings().filter(made)
    assert made.getMessage() == "failed 7"


def test_a_line_of_the_service_says_why_in_short() -> None:
    made = record("gRPC call failed", error="x" * 1000)
    assert CoreWarnings().filter(made)
    assert made.getMessage() == f"gRPC call failed ({'x' * 200})"
    assert json.dumps(made.getMessage())


def test_a_command_that_keeps_no_log_prints_none_of_it() -> None:
    """Python prints warnings that no handler takes on standard error, beside the one clear line of the command."""
    code = "import logging; from engine.runtime import sdk_runtime; sdk_runtime()\n"
    code += "logging.getLogger('temporalio.core').warning('gRPC call retried')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
