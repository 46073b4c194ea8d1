"""What the Temporal UI shows of a case: Markdown, without personal data."""

from __future__ import annotations

import re

from domain.calendar import any_day
from domain.decision import Blocker
from domain.explain import because, day_text, task_text, what_comes_next
from domain.view import CaseView, HoldView

_BETWEEN_COLUMNS = "\u2003"
"""The UI's table puts nothing between its columns, so the labels bring their own space (an em space)."""

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


def render_details(case_id: str, view: CaseView, timeline: tuple[str, ...]) -> str:
    """The current details of a case as Markdown.

    What matters first stands first: what comes next, or that it is closed; then the facts; then the last events.

    Args:
        case_id: Id of the case.
        view: Where it stands.
        timeline: Lines of the timeline, the oldest first; the last five are shown, the newest on top.
    """
    rows = [
        ("Stage", view.stage),
        ("Open", _open(view)),
        ("Due", day_text(view.due)),
        ("On hold", "; ".join(_hold(hold) for hold in view.holds) or "no"),
        ("Why not now", _why(view)),
        ("To do", "; ".join(f"{task_text(task)} ({task})" for task in view.tasks) or "nothing"),
        ("Quarantine", f"{len(view.quarantined)} to look at" if view.quarantined else "empty"),
        ("Policy", view.policy),
    ]
    if view.failing:
        rows.insert(0, ("Trouble", "the last try failed; it is tried again"))
    if view.closed is not None:
        rows = [row for row in rows if row[0] not in ("On hold", "Why not now")]
    table = "\n".join(f"| **{name}**{_BETWEEN_COLUMNS} | {_plain(value)} |" for name, value in rows)
    last = "\n".join(f"- {_plain(entry)}" for entry in reversed(timeline[-5:]))
    head = f"### {_plain(case_id)}\n\n**{_plain(_headline(view))}**"
    return f"{head}\n\n| | |\n|---|---|\n{table}\n\nLast events\n\n{last}\n"


def _headline(view: CaseView) -> str:
    nexts = what_comes_next(view.decision, any_day(view.zone))
    return f"{nexts[:1].upper()}{nexts[1:]}" if view.next == "close" else f"Next: {nexts}"


def _open(view: CaseView) -> str:
    over = f", {view.overpaid.text} paid too much" if view.overpaid else ""
    return f"{view.open.text} {view.open.currency}{over}"


def _why(view: CaseView) -> str:
    """Every hold, also one that does not decide the moment, then what else stands in the way."""
    holds = [hold.kind for hold in view.holds]
    held = [Blocker.model_validate({"code": hold.kind, "until": hold.until}) for hold in view.holds]
    others = [blocker for blocker in view.why if blocker.code not in holds]
    return "; ".join(because(blocker) for blocker in (*held, *others)) or "nothing stands in the way"


def _hold(hold: HoldView) -> str:
    until = f" until {day_text(hold.until)}" if hold.until else ", no end"
    return f"{hold.kind.replace('_', ' ')}{until}"


def _plain(text: str) -> str:
    """Text that somebody may have typed, as one line that is no Markdown."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def local_time(view: CaseView) -> str | None:
    """The moment of what comes next in the policy's zone, such as `Tue 2026-03-10 09:00`."""
    if view.at is None:
        return None
    return any_day(view.zone).local(view.at).strftime("%a %Y-%m-%d %H:%M")


def summary_of(number: str, view: CaseView) -> str:
    """One line on what a case waits for, for timers and activities in the UI (at most 120 characters)."""
    if view.closed is not None and view.next == "close":
        return f"{number}: closed, {view.closed.value}"[:120]
    what = view.step or (view.tasks[0] if view.tasks else view.next)
    if view.next == "reconcile":
        what = f"find out what became of {view.step}"
    if view.next == "task" and view.task is not None:
        what = f"ask a person to {task_text(view.task)}"
    when = local_time(view)
    reason = view.why[0].code if view.why else ""
    if when is None:
        return f"{number}: {what} waits, {reason}"[:120]
    return f"{number}: {what} at {when}"[:120]
