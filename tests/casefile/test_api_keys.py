"""Keys of the API: shown once, kept as a hash, found by it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event

from casefile.api_keys import Role, create_key, key_of, keys, revoke_key
from casefile.case_file import CaseFile
from tests.casefile.builders import NOW, opened

LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    return opened(tmp_path / "f.sqlite3")


def test_a_key_is_found_by_its_secret_and_says_what_it_may(file: CaseFile) -> None:
    made = create_key(file, "bookkeeping", Role.OPERATE, NOW, LATER)
    assert key_of(file, made.secret) == made.key
    assert (made.key.name, made.key.role, made.key.expires_at) == ("bookkeeping", Role.OPERATE, LATER)
    assert re.fullmatch(r"mk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", made.secret), "256 random bits"
    assert made.secret.startswith(f"mk_{made.key.id}_")


@pytest.mark.parametrize("secret", ["", "mk_", "none", "\0", "\ud800", "x" * 10_000, "é", "mk_00000000_"])
def test_what_is_no_secret_finds_no_key(file: CaseFile, secret: str) -> None:
    create_key(file, "bookkeeping", Role.READ, NOW)
    assert key_of(file, secret) is None


def test_of_a_secret_only_its_hash_is_kept(file: CaseFile) -> None:
    made = create_key(file, "bookkeeping", Role.READ, NOW)
    with file.database.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM api_keys").all()
    assert sha256(made.secret.encode()).hexdigest() in row
    assert made.secret not in str(row) and made.secret.removeprefix(f"mk_{made.key.id}_") not in str(row)


def test_a_key_is_looked_for_by_its_hash_in_one_statement_that_never_names_the_secret(file: CaseFile) -> None:
    """A comparison sign by sign would tell by its time how much was right."""
    made = create_key(file, "bookkeeping", Role.READ, NOW)
    asked: list[str] = []

    def listen(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append(f"{statement} {parameters}")

    event.listen(file.database.engine, "before_cursor_execute", listen)
    for secret in (made.secret, made.secret[:-1] + "x", "none"):
        asked.clear()
        key_of(file, secret)
        (only,) = [each for each in asked if "SELECT" in each]
        assert sha256(secret.encode()).hexdigest() in only
        assert secret not in only or secret == "none"


def test_a_key_opens_until_it_expires_or_is_revoked(file: CaseFile) -> None:
    made = create_key(file, "bookkeeping", Role.READ, NOW, LATER)
    assert made.key.opens(NOW) and not made.key.opens(LATER)
    assert revoke_key(file, made.key.id, NOW)
    revoked = key_of(file, made.secret)
    assert revoked is not None and not revoked.opens(NOW)
    assert not revoke_key(file, made.key.id, LATER), "once is enough, and the first moment stands"
    assert not revoke_key(file, "none", NOW)
    assert keys(file)[0].revoked_at == NOW


def test_each_role_may_what_those_before_it_may() -> None:
    may = {role: {other for other in Role if role.includes(other)} for role in Role}
    assert may == {Role.READ: {Role.READ}, Role.OPERATE: {Role.READ, Role.OPERATE}, Role.ADMIN: set(Role)}


def test_all_keys_are_listed_the_oldest_first(file: CaseFile) -> None:
    second = create_key(file, "b", Role.READ, LATER)
    first = create_key(file, "a", Role.ADMIN, NOW)
    assert keys(file) == (first.key, second.key)
