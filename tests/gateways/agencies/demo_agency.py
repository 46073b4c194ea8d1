"""The demo agency on the loopback interface, in a thread, and what was asked of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulation.agency.book import AgencyBook, Conduct
from simulation.agency.server import DemoAgency, agency_app

TOKEN = "token-of-the-demo"
DAY = date(2026, 3, 2)
"""Before the hand-off of the cases of our tests: nobody reports of a day to come."""


@dataclass
class Asked:
    """A request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Loopback:
    """It, and how it is reached.

    Attributes:
        url: Its address.
        agency: The agency; its book is looked into.
        asked: What was asked of it.
        breaks: Whether connections are broken off once a request was answered, before the answer leaves.
    """

    url: str
    agency: DemoAgency
    asked: list[Asked] = field(default_factory=list)
    breaks: bool = False

    @property
    def book(self) -> AgencyBook:
        return self.agency.book

    def begin(self, conduct: Conduct) -> None:
        """Forget everything, and behave like that."""
        self.agency.book.__init__(conduct, lambda: DAY)  # type: ignore[misc]
        self.asked.clear()
        self.breaks = False


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


class _Overheard:
    def __init__(self, app: ASGIApp, loopback: Loopback) -> None:
        self.app, self.loopback = app, loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        body = bytearray()

        async def heard() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Before the answer: who has got it finds his request here.
                path = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
                headers = {name.decode(): value.decode() for name, value in scope["headers"]}
                self.loopback.asked.append(Asked(scope["method"], path, headers, bytes(body)))
            elif self.loopback.breaks and scope["method"] == "POST":
                raise ConnectionResetError  # The server ends the connection in the middle of its answer.
            await send(message)

        await self.app(scope, heard, answered)


@contextmanager
def demo_agency() -> Iterator[Loopback]:
    """It serves as long as the block runs."""
    agency = DemoAgency(TOKEN, AgencyBook("accepts", lambda: DAY), slow_seconds=0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        loopback = Loopback(f"http://127.0.0.1:{listener.getsockname()[1]}", agency)
        app = _Overheard(agency_app(agency), loopback)
        server = _Server(uvicorn.Config(app, log_level="critical", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            server.up.wait()
            yield loopback
        finally:
            server.should_exit = True
            thread.join()
