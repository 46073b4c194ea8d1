"""`POST /webhooks/stripe`: events of Stripe, signed with the time at which they were sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import APIRouter, Request, Response

from api.webhooks.taking import Taking, by_content
from casefile.provider_events import ProviderEvent
from gateways.stripe.signature import is_stripes

__all__ = ["stripe_events"]

_ID = re.compile(r"evt_[A-Za-z0-9_]{1,150}", re.ASCII)


def stripe_events(secrets: Sequence[str], taking: Taking, now: Callable[[], datetime]) -> APIRouter:
    """The route.

    Args:
        secrets: Signing secrets of the endpoint.
        taking: Stores and answers.
        now: The real clock.
    """
    router = APIRouter()

    @router.post("/webhooks/stripe")
    async def receive(request: Request) -> Response:
        """Store the event; 401 where Stripe did not sign it within five minutes of now."""
        body = await taking.body(request)
        if body is None:
            return taking.too_large()
        if not is_stripes(body, request.headers.get("Stripe-Signature"), secrets, now()):
            return taking.refused(401, "the signature is not Stripe's, or not of this moment")
        return await taking.keep((ProviderEvent("stripe", _own_id(body), body, now()),))

    return router


def _own_id(body: bytes) -> str:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    own = told.get("id") if isinstance(told, dict) else None
    return own if isinstance(own, str) and _ID.fullmatch(own) else by_content(body)
