"""What the Temporal UI shows of a case: Markdown, without personal data."""

from __future__ import annotations

from domain.calendar import any_day
from domain.explain import because, what_comes_next
from domain.view import CaseView


def render_details(case_id: str, view: CaseView, timeline: tuple[str, ...]) -> str:
    """The current details of a case as Markdown.

    Args:
        case_id: Id of the case.
        view: Where it stands.
        timeline: Lines of the timeline, the oldest first; the last five are shown.
    """
    holds = ", ".join(h.kind + (f" until {h.until}" if h.until else "") for h in view.holds) or "none"
    why = "; ".join(because(blocker) for blocker in view.why) or "–"
    rows = [
        ("Stage", view.stage + (f" ({view.closed.value})" if view.closed else "")),
        ("Open", f"{view.open.text} {view.open.currency}"),
        ("Due", view.due.isoformat()),
        ("Holds", holds),
        ("Next", what_comes_next(view.decision, any_day(view.zone))),
        ("Why not now", why),
        ("Tasks", ", ".join(view.tasks) or "none"),
        ("Quarantine", f"{len(view.quarantined)} to look at" if view.quarantined else "empty"),
        ("Policy", view.policy),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    last = "\n".join(f"- {entry}" for entry in timeline[-5:])
    return f"### {case_id}\n\n| | |\n|---|---|\n{table}\n\n{last}\n"


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
    when = local_time(view)
    reason = view.why[0].code if view.why else ""
    if when is None:
        return f"{number}: {what} waits, {reason}"[:120]
    return f"{number}: {what} at {when}"[:120]
