"""SendGrid and Twilio on the loopback interface: they take messages, list them, and go wrong by a script.

Every request is checked against the vendor's own specification, where `CONFORMANCE_DATA` says where that is.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

if TYPE_CHECKING:
    from openapi_core import OpenAPI

SENDGRID = "tsg_mail_v3.json"
TWILIO = "twilio_api_v2010.json"

ACCOUNT = "AC" + "0123456789abcdef" * 2


@dataclass(frozen=True)
class Answer:
    """An answer instead of the usual one; nothing is taken."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hang:
    """No answer at all; whether the request was taken before."""

    taken: bool


@dataclass(frozen=True)
class Drop:
    """The connection is ended instead of an answer."""

    taken: bool


Fault = Answer | Hang | Drop


@dataclass(frozen=True)
class Asked:
    """A request, as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


def specification_folder() -> Path | None:
    """Where the vendors' specifications are; None when nobody says."""
    folder = os.environ.get("CONFORMANCE_DATA")
    return Path(folder) / "openapi" if folder else None


@cache
def _specification(name: str) -> OpenAPI | None:
    from openapi_core import OpenAPI

    folder = specification_folder()
    return OpenAPI.from_dict(json.loads((folder / name).read_text("utf-8"))) if folder else None


def complaint(name: str, host: str, asked: Asked) -> str | None:
    """What the vendor's specification has against a request; None when it is fine or there is none to hold it to."""
    specification = _specification(name)
    if specification is None:
        return None
    from openapi_core.testing import MockRequest

    request = MockRequest(
        host_url=host,
        method=asked.method.lower(),
        path=asked.path,
        args=asked.query,
        headers=asked.headers,
        data=asked.body or None,
        content_type=asked.headers.get("Content-Type", ""),
    )
    try:
        specification.validate_request(request)
    except Exception as error:
        return f"{type(error).__name__}: {error} {error.__cause__}"
    return None


class Vendor(ThreadingHTTPServer):
    """One provider.

    Attributes:
        faults: What goes wrong at the next creations, in turn; after them nothing does.
        asked: All requests.
        taken: What was taken, newest first, as records of its list.
        listing: When set, what the list answers instead.
        page_size: Most records on a page of the list.
    """

    daemon_threads = True

    def __init__(self, specification: str, host: str, now: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.specification, self.host, self.now = specification, host, now
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.taken: list[dict[str, Any]] = []
        self.listing: Answer | None = None
        self.page_size = 1000
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def creations(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "POST"]

    def take(self, asked: Asked) -> Answer:
        number = len(self.taken) + 1
        if self.specification == SENDGRID:
            self.taken.insert(0, asked.json)
            return Answer(202, None, {"X-Message-Id": f"sendgrid-{number}"})
        kind = "SM" if asked.path.endswith("/Messages.json") else "CA"
        record = self.record(f"{kind}{number:032x}", asked.form, self.now())
        self.taken.insert(0, record)
        return Answer(201, record)

    @staticmethod
    def record(sid: str, form: dict[str, str], at: datetime) -> dict[str, Any]:
        moment = format_datetime(at)
        return {
            "sid": sid,
            "account_sid": ACCOUNT,
            "body": form.get("Body"),
            "to": form["To"],
            "from": form.get("From"),
            "status": "queued",
            "direction": "outbound-api",
            "date_created": moment,
            "date_updated": moment,
            "date_sent": None,
            "start_time": None,
            "error_code": None,
        }

    def list(self, asked: Asked) -> Answer:
        if self.listing is not None:
            return self.listing
        name, prefix = ("messages", "SM") if asked.path.endswith("/Messages.json") else ("calls", "CA")
        fitting = [
            record
            for record in self.taken
            if record["sid"].startswith(prefix)
            and record["to"] == asked.query.get("To", record["to"])
            and record["from"] == asked.query.get("From", record["from"])
        ]
        page, size = int(asked.query.get("Page", 0)), min(self.page_size, int(asked.query.get("PageSize", 50)))
        shown, more = fitting[page * size : (page + 1) * size], len(fitting) > (page + 1) * size
        to = asked.query.get("To", "").replace("+", "%2B")
        following = f"{asked.path}?To={to}&PageSize={size}&Page={page + 1}" if more else None
        return Answer(
            200, {name: shown, "page": page, "page_size": size, "uri": asked.path, "next_page_uri": following}
        )


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Vendor

    def do_GET(self) -> None:
        self._reply(self.server.list(self._asked()))

    def do_POST(self) -> None:
        asked = self._asked()
        fault = self.server.faults.pop(0) if self.server.faults else None
        match fault:
            case Answer():
                return self._reply(fault)
            case Hang() | Drop():
                if fault.taken:
                    self.server.take(asked)
                if isinstance(fault, Hang):
                    self.server.over.wait(10)
                self.close_connection = True
                self.connection.close()
            case None:
                self._reply(self.server.take(asked))

    def _asked(self) -> Asked:
        parts = urlsplit(self.path)
        asked = Asked(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            dict(self.headers.items()),
            self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        )
        self.server.asked.append(asked)
        return asked

    def _reply(self, answer: Answer) -> None:
        body = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(body)  # Whoever asked may have given up.

    def finish(self) -> None:
        if not self.wfile.closed and self.connection.fileno() != -1:
            super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked is kept."""


@contextmanager
def vendor(specification: str, host: str, now: Callable[[], datetime]) -> Iterator[Vendor]:
    """A provider that is there for a test; it must have had nothing to complain of."""
    server = Vendor(specification, host, now)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
        # Only now: reading a specification takes longer than some time-outs here.
        complaints = [complaint(specification, host, asked) for asked in server.asked]
        assert [said for said in complaints if said] == []
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def nobody() -> Iterator[str]:
    """An address at which connections are refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # Bound and not listening: nobody else can take it either.
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextmanager
def slamming_host() -> Iterator[str]:
    """An address that takes the connection and ends it while the request is still being written."""

    def slam() -> None:
        with suppress(OSError):
            connection, _ = held.accept()
            connection.recv(100)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(1)
        thread = threading.Thread(target=slam, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
        thread.join(5)


@contextmanager
def silent_host() -> Iterator[str]:
    """An address that never lets a connection come about: its queue is full."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(held.getsockname())
            yield f"http://127.0.0.1:{held.getsockname()[1]}"
        finally:
            for each in waiting:
                each.close()
