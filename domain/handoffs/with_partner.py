"""A case that a collection partner has: which file it is, how it stands there, and which partners had it before."""

from __future__ import annotations

from domain.case import Case
from domain.facts import AgencyReported, RecallAsked
from domain.handoffs.partner_state import PartnerState, last_of_state, state_of
from domain.sent import TakenStep

__all__ = ["file_of", "former_partners", "has_left", "lives_on", "recall_of", "reference_of", "reports_of", "stands_as"]

_LEFT: tuple[str, ...] = ("refused", "recalled", "closed")
"""Reports after which a partner has the file no more."""


def file_of(case: Case) -> TakenStep | None:
    """The hand-off whose file a partner has, or had last; None of a case that was never handed off."""
    # A loop: it is asked at every turn of every case, and making a generator takes longer than the looking.
    for step in reversed(case.taken):
        if step.kind == "hand_off":
            return step
    return None


def lives_on(case: Case) -> bool:
    """Whether a partner has the case and it is watched; with hand-offs of before, and imported ones, the case ended."""
    file = file_of(case)
    return file is not None and file.returned_on is None and file.partner is not None


def reports_of(case: Case) -> tuple[AgencyReported, ...]:
    """What the partner who has the file, or had it last, reported on it."""
    file = file_of(case)
    return tuple(each for each in case.reports if file is None or each.issue == file.issue)


def stands_as(case: Case) -> PartnerState | None:
    """How the file stands; None of a case that was never handed off."""
    if file_of(case) is None:
        return None
    state = state_of(reports_of(case))
    asked = recall_of(case) is not None and has_left(case) is None
    return "recall_asked" if asked else state


def has_left(case: Case) -> AgencyReported | None:
    """The report by which the partner has the file no more; None as long as he has it."""
    last = last_of_state(reports_of(case))
    return last if last is not None and last.status in _LEFT else None


def recall_of(case: Case) -> RecallAsked | None:
    """That we asked for the file back which he has; None where nobody did."""
    file = file_of(case)
    if file is None or file.returned_on is not None:
        return None
    return next((each for each in reversed(case.recalls) if each.issue == file.issue), None)


def reference_of(case: Case) -> str:
    """The partner's name for the file, as he said it last; empty where he never did."""
    return next((each.reference for each in reversed(reports_of(case)) if each.reference), "")


def former_partners(case: Case) -> frozenset[str]:
    """Partners who had the case and gave it back: none of them gets it again."""
    return frozenset(step.partner for step in case.taken if step.returned_on is not None and step.partner)
