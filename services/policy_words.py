"""The kinds of change of a policy, in words: for the terminal and the desk alike."""

from __future__ import annotations

from services.policy_change import Kind
from speech.words import tr

__all__ = ["change_text"]


def change_text(kind: Kind | str) -> str:
    """A kind of change, in a few words."""
    match kind:
        case "closes":
            return tr("would be closed")
        case "reopens":
            return tr("would not be closed any more")
        case "other_step":
            return tr("would be at another rung")
        case "ends":
            return tr("would have no next rung")
        case "earlier":
            return tr("something comes earlier")
        case "later":
            return tr("something comes later")
        case "other_channel":
            return tr("goes another way")
        case "more_costs":
            return tr("more collection costs")
        case _:
            return tr("less collection costs")
