"""`POST /webhooks/gocardless`: up to 250 events in one signed request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import APIRouter, Request, Response

from api.webhooks.taking import Taking, by_content
from casefile.provider_events import ProviderEvent
from gateways.gocardless.signature import is_by_gocardless

__all__ = ["gocardless_events"]


def gocardless_events(secrets: Sequence[str], taking: Taking, now: Callable[[], datetime]) -> APIRouter:
    """The route.

    Args:
        secrets: Secrets of the webhook endpoint.
        taking: Stores and answers.
        now: The real clock.
    """
    router = APIRouter()

    @router.post("/webhooks/gocardless")
    async def receive(request: Request) -> Response:
        """Store the events; 401 where GoCardless did not sign them."""
        body = await taking.body(request)
        if body is None:
            return taking.too_large()
        if not is_by_gocardless(body, request.headers.get("Webhook-Signature"), secrets):
            return taking.refused(401, "the signature is not GoCardless's")
        # A request is brought again as it was: its events, each with an id of its own, count once by themselves.
        return await taking.keep((ProviderEvent("gocardless", by_content(body), body, now()),), 204)

    return router
