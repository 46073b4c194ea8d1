"""Whose cases and tasks Today tells of: everybody's, or those of who looks; by its address, else as he kept it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs

from api.desk.visiting import Visit
from casefile.saved_views import views_of
from casefile.session import Session

__all__ = ["TODAY", "Whose", "whose_today"]

TODAY = "vandaag"
"""Of which list the kept view of Today is."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose Today is shown.

    Attributes:
        is_mine: Whether that of who looks.
        kept: Id of the view by which it opens so; empty: it opens with everybody's.
    """

    is_mine: bool
    kept: str

    @property
    def may_keep(self) -> bool:
        """Whether there is something to keep, or to keep no more."""
        return self.is_mine or bool(self.kept)


def whose_today(session: Session, visit: Visit) -> Whose:
    """Whose, by the address of a visit, else as its user kept it."""
    own = [each for each in views_of(session, visit.user.id, TODAY) if each.user_id == visit.user.id]
    kept = own[0].id if own else ""
    standing = parse_qs(own[0].query).get("van", [""])[0] if own else ""
    return Whose(visit.request.query_params.get("van", standing) == "ik", kept)
