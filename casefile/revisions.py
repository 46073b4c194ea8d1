"""How far the tables of the case file are, and taking them back."""

from __future__ import annotations

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

import casefile
from casefile.database import Database
from casefile.opening import NoCaseFile

__all__ = ["revisions_of", "take_back_to"]


def revisions_of(url: str) -> tuple[str | None, str | None]:
    """The revision that the tables have (None: there are none), and the latest there is.

    Args:
        url: SQLAlchemy URL (`MAANWERK_DATABASE`).

    Raises:
        NoCaseFile: the database is not there, or can't be read.
    """
    latest = ScriptDirectory(str(Path(casefile.__file__).parent / "migrations")).get_current_head()
    database = _existing(url)
    try:
        with database.read() as connection:
            return MigrationContext.configure(connection).get_current_revision(), latest
    except SQLAlchemyError as problem:
        raise _unreadable(problem) from None
    finally:
        database.close()


def take_back_to(url: str, revision: str) -> None:
    """Take migrations back to a revision, which stays; what the tables taken back hold is lost.

    Args:
        url: SQLAlchemy URL (`MAANWERK_DATABASE`).
        revision: The revision, or `base`.

    Raises:
        NoCaseFile: the database is not there, or can't be written.
        CommandError: there is no such revision.
    """
    database = _existing(url)
    try:
        database.migrate_down(revision)
    except SQLAlchemyError as problem:
        raise _unreadable(problem) from None
    finally:
        database.close()


def _existing(url: str) -> Database:
    try:
        database = Database(url)
    except (SQLAlchemyError, ImportError) as problem:
        raise _unreadable(problem) from None
    where = database.engine.url
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").is_file():
        raise NoCaseFile(f"there is no case file at {where.database}: run `maanwerk migrate up`")
    return database


def _unreadable(problem: Exception) -> NoCaseFile:
    cause = str(getattr(problem, "orig", None) or problem).splitlines()[0]
    return NoCaseFile(f"the case file can't be used: {cause}")
