"""`maanwerk worker` as a process: killed, started again, stopped gracefully."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from engine.embedded import free_port
from tests.engine.server import environment_of_a_new_namespace
from tests.forking import Forked, forked, ran

HEADER = "number;debtor_number;debtor_name;invoice_date;due;amount;kind"
CREDITOR = """\
id: maan
name: Maan B.V.
iban: NL91ABNA0417164300
email: maan@maan.example
policies: [{policy: nl-business}]
"""
PATIENCE = 60.0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something has happened in another process."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.05)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "creditor.yaml").write_text(CREDITOR, encoding="utf-8")
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of a command, with a Temporal in it whose namespace is its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
    return {**kept, **environment_of_a_new_namespace()}


def run(desk: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`maanwerk` in a process of its own, to its end."""
    return ran("cli.main", *arguments, environment=environment, folder=desk)


@contextmanager
def at_work(environment: dict[str, str], log: Path, *, forks: bool = True) -> Iterator[Forked]:
    """`maanwerk worker` in a process of its own that is gone afterwards; it forks its door, or has Python start it."""
    how = {"environment": environment, "folder": log.parent, "forks": forks}
    with log.open("ab") as out, forked("cli.main", "worker", stdout=out, stderr=out, **how) as process:
        yield process


def in_repository(environment: dict[str, str]) -> dict[str, str]:
    """The same environment, for a process that stands elsewhere."""
    return {**environment, "PYTHONPATH": str(Path(__file__).parents[2])}


def lines(log: Path) -> list[dict[str, object]]:
    if not log.exists():
        return []
    return [json.loads(each) for each in log.read_text(encoding="utf-8").splitlines() if each.startswith("{")]


def write_list(desk: Path, numbers: range) -> None:
    rows = [f"F-{number};d1;Bakker;2099-02-01;2099-03-01;1000.00;business" for number in numbers]
    (desk / "list.csv").write_text("\n".join((HEADER, *rows)), encoding="utf-8")


def seen(file: CaseFile) -> int:
    """Number of cases about which a worker has decided."""
    with file.read() as transaction:
        return sum(view is not None for _, _, view in transaction.views.all())


@pytest.mark.long
def test_a_killed_worker_loses_no_case_and_the_next_one_starts_what_was_left(
    desk: Path, environment: dict[str, str]
) -> None:
    environment = in_repository(environment)
    away = {**environment, "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
    database = Database(f"sqlite:///{desk / 'var' / 'case-file.sqlite3'}")
    log = desk / "worker.log"

    def started(times: int) -> bool:
        return sum(each.get("event") == "worker_started" for each in lines(log)) == times

    write_list(desk, range(20))
    assert run(desk, away, "import", "list.csv").returncode == 0
    # The first worker is killed while it sweeps.
    until_server_answers(environment, desk, log, started)
    write_list(desk, range(40))
    assert "20 opened; 20 unchanged" in run(desk, away, "import", "list.csv").stdout
    with at_work(environment, log) as worker:
        file = CaseFile(database)
        until(lambda: seen(file) == 40, "all 40 cases were started and decided")
        paused = run(desk, environment, "case", "pause", "F-7")
        assert (paused.returncode, "F-7: accepted. On hold (pause)" in paused.stdout) == (0, True)
        refused = run(desk, environment, "case", "resume", "F-8")
        assert (refused.returncode, refused.stderr) == (1, "maanwerk: refused: the case is not paused\n")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    database.close()
    assert lines(log)[-1]["event"] == "worker_stopped"
    # What is due first is rehearsed before a worker takes any work.
    begun = [each for each in lines(log) if each["event"] in ("worker_made_ready", "worker_started")]
    assert [each["event"] for each in begun] == ["worker_made_ready", "worker_started"] * (len(begun) // 2)
    assert "Bakker" not in log.read_text(encoding="utf-8")


def until_server_answers(environment: dict[str, str], desk: Path, log: Path, started: Callable[[int], bool]) -> None:
    """Start a worker until Temporal is there, and kill it without warning as soon as it works."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with at_work(environment, log) as worker:
            until(lambda: started(1) or worker.poll() is not None, "the worker started or gave up")
            if worker.poll() is None:
                os.kill(worker.pid, signal.SIGKILL)
                return
    raise AssertionError("the Temporal dev server never answered")


def test_a_worker_without_temporal_ends_with_1_and_one_line(desk: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    environment = in_repository({**os.environ, "TEMPORAL_ADDRESS": address})
    ended = run(desk, environment, "worker")
    assert ended.returncode == 1
    assert ended.stderr == (
        f"maanwerk: Temporal can't be reached at {address}: start it, or set TEMPORAL_ADDRESS (connection refused)\n"
    )


def test_a_worker_that_is_killed_takes_its_door_with_it_and_the_next_one_opens_it_again(
    desk: Path, environment: dict[str, str]
) -> None:
    address = f"127.0.0.1:{free_port()}"
    environment = in_repository({**environment, "MAANWERK_WEBHOOKS": address})
    log = desk / "worker.log"

    def doors() -> list[int]:
        return [int(str(each["process"])) for each in lines(log) if each.get("event") == "door_opened"]

    with until_it_runs(environment, log, forks=False) as worker:
        until(lambda: len(doors()) == 1, "the door is open")
        assert status(f"http://{address}/webhooks/sendgrid") == 404, "no key is set"
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    until(lambda: not lives(doors()[-1]), "the door is gone")
    with until_it_runs(environment, log) as worker:
        until(lambda: len(doors()) == 2, "the door is open")
        assert status(f"http://{address}/webhooks/sendgrid") == 404, "the address was free again"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
        assert not lives(doors()[-1])
    assert [each for each in lines(log) if each.get("level") in ("error", "critical")] == []


@contextmanager
def until_it_runs(environment: dict[str, str], log: Path, *, forks: bool = True) -> Iterator[Forked]:
    """A worker, as soon as Temporal is there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        before = len(lines(log))
        with at_work(environment, log, forks=forks) as worker:

            def works(before: int = before) -> bool:
                return any(each.get("event") == "worker_started" for each in lines(log)[before:])

            until(lambda: works() or worker.poll() is not None, "the worker started or gave up")
            if worker.poll() is None:
                yield worker
                return
        assert time.monotonic() < deadline, "the Temporal dev server never answered"


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_whose_address_for_webhooks_is_taken_ends_with_1_and_one_line(
    desk: Path, environment: dict[str, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        environment = in_repository({**environment, "MAANWERK_WEBHOOKS": address})
        deadline = time.monotonic() + PATIENCE
        while True:
            ended = run(desk, environment, "worker")
            if "Temporal can't be reached" not in ended.stderr:
                break
            assert time.monotonic() < deadline
    assert ended.returncode == 1
    (line,) = [each for each in ended.stderr.splitlines() if not each.startswith("{")]
    assert line.startswith(f"maanwerk: the webhooks can't be served at {address} (Address already in use")
    assert line.endswith("): set MAANWERK_WEBHOOKS to another one")


def test_a_worker_whose_case_file_never_answers_ends_when_its_time_to_stop_is_over_and_the_next_one_goes_on(
    desk: Path, environment: dict[str, str]
) -> None:
    environment = in_repository(environment)
    log = desk / "worker.log"
    write_list(desk, range(1))
    away = {**environment, "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}"}
    assert run(desk, away, "import", "list.csv").returncode == 0
    with (
        log.open("ab") as out,
        forked("tests.cli.stuck_worker", environment=environment, folder=desk, stdout=out, stderr=out) as worker,
    ):
        until((desk / "stuck").exists, "the case file was asked")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 1
    assert "worker_cut_short" in [each.get("event") for each in lines(log)]
    assert "did not end within 1 seconds and was cut short. Nothing is lost" in log.read_text(encoding="utf-8")
    database = Database(f"sqlite:///{desk / 'var' / 'case-file.sqlite3'}")
    with left_folder() as left, at_work(environment, log):
        file = CaseFile(database)
        until(lambda: seen(file) == 1, "the case was decided")
        assert not left.exists(), "what a process that is gone was printing"
    database.close()


@contextmanager
def left_folder() -> Iterator[Path]:
    """A folder as a process that was killed leaves it: nobody holds it."""
    left = Path(tempfile.mkdtemp(prefix="maanwerk-passing-"))
    (left / "letter.json").touch()
    yield left
    shutil.rmtree(left, ignore_errors=True)
