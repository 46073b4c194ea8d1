"""`POST /webhooks/mollie-events`: Mollie's next-generation webhooks, signed; never at the unsigned one's address."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import APIRouter, Request, Response

from api.webhooks.taking import Taking, by_content
from casefile.provider_events import ProviderEvent
from gateways.mollie.signature import is_mollies

__all__ = ["mollie_events"]

_ID = re.compile(r"[A-Za-z0-9_\-]{1,150}", re.ASCII)


def mollie_events(secrets: Sequence[str], taking: Taking, now: Callable[[], datetime]) -> APIRouter:
    """The route.

    Args:
        secrets: Signing secrets of the subscription.
        taking: Stores and answers.
        now: The real clock.
    """
    router = APIRouter()

    @router.post("/webhooks/mollie-events")
    async def receive(request: Request) -> Response:
        """Store the event; 401 where Mollie did not sign it."""
        body = await taking.body(request)
        if body is None:
            return taking.too_large()
        if not is_mollies(body, request.headers.getlist("X-Mollie-Signature"), secrets):
            return taking.refused(401, "the signature is not Mollie's")
        own, entity = _named(body)
        about = f"mollie:{entity}" if entity.startswith("tr_") else ""
        return await taking.keep((ProviderEvent("mollie-events", own, body, now(), about=about),))

    return router


def _named(body: bytes) -> tuple[str, str]:
    """The id of an event, and of what it is about."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    said = told if isinstance(told, dict) else {}
    own, entity = said.get("id"), said.get("entityId")
    named = own if isinstance(own, str) and _ID.fullmatch(own) else by_content(body)
    return named, entity if isinstance(entity, str) and _ID.fullmatch(entity) else ""
