"""The keys under which Temporal keeps what it keeps of cases: each with an id, the newest first.

The first key encrypts; all of them decrypt. So a new one is put before the others, and an old one stays for as long
as a history with it may be read.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["BadKeys", "Key", "KeyRing", "keys_of_file", "keys_of_text", "new_key", "put_first"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BYTES = 32
_LONGEST_FILE = 65536
_FEWEST_DIFFERENT = 16
"""Different bytes that a key has at least: of 32 random ones fewer never happen, of a typed phrase or zeros they do."""


class BadKeys(ValueError):
    """The keys can't be used; the text is one line, says where and what to do, and never holds a key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of AES-256.

    Attributes:
        id: Its name; it stands readable beside everything that it encrypts.
        secret: Its 32 bytes.
    """

    id: str
    secret: bytes = field(repr=False)

    @property
    def line(self) -> str:
        """The key as settings and files write it: `id:base64`. It is the secret itself."""
        return f"{self.id}:{base64.b64encode(self.secret).decode()}"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """One key or more, the newest first."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        if not self.keys:
            raise BadKeys("there is no key: make one with `maanwerk keys new`")

    @property
    def newest(self) -> Key:
        """The key that encrypts."""
        return self.keys[0]


def new_key(key_id: str | None = None) -> Key:
    """A key of 32 random bytes.

    Args:
        key_id: Its id; a random one by default, so that two offices never give the same.

    Raises:
        BadKeys: the id can't be used.
    """
    if key_id is not None and not _ID.fullmatch(key_id):
        raise BadKeys(
            "an id is at most 64 letters, digits, dots, dashes and underscores, and begins with one of the first"
        )
    return Key(key_id or f"k-{secrets.token_hex(4)}", secrets.token_bytes(_BYTES))


def keys_of_text(text: str) -> KeyRing:
    """The keys of one line, as `MAANWERK_KEYS` has them: `id:base64,id:base64`.

    Raises:
        BadKeys: they can't be used.
    """
    return _ring([(f"key {number}", part) for number, part in enumerate(text.split(","), start=1)])


def keys_of_file(path: Path) -> KeyRing:
    """The keys of a file: one `id:base64` a line; empty lines and what begins with `#` do not count.

    Raises:
        BadKeys: it can't be read, others can read it, or its keys can't be used.
    """
    return _ring(_numbered(path, _read(path)))


def put_first(path: Path, key: Key) -> None:
    """Write a key before the others of a file, or begin one; nobody else can read it, and it is whole or unchanged.

    Raises:
        BadKeys: the file can't be used, or has a key of this id.
    """
    # Where a link points to is what is written, not the link.
    path = path.resolve()
    before = _read(path) if path.exists() else ""
    written = _numbered(path, before)
    if written and key.id in (each.id for each in _ring(written).keys):
        raise BadKeys(f"{path} has a key {key.id} already: give the new one another id with --id")
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(f"{key.line}\n{before}")
                out.flush()
                os.fsync(out.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise BadKeys(f"{path} can't be written: {problem.strerror or problem}") from None


def _read(path: Path) -> str:
    """The text of a file of keys that nobody else can read."""
    try:
        # Opening a pipe would wait for ever for who writes into it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as problem:
        raise BadKeys(f"{path} can't be read: {problem.strerror or problem}") from None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise BadKeys(f"{path} is no ordinary file")
    with os.fdopen(descriptor, "rb") as file:
        if about.st_mode & 0o077:
            raise BadKeys(
                f"{path} can be read or written by others (mode {about.st_mode & 0o777:03o}): chmod 600 {path}"
            )
        content = file.read(_LONGEST_FILE + 1)
    if len(content) > _LONGEST_FILE:
        raise BadKeys(f"{path} is too long to be a file of keys: one id:base64 a line")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadKeys(f"{path} is no text: one id:base64 a line") from None


def _numbered(path: Path, text: str) -> list[tuple[str, str]]:
    lines = ((f"{path}:{number}", line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    return [(where, line) for where, line in lines if line and not line.startswith("#")]


def _ring(written: Sequence[tuple[str, str]]) -> KeyRing:
    keys: list[Key] = []
    for where, text in written:
        key = _key(where, text.strip())
        for other in keys:
            if other.id == key.id:
                raise BadKeys(f"{where}: there are two keys {key.id}: each needs an id of its own")
            if other.secret == key.secret:
                raise BadKeys(f"{where}: the keys {other.id} and {key.id} are the same: a new id needs a new key")
        keys.append(key)
    return KeyRing(tuple(keys))


def _key(where: str, text: str) -> Key:
    """One key. What is wrong is never quoted: it may be the key."""
    key_id, colon, encoded = text.partition(":")
    if not colon:
        raise BadKeys(f"{where}: write id:base64, as `maanwerk keys new` prints it")
    if not _ID.fullmatch(key_id):
        raise BadKeys(f"{where}: its id may have letters, digits, dots, dashes and underscores, at most 64")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys(f"{where} ({key_id}): what stands after the colon is no base64") from None
    if len(secret) != _BYTES:
        raise BadKeys(f"{where} ({key_id}): it has {len(secret)} bytes, a key has {_BYTES}")
    if len(set(secret)) < _FEWEST_DIFFERENT:
        raise BadKeys(f"{where} ({key_id}): it is not random: make one with `maanwerk keys new`")
    return Key(key_id, secret)
