"""What a partner is told of a file that he has, in the form of `Notice` in `docs/agency.openapi.yaml`."""

from __future__ import annotations

import json

from domain.send_key import opaque_key
from gateways.told import Told

__all__ = ["notice_body"]

_KINDS = (
    "payment",
    "payment_reversed",
    "credit",
    "write_off",
    "dispute",
    "dispute_resolved",
    "debtor_status",
    "hold",
    "recall",
)


def notice_body(key: str, content: bytes) -> dict[str, object]:
    """The notice: of what was composed what the document has, and nothing else.

    Args:
        key: Its send key.
        content: As it was composed.
    """
    told = Told(json.loads(content))
    about, left = told.text("about"), told.sub("open")
    says = {name: told.text(name) for name in ("case", "amount", "currency", "reason", "payment") if told.text(name)}
    owed = {name: left.text(name) for name in ("principal", "interest", "costs", "total", "currency", "on")}
    return {
        "id": opaque_key(key),
        "kind": about if about in _KINDS else "other",
        "on": told.text("on"),
        **says,
        **({"open": owed} if all(owed.values()) else {}),
    }
