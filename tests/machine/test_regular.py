"""Only plain files are read: nothing waits, nothing runs without end, nothing happens by opening."""

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from machine.regular import NotPlainFile, read_plain


def pipe(path: Path) -> None:
    os.mkfifo(path)


def heard(path: Path) -> None:
    """A socket on the disk; it stays there when nobody listens any more."""
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(path.parent)  # Its address may have 107 bytes only.
        try:
            server.bind(path.name)
        finally:
            os.chdir(before)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (pipe, "it is a pipe"),
        (heard, "it is a socket"),
        (Path.mkdir, "it is a folder"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a device"),
        (lambda path: path.symlink_to("/dev/tty"), "it is a device"),
    ],
    ids=["pipe", "socket", "folder", "device", "terminal"],
)
@pytest.mark.parametrize("linked", [False, True], ids=["itself", "by a link"])
def test_what_is_no_plain_file_is_told_at_once(
    tmp_path: Path, made: Callable[[Path], None], says: str, linked: bool
) -> None:
    made(tmp_path / "it")
    named = tmp_path / "it"
    if linked:
        (tmp_path / "link").symlink_to(named)
        named = tmp_path / "link"
    with pytest.raises(NotPlainFile, match=says) as told:
        read_plain(named, 100)
    assert str(tmp_path) not in (told.value.strerror or "")


def test_a_pipe_that_takes_the_place_of_a_file_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, looked = tmp_path / "list.csv", os.stat
    file.write_bytes(b"a;b")

    def exchanged(path: Path) -> os.stat_result:
        seen = looked(path)
        file.unlink()
        os.mkfifo(file)
        return seen

    monkeypatch.setattr("machine.regular.os.stat", exchanged)
    with pytest.raises(NotPlainFile, match="pipe"):
        read_plain(file, 100)


def test_a_file_is_read_by_a_link_and_no_further_than_asked(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"0123456789")
    (tmp_path / "link").symlink_to("list.csv")
    assert read_plain(tmp_path / "link", 100) == b"0123456789"
    assert read_plain(tmp_path / "link", 4) == b"0123"


def test_a_file_that_grows_all_the_while_has_an_end(tmp_path: Path) -> None:
    file, stop = tmp_path / "list.csv", threading.Event()
    file.write_bytes(b"x")

    def grow() -> None:
        with file.open("ab", buffering=0) as growing:
            while not stop.is_set():
                growing.write(b"y" * 65536)
                if growing.tell() > 50_000_000:
                    growing.truncate(1)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        assert len(read_plain(file, 100_000)) <= 100_000
    finally:
        stop.set()
        writer.join()


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("nothing", "dangling"):
        with pytest.raises(FileNotFoundError):
            read_plain(tmp_path / name, 1)
