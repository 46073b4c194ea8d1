"""Opening the case file that the settings name."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from casefile.database import Database, database_url, sqlite_file
from machine.own_folder import FOLDER, is_ours
from machine.private import close_folder, make_folder
from machine.regular import check_plain

if TYPE_CHECKING:
    from casefile.case_file import CaseFile

__all__ = ["NoCaseFile", "is_new", "open_case_file", "open_connections", "open_database"]


class NoCaseFile(LookupError):
    """There is no case file, or it can't be opened; the text is one line and says what to do."""


def is_new(url: str) -> bool:
    """Whether opening it would begin a new case file: there is none there yet, or one of 0 bytes (SQLite)."""
    try:
        where = database_url(url)
    except ArgumentError:
        return False
    file = sqlite_file(where)
    return file is not None and not (file.exists() and file.stat().st_size)


def open_case_file(url: str, *, create: bool) -> CaseFile:
    """Open the case file, with its tables up to date; see `open_database`."""
    # A list does without it, and begins quicker.
    from casefile.case_file import CaseFile

    return CaseFile(open_database(url, create=create))


def open_database(url: str, *, create: bool) -> Database:
    """Open the database of the case file, with its tables up to date.

    Args:
        url: URL of the database (`MAANWERK_DATABASE`).
        create: Whether to begin a new one where there is none (SQLite).

    Raises:
        NoCaseFile: it is not there, or can't be opened.
    """
    try:
        where = database_url(url)
    except ArgumentError:
        hint = "write it like sqlite:///var/case-file.sqlite3 or postgresql://user:password@host/database"
        raise NoCaseFile(f"MAANWERK_DATABASE is no database URL; {hint}") from None
    shown = where.render_as_string(hide_password=True)
    if (file := sqlite_file(where)) is not None:
        if not create and not file.exists():
            raise NoCaseFile(f"there is no case file at {file.absolute()} yet; import a list of open items first")
        log = file.with_name(f"{file.name}-wal")
        if is_new(url) and log.exists() and log.stat().st_size:
            # SQLite deletes the log when it begins a new file there, and what was written last with it.
            raise NoCaseFile(
                f"there is no case file at {file}, but what was last written into one ({log}): "
                "put the file back beside it, or move the log away"
            )
        try:
            make_folder(file.parent)
            if file.parent.name == FOLDER.name:
                close_folder(file.parent, is_ours)
        except OSError as error:
            raise NoCaseFile(f"the folder {file.parent} can't be made: {error.strerror or error}") from None
        try:
            if file.exists():
                check_plain(file.stat().st_mode)
        except OSError as error:
            raise NoCaseFile(f"the case file {file} can't be opened: {error.strerror or error}") from None
    try:
        database = Database(url)
        database.migrate()
    except (SQLAlchemyError, ImportError, OSError) as error:
        cause = str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).splitlines()[0]
        raise NoCaseFile(f"the case file {shown} can't be opened: {cause}") from None
    return database


def open_connections(database: Database, count: int) -> None:
    """Open so many connections, which wait for who needs them: each takes a while, and several are needed at once."""
    with ExitStack() as open_at_once:
        for _ in range(count):
            open_at_once.enter_context(database.engine.connect())
