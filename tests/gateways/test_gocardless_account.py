"""Asking GoCardless with its own library: what it answers, and what it can't tell now."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gateways.gocardless.account import GoCardlessAccount
from services.ports import CannotReadNow, Unreadable

PAYMENT = {"id": "PM1", "amount": 1000, "currency": "EUR", "metadata": {}, "links": {"mandate": "MD1"}}


@contextmanager
def gocardless(*answers: tuple[int, object]) -> Iterator[tuple[GoCardlessAccount, list[str]]]:
    """It gives these answers in turn, the last again and again."""
    left, asked = list(answers), list[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers['Authorization']}")
            status, told = left.pop(0) if len(left) > 1 else left[0]
            if not status:
                return
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        yield GoCardlessAccount("sandbox_token", url=url, timeout=5), asked
    finally:
        server.shutdown()
        server.server_close()


def problem(kind: str, code: int) -> dict[str, object]:
    return {"error": {"type": kind, "code": code, "message": "trouble", "errors": [], "request_id": "r"}}


def test_a_payment_is_looked_up_by_its_id() -> None:
    with gocardless((200, {"payments": PAYMENT})) as (account, asked):
        told = account.get("payments", "PM1")
    assert (told.text("id"), told.whole("amount")) == ("PM1", 1000)
    assert asked == ["/payments/PM1 Bearer sandbox_token"]


def test_what_gocardless_does_not_know_nobody_can_read() -> None:
    with gocardless((404, problem("invalid_api_usage", 404))) as (account, _), pytest.raises(Unreadable):
        account.get("payments", "PM9")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, problem("invalid_api_usage", 401)),
        (403, problem("invalid_api_usage", 403)),
        (429, problem("invalid_api_usage", 429)),
        (400, problem("invalid_api_usage", 400)),
        (200, b"<html>maintenance</html>"),
    ],
)
def test_an_answer_that_passes_is_asked_for_again(status: int, told: object) -> None:
    with gocardless((status, told)) as (account, _), pytest.raises(CannotReadNow) as raised:
        account.get("payments", "PM1")
    assert "token" not in str(raised.value).replace("access token", "")
