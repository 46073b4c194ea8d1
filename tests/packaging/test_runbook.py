"""The commands of docs/runbook.md that need no Docker are run, in their order, against an engine and two builds.

The first of each kind that the README does not have is typed as a person types it, by the path of the program; the
others fork from one process that has it imported. Of the sample list three invoices of two debtors are collected.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine import embedded
from engine.embedded import free_port
from tests.engine.server import BUILDS, QUICK_TIMERS, QUIET
from tests.forking import Forked, ran
from tests.packaging.test_readme import commands as commands_of_the_readme
from workflows import search_attributes

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 60.0
NEXT_TRY = 0.5


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.S | re.M)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


class Bench:
    """A folder, an environment, and the processes that were started in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        address = f"127.0.0.1:{free_port()}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
        self.environment = {**kept, "TEMPORAL_ADDRESS": address, "PATH": f"{BIN}:{os.environ['PATH']}"}
        self.running: list[subprocess.Popen[bytes] | Forked] = []
        self.typed = {
            command.split()[1] for command in commands_of_the_readme() if "maanwerk " in command.split("\n")[0]
        }
        arguments = [str(embedded.binary("temporal")), "server", "start-dev", "--headless", "--ip", "127.0.0.1"]
        arguments += ["--port", address.rpartition(":")[2], "--log-level", "error"]
        for name, value in {"frontend.WorkflowPauseEnabled": "true", **QUICK_TIMERS, **QUIET, **BUILDS}.items():
            arguments += ["--dynamic-config-value", f"{name}={value}"]
        for key in search_attributes.ALL:
            arguments += ["--search-attribute", f"{key.name}={key.indexed_value_type.name.title()}"]
        self.start(arguments, self.environment)
        self.run("temporal operator cluster health")

    def start(self, arguments: list[str], environment: dict[str, str]) -> None:
        with (self.folder / "log").open("ab") as log:
            if self.was_typed(arguments):
                program = Forked(
                    "cli.main", *arguments[1:], environment=environment, folder=self.folder, stdout=log, stderr=log
                )
                self.running.append(program)
                return
            self.running.append(subprocess.Popen(arguments, cwd=self.folder, env=environment, stdout=log, stderr=log))

    def was_typed(self, words: list[str]) -> bool:
        """Whether a command of `maanwerk` is of a kind that was typed before; from now on it was."""
        if words[0] != "maanwerk":
            return False
        known = words[1] in self.typed
        self.typed.add(words[1])
        return known

    def started(self) -> int:
        return (self.folder / "log").read_text("utf-8").count('"worker_started"')

    def start_worker(self, command: str) -> None:
        words = shlex.split(command)
        settings = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
        before = self.started()
        self.start([word for word in words if "=" not in word], {**self.environment, **settings})
        deadline = time.monotonic() + PATIENCE
        while self.started() == before:
            assert time.monotonic() < deadline, f"{command} does not start"
            time.sleep(0.1)

    def run(self, command: str) -> str:
        """Run a command; Temporal may need a moment to know what the one before has said."""
        deadline = time.monotonic() + PATIENCE
        words = shlex.split(command)
        forks = self.was_typed(words)
        while True:
            if forks:
                done = ran("cli.main", *words[1:], environment=self.environment, folder=self.folder)
            else:
                done = subprocess.run(
                    words, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60
                )
            if done.returncode == 0:
                return done.stdout
            assert command.startswith("temporal "), f"{command}\n{done.stdout}\n{done.stderr}"
            assert time.monotonic() < deadline, f"{command}\n{done.stdout}\n{done.stderr}"
            time.sleep(NEXT_TRY)

    def end(self) -> None:
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    made = Bench(folder)
    try:
        yield made
    finally:
        made.end()


@pytest.mark.long
def test_the_commands_of_the_runbook_work_in_their_order(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    items = tmp_path / "samples" / "open_items.csv"
    items.write_text("".join(items.read_text("utf-8").splitlines(keepends=True)[:4]), "utf-8")
    with bench(tmp_path) as on:
        on.run("maanwerk import samples/open_items.csv --creditor samples/creditor.yaml")
        for command in commands():
            if re.search(r"(^| )maanwerk worker", command):
                on.start_worker(command)
                continue
            said = on.run(command)
            if command.startswith("temporal workflow count"):
                deadline = time.monotonic() + PATIENCE
                while said.strip() != "Total: 0":
                    assert time.monotonic() < deadline, f"cases stay on the old build: {said}"
                    on.run("maanwerk nudge --all")
                    said = on.run(command)
        assert "261041" in on.run("maanwerk case list")
        assert (tmp_path / "var" / "backup.sqlite3").stat().st_size > 100_000
        assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def test_every_section_that_an_alarm_names_is_there() -> None:
    text = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    headings = {re.sub(r"\s+", "-", each.lower()) for each in re.findall(r"^## (.+)$", text, re.M)}
    assert set(re.findall(r"\]\(#([a-z-]+)\)", text)) <= headings
