"""All tables of the case file, whatever file they stand in: for who goes through them."""

from __future__ import annotations

from casefile import (
    agency_tables,
    api_tables,
    desk_tables,
    feedback_tables,
    intake_tables,
    list_tables,
    outgoing_tables,
    payment_tables,
    remittance_tables,
    today_tables,
)
from casefile.tables import PARTIAL, metadata

__all__ = [
    "agency_tables",
    "api_tables",
    "desk_tables",
    "feedback_tables",
    "intake_tables",
    "list_tables",
    "metadata",
    "outgoing_tables",
    "payment_tables",
    "remittance_tables",
    "today_tables",
]

for _index, _where in PARTIAL:
    for _dialect in ("sqlite", "postgresql"):
        _index.dialect_options[_dialect]["where"] = _where
