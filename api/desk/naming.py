"""What steps, stages and holds are called on a page."""

from __future__ import annotations

from markupsafe import Markup

from domain.views.step_names import STEPS, step_name
from services.desk.written import BESIDE_THE_LADDER
from services.reports.case_claim import DEADLINES
from speech.words import tr

__all__ = [
    "ACTIONS",
    "CHANNELS",
    "CONTACTS",
    "LETTERS",
    "STAGES",
    "STEPS",
    "capitalized",
    "channel_name",
    "contact_name",
    "deadline_name",
    "hold_name",
    "next_name",
    "stage_name",
    "step_name",
]

LETTERS: dict[str, str] = {letter: letter.replace("_", " ") for letter in BESIDE_THE_LADDER}
"""The letters beside the ladder."""

STAGES: dict[str, str] = {"new": "nothing sent yet", "handed_off": "handed off", "closed": "closed"}
"""Where a case stands, beside the step that it took last."""

CHANNELS: dict[str, str] = {
    "email": "email",
    "sms": "text message",
    "call": "telephone call",
    "post": "post",
    "registered": "registered post",
    "agency": "agency",
}
"""Ways in which a message goes."""

CONTACTS: dict[str, str] = {
    "finance": "finance",
    "purchasing": "purchasing",
    "management": "management",
    "debtor": "debtor",
}
"""What a contact is at the debtor."""

ACTIONS: dict[str, str] = {
    "send": "send",
    "task": "task for a person",
    "hand_off": "hand-off",
    "reconcile": "find out whether it went out",
    "close": "close",
    "wait": "waits",
}
"""What comes next, where no step says it."""


def stage_name(stage: str) -> str:
    """A stage as a page calls it."""
    return tr(STAGES[stage]) if stage in STAGES else step_name(stage)


def hold_name(kind: str) -> str:
    """A kind of hold as a page calls it."""
    return tr(kind.replace("_", " "))


def next_name(action: str, step: str | None) -> str:
    """What comes next as a page calls it."""
    return step_name(step) if step and action in ("send", "hand_off", "task") else tr(ACTIONS[action])


def channel_name(channel: str) -> str:
    """A channel as a page calls it."""
    return tr(CHANNELS.get(channel, channel))


def contact_name(role: str) -> str:
    """What a contact is, as a page calls it."""
    return tr(CONTACTS.get(role, role))


def deadline_name(kind: str) -> str:
    """What is lost after a deadline, as a page calls it."""
    return tr(next((words for known, words in DEADLINES.items() if known == kind), kind.replace("_", " ")))


def capitalized(text: str) -> str:
    """A text with a capital first, as a line begins; of what is HTML already only a letter is changed."""
    first = text[:1].upper() + text[1:]
    return Markup(first) if isinstance(text, Markup) else first
