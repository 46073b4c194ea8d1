"""Every command in the README is run: by this test, or (the make targets) by CI itself.

The first of each kind is typed as a person types it, by the path of the program; the others fork from one process that
has it imported. `up` is typed once, as the README gives it last, with a secret: that it can be stopped and started
again is proved in `tests/cli/test_up.py`. Of the sample list only the invoices that a command names are collected.
"""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from casefile.case_file import CaseFile
from casefile.database import Database
from engine.embedded import free_port
from machine.own_folder import FOLDER, WORKER_LOG
from tests.forking import ran

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

PATIENCE = 120.0
"""In a new clone the first process compiles all that it imports, and others may need the machine as well."""

SAID = "said"
"""File with what the command in the background says."""

Start = Callable[[list[str]], subprocess.Popen[bytes]]


def commands() -> list[str]:
    """The commands of all shell blocks, in order; a block that works with variables is one."""
    found: list[str] = []
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S):
        if re.search(r"^[A-Z]+=\$\(", block, re.M):
            found.append(block)
            continue
        lines = [line.split("  #")[0].strip() for line in block.splitlines()]
        found += [line for line in lines if line]
    return found


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
    environment = {**os.environ}
    typed: set[str] = set()
    with _background(tmp_path, environment) as start:
        for command in (command for command in commands() if not command.startswith("make ")):
            if command.endswith("desk --demo"):
                # A day of the quarter will do; where none was played, it plays the whole.
                day = ("demo", "--until", "2026-04-01")
                played = ran("cli.main", *day, environment=environment, folder=tmp_path, timeout=PATIENCE)
                assert played.returncode == 0, played.stderr
                api = environment["MAANWERK_API"] = f"127.0.0.1:{free_port()}"
                desk = start(_words(f"env {command}"))
                _until(partial(_listens, api), "the desk listens", desk)
            elif "\n" in command:
                _signed_payment(command, environment["MAANWERK_API"], tmp_path, environment)
            elif _is_up(command):
                if "up" not in typed:
                    fullest = max((each for each in commands() if _is_up(each)), key=len)
                    # Chosen just before: others who test take ports, too.
                    port, api = str(free_port()), f"127.0.0.1:{free_port()}"
                    environment |= {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}", "MAANWERK_API": api}
                    # The usual ones may be anybody's on this machine.
                    environment |= {name: f"127.0.0.1:{free_port()}" for name in ("MAANWERK_HTTP", "MAANWERK_WEBHOOKS")}
                    up = start([*_words(f"env {fullest}"), "--port", port, "--ui-port", str(free_port())])
                    _until(lambda: "worker_started" in _log(tmp_path), "the worker works", up)
                    _until(partial(_listens, api), "the API listens", up)
                    typed.add("up")
            else:
                words = _words(command)
                if words[1] in typed:
                    done = ran("cli.main", *words[1:], environment=environment, folder=tmp_path, timeout=120)
                else:
                    done = subprocess.run(
                        words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
                    )
                typed.add(words[1])
                assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
                assert done.stdout.strip(), f"{command} prints nothing"
                if words[1] == "samples":
                    _keep_named(tmp_path / "out" / "samples" / "open_items.csv")


def _is_up(command: str) -> bool:
    return command.split()[-2:] == [".venv/bin/maanwerk", "up"]


def _keep_named(items: Path) -> None:
    """Leave of a list of open items those that a command names."""
    head, *rows = items.read_text("utf-8").splitlines(keepends=True)
    named = set(re.findall(r"\b26\d{4}\b", "\n".join(commands())))
    kept = [row for row in rows if row.split(";")[0] in named]
    assert len(kept) == len(named), f"the sample list has not all of {named}"
    items.write_text("".join((head, *kept)), "utf-8")


def _signed_payment(block: str, api: str, folder: Path, environment: dict[str, str]) -> None:
    """A stranger signs a payment with openssl and posts it: it counts, once, and not when it was changed."""
    missing = [tool for tool in ("curl", "openssl") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the README's payment is signed with {' and '.join(missing)}, which is not here")
    block = block.replace(".venv/bin/", f"{BIN}/").replace("127.0.0.1:8236", api).replace("sleep 2; ", "")
    show = block.rstrip().splitlines()[-1]
    script = block.rstrip().removesuffix(show)

    def bash(text: str) -> "subprocess.CompletedProcess[str]":
        words = ["bash", "-ec", text]
        return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)

    for _ in range(2):
        posted = bash(script)
        assert (posted.returncode, posted.stdout) == (0, "200\n"), posted.stderr
    with closing(Database(f"sqlite:///{folder / 'var' / 'case-file.sqlite3'}")) as database:
        file = CaseFile(database)

        def on_its_case() -> bool:
            with file.read() as transaction:
                (case_id,) = [each for each, _, _ in transaction.views.all() if each.endswith("261041")]
                return transaction.cases.load(case_id).case.ledger.entry("stripe:pi_1") is not None

        _until(on_its_case, "the payment is on its case")
    shown = ran("cli.main", *_words(show)[1:], "--json", environment=environment, folder=folder, timeout=PATIENCE)
    told = json.loads(shown.stdout)
    assert [(each["id"], each["amount"]) for each in told["ledger"] if each["id"].startswith("stripe")] == [
        ("stripe:pi_1", "-100.00")
    ]
    changed = script.replace("curl ", 'BODY="$BODY "; curl ')
    assert bash(changed).stdout.endswith("401\n")


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as tried:
        return tried.connect_ex((host, int(port))) == 0


def _words(command: str) -> list[str]:
    """The command as a shell splits it."""
    return [word.replace(".venv/bin/", f"{BIN}/") for word in shlex.split(command)]


@contextmanager
def _background(folder: Path, environment: dict[str, str]) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def start(arguments: list[str]) -> subprocess.Popen[bytes]:
        for process in running:
            process.send_signal(signal.SIGINT)
            process.wait(30)
        with (folder / SAID).open("wb") as said:
            process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=said, stderr=said)
        running.append(process)
        return process

    try:
        yield start
    except AssertionError as problem:
        said = [
            file.read_text("utf-8")[-2000:] for file in (folder / SAID, folder / FOLDER / WORKER_LOG) if file.exists()
        ]
        raise AssertionError("\n".join((str(problem), *said))) from problem
    finally:
        for process in reversed(running):
            if process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _log(folder: Path) -> str:
    log = folder / FOLDER / WORKER_LOG
    return log.read_text("utf-8") if log.exists() else ""


def _until(condition: Callable[[], bool], what: str, of: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until something holds; in vain where the process of which it is expected has ended."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert of is None or of.poll() is None, f"it ended before {what}, with {of.returncode}"
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.2)
