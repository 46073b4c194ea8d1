"""What a user did just now on such a page, as the address that he is led to names it."""

from __future__ import annotations

from collections.abc import Collection

from api.desk.visiting import Visit
from casefile.acts import Recorded, acts

__all__ = ["settled_now"]


def settled_now(visit: Visit, names: Collection[str]) -> Recorded | None:
    """The row of the log that `gedaan` names; of others, or of something else, nothing.

    Args:
        visit: Who looks.
        names: What is done on the page.
    """
    asked = visit.request.query_params.get("gedaan", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        return None
    row = next(iter(acts(visit.desk.inside.file, before=int(asked) + 1, most=1)), None)
    known = row is not None and row.seq == int(asked) and row.act in names
    return row if row is not None and known and row.key_id == visit.user.id else None
