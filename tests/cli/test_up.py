"""`maanwerk up` as a process: killed without warning, started again, stopped with Ctrl-C."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from casefile.case_file import CaseFile
from casefile.database import Database
from cli import serving
from config.settings import Settings
from engine.embedded import free_port
from tests.api.signing import public
from tests.casefile.builders import opened
from tests.cli.test_worker import CREDITOR, PATIENCE, in_repository, run, seen, until, write_list
from tests.forking import Forked
from worker.standalone import Places


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "creditor.yaml").write_text(CREDITOR, encoding="utf-8")
    write_list(tmp_path, range(5))
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
    return in_repository({**kept, "MAANWERK_HTTP": f"127.0.0.1:{free_port()}"})


class Up:
    """A running `maanwerk up`."""

    def __init__(self, process: Forked, says: Path, desk: Path) -> None:
        self.process = process
        self._says = says
        until(lambda: "case list" in self.says or process.poll() is not None, "it says that it is up")
        assert process.poll() is None, self.says
        self.engine: int = json.loads((desk / "var" / "up.lock").read_text("utf-8"))["engine"]

    @property
    def says(self) -> str:
        return self._says.read_text("utf-8")

    def url(self, what: str) -> str:
        found = re.search(rf"{what} +(http://\S+)", self.says)
        assert found, self.says
        return found[1]


@contextmanager
def up(desk: Path, environment: dict[str, str], *options: str, forks: bool = True) -> Iterator[Up]:
    """`maanwerk up` in a process group of its own, as in a terminal; gone afterwards, with its engine.

    It forks its API and its door, or has Python start them as everywhere.
    """
    says = desk / "says.txt"
    with says.open("wb") as out:
        process = Forked(
            *("cli.main", "up", *options),
            environment=environment,
            folder=desk,
            stdout=out,
            stderr=out,
            own_session=True,
            forks=forks,
        )
    try:
        yield Up(process, says, desk)
    finally:
        process.kill()
        process.wait()


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def runs(address: str) -> dict[str, str]:
    """The run under which every open case is, by its id."""
    client = await Client.connect(address)
    return {each.id: each.run_id async for each in client.list_workflows("ExecutionStatus = 'Running'")}


async def retention(address: str) -> timedelta:
    client = await Client.connect(address)
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
    return described.config.workflow_execution_retention_ttl.ToTimedelta()


@pytest.mark.long
async def test_cases_go_on_after_everything_was_killed_and_started_again(
    desk: Path, environment: dict[str, str]
) -> None:
    port = free_port()
    ports = ("--port", str(port), "--ui-port", str(free_port()))
    address = f"127.0.0.1:{port}"
    there = {**environment, "TEMPORAL_ADDRESS": address}
    file = CaseFile(Database(f"sqlite:///{desk / 'var' / 'case-file.sqlite3'}"))
    with up(desk, environment, *ports) as first:
        imported = run(desk, there, "import", "list.csv")
        assert "5 opened" in imported.stdout, imported.stderr
        until(lambda: seen(file) == 5, "all cases were decided")
        before = await runs(address)
        os.killpg(first.process.pid, signal.SIGKILL)
        first.process.wait()
        until(lambda: not lives(first.engine), "the engine is gone with it")
    told = run(desk, there, "case", "pause", "F-3")
    assert "takes effect when a worker runs" in told.stdout, told.stderr
    for path in (desk / "var", *(desk / "var").rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    with up(desk, environment, *ports) as second:
        assert open_to_others(desk / "var") == {}, "what was open to others is closed"
        until(lambda: "On hold (pause)" in run(desk, there, "case", "show", "F-3").stdout, "the pause is shown")
        until(lambda: waiting(file) == 0, "the pause was recorded")
        assert await runs(address) == before, "the same runs went on"
        assert len(before) == 5
        assert await retention(address) == timedelta(days=90)
        second.process.send_signal(signal.SIGINT)
        assert second.process.wait(PATIENCE) == 0, second.says
        assert not lives(second.engine)
    file.database.close()


def waiting(file: CaseFile) -> int:
    with file.read() as transaction:
        return len(transaction.inbox.undelivered())


def test_it_says_where_everything_is_a_second_one_says_that_it_runs_and_killed_it_takes_door_and_api_along(
    desk: Path, environment: dict[str, str]
) -> None:
    metrics, port = f"127.0.0.1:{free_port()}", free_port()
    there = {**environment, "TEMPORAL_ADDRESS": f"127.0.0.1:{port}"}
    given = {**environment, "MAANWERK_METRICS": metrics, "MAANWERK_SENDGRID_WEBHOOK_KEY": public()}
    with up(desk, given, "--port", str(port), forks=False) as running:
        ui = running.url("Temporal UI")
        with urllib.request.urlopen(f"{ui}/api/v1/cluster-info", timeout=20) as page:
            assert page.status == 200, "who opens it at once sees no error"
        half_open = flood(metrics, 300)
        with urllib.request.urlopen(f"http://{metrics}/metrics", timeout=20) as page:
            assert b"temporal_request_total" in page.read()
        assert descriptors(running.process.pid) < 200, "the SDK's own server would have kept them all"
        for each in half_open:
            each.close()
        with urllib.request.urlopen(ui, timeout=20) as page:
            assert page.status == 200
        with urllib.request.urlopen(running.url("health"), timeout=20) as page:
            assert json.load(page) == {"worker": "ok", "temporal": "ok", "case_file": "ok"}
        second = run(desk, environment, "up")
        assert (second.returncode, second.stderr) == (
            1,
            f"maanwerk: `maanwerk up` runs already in var (process {running.process.pid}); "
            f"its Temporal UI is at {ui}\n",
        )
        # With a key it takes webhooks, beside the pages.
        found = running.url("webhooks").replace("…", "sendgrid")
        assert found.endswith("/webhooks/sendgrid")
        assert found.split("/")[2] != running.url("health").split("/")[2]
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(found, data=b"[]", timeout=PATIENCE)
        log = (desk / "var" / "worker.log").read_text("utf-8")
        (door,) = [json.loads(line)["process"] for line in log.splitlines() if '"door_opened"' in line]
        # So is the API, for who has a key; what it is told its case answers.
        api = running.url("API").rstrip("/,")
        assert api.split("/")[2] not in (running.url("health").split("/")[2], found.split("/")[2])
        made = run(desk, there, "api-key", "create", "a script", "--role", "operate")
        secret = made.stdout.strip()
        assert secret.startswith("mk_"), made.stderr
        with urllib.request.urlopen(asking(f"{api}/cases", secret), timeout=PATIENCE) as page:
            assert json.load(page)["total"] == 0
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(asking(f"{api}/cases", "mk_none"), timeout=PATIENCE)
        serves_the_api = child_of(running.process.pid, "worker.api_keeping")
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()
        until(lambda: not lives(door), "the door is gone with it")
        until(lambda: not lives(serves_the_api), "the API is gone with it")


def asking(url: str, secret: str) -> urllib.request.Request:
    return urllib.request.Request(url, headers={"Authorization": f"Bearer {secret}"})


def child_of(parent: int, module: str) -> int:
    """The process that a process has started with a module of ours."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("utf-8").split()
    (found,) = [int(each) for each in children if module in Path(f"/proc/{each}/cmdline").read_text("utf-8")]
    return found


def flood(address: str, number: int) -> list[socket.socket]:
    """Requests that never come to their end."""
    host, _, port = address.rpartition(":")
    opened = [socket.create_connection((host, int(port))) for _ in range(number)]
    for each in opened:
        with contextlib.suppress(ConnectionError):
            each.sendall(b"GET /metrics HTTP/1.1\r\nHost: m")
    return opened


def descriptors(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))


def test_when_its_engine_ends_it_ends_too_and_says_where_to_look(desk: Path, environment: dict[str, str]) -> None:
    with up(desk, environment) as running:
        os.kill(running.engine, signal.SIGKILL)
        assert running.process.wait(PATIENCE) == 1
        assert "the embedded Temporal has ended; see var/temporal.log" in running.says, running.says


def test_a_port_that_is_taken_is_named(desk: Path, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run(desk, environment, "up", "--port", str(port))
    assert (ran.returncode, ran.stderr) == (
        1,
        f"maanwerk: port {port} is taken: choose another --port, or leave it out\n",
    )


def open_to_others(folder: Path) -> dict[str, str]:
    """What in a folder, itself included, others may do anything with."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        # Journals of a database come and go meanwhile.
        with contextlib.suppress(FileNotFoundError):
            found[str(path)] = path.stat().st_mode
    return {path: oct(mode) for path, mode in found.items() if mode & 0o077}


@pytest.mark.long
async def test_all_that_it_keeps_is_its_owners_alone_and_without_the_engines_own_state_the_case_file_is_enough(
    desk: Path, environment: dict[str, str]
) -> None:
    ports = ("--port", str(free_port()), "--ui-port", str(free_port()))
    there = {**environment, "TEMPORAL_ADDRESS": f"127.0.0.1:{ports[1]}"}
    file = CaseFile(Database(f"sqlite:///{desk / 'var' / 'case-file.sqlite3'}"))
    before = os.umask(0)
    try:
        with up(desk, environment, *ports) as first:
            assert "5 opened" in run(desk, there, "import", "list.csv").stdout
            until(lambda: seen(file) == 5, "all cases were decided")
            kept = {path.name for path in (desk / "var").iterdir()}
            assert {"temporal.sqlite3", "case-file.sqlite3", "worker.log", "temporal.log", "up.lock", "outbox"} <= kept
            assert open_to_others(desk / "var") == {}
            first.process.send_signal(signal.SIGTERM)
            assert first.process.wait(PATIENCE) == 0
        for each in (desk / "var").glob("temporal.sqlite3*"):
            each.unlink()
        with up(desk, environment, *ports):
            assert open_to_others(desk / "var") == {}
            async with asyncio.timeout(PATIENCE):
                while len(await runs(there["TEMPORAL_ADDRESS"])) < 5:
                    await asyncio.sleep(0.1)
            paused = run(desk, there, "case", "pause", "F-2")
            assert "F-2: accepted. On hold (pause)" in paused.stdout, paused
    finally:
        os.umask(before)
        file.database.close()


def test_a_page_that_does_not_answer_yet_is_named_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = opened(tmp_path / "case-file.sqlite3")
    settings = Settings(database=file.database.url, outbox=tmp_path / "outbox")
    places = Places("127.0.0.1:7", "http://localhost:8", "http://127.0.0.1:9", tmp_path / "log")
    serving._say_where(settings, places)
    serving._say_where(settings, replace(places, ui_answers=False))
    said = [line for line in capsys.readouterr().out.splitlines() if "Temporal UI" in line]
    assert said == [
        "  Temporal UI   http://localhost:8",
        "  Temporal UI   http://localhost:8 (does not answer yet)",
    ]
