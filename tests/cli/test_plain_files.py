"""Whatever a command is given in the place of a file, it says so at once: it waits for no pipe and reads no device."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.embedded import free_port
from tests.cli.running import Run
from tests.cli.test_import import CREDITOR, HEADER, OWN, row

PATIENCE = 20.0
"""Seconds after which a command counts as waiting for ever."""


@contextmanager
def promptly() -> Iterator[None]:
    """Break off what waits: a command that hangs fails the test, and does not hang it."""

    def too_late(*_: object) -> None:
        raise AssertionError("the command waits")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (os.mkfifo, "it is a pipe"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "it is a device"),
    "socket": (_socket, "it is a socket"),
}


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a creditor, and no Temporal anywhere."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "list.csv").write_text(f"{HEADER}\n{row('F-1')}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    return tmp_path


DOORS = [
    ("it.csv", ("import", "it.csv", "--today", "2026-03-02")),
    ("it.xml", ("import", "list.csv", "it.xml", "--dry-run")),
    ("creditor.yaml", ("import", "list.csv")),
    ("own.yaml", ("import", "list.csv")),
    ("it.yaml", ("policy", "check", "it.yaml")),
    ("it.yaml", ("simulate", "it.yaml")),
    ("it.yaml", ("simulate", "it.yaml", "--on", "temporal")),
    ("it.yaml", ("plan", "it.yaml", "--policy", "nl-business")),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "command"), DOORS, ids=lambda each: " ".join(each) if isinstance(each, tuple) else "")
def test_every_door_refuses_what_is_no_plain_file(
    maanwerk: Run, desk: Path, name: str, command: tuple[str, ...], kind: str
) -> None:
    made, says = KINDS[kind]
    (desk / name).unlink(missing_ok=True)
    made(desk / name)
    with promptly():
        ran = maanwerk(*command)
    assert ran.code == 2
    (line,) = ran.err.splitlines()
    assert name in line
    assert says in line


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_to_import_passes_over_no_pipe_of_a_lists_name(maanwerk: Run, desk: Path, kind: str) -> None:
    (desk / "in").mkdir()
    (desk / "in" / "a.csv").write_text(f"{HEADER}\n{row('F-1')}", encoding="utf-8")
    os.chdir(desk / "in")
    KINDS[kind][0](desk / "in" / "b.csv")
    os.chdir(desk)
    with promptly():
        ran = maanwerk("import", "in", "--today", "2026-03-02")
    assert (ran.code, "in/b.csv" in ran.err, KINDS[kind][1] in ran.err) == (2, True, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_beside_a_list_must_be_a_plain_file_and_the_invoice_comes_in_without(
    maanwerk: Run, desk: Path, kind: str
) -> None:
    KINDS[kind][0](desk / "f.pdf")
    rows = (f"{HEADER};document", f"{row('F-1')};f.pdf", f"{row('F-2')};")
    (desk / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    with promptly():
        ran = maanwerk("import", "list.csv", "--today", "2026-03-02")
    assert (ran.code, "2 opened" in ran.out) == (0, True)
    assert KINDS[kind][1] in ran.err


def test_standard_input_as_a_file_is_refused_when_it_is_a_pipe(maanwerk: Run) -> None:
    reading, writing = os.pipe()
    try:
        with promptly():
            ran = maanwerk("import", f"/dev/fd/{reading}")
    finally:
        os.close(reading)
        os.close(writing)
    assert (ran.code, "it is a pipe" in ran.err) == (2, True)


@pytest.mark.parametrize("kind", [*KINDS, "file"])
def test_the_demo_writes_into_nothing_but_a_folder(maanwerk: Run, desk: Path, kind: str) -> None:
    made = Path.touch if kind == "file" else KINDS[kind][0]
    made(desk / "out")
    with promptly():
        ran = maanwerk("demo", "--out", "out")
    assert (ran.code, "no folder" in ran.err) == (2, True)
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_file_is_no_pipe_either(maanwerk: Run, desk: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    KINDS[kind][0](desk / "cases.sqlite3")
    monkeypatch.setenv("MAANWERK_DATABASE", "sqlite:///cases.sqlite3")
    with promptly():
        ran = maanwerk("case", "list")
    assert ran.code != 0
    assert KINDS[kind][1] in ran.err
    assert len(ran.err.splitlines()) == 1
