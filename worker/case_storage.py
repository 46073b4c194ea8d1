"""Opening the case file that the settings name."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from casefile.case_file import CaseFile
from casefile.database import Database, database_url

__all__ = ["NoCaseFile", "open_case_file"]


class NoCaseFile(LookupError):
    """There is no case file, or it can't be opened; the text is one line and says what to do."""


def open_case_file(url: str, *, create: bool) -> CaseFile:
    """Open the case file, with its tables up to date.

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
    if where.get_backend_name() == "sqlite" and where.database not in (None, "", ":memory:"):
        file = Path(where.database or "")
        if not create and not file.exists():
            raise NoCaseFile(f"there is no case file at {file} yet; import a list of open items first")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NoCaseFile(f"the folder {file.parent} can't be made: {error.strerror or error}") from None
    try:
        database = Database(url)
        database.migrate()
    except (SQLAlchemyError, ImportError) as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise NoCaseFile(f"the case file {shown} can't be opened: {cause}") from None
    return CaseFile(database)
