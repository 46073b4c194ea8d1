"""Payment providers on the loopback interface, as their documents have them: links are made, ended, and paid.

What they answer is what the vendors' own clients read, which refuse other forms: Mollie's `payment-links`, Stripe's
`checkout/sessions`, Adyen's `paymentLinks`. A key that comes again gets what it got before.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Made:
    """A link.

    Attributes:
        id: The provider's name for it.
        asked: What was asked, by the provider's names.
        key: The idempotency key.
        state: `open`, `paid` or `ended`.
        back: Where the payer goes afterwards.
    """

    id: str
    asked: dict[str, Any]
    key: str
    back: str
    state: str = "open"


@dataclass
class Failure:
    """An answer instead of the usual one."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    kind: str = "application/json"


class Checkout(ThreadingHTTPServer):
    """One provider.

    Attributes:
        made: Its links.
        failures: What goes wrong next, in turn.
        leads_to: Where its answers lead, when that is not its own page.
        keys: The secrets with which it was asked.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.made: list[Made] = []
        self.failures: list[Failure] = []
        self.leads_to: str | None = None
        self.keys: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def link(self, link_id: str) -> Made | None:
        return next((each for each in self.made if each.id == link_id), None)

    def make(self, prefix: str, asked: dict[str, Any], key: str, back: str) -> Made:
        before = next((each for each in self.made if each.key == key), None)
        if before is not None:
            return before
        made = Made(f"{prefix}{len(self.made) + 1}", asked, key, back)
        self.made.append(made)
        return made

    def page_of(self, made: Made) -> str:
        return self.leads_to or f"{self.url}/checkout/{made.id}"


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Checkout

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if path.startswith("/checkout/"):
            return self._pay(method, path.rpartition("/")[2])
        secret = self.headers.get("Authorization") or self.headers.get("X-API-Key") or ""
        self.server.keys.add(secret.removeprefix("Bearer "))
        if self.server.failures:
            failure = self.server.failures.pop(0)
            return self._json(failure.status, failure.body, failure.kind)
        if path.startswith("/v2/payment-links"):
            return self._mollie(method, path, json.loads(body or b"{}"))
        if path.startswith("/v1/checkout/sessions"):
            return self._stripe(method, path, dict(parse_qsl(body.decode())))
        if path.startswith("/v72/paymentLinks"):
            return self._adyen(method, path, json.loads(body or b"{}"))
        return self._json(404, {"status": 404, "title": "Not Found", "detail": "no such path"})

    def _pay(self, method: str, link_id: str) -> None:
        """The provider's own page: a button that pays and leads back."""
        made = self.server.link(link_id)
        if made is None or made.state != "open":
            return self._html(410, "<h1>This link is no longer open</h1>")
        if method == "POST":
            made.state = "paid"
            self.send_response(303)
            self.send_header("Location", made.back)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return self._html(200, '<h1>Checkout</h1><form method="post"><button>Pay</button></form>')

    def _mollie(self, method: str, path: str, asked: dict[str, Any]) -> None:
        if method == "POST":
            made = self.server.make("pl_", asked, self.headers["Idempotency-Key"], asked["redirectUrl"])
        else:
            found = self.server.link(path.rpartition("/")[2])
            if found is None:
                return self._json(404, {"status": 404, "title": "Not Found", "detail": "No payment link exists"})
            made = found
            if asked.get("archived"):
                made.state = "ended"
        own = {"href": f"{self.server.url}/v2/payment-links/{made.id}", "type": "application/hal+json"}
        link = {
            "resource": "payment-link",
            "id": made.id,
            "mode": "test",
            "description": made.asked["description"],
            "amount": made.asked["amount"],
            "archived": made.state == "ended",
            "redirectUrl": made.asked["redirectUrl"],
            "webhookUrl": made.asked.get("webhookUrl"),
            "profileId": "pfl_QkEhN94Ba",
            "createdAt": "2026-04-10T09:00:00.0Z",
            "paidAt": "2026-04-10T09:01:00.0Z" if made.state == "paid" else None,
            "expiresAt": made.asked.get("expiresAt"),
            "reusable": made.asked.get("reusable", False),
            "allowedMethods": None,
            "_links": {
                "self": own,
                "paymentLink": {"href": self.server.page_of(made), "type": "text/html"},
                "documentation": {"href": "https://docs.mollie.com", "type": "text/html"},
            },
        }
        return self._json(201 if method == "POST" else 200, link, "application/hal+json")

    def _stripe(self, method: str, path: str, asked: dict[str, Any]) -> None:
        parts = path.removeprefix("/v1/checkout/sessions").strip("/").split("/")
        if method == "POST" and parts == [""]:
            made = self.server.make("cs_test_", asked, self.headers["Idempotency-Key"], asked["success_url"])
        else:
            found = self.server.link(parts[0])
            if found is None:
                return self._json(404, {"error": {"type": "invalid_request_error", "message": "No such session"}})
            made = found
            if parts[1:] == ["expire"]:
                if made.state != "open":
                    problem = {"type": "invalid_request_error", "message": "Only open sessions can be expired"}
                    return self._json(400, {"error": problem})
                made.state = "ended"
        status = {"open": "open", "paid": "complete", "ended": "expired"}[made.state]
        url = self.server.page_of(made) if made.state == "open" else None
        return self._json(200, {"id": made.id, "object": "checkout.session", "status": status, "url": url})

    def _adyen(self, method: str, path: str, asked: dict[str, Any]) -> None:
        if method == "POST":
            made = self.server.make("PL", asked, self.headers["Idempotency-Key"], asked["returnUrl"])
        else:
            found = self.server.link(path.rpartition("/")[2])
            if found is None:
                return self._json(404, {"status": 404, "errorCode": "155", "message": "Payment link not found"})
            made = found
            if asked.get("status") == "expired":
                if made.state != "open":
                    return self._json(422, {"status": 422, "errorCode": "190", "message": "The link is not active"})
                made.state = "ended"
        status = {"open": "active", "paid": "completed", "ended": "expired"}[made.state]
        return self._json(
            201 if method == "POST" else 200,
            {**made.asked, "id": made.id, "status": status, "url": self.server.page_of(made)},
        )

    def _json(self, status: int, body: dict[str, Any], kind: str = "application/json") -> None:
        self._send(status, json.dumps(body).encode(), kind)

    def _html(self, status: int, body: str) -> None:
        self._send(status, f'<!doctype html><html lang="en"><title>Checkout</title>{body}'.encode(), "text/html")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked is kept."""


@contextmanager
def checkout() -> Iterator[Checkout]:
    """A provider that is there for a test."""
    server = Checkout()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
