"""`POST /webhooks/adyen`: standard webhooks of Adyen, of which every item is signed.

What is proved is stored and answered with 2xx whatever it says: Adyen keeps its queue in order, and brings nothing else
before it is rid of it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from fastapi import APIRouter, Request, Response

from api.webhooks.taking import Taking
from casefile.provider_events import ProviderEvent
from gateways.adyen.signature import is_adyens

__all__ = ["adyen_events"]

_MOST_ITEMS = 100


def adyen_events(keys: Sequence[str], user: str, taking: Taking, now: Callable[[], datetime]) -> APIRouter:
    """The route.

    Args:
        keys: HMAC keys of the webhook.
        user: `name:password` of its basic authentication; empty asks for none.
        taking: Stores and answers.
        now: The real clock.
    """
    router = APIRouter()

    @router.post("/webhooks/adyen")
    async def receive(request: Request) -> Response:
        """Store the items; 401 where one of them is not signed by Adyen."""
        if user and not _is_user(request.headers.get("Authorization"), user):
            return taking.refused(401, "the name and password are not those of Adyen's webhook")
        body = await taking.body(request)
        if body is None:
            return taking.too_large()
        items = _items(body)
        if not items or not all([is_adyens(item, keys) for item in items]):
            return taking.refused(401, "the signature of each item is not Adyen's")
        return await taking.keep((ProviderEvent("adyen", _own_id(items), body, now()),), 202, "[accepted]")

    return router


def _is_user(header: str | None, user: str) -> bool:
    kind, _, written = (header or "").partition(" ")
    if kind.lower() != "basic":
        return False
    try:
        given = base64.b64decode(written.strip().encode(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, user.encode())


def _items(body: bytes) -> list[Mapping[str, object]]:
    """The items of a request; none where it has not their form."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return []
    listed = told.get("notificationItems") if isinstance(told, dict) else None
    if not isinstance(listed, list) or len(listed) > _MOST_ITEMS:
        return []
    items = [each.get("NotificationRequestItem") if isinstance(each, dict) else None for each in listed]
    return [item for item in items if isinstance(item, dict)] if all(isinstance(i, dict) for i in items) else []


def _own_id(items: Sequence[Mapping[str, object]]) -> str:
    """Adyen's own key of an event: reference, kind and success (docs.adyen.com, "Handle duplicates")."""
    own = "+".join(":".join(str(item.get(name)) for name in ("pspReference", "eventCode", "success")) for item in items)
    if len(own) <= 200 and own.isascii() and own.isprintable():
        return own
    return f"sha256:{sha256(own.encode('utf-8', 'surrogatepass')).hexdigest()}"
