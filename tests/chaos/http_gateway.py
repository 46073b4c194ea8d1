"""A gateway to the loopback provider, as one to a real provider would be: one request, a short time-out, no retry."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from domain.clock import REAL_TIME, Clock
from services.ports import CannotTell, Finding, Found, NotTaken, NotThere, OutcomeUnknown, Outgoing, Refused, Sent


class HttpGateway:
    """Every channel over one provider.

    Args:
        port: The provider's port on the loopback interface.
        timeout: Seconds after which a request is given up; less than a step may take.
        lag: Seconds after which the provider's list shows what it took.
        clock: The clock of the cases, whose moments `find` is given.
    """

    def __init__(self, port: int, *, timeout: float, lag: float, clock: Clock = REAL_TIME) -> None:
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=timeout, trust_env=False)
        self.surely_listed = timedelta(seconds=timeout + lag)
        self.clock = clock
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    async def send(self, message: Outgoing) -> Sent:
        digest = hashlib.sha256(message.content).hexdigest()
        try:
            answer = await self.client.post(
                "/messages",
                json={"key": message.key, "channel": message.channel, "sha256": digest},
                # A connection kept from before may be dead already: then nobody knows how far the request came.
                headers={"Connection": "close"},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotTaken(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from error
        if answer.status_code == 202:
            return Sent(str(answer.json()["reference"]))
        if answer.status_code == 503:
            raise NotTaken("503")
        if answer.status_code < 500:
            raise Refused(str(answer.status_code))
        raise OutcomeUnknown(str(answer.status_code))

    async def find(self, key: str, *, since: datetime) -> Finding:
        try:
            answer = await self.client.get("/messages", params={"key": key}, headers={"Connection": "close"})
        except httpx.HTTPError as error:
            return CannotTell(type(error).__name__)
        if answer.status_code == 200:
            return Found(str(answer.json()["reference"]))
        if answer.status_code == 404 and self.clock.real_wait(self.clock.now(self.now()) - since) > self.surely_listed:
            return NotThere()
        return CannotTell(f"{answer.status_code}: not listed yet")
