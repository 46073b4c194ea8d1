"""What the Temporal UI shows of a case: Markdown, without personal data."""

from __future__ import annotations

import re

from domain.calendar import any_day
from domain.planning.decision import Blocker
from domain.tasks import is_known_task, task_text
from domain.views.case_view import CaseView, HoldView
from domain.views.explain import because, day_text, what_comes_next

_BETWEEN_COLUMNS = "\u2003"
"""The UI's table puts nothing between its columns, so the labels bring their own space (an em space)."""

CODES_HEAD = "### Codes and days only"
"""How details begin that hold no amount, no number and no word that a person typed; the others begin with a case id."""

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


def render_details(case_id: str, view: CaseView, timeline: tuple[str, ...]) -> str:
    """The current details of a case as Markdown.

    What matters first stands first: what comes next, or that it is closed; then the facts; then the last events. Of a
    view with `codes_only` the number, the amounts, and the last events, which are full of both, are left out.

    Args:
        case_id: Id of the case.
        view: Where it stands.
        timeline: Lines of the timeline, the oldest first; the last five are shown, the newest on top.
    """
    rows = [
        ("Stage", view.stage),
        ("With the partner", (view.partner_state or "").replace("_", " ")),
        ("Due", day_text(view.due)),
        ("On hold", "; ".join(_hold(hold) for hold in view.holds) or "no"),
        ("Why not now", _why(view)),
        ("To do", "; ".join(_to_do(view)) or "nothing"),
        (
            "Quarantine",
            f"{len(view.quarantined) + view.more_quarantined} to look at" if view.quarantined else "empty",
        ),
        ("Policy", view.policy),
    ]
    if not view.codes_only:
        rows.insert(1, ("Open", _open(view)))
    if view.failing:
        rows.insert(0, ("Trouble", "the last try failed; it is tried again"))
    if view.closed is not None:
        rows = [row for row in rows if row[0] not in ("On hold", "Why not now")]
    table = "\n".join(f"| **{name}**{_BETWEEN_COLUMNS} | {_plain(value)} |" for name, value in rows if value)
    told = f"**{_plain(_headline(view))}**\n\n| | |\n|---|---|\n{table}\n"
    if view.codes_only:
        return f"{CODES_HEAD}\n\n{told}\nAmounts and events: `maanwerk case show`\n"
    last = "\n".join(f"- {_plain(entry)}" for entry in reversed(timeline[-5:]))
    return f"### {_plain(case_id)}\n\n{told}\nLast events\n\n{last}\n"


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


def _to_do(view: CaseView) -> list[str]:
    """The open tasks. Anybody may raise one by a name of his own, which is a word that a person typed."""
    if not view.codes_only:
        return [f"{task_text(task)} ({task})" for task in view.tasks]
    known = [f"{task_text(task)} ({task})" for task in view.tasks if is_known_task(task)]
    others = len(view.tasks) - len(known)
    return [*known, f"{others} with a name of its own"] if others else known


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
    """One line on what a case waits for, for timers and activities in the UI (at most 120 characters).

    Of a view with `codes_only` it is without the number: the step, and when.
    """
    head = "" if view.codes_only else f"{number}: "
    if view.closed is not None and view.next == "close":
        return f"{head}closed, {view.closed.value}"[:120]
    tasks = [task for task in view.tasks if is_known_task(task)] if view.codes_only else view.tasks
    what = view.step or (tasks[0] if tasks else view.next)
    if view.next == "reconcile":
        what = f"find out what became of {view.step}"
    if view.next == "task" and view.task is not None:
        what = f"ask a person to {task_text(view.task)}"
    when = local_time(view)
    reason = view.why[0].code if view.why else ""
    if when is None:
        return f"{head}{what} waits, {reason}"[:120]
    return f"{head}{what} at {when}"[:120]
