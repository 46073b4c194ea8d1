"""What takes two people, as a line of the timeline."""

from __future__ import annotations

from domain import facts as f
from speech.words import tr

__all__ = ["asked_text", "signature_line"]


def signature_line(fact: f.SignatureAsked | f.SignatureSettled) -> str:
    """The line."""
    what = asked_text(fact.request)
    if isinstance(fact, f.SignatureAsked):
        return tr("{what}, {amount}: asked, waits for a second person", what=what, amount=fact.amount.text)
    if fact.outcome == "confirmed":
        return tr("{what}: a second person signed for it", what=what)
    if fact.outcome == "refused":
        return tr("{what}: refused, nothing is done", what=what)
    return tr("{what}: nobody signed for it in time, or the case changed; it has lapsed", what=what)


def asked_text(request: str) -> str:
    """What is asked, in a few words."""
    match request:
        case "write_off":
            return tr("write off")
        case "record_refund":
            return tr("give back")
        case "approve_handoff":
            return tr("approve the hand-off")
        case "change_policy":
            return tr("change the policy")
        case _:
            return tr("give notice anew")
