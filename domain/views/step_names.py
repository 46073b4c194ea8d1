"""What the steps of policies are called where people read of them."""

from __future__ import annotations

from speech.words import spoken_language, tr

__all__ = ["STEPS", "named_step", "step_name", "with_named_step"]

STEPS: dict[str, str] = {
    "reminder": "reminder",
    "first_reminder": "first reminder",
    "second_reminder": "second reminder",
    "final_reminder": "final reminder",
    "call": "call",
    "manager_call": "manager call",
    "service_call": "service call",
    "notice": "notice",
    "final_demand": "final demand",
    "supply_stop": "supply stop",
    "handoff": "hand-off",
}
"""The steps of the shipped policies; any other is called as its policy writes it."""


def step_name(step: str | None) -> str:
    """A step as a page calls it."""
    if not step:
        return ""
    return tr(STEPS.get(step, step.replace("_", " ")))


def named_step(step: str) -> str:
    """A step in the language that is spoken; in English its id, by which commands and programs know it."""
    words = step.replace("_", " ")
    said = step_name(step)
    return step if spoken_language() == "en" or said == words else said


def with_named_step(line: str) -> str:
    """A line of the timeline that begins with the id of a step (`notice: held back`), with its name."""
    step, colon, rest = line.partition(":")
    return f"{step_name(step)}:{rest}" if colon and step in STEPS else line
