"""A condition on many ids, in one text of SQL however many there are where the database can do that."""

from __future__ import annotations

from sqlalchemy import ARRAY, ColumnElement, bindparam
from sqlalchemy.sql.expression import any_

__all__ = ["among"]


def among(dialect: str, column: ColumnElement[str], name: str = "ids") -> ColumnElement[bool]:
    """Whether a column is one of those that the parameter of this name lists.

    PostgreSQL would plan a text with fifty parameters anew each time, and the driver prepare it for each number.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(bindparam(name, expanding=True))
