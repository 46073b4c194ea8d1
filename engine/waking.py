"""Waking cases: a nudge to those for which something follows from what another case of the debtor recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workflows.reception import NUDGE

__all__ = ["waking"]

_ANSWER = timedelta(seconds=5)


def waking(
    client: Client, told: Callable[[str], None] = lambda case_id: None
) -> Callable[[Sequence[str]], Awaitable[None]]:
    """Wakes cases; one that does not run, or can't be told now, is found late by the next round.

    Args:
        client: Connected to Temporal.
        told: Called with the id of each case that was woken; whoever moves virtual time waits for it.
    """

    async def wake(case_ids: Sequence[str]) -> None:
        for case_id in case_ids:
            try:
                await client.get_workflow_handle(case_id).signal(NUDGE, rpc_timeout=_ANSWER)
                told(case_id)
            except RPCError as problem:
                if problem.status is not RPCStatusCode.NOT_FOUND:
                    activity.logger.warning("another case of the debtor could not be woken")

    return wake
