"""Steps that are taken at their moment, by nobody's run."""

from __future__ import annotations

from activities.contracts import StepRequest, Turn
from activities.sending import Sending


async def taken(sending: Sending, request: StepRequest) -> Turn:
    """The turn after a step.

    Raises:
        ValueError: it was not taken.
    """
    turn = await sending.take(request, request.at, lambda: None, reconciling=False)
    if turn is None:
        raise ValueError(f"{request.case_id} took no step")
    return turn
