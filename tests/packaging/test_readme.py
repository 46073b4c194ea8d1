"""Every command in the README is run: by this test, or (the make targets) by CI itself."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.embedded import free_port

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

PATIENCE = 120.0
"""In a new clone the first process compiles all that it imports, and others may need the machine as well."""

Start = Callable[[list[str]], None]


def commands() -> list[str]:
    """The commands of all shell blocks, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def test_the_readme_has_commands_and_says_the_make_targets_that_ci_runs() -> None:
    made = [command for command in commands() if command.startswith("make ")]
    assert made == ["make demo", "make test"]
    targets = (ROOT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{command.split()[1]}:", targets, re.M) for command in made)
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.long
def test_every_other_command_of_the_readme_works_as_written(tmp_path: Path) -> None:
    for shipped in ("samples", "policies"):
        shutil.copytree(ROOT / shipped, tmp_path / shipped)
    port = str(free_port())
    environment = {**os.environ, "TEMPORAL_ADDRESS": f"127.0.0.1:{port}"}
    with _background(tmp_path, environment) as start:
        for command in (command for command in commands() if not command.startswith("make ")):
            arguments = command.replace(".venv/bin/", f"{BIN}/").split()
            if arguments[1:] == ["up"]:
                start([*arguments, "--port", port, "--ui-port", str(free_port())])
                _until(lambda: "worker_started" in _log(tmp_path), "the worker works")
            else:
                done = subprocess.run(
                    _words(command), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
                )
                assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
                assert done.stdout.strip(), f"{command} prints nothing"


def _words(command: str) -> list[str]:
    """The command as a shell splits it."""
    return [word.replace(".venv/bin/", f"{BIN}/") for word in shlex.split(command)]


@contextmanager
def _background(folder: Path, environment: dict[str, str]) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def start(arguments: list[str]) -> None:
        running.append(
            subprocess.Popen(
                arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        )

    try:
        yield start
    finally:
        for process in reversed(running):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _log(folder: Path) -> str:
    log = folder / "var" / "worker.log"
    return log.read_text("utf-8") if log.exists() else ""


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.2)
