"""The outbox: a gateway that needs no account anywhere. It puts every message in a folder, as a file to open.

    emails/ *.eml    texts/ *.txt    letters/ *.pdf (post and registered)    agency/ *.zip, *.csv, *.json
    index.sqlite3

Everything in it is its owner's alone. Names of files name nobody: they say the day, the step and the channel, then the
first digits of the reference under which the index and `maanwerk case show --json` know the message.

The index is the truth: a message was taken when its row is committed. The file is complete on disk before
that, so a crash in between leaves a file without a row, which the next try replaces. Any number of threads
and processes may use one folder; they take turns under SQLite's write lock.

To rehearse bad days, the outbox can be told to fail: by a `FaultPlan` in code, or by `faults.json` in its
folder:

    [{"match": "case:devaart:F-1*", "fault": "time_out_after", "times": 2}]

`match` is a pattern on the send key (`*`, `?`, `[…]`), `times` how often in all (default 1). The first entry
that matches and is not used up counts. Uses are counted in the index, in one transaction with what they did,
so that a restart repeats none. A message that was taken before stays taken, whatever the faults say.
"""

import asyncio
import errno
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Literal, assert_never, cast, get_args

from domain.file_names import safe_filename
from domain.telephone import why_unusable
from gateways.agencies.claim_csv import csv_beside
from machine.private import UMASK, close_file, close_folder, make_database, make_folder, private_opener
from machine.regular import read_plain
from services.ports import (
    CannotTell,
    Channel,
    Finding,
    Found,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Refused,
    Sent,
)

Fault = Literal["time_out_before", "time_out_after", "not_taken", "refused"]
FaultPlan = Callable[[str], Fault | None]
"""Says for a send key what goes wrong at this try; asked once per try."""

_FOLDERS: Mapping[Channel, tuple[str, str]] = {
    "email": ("emails", ".eml"),
    "sms": ("texts", ".txt"),
    "post": ("letters", ".pdf"),
    "registered": ("letters", ".pdf"),
    "agency": ("agency", ".zip"),
}
_INDEX = "index.sqlite3"
_FAULTS = "faults.json"
_MOST_FAULT_BYTES = 1_000_000
_BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    key TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    receiver TEXT NOT NULL,
    subject TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE COLLATE NOCASE
) STRICT;
CREATE TABLE IF NOT EXISTS fault_uses (entry TEXT PRIMARY KEY, used INTEGER NOT NULL) STRICT;
"""


class BadFaultFile(ValueError):
    """`faults.json` can't be read; the message names the entry, what is wrong and what would be right."""


class FaultsInTurn:
    """A fault plan with a list per key: the first try gets the first entry, and so on; then no faults."""

    def __init__(self, faults: Mapping[str, Sequence[Fault | None]]) -> None:
        """Keep the lists.

        Args:
            faults: For each send key what happens at its first try, its second, and so on; None is success.
        """
        self._left = {key: list(tries) for key, tries in faults.items()}
        self._lock = Lock()

    def __call__(self, key: str) -> Fault | None:
        """Return and use up what happens at this try."""
        with self._lock:
            left = self._left.get(key)
            return left.pop(0) if left else None


@dataclass(frozen=True, slots=True)
class Taken:
    """A message in the outbox, as its index knows it.

    Attributes:
        key: The send key.
        reference: The outbox's name for it.
        channel: How it travelled.
        to: Its receiver.
        subject: What it is about.
        media_type: Form of the content.
        sha256: Hash of the exact bytes, hexadecimal.
        file: Where the bytes are.
    """

    key: str
    reference: str
    channel: Channel
    to: str
    subject: str
    media_type: str
    sha256: str
    file: Path


@dataclass(frozen=True, slots=True)
class _FaultEntry:
    id: str
    match: str
    fault: Fault
    times: int


class FileOutbox:
    """The gateway for e-mail, text messages, post and dossiers into a folder."""

    def __init__(self, root: Path, plan_faults: FaultPlan | None = None) -> None:
        """Make the folders and the index where they are missing.

        Args:
            root: Folder of the outbox.
            plan_faults: What goes wrong, besides what `faults.json` says; it is asked first.

        Raises:
            BadFaultFile: `faults.json` is there and can't be read.
        """
        self._root = root
        self._plan_faults = plan_faults
        self._index = root / _INDEX
        make_folder(root)
        for folder, _ in _FOLDERS.values():
            make_folder(root / folder)
            _close(root / folder)
        make_database(self._index)
        close_folder(root, _is_ours)
        self._prepare()
        _fault_entries(root / _FAULTS)

    async def send(self, message: Outgoing) -> Sent:
        """Take one message. A key that was taken before gives the same reference, and its first bytes stand.

        Raises:
            NotTaken: told so; or the file could not be written, or `faults.json` not read.
            Refused: told so; or it is a channel that the outbox does not have, or there is no receiver.
            OutcomeUnknown: told so; or the index could not be read or committed, so that `find` must say.
        """
        return await asyncio.to_thread(self._send, message)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Look the key up in the index, which forgets nothing, so `since` does not matter."""
        return await asyncio.to_thread(self._find, key)

    def taken(self) -> tuple[Taken, ...]:
        """Return all messages in the outbox, in the order in which they were taken."""
        with closing(self._connect()) as index:
            rows = index.execute(
                "SELECT key, reference, channel, receiver, subject, media_type, sha256, file FROM messages "
                "ORDER BY rowid"
            ).fetchall()
        return tuple(
            Taken(key, reference, channel, to, subject, media_type, digest, self._root / file)
            for key, reference, channel, to, subject, media_type, digest, file in rows
        )

    def _prepare(self) -> None:
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                with closing(self._connect("rwc")) as index:
                    index.execute("PRAGMA journal_mode = WAL")
                    with _writing(index):
                        for statement in filter(str.strip, _SCHEMA.split(";")):
                            index.execute(statement)
                return
            except sqlite3.OperationalError:
                # SQLite does not wait for its lock while it switches to WAL, and another process may be doing
                # that.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _connect(self, mode: Literal["rw", "rwc"] = "rw") -> sqlite3.Connection:
        # "rw" once the index is there: one that vanished must not come back empty, and swear nothing was
        # sent.
        index = sqlite3.connect(
            f"{self._index.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
        )
        index.execute("PRAGMA synchronous = FULL")
        return index

    def _send(self, message: Outgoing) -> Sent:
        if message.channel not in _FOLDERS:
            raise Refused(f"channel_not_supported: {message.channel}")
        if not message.to.strip():
            raise Refused("no_receiver")
        if message.channel == "sms" and (why := why_unusable(message.to)) is not None:
            raise Refused(f"number_not_usable: it is {why}")
        fault = self._plan_faults(message.key) if self._plan_faults else None
        certainly_not = False
        try:
            with closing(self._connect()) as index, _writing(index):
                reference = _reference(index, message.key)
                if reference:
                    # What was taken stays taken: no fault may say otherwise.
                    return Sent(reference)
                certainly_not = True
                fault = fault or self._use_fault(index, message.key)
                if fault in (None, "time_out_after"):
                    reference = self._take(index, message)
                # From here on the commit decides, and when it breaks nobody knows how far it came.
                certainly_not = False
        except BadFaultFile as error:
            raise NotTaken(str(error)) from error
        except (sqlite3.Error, OSError) as error:
            reason = _cause(error)
            if certainly_not:
                raise NotTaken(reason) from error
            raise OutcomeUnknown(reason) from error
        return _answer(fault, reference)

    def _take(self, index: sqlite3.Connection, message: Outgoing) -> str:
        digest = sha256(message.key.encode("utf-8")).hexdigest()
        file = self._free_name(index, message, digest)
        path = self._root / file
        beside = csv_beside(message.content, digest, path.name) if message.channel == "agency" else None
        if beside is not None:
            # Before the file: who waits for that finds both.
            _write_durably(path.with_suffix(".csv"), beside)
        _write_durably(path, message.content)
        reference = f"outbox-{digest[:32]}"
        index.execute(
            "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.key,
                reference,
                message.channel,
                message.to,
                message.subject,
                message.media_type,
                sha256(message.content).hexdigest(),
                file,
            ),
        )
        return reference

    def _free_name(self, index: sqlite3.Connection, message: Outgoing, digest: str) -> str:
        """Return a path under the root that no other key has; the same for every try of this key."""
        folder, extension = _FOLDERS[message.channel]
        if message.media_type.endswith("json"):
            # What a partner is told of a file that he has.
            extension = ".json"
        hint = safe_filename(message.filename_hint, otherwise="message")
        file = ""
        for length in (8, len(digest)):
            file = f"{folder}/{hint} {digest[:length]}{extension}"
            if not index.execute("SELECT 1 FROM messages WHERE file = ?", (file,)).fetchone():
                break
        return file

    def _use_fault(self, index: sqlite3.Connection, key: str) -> Fault | None:
        for entry in _fault_entries(self._root / _FAULTS):
            if not fnmatchcase(key, entry.match):
                continue
            row = index.execute("SELECT used FROM fault_uses WHERE entry = ?", (entry.id,)).fetchone()
            if row and row[0] >= entry.times:
                continue
            index.execute(
                "INSERT INTO fault_uses VALUES (?, 1) ON CONFLICT (entry) DO UPDATE SET used = used + 1",
                (entry.id,),
            )
            return entry.fault
        return None

    def _find(self, key: str) -> Finding:
        try:
            with closing(self._connect()) as index:
                reference = _reference(index, key)
        except sqlite3.Error as error:
            return CannotTell(_cause(error))
        return Found(reference) if reference else NotThere()


def _reference(index: sqlite3.Connection, key: str) -> str | None:
    row = index.execute("SELECT reference FROM messages WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def _cause(error: sqlite3.Error | OSError) -> str:
    """Return a code without paths or data."""
    if isinstance(error, OSError):
        return f"outbox_disk: {errno.errorcode.get(error.errno or 0, 'unknown')}"
    return f"outbox_index: {getattr(error, 'sqlite_errorname', type(error).__name__)}"


def _answer(fault: Fault | None, reference: str | None) -> Sent:
    match fault:
        case "time_out_before" | "time_out_after":
            raise OutcomeUnknown("timed_out")
        case "not_taken":
            raise NotTaken("told_not_to_take", retry_after=timedelta(minutes=1))
        case "refused":
            raise Refused("told_to_refuse")
        case None if reference:
            return Sent(reference)
        case None:
            raise AssertionError("a message without a fault has a reference")
        case _:
            assert_never(fault)


@contextmanager
def _writing(index: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock of the index, from before the first read to the commit."""
    index.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        index.execute("ROLLBACK")
        raise
    index.execute("COMMIT")


def _is_ours(name: str) -> bool:
    """Whether an entry of the outbox's folder is one of an outbox."""
    return name == _FAULTS or name.startswith(_INDEX) or any(name == folder for folder, _ in _FOLDERS.values())


def _close(folder: Path) -> None:
    """Close a folder of messages that an earlier version left open to others; the folder last, as the sign of it."""
    if folder.stat().st_mode & UMASK:
        for file in folder.iterdir():
            close_file(file)
        close_folder(folder, lambda name: True)


def _write_durably(path: Path, content: bytes) -> None:
    """Put the bytes under that name, all or nothing, and on the disk before this returns."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with open(unfinished, "wb", opener=private_opener) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _fault_entries(path: Path) -> tuple[_FaultEntry, ...]:
    try:
        text = read_plain(path, _MOST_FAULT_BYTES + 1).decode("utf-8")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise BadFaultFile(f"{path.name}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadFaultFile(f"{path.name}: not UTF-8 text, at byte {error.start}") from error
    if len(text) > _MOST_FAULT_BYTES:
        raise BadFaultFile(f"{path.name}: larger than 1 MB; make it smaller")
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadFaultFile(f"{path.name}, line {error.lineno}: not JSON: {error.msg}") from error
    if not isinstance(entries, list):
        raise BadFaultFile(f'{path.name}: give a list of entries, like [{{"match": "*", "fault": "refused"}}]')
    read: list[_FaultEntry] = []
    for number, entry in enumerate(entries, start=1):
        read.append(_fault_entry(f"{path.name}, entry {number}", entry, read))
    return tuple(read)


def _fault_entry(where: str, entry: object, before: Sequence[_FaultEntry]) -> _FaultEntry:
    if not isinstance(entry, dict) or not {"match", "fault"} <= entry.keys() <= {"match", "fault", "times"}:
        raise BadFaultFile(f'{where}: give an object with "match", "fault" and perhaps "times", and nothing else')
    match, fault, times = entry["match"], entry["fault"], entry.get("times", 1)
    if not isinstance(match, str) or not match:
        raise BadFaultFile(f'{where}: "match" must be a pattern on the send key, such as "*"')
    if fault not in get_args(Fault):
        raise BadFaultFile(f'{where}: "fault" must be one of {", ".join(get_args(Fault))}')
    if not isinstance(times, int) or isinstance(times, bool) or times < 1:
        raise BadFaultFile(f'{where}: "times" must be a whole number of at least 1')
    # Counted by what it says and not by its place, so that entries can be added; `times` may be raised later.
    same = sum(earlier.match == match and earlier.fault == fault for earlier in before)
    return _FaultEntry(id=json.dumps([match, fault, same]), match=match, fault=cast(Fault, fault), times=times)
