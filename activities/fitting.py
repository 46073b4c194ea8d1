"""How much of a turn goes into the history: what those who watch need, and never near what Temporal refuses.

A result above `limit.blobSize.error` ends the run that brings it, so whatever a case was told, its turns stay small.
The case file has everything.
"""

from __future__ import annotations

from activities.contracts import Answer, Turn
from domain.views.case_view import CaseView

__all__ = ["LINES", "fitted"]

LINES = 50
"""Lines of the timeline that a workflow shows."""
_LONGEST_LINE = 400
_LONGEST_REFUSAL = 2000
_MOST_NAMED = 20
"""Most messages in quarantine, and most of anything else, that a view names one by one."""


def fitted(turn: Turn) -> Turn:
    """The turn, with the last lines only, long texts cut, and of long lists the first ones and their number."""
    changes: dict[str, object] = {}
    lines = tuple(_cut(line, _LONGEST_LINE) for line in turn.timeline[-LINES:])
    if lines != turn.timeline:
        changes["timeline"] = lines
    answers = tuple(_answer(answer) for answer in turn.answers)
    if answers != turn.answers:
        changes["answers"] = answers
    if len(turn.summary) > _LONGEST_LINE:
        changes["summary"] = _cut(turn.summary, _LONGEST_LINE)
    if turn.view is not None and (view := _view(turn.view)) is not turn.view:
        changes["view"] = view
    return turn.model_copy(update=changes) if changes else turn


def _answer(answer: Answer) -> Answer:
    if answer.refusal is None or len(answer.refusal) <= _LONGEST_REFUSAL:
        return answer
    return answer.model_copy(update={"refusal": _cut(answer.refusal, _LONGEST_REFUSAL)})


def _view(view: CaseView) -> CaseView:
    changes: dict[str, object] = {}
    more = len(view.quarantined) - _MOST_NAMED
    if more > 0:
        changes |= {"quarantined": view.quarantined[:_MOST_NAMED], "more_quarantined": more}
    if len(view.tasks) > _MOST_NAMED:
        changes["tasks"] = view.tasks[:_MOST_NAMED]
    if len(view.holds) > _MOST_NAMED:
        changes["holds"] = view.holds[:_MOST_NAMED]
    if len(view.why) > _MOST_NAMED:
        changes["why"] = view.why[:_MOST_NAMED]
    return view.model_copy(update=changes) if changes else view


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
