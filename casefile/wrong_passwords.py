"""Wrong passwords, counted for all processes and over restarts: of a login from an address, and from an address.

A try is written down before its password is looked at, and taken away again when that was right: so many at once are no
more than so many in a row. Who keeps typing a login that he does not know the password of holds back nobody but those
at his own address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from casefile import desk_tables as td
from casefile.case_file import CaseFile
from casefile.people import folded
from casefile.session import moment_text

__all__ = ["COUNTED_FOR", "MOST_OF_ADDRESS", "MOST_OF_LOGIN", "Try", "begin_try", "was_right"]

MOST_OF_LOGIN = 5
MOST_OF_ADDRESS = 30
COUNTED_FOR = timedelta(minutes=15)
"""Wrong passwords in so long: of one login from one address, and from one address."""


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody tries to sign in.

    Attributes:
        login: Hash of what he typed for it.
        address: Hash of where he comes from.
        left: How many more he has when this one is wrong.
    """

    login: str
    address: str
    left: int


def begin_try(file: CaseFile, login: str, address: str, at: datetime) -> Try | None:
    """Count a try before its password is looked at; None: too many were wrong, and this one is not looked at.

    Args:
        file: The case file.
        login: As he typed it.
        address: From where.
        at: Now, aware.
    """
    c = td.wrong_passwords.c
    of_login, of_address = _hash(folded(login)), _hash(address)
    with file.database.write(whole=False) as connection:
        connection.execute(delete(td.wrong_passwords).where(c.at <= moment_text(at - COUNTED_FOR)))
        # Of those that come at once each counts the others, where the database lets several write.
        file.database.lock(connection, f"wrong passwords {of_address}")
        wrong = _count(connection, c.login == of_login, c.address == of_address)
        if wrong >= MOST_OF_LOGIN or _count(connection, c.address == of_address) >= MOST_OF_ADDRESS:
            return None
        row = {"at": moment_text(at), "login": of_login, "address": of_address}
        connection.execute(insert(td.wrong_passwords), row)
    return Try(of_login, of_address, MOST_OF_LOGIN - wrong - 1)


def was_right(file: CaseFile, tried: Try) -> None:
    """The password was right: what was wrong of this login from there is forgotten."""
    c = td.wrong_passwords.c
    with file.database.write(whole=False) as connection:
        own = delete(td.wrong_passwords).where(c.login == tried.login, c.address == tried.address)
        connection.execute(own)


def _count(connection: Connection, *of: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(td.wrong_passwords).where(*of)) or 0


def _hash(text: str) -> str:
    # What is typed for a login may be a password.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
