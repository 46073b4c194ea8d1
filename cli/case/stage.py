"""Where a case stands on its ladder, in words."""

from speech.words import tr

__all__ = ["stage_text"]

_OURS = {"new": "new", "closed": "closed", "handed_off": "handed_off"}
"""Stages that are no step of a policy: a step's id stays as the policy writes it."""


def stage_text(stage: str, closed: str | None = None) -> str:
    """Return the stage in words, with the reason of a closed case.

    Args:
        stage: `new`, `closed`, `handed_off`, or the id of a step.
        closed: Why it is closed; None while it is open.
    """
    told = tr(_OURS[stage]) if stage in _OURS else stage
    return told if closed in (None, stage) else f"{told} ({tr(closed or '')})"
