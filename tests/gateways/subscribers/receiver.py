"""A system that is told events, on the loopback interface: it may drop the connection, be slow, or refuse.

It proves signatures by its own calculation, from the words of the specification.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["KEY", "SECRET", "Receiver", "proved", "receiver"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def proved(headers: Mapping[str, str], body: bytes, secret: str = SECRET) -> bool:
    """Whether one of the signatures is that of `{id}.{timestamp}.{payload}` under the secret."""
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    mac = hmac.digest(base64.b64decode(secret[len("whsec_") :]), signed, hashlib.sha256)
    return f"v1,{base64.b64encode(mac).decode()}" in headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """What it was told, and how it answers.

    Attributes:
        url: Where it is told.
        heard: Id and content of each request that it read, in the order of their coming.
        unproved: How many of them had no signature of ours.
        answers: Status of the next answers, one each; 0 reads the request and drops the connection.
        always: Status of all others.
        of: What it answers to some events, by what they say.
        headers: What goes with an answer.
        before: Called when a request was read, before it is answered.
    """

    url: str = ""
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    unproved: int = 0
    answers: list[int] = field(default_factory=list)
    always: int = 204
    of: Callable[[dict[str, Any]], int | None] = lambda _: None
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None

    def said(self, what: str = "type") -> list[Any]:
        """A field of everything that it heard."""
        return [{**told, **told["data"]}[what] for _, told in self.heard]


@contextmanager
def receiver(port: int = 0) -> Iterator[Receiver]:
    """It listens as long as the block runs."""
    found, lock = Receiver(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = json.loads(body)
            with lock:
                found.heard.append((self.headers["webhook-id"], told))
                found.unproved += not proved({k.lower(): v for k, v in self.headers.items()}, body)
                status = found.of(told) or (found.answers.pop(0) if found.answers else found.always)
            found.before()
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Length": "0", **found.headers}.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}/maanwerk"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
