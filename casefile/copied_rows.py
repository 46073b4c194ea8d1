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

_BROUGHT, _PLANNED_ANEW_AT = "maanwerk_rows_brought", "maanwerk_rows_planned_anew_at"
_FEW = 500
"""Rows that are brought over a connection before plans can be wrong by much."""


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
    _plan_anew(context.root_connection, cursor, len(parameters))
    return True


def _plan_anew(connection: Any, cursor: Any, more: int) -> None:
    """Have the server plan anew what it was asked before, whenever twice as many rows were brought.

    It keeps the plan of a statement, and of the look whether the case of a row is there, until it counts a table anew,
    a minute later at best. Made while there were few rows, that plan reads all of the table.
    """
    brought = connection.info.get(_BROUGHT, 0) + more
    connection.info[_BROUGHT] = brought
    if brought >= connection.info.get(_PLANNED_ANEW_AT, _FEW):
        cursor.connection.execute("DISCARD PLANS")
        connection.info[_PLANNED_ANEW_AT] = 2 * brought
