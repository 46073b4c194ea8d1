"""`maanwerk up` and `maanwerk worker` on a case file that is not theirs, or that goes away under them."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from casefile.identity import identity_of
from engine.embedded import free_port
from tests.cli.test_up import Up, desk, environment, runs, up
from tests.cli.test_worker import PATIENCE, at_work, lines, run, seen, until
from tests.engine.server import environment_of_a_new_namespace

__all__ = ["desk", "environment"]

NOTICED = 60.0
"""Seconds within which a process must notice that what it stands on is gone, and have ended."""


def case_file(desk: Path) -> Path:
    return desk / "var" / "case-file.sqlite3"


def opened(desk: Path) -> CaseFile:
    return CaseFile(Database(f"sqlite:///{case_file(desk)}"))


def id_of(desk: Path) -> str:
    file = opened(desk)
    with file.read() as transaction:
        found = identity_of(transaction).id
    file.database.close()
    return found


def backup(desk: Path, to: str) -> Path:
    """As the runbook says."""
    with sqlite3.connect(case_file(desk)) as here, sqlite3.connect(desk / to) as there:
        here.backup(there)
    return desk / to


def restore(desk: Path, copy: Path) -> None:
    """As the runbook says."""
    for each in case_file(desk).parent.glob("case-file.sqlite3*"):
        each.unlink()
    shutil.copy(copy, case_file(desk))


def stop(running: Up) -> None:
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0, running.says


@pytest.mark.long
async def test_up_beside_an_empty_or_older_file_refuses_and_goes_on_with_the_right_or_an_accepted_one(
    desk: Path, environment: dict[str, str]
) -> None:
    ports = ("--port", str(free_port()), "--ui-port", str(free_port()))
    address = f"127.0.0.1:{ports[1]}"
    there = {**environment, "TEMPORAL_ADDRESS": address}
    with up(desk, environment, *ports) as first:
        assert "nothing is lost" not in first.says
        assert "5 opened" in run(desk, there, "import", "list.csv").stdout
        file = opened(desk)
        until(lambda: seen(file) == 5, "all cases were decided")
        file.database.close()
        older = backup(desk, "older.sqlite3")
        assert "accepted" in run(desk, there, "case", "pause", "F-1").stdout
        before = await runs(address)
        stop(first)
    right, own = backup(desk, "right.sqlite3"), id_of(desk)

    for each in case_file(desk).parent.glob("case-file.sqlite3*"):
        each.unlink()
    case_file(desk).touch()
    ran = run(desk, environment, "up", *ports)
    assert (ran.returncode, ran.stdout) == (1, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith(
        "maanwerk: there is nothing in sqlite:///var/case-file.sqlite3, and the namespace default of Temporal "
        f"at {address} belongs to the case file {own}, whose sequence was "
    )
    assert case_file(desk).stat().st_size == 0, "nothing was begun in it"

    restore(desk, older)
    ran = run(desk, environment, "up", *ports)
    assert ran.returncode == 1
    assert "is an older copy: its sequence is " in ran.stderr

    restore(desk, right)
    with up(desk, environment, *ports) as second:
        assert await runs(address) == before, "the same runs go on"
        assert "On hold (pause)" in run(desk, there, "case", "show", "F-1").stdout
        stop(second)

    restore(desk, older)
    with up(desk, environment, *ports, "--accept-case-file") as third:
        assert await runs(address) == before
        refused = run(desk, there, "case", "resume", "F-1")
        assert "refused: the case is not paused" in refused.stderr, "what the copy does not know did not happen"
        stop(third)


def delete_everything(var: Path) -> str:
    while var.exists():  # What runs in it may make a file while it is deleted.
        shutil.rmtree(var, ignore_errors=True)
    # Which of them is missed first hangs on the moment.
    return r"maanwerk: (/\S+/)?var(/\S+)? is gone"


def delete_temporals_data(var: Path) -> str:
    (var / "temporal.sqlite3").unlink()
    return r"maanwerk: var/temporal\.sqlite3 is gone"


@pytest.mark.parametrize("way", [delete_everything, delete_temporals_data])
def test_what_goes_away_under_up_stops_it_within_a_minute_with_a_clear_word(
    way: Callable[[Path], str], desk: Path, environment: dict[str, str]
) -> None:
    with up(desk, environment, "--port", str(free_port()), "--ui-port", str(free_port())) as standing:
        before = standing.says
        said = way(desk / "var")
        begun = time.monotonic()
        assert standing.process.wait(NOTICED) == 1
        assert time.monotonic() - begun < NOTICED
        (line,) = standing.says.removeprefix(before).splitlines()
    assert re.match(said, line), line
    assert "stopped, and nothing more is sent or acknowledged" in line


def refused(folder: Path, environment: dict[str, str], arguments: tuple[str, ...], *said: str) -> None:
    """A command ends with one line that says all of it.

    A machine that has much else to do does not hear Temporal in the second that a command waits for it, who then knows
    of one file only: it is typed again.
    """
    line = ""
    for _ in range(5):
        ran = run(folder, environment, *arguments)
        assert (ran.returncode, ran.stdout) == (1, ""), arguments
        (line,) = ran.stderr.splitlines()
        if all(each in line for each in said):
            return
    pytest.fail(f"{arguments} said: {line}")


def temporal(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a command with a Temporal in it whose namespace is its own."""
    there = {**environment, **environment_of_a_new_namespace()}
    there.pop("MAANWERK_HTTP", None)
    return there


@pytest.mark.long
def test_a_worker_too_refuses_another_file_and_stops_when_its_own_goes_away(
    desk: Path, environment: dict[str, str]
) -> None:
    there = temporal(environment)
    log = desk / "worker.log"

    def started(times: int) -> bool:
        return sum(each.get("event") == "worker_started" for each in lines(log)) == times

    with at_work(there, log) as worker:
        until(lambda: started(1), "the worker takes work")
        elsewhere = case_file(desk).rename(desk / "elsewhere.sqlite3")
        assert worker.wait(NOTICED) == 1
    assert "case-file.sqlite3 is gone while it was in use: stopped" in log.read_text("utf-8")
    ran = run(desk, there, "worker")
    assert ran.returncode == 1
    assert "there is nothing in sqlite:///var/case-file.sqlite3" in ran.stderr
    assert "Traceback" not in ran.stderr
    elsewhere.rename(case_file(desk))
    with at_work(there, log) as worker:
        until(lambda: started(2), "the worker takes work")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0


def test_a_command_in_another_folder_or_for_a_copy_is_refused_and_names_both_files(
    desk: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = str(free_port())
    there = {**environment, "TEMPORAL_ADDRESS": f"127.0.0.1:{port}"}
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with up(desk, environment, "--port", port, "--ui-port", str(free_port())):
        assert "5 opened" in run(desk, there, "import", "list.csv").stdout
        copy = {**there, "MAANWERK_DATABASE": f"sqlite:///{backup(desk, 'copy.sqlite3')}"}
        both = (str(case_file(desk)), str(elsewhere / "var" / "case-file.sqlite3"))
        list_of_items = (str(desk / "list.csv"), "--creditor", str(desk / "creditor.yaml"))
        for arguments in (("case", "list"), ("case", "pause", "F-1"), ("import", *list_of_items)):
            refused(elsewhere, there, arguments, *both)
        assert list(elsewhere.iterdir()) == [], "nothing was made"
        for arguments in (("case", "list"), ("case", "pause", "F-1")):
            refused(desk, copy, arguments, "which is a copy")
        assert run(desk, there, "case", "pause", "F-1").returncode == 0
        slip = run(desk, {**there, "MAANWERK_DATABSE": "sqlite:///other.sqlite3"}, "case", "list")
        assert (slip.returncode, slip.stdout) == (2, "")
        assert "MAANWERK_DATABSE: there is no such setting; did you mean MAANWERK_DATABASE?" in slip.stderr
