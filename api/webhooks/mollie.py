"""`POST /webhooks/mollie`: Mollie's classic webhook, unsigned: an id in a form, whose payment is read back.

The address that we give along with a payment link ends in `?link=…`, which Mollie alone knows: it proves that the event
is about that link. Who looks whether it is one of ours is who reads the event.

Whoever posts an id makes us ask Mollie about it, and nothing else: what is told comes from Mollie alone. An id that
Mollie does not know is answered with 200 too, so that nobody learns which there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response

from api.webhooks.taking import Taking
from casefile.provider_events import ProviderEvent

__all__ = ["mollie_posts"]

_ID = re.compile(r"tr_[A-Za-z0-9]{1,60}", re.ASCII)
_LARGEST = 1000
_LONGEST_PROOF = 200


def mollie_posts(taking: Taking, now: Callable[[], datetime]) -> APIRouter:
    """The route.

    Args:
        taking: Stores and answers.
        now: The real clock.
    """
    router = APIRouter()

    @router.post("/webhooks/mollie")
    async def receive(request: Request) -> Response:
        """Store the id; 400 where it is none of a payment."""
        body = await taking.body(request)
        if body is None or len(body) > _LARGEST:
            return taking.too_large()
        named = _named(body)
        if named is None:
            return taking.refused(400, "it names no payment of Mollie: id=tr_…")
        proof = request.query_params.get("link", "")
        link = sha256(proof.encode()).hexdigest() if 0 < len(proof) <= _LONGEST_PROOF else ""
        event = ProviderEvent("mollie", named, body, now(), about=f"mollie:{named}", knocks=True, link=link)
        return await taking.keep((event,))

    return router


def _named(body: bytes) -> str | None:
    """The payment that a form names, if it names just one."""
    try:
        named = parse_qs(body.decode("ascii"), max_num_fields=10).get("id", [])
    except ValueError:
        return None
    return named[0] if len(named) == 1 and _ID.fullmatch(named[0]) else None
