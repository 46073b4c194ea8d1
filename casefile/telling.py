"""Telling cases what a provider told, in the transaction in which that is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from casefile.case_file import Transaction
from domain.messages import inbox_id

__all__ = ["accept_once"]


def accept_once(transaction: Transaction, case_id: str, name: str, content: Mapping[str, object], at: datetime) -> bool:
    """Put a message that has an id into the inbox of a case; False when it was there already."""
    raw = json.dumps(content).encode()
    return transaction.inbox.accept(case_id, inbox_id(name, raw, str(content["id"])), name, raw, at)
