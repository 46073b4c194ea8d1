"""The whole content of a case file, taken out and put back: a backup and a restore on either database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CompoundSelect, literal_column, select, union_all

from casefile.all_tables import metadata
from casefile.case_file import CaseFile
from tests.postgresql import MADE_WITH_THE_TABLES

Content = dict[str, list[dict[str, Any]]]

_TABLES = tuple(metadata.sorted_tables)
# Made once, and asked of those tables in which anything is: a test fills a few.
_FILLED: CompoundSelect[Any] = union_all(
    *(select(literal_column(f"'{table.name}'")).where(select(table).exists()) for table in _TABLES)
)
_ROWS = {table.name: table.select().order_by(*table.primary_key.columns) for table in _TABLES}
_EMPTIED = {table.name: table.delete() for table in reversed(_TABLES)}


def content_of(file: CaseFile) -> Content:
    """Every row of every table, in the order of their keys: a database gives them in any."""
    with file.read() as transaction:
        connection = transaction.session.connection
        filled = set(connection.scalars(_FILLED))
        return {
            name: [dict(row._mapping) for row in connection.execute(rows)] if name in filled else []
            for name, rows in _ROWS.items()
        }


def put_back(file: CaseFile, content: Content) -> None:
    """Replace everything that is in the case file; what processes remember of it they go on remembering."""
    with file.write() as transaction:
        connection = transaction.session.connection
        filled = set(connection.scalars(_FILLED))
        for name, emptied_table in _EMPTIED.items():
            if name in filled:
                connection.execute(emptied_table)
        for table in _TABLES:
            if content[table.name]:
                connection.execute(table.insert(), content[table.name])


def without_case(content: Content, case_id: str) -> Content:
    """The content without anything of one case."""
    return {
        name: [row for row in rows if case_id not in (row.get("case_id"), row.get("id"))]
        for name, rows in content.items()
    }


def of_another_file(content: Content, file_id: str) -> Content:
    """The same content, in a case file of another id."""
    return {**content, "identity": [{**content["identity"][0], "id": file_id}]}


def emptied(content: Content) -> Content:
    """Nothing but the tables and what is made with them: also a file of 0 bytes, once its tables were made."""
    return {name: rows if name in MADE_WITH_THE_TABLES else [] for name, rows in content.items()}
