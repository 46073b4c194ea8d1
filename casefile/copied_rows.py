"""Many new rows, brought to PostgreSQL by COPY: an INSERT for each costs it, and us, three times as much.

SQLAlchemy makes and watches the statement as ever, and says what went wrong; only how the rows go is another.
"""

from __future__ import annotations

from typing import Any

__all__ = ["COPIED", "copy_rows"]

COPIED = "maanwerk_copied"
"""Option of an INSERT of rows that are all new, and which gives nothing back."""

_LEAST = 8
"""Rows below which a COPY, which goes to the server and back twice, is not worth it."""


def copy_rows(cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    """Bring rows by COPY in place of the INSERT that SQLAlchemy is about to run for each.

    Args:
        cursor: psycopg's.
        statement: The INSERT.
        parameters: The values of each row, by column.
        context: SQLAlchemy's, of the statement.

    Returns:
        Whether it was done; None where it is left to SQLAlchemy.
    """
    if not context.execution_options.get(COPIED) or len(parameters) < _LEAST:
        return None
    names = context.dialect.identifier_preparer
    columns = ", ".join(names.quote(column) for column in parameters[0])
    with cursor.copy(f"COPY {names.format_table(context.compiled.statement.table)} ({columns}) FROM STDIN") as copy:
        for row in parameters:
            copy.write_row(tuple(row.values()))
    return True
