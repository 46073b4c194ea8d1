"""All dated tables of a law, for who watches until when they were checked."""

from __future__ import annotations

from typing import Any

from domain.law import be_tables, nl_tables
from domain.law.dated import DatedTable

__all__ = ["tables_of"]


def tables_of(law: str) -> tuple[DatedTable[Any], ...]:
    """The tables of a law, `NL` or `BE`; none of another."""
    modules = {"NL": nl_tables, "BE": be_tables}
    module = modules.get(law)
    if module is None:
        return ()
    return tuple(value for name, value in vars(module).items() if name.isupper() and isinstance(value, DatedTable))
