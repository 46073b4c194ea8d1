"""The Customer API of Debitura on the loopback interface, as its documents describe it; nothing of it is ours.

Cases, files and payments with the fields of `InvoiceDto`, `CaseFileDto` and `PaymentDto`; `Idempotency-Key` replays the
first answer, and with another body answers 422 `IdempotencyConflict`. It may break a connection after it did what it
was asked, and refuse uploads.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

KEY = "key-of-the-double"


@dataclass
class Debitura:
    """What it has, and how it answers.

    Attributes:
        url: Its address.
        key: The API key that it knows.
        cases: By id.
        files: Names of the documents of each case.
        payments: All of them.
        breaks: Whether a connection ends before the answer to a POST.
        refuses: What it says is wrong with a claim, by its kind.
        uploads: How many more documents it takes.
    """

    url: str = ""
    key: str = KEY
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    payments: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, tuple[str, str]] = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)
    breaks: bool = False
    refuses: str = ""
    uploads: int = 1000

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if headers.get("XApiKey") != self.key:
            return 401, {"error": "unknown key"}
        path, _, query = path.partition("?")
        if method == "POST" and path == "/cases":
            return self._made(headers.get("Idempotency-Key") or "", body.decode())
        if found := re.fullmatch(r"/cases/by-creditor-reference/(.+)", path):
            case = next((each for each in self.cases.values() if each["creditorReference"] == found[1]), None)
            return (200, case) if case else (404, {"error": "not found"})
        if found := re.fullmatch(r"/cases/([^/]+)/files", path):
            return self._files(method, found[1], headers, body)
        page = {"totalResults": len(self.cases), "currentPage": 1}
        if path == "/cases":
            listed = sorted(self.cases.values(), key=lambda each: str(each["dateUpdated"]), reverse=True)
            return 200, {"page": page, "cases": listed if "Page=1" in query or "Page=" not in query else []}
        if path == "/Payments":
            return 200, {"page": page, "payments": self.payments if "Page=1" in query else []}
        return 404, {"error": "no such address"}

    def _made(self, key: str, body: str) -> tuple[int, Any]:
        self.bodies.append(body)
        if key in self.kept:
            known, own = self.kept[key]
            return (200, self.cases[own]) if known == body else (422, _wrong("IdempotencyConflict"))
        if self.refuses:
            return 422, _wrong(self.refuses)
        told, own = json.loads(body), str(uuid4())
        self.cases[own] = {
            "id": own,
            "reference": f"Q8OAXF{len(self.cases) + 1}W",
            "creditorReference": told["creditorReference"],
            "lifecycle": "Pending Verification",
            "closeCode": None,
            "dateCreated": "2026-03-20T09:00:00",
            "dateUpdated": "2026-03-20T09:00:00",
        }
        self.files[own] = []
        self.kept[key] = (body, own)
        return 200, self.cases[own]

    def _files(self, method: str, own: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if method == "POST":
            if not self.uploads:
                return 500, {"error": "later"}
            self.uploads -= 1
            form = BytesParser().parsebytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
            (part,) = [each for each in form.get_payload() if each.get_filename()]  # type: ignore[union-attr]
            self.files[own].append(part.get_filename())  # type: ignore[union-attr, arg-type]
        return 200, [{"id": str(uuid4()), "caseId": own, "fileName": name} for name in self.files[own]]


def _wrong(kind: str) -> dict[str, Any]:
    return {"error": "refused", "businessErrors": [{"type": kind, "message": "for people"}]}


@contextmanager
def debitura(key: str = KEY) -> Iterator[Debitura]:
    """It serves as long as the block runs."""
    double = Debitura(key=key)

    class Requests(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, told = double.answer(self.command, self.path, self.headers, body)
            if double.breaks and self.command == "POST":
                self.close_connection = True
                return
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _do

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Requests) as server:
        double.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()
