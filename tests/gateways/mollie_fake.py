"""Mollie's API on the loopback interface, as far as payments are read back from it; it may fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

__all__ = ["KEY", "Mollie", "amount", "mollie"]

KEY = "test_dHar4XY7LxsDOtmnkVtjNVWXLSlXsM"
_LINKS = {"self": {"href": "https://api.mollie.com/v2/x", "type": "application/hal+json"}}


def amount(value: str, currency: str = "EUR") -> dict[str, str]:
    return {"value": value, "currency": currency}


@dataclass
class Mollie:
    """What it knows, and how it fails.

    Attributes:
        payments: By id, as its documentation shows them (docs.mollie.com/reference/get-payment).
        refunds: Of each payment; `chargebacks` likewise.
        fails: Status of the next answers, one each; 0 drops the connection.
        asked: The paths that were asked for.
    """

    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    chargebacks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    fails: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""

    def pay(self, own: str, value: str, status: str = "paid", **more: Any) -> dict[str, Any]:
        """A payment."""
        made = {"createdAt": "2026-03-17T08:00:00+00:00"}
        if status == "paid":
            made["paidAt"] = "2026-03-18T08:00:00+00:00"
        self.payments[own] = {
            "resource": "payment",
            "id": own,
            "mode": "test",
            "status": status,
            "amount": amount(value),
            "description": "",
            "method": "ideal",
            "metadata": None,
            "profileId": "pfl_2A1gacu42V",
            "sequenceType": "oneoff",
            "redirectUrl": "https://example.org/redirect",
            "isCancelable": False,
            "_links": {**_LINKS, "dashboard": {"href": "https://my.mollie.com/x", "type": "text/html"}},
            **made,
            **more,
        }
        return self.payments[own]

    def refund(self, payment: str, own: str, value: str, status: str = "refunded") -> None:
        """A refund of a payment, which stays `paid`."""
        self.payments[payment]["amountRefunded"] = amount(value)
        self.refunds.setdefault(payment, []).append(
            {
                "resource": "refund",
                "id": own,
                "mode": "test",
                "description": "",
                "amount": amount(value),
                "status": status,
                "metadata": None,
                "paymentId": payment,
                "createdAt": "2026-03-19T09:00:00+00:00",
                "_links": _LINKS,
            }
        )

    def charge_back(self, payment: str, own: str, value: str, code: str | None = "AM04") -> dict[str, Any]:
        """A chargeback of a payment, which stays `paid`."""
        self.payments[payment]["amountChargedBack"] = amount(value)
        told = {
            "resource": "chargeback",
            "id": own,
            "amount": amount(value),
            "settlementAmount": amount(f"-{value}"),
            "reason": None if code is None else {"code": code, "description": "as the bank says"},
            "paymentId": payment,
            "createdAt": "2026-03-20T09:00:00+00:00",
            "reversedAt": None,
            "_links": _LINKS,
        }
        self.chargebacks.setdefault(payment, []).append(told)
        return told

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        parts = path.removeprefix("/v2/").split("/")
        match parts:
            case ["payments", own] if own in self.payments:
                return 200, self.payments[own]
            case ["payments", own, "refunds"]:
                return 200, _list("refunds", self.refunds.get(own, []))
            case ["payments", own, "chargebacks"]:
                return 200, _list("chargebacks", self.chargebacks.get(own, []))
            case ["payment-links", own, "payments"] if own in self.links:
                return 200, _list("payments", [self.payments[each] for each in self.links[own]])
            case ["events" | "webhook-events", own] if own in self.events:
                return 200, self.events[own]
        return 404, _error(404, "Not Found")


def _list(name: str, objects: list[dict[str, Any]]) -> dict[str, Any]:
    links = {**_LINKS, "previous": None, "next": None, "documentation": _LINKS["self"]}
    return {"count": len(objects), "_embedded": {name: objects}, "_links": links}


def _error(status: int, title: str) -> dict[str, Any]:
    links = {"documentation": {"href": "https://docs.mollie.com", "type": "text/html"}}
    return {"status": status, "title": title, "detail": "No payment exists with token.", "_links": links}


@contextmanager
def mollie() -> Iterator[Mollie]:
    """It listens as long as the block runs."""
    fake = Mollie()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            fake.asked.append(path)
            fake.keys.append(self.headers.get("Authorization", ""))
            status, told = fake.answer(path)
            if fake.fails:
                status = fake.fails.pop(0)
                told = _error(status, "Trouble")
            if not status:
                self.close_connection = True
                return
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/hal+json")
            self.send_header("Content-Length", str(len(body)))
            if status == 429:
                self.send_header("Retry-After", "120")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
