"""The partner of the demo: the demo agency behind our API, on the loopback interface, to whom hand-offs go over HTTP.

The ways of production carry the files there, and the worker's reader brings in what it reports. A copy of each file is
put into the folder of the demo, where everything is that was sent.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pydantic import SecretStr

from api.serving.server import served_by
from casefile.case_file import CaseFile
from config.connection_limits import API
from domain.handoffs.partners import Partner
from domain.parties import Creditor
from gateways.agencies.rest import RestAgency
from services.ports import Finding, Gateway, Outgoing, Sent
from simulation.agency.book import AgencyBook, Conduct
from simulation.agency.server import DemoAgency, agency_app
from worker.agency_reading import AgencyReading
from worker.agency_ways import AgencyWays

__all__ = ["DemoPartner", "Reported"]

_CONDUCTS: tuple[Conduct, ...] = ("accepts", "asks")
"""What becomes of the first file, the second, and so on."""
_ID = "demo"
_LARGEST = 100_000_000
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reported:
    """What the agency of the demo had and said.

    Attributes:
        files: How many files it took over HTTP.
        said: How often it reported what, in its order.
    """

    files: int = 0
    said: tuple[tuple[str, int], ...] = ()


@dataclass
class DemoPartner:
    """A `Gateway` of the channel `agency`, and what comes back.

    Attributes:
        file: The case file.
        outbox: Where a copy of each file is put.
        day: The day of the demo, by which the agency dates what it reports.
    """

    file: CaseFile
    outbox: Gateway
    day: date = date.min
    _token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    _way: RestAgency | None = None

    def __post_init__(self) -> None:
        """It has nothing yet."""
        self._book = AgencyBook(today=lambda: self.day, mixed=_CONDUCTS)
        self._ways = AgencyWays(self.file, self.outbox, lambda creditor, partner: self._served)

    @contextlib.asynccontextmanager
    async def open(self, now: Callable[[], datetime]) -> AsyncIterator[None]:
        """Serve it as long as the block runs.

        Args:
            now: The real clock.
        """
        listener = socket.create_server(("127.0.0.1", 0))
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
        limits = replace(API, body_bytes=_LARGEST, held_bytes=2 * _LARGEST)
        self._way = RestAgency(_ID, site, SecretStr(self._token), timeout=_SECONDS, now=now)
        async with served_by(agency_app(DemoAgency(self._token, self._book)), listener, limits):
            yield

    def named_by(self, creditor: Creditor) -> Creditor:
        """The profile, with the partner whom letters name, behind this API."""
        one = creditor.partner
        if one is None:
            return creditor
        partner = Partner(
            id=_ID,
            name=one.name,
            kind=one.kind,
            register_number=one.register_number,
            channel="rest",
            url="http://127.0.0.1",
        )
        return creditor.model_copy(update={"partners": (partner,)})

    async def send(self, message: Outgoing) -> Sent:
        """Hand a file over, and keep a copy of it; raises as its API does.

        Raises:
            NotTaken: as the API says.
            Refused: as it says.
            OutcomeUnknown: as it says.
        """
        sent = await self._ways.send(message)
        await self.outbox.send(message)
        return sent

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask it what became of a file."""
        return await self._ways.find(key, since=since)

    async def read(self, at: datetime, wake: Callable[[str], Awaitable[None]]) -> tuple[str, ...]:
        """Read what it reports, at a moment of the demo; ids of the cases that were told, each woken."""

        class _Wakes:
            async def nudge(self, case_id: str) -> None:
                await wake(case_id)

        # Each time at once: the pause between two questions is one of real time.
        reading = AgencyReading(self.file, lambda creditor, partner: self._served, _Wakes(), now=lambda: at)
        return tuple(dict.fromkeys(await reading.look()))

    @property
    def reported(self) -> Reported:
        """What it had and said so far."""
        return Reported(len(self._book.taken), tuple(Counter(str(e["status"]) for e in self._book.events).items()))

    @property
    def _served(self) -> RestAgency:
        if self._way is None:
            raise AssertionError("the agency of the demo is not served yet")
        return self._way
