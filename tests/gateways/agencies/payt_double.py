"""Payt's Customer API v1 on the loopback interface, as its documents describe it; nothing of it is ours.

A record with a field that its schema does not name, or without one that it asks, is answered 422. Records that it does
not take stand in `errors`, with `success: true` and 201. Invoices are upserted under their numbers. It may break a
connection after it did what it was asked, answer with a status, and be asked for less with `fields`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

TOKEN = "token-of-the-double"
ADMINISTRATION = "81"
CONTACT = {
    "contact_identifier", "id", "birth_date", "call_phone_number", "default_email_address", "firstname", "gender",
    "infix", "invoice_email_address", "invoice_cc_email_address", "invoice_bcc_email_address", "lastname", "middlename",
    "postal_address_street_1", "postal_address_street_2", "postal_address_postal_code", "postal_address_city",
    "postal_address_country_code", "postal_address_region", "prefix", "reminder_email_address",
    "reminder_cc_email_address", "reminder_bcc_email_address", "sms_phone_number",
}  # fmt: skip
DEBTOR = {
    "debtor_number", "name", "debtor_identifier", "bank_account_name", "bank_account_number", "category", "coc_number",
    "contact_identifier", "country_code", "language_code", "oin_number", "peppol_identifier", "relation_manager",
    "remark", "vat_number", "is_company", "peppol_enabled", "labels",
}  # fmt: skip
INVOICE = {
    "currency_code", "invoice_number", "invoice_date", "invoice_identifier", "debtor_number", "debtor_identifier",
    "order_number", "peppol_identifier", "description", "category", "contact_identifier", "payment_condition",
    "due_date", "book_amount_total", "book_amount_open", "amount_open", "amount_total", "payment_method", "sent_at",
    "labels", "payment_term", "document", "ubl_document", "payments", "invoice_lines",
}  # fmt: skip
SCHEMAS: dict[str, tuple[set[str], set[str]]] = {
    "contacts": (CONTACT, set()),
    "debtors": (DEBTOR, {"debtor_number", "name", "debtor_identifier"}),
    "files": ({"byte_size", "checksum", "content_type"}, {"byte_size", "checksum", "content_type"}),
    "invoices": (
        INVOICE,
        {
            "currency_code", "invoice_number", "invoice_date", "due_date", "book_amount_total", "book_amount_open",
            "amount_open", "amount_total",
        },
    ),
}  # fmt: skip
"""Of each list that is posted: the fields that its schema names, and those that it asks."""
NO_DATES = dict.fromkeys(("payment_date", "paused_at", "bailiff_at", "debt_collection_at", "latest_reminder_at"), None)


@dataclass
class Payt:
    """What it has, and how it answers.

    Attributes:
        url: Its address.
        invoices: By number, as GET shows them.
        posted: The lists that came, with the path, in turn.
        payments: All of them, as GET shows them.
        deleted: Invoices that were deleted.
        documents: What was uploaded, by checksum.
        blocked: How the invoices that are blocked are called.
        wrong: What it says is wrong with a record, by its number or identifier.
        answers: A status in place of the answer, by method and path; nothing is done then.
        message: What it says with such a status.
        unseen: How many more questions for our invoices it answers as though they were not there yet.
        breaks: Methods and paths after which the connection ends, when all was done.
        currency: Of the administration.
        status: Of the administration.
        now: What it takes for the moment of a change.
    """

    url: str = ""
    token: str = TOKEN
    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: list[tuple[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[dict[str, Any]] = field(default_factory=list)
    announced: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    blocked: list[str] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    breaks: set[str] = field(default_factory=set)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    message: str = "about Els Ochtend"
    unseen: int = 0
    currency: str = "EUR"
    status: str = "active"
    now: str = "2026-03-20T09:00:00Z"

    def of(self, path: str) -> list[Any]:
        """The lists that were posted to a path."""
        return [body for to, body in self.posted if to == path]

    def answer(self, method: str, address: str, headers: Any, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(address)
        path, query = parts.path, dict(parse_qsl(parts.query))
        if method == "PUT":
            return self._uploaded(path, headers, body)
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"code": "unauthorized", "message": "Not authenticated"}
        status = self.answers.get(f"{method} {path}")
        if status is not None:
            return status, {"code": "forbidden" if status == 403 else "error", "message": self.message}
        self.asked.append((f"{method} {path}", query))
        if path == f"/v1/administrations/{ADMINISTRATION}":
            return 200, {"id": ADMINISTRATION, "status": self.status, "currency_code": self.currency}
        if method == "GET":
            return self._listed(path, query)
        if path == "/v1/invoices/block":
            return self._block(body)
        told = json.loads(body)
        name = path.removeprefix("/v1/")
        if told.get("administration_id") != ADMINISTRATION or not isinstance(told.get(name), list):
            return 422, {"code": "unprocessable", "message": "administration_id or the list is missing"}
        if method == "PATCH":
            return self._patch(told[name])
        known, required = SCHEMAS[name]
        if any(set(each) - known or required - set(each) for each in told[name]):
            return 422, {"code": "unprocessable", "message": "a field is unknown or missing"}
        self.posted.append((path, told[name]))
        return self._post(name, told[name])

    def _post(self, name: str, records: list[dict[str, Any]]) -> tuple[int, Any]:
        if name == "files":
            new = [each for each in records if each["checksum"] not in self.documents]
            self.announced |= {each["checksum"]: each for each in new}
            places = {each["checksum"]: f"{self.url}/upload/{n}?signed={'x' * 600}" for n, each in enumerate(new)}
            self.places = {f"/upload/{n}": each["checksum"] for n, each in enumerate(new)}
            return 201, [
                {"checksum": each["checksum"], "url": places[each["checksum"]], "expires_at": "2026-03-20T13:00:00Z"}
                for each in new
            ]
        if name == "contacts":
            # Its document names no body for this answer.
            return 201, {"contacts": [{"id": 1}]}
        errors: dict[str, list[str]] = {}
        for each in records:
            own = each.get("invoice_number") or each.get("debtor_number") or each.get("contact_identifier") or ""
            if own in self.wrong:
                errors[own] = self.wrong[own]
            elif name == "invoices":
                self._upserted(each)
        return 201, {"success": True, "count": len(records) - len(errors), "errors": errors}

    def _upserted(self, each: dict[str, Any]) -> None:
        before = self.invoices.get(each["invoice_number"], {"id": 2603746 + len(self.invoices), **NO_DATES})
        self.invoices[each["invoice_number"]] = {
            **before,
            "invoice_number": each["invoice_number"],
            "invoice_identifier": each.get("invoice_identifier"),
            "currency_code": each["currency_code"],
            "open_amount": each["amount_open"],
            "total_amount": each["amount_total"],
            "sent_at": each.get("sent_at"),
            "active_credit_case_id": None,
            "active_payment_plan_id": None,
            "updated_at": self.now,
        }

    def _patch(self, records: list[dict[str, Any]]) -> tuple[int, Any]:
        missing = [each["invoice_number"] for each in records if each["invoice_number"] not in self.invoices]
        for each in records:
            if each["invoice_number"] in self.invoices:
                self.invoices[each["invoice_number"]]["open_amount"] = each["amount_open"]
        errors = {"not_found": missing} if missing else {}
        return 200, {"success": True, "count": len(records) - len(missing), "errors": errors}

    def _block(self, body: bytes) -> tuple[int, Any]:
        form = parse_qs(body.decode())
        if form.get("administration_id") != [ADMINISTRATION]:
            return 422, {"code": "unprocessable", "message": "administration_id is missing"}
        known = {each["invoice_identifier"] for each in self.invoices.values()}
        wanted = form.get("invoice_identifiers", [])
        self.blocked += [each for each in wanted if each in known]
        missing = [each for each in wanted if each not in known]
        errors = {"not_found": missing} if missing else {}
        return 200, {"success": True, "count": len(wanted) - len(missing), "errors": errors}

    def _uploaded(self, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        checksum = self.places.get(path, "")
        announced = self.announced.get(checksum)
        is_right = announced is not None and (
            base64.b64encode(hashlib.sha3_512(body).digest()).decode() == checksum
            and len(body) == announced["byte_size"]
            and headers.get("Content-Type") == announced["content_type"]
            and "Authorization" not in headers
        )
        if not is_right:
            return 422, {}
        self.documents[checksum] = body
        return 204, None

    def _listed(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        if query.get("administration_id") != ADMINISTRATION:
            return 422, {"code": "unprocessable", "message": "administration_id is missing"}
        if path == "/v1/invoices":
            records, own = list(self.invoices.values()), "updated_at"
            if "invoice_identifiers" in query and self.unseen:
                self.unseen -= 1
                records = []
        elif path == "/v1/payments":
            records, own = self.payments, "updated_at"
        elif path == "/v1/invoices/deleted":
            records, own = self.deleted, "deleted_at"
        else:
            return 404, {"code": "not_found", "message": "Not found"}
        for name, by in (
            ("invoice_identifiers", "invoice_identifier"),
            ("invoice_numbers", "invoice_number"),
            ("ids", "id"),
        ):
            if name in query and path == "/v1/invoices":
                records = [each for each in records if str(each[by]) in query[name].split(",")]
        if path == "/v1/payments" and "invoice_identifiers" in query:
            wanted = query["invoice_identifiers"].split(",")
            ids = {each["id"] for each in self.invoices.values() if each["invoice_identifier"] in wanted}
            records = [each for each in records if each["invoice_id"] in ids]
        after = query.get("updated_after") or query.get("deleted_after") or ""
        records = [each for each in records if str(each[own]) > after]
        records = sorted(records, key=lambda each: int(each["id"]))
        if "cursor" in query:
            records = [each for each in records if int(each["id"]) > int(query["cursor"])]
        page = records[: int(query.get("per_page", 100))]
        shown = [_only(each, query.get("fields")) for each in page]
        # A cursor comes with every page, as in the example of the document.
        return 200, {"data": shown, "pagination": {"cursor": page[-1]["id"] if page else None}}


def _only(record: dict[str, Any], fields: str | None) -> dict[str, Any]:
    """Part of a record; what a transaction of a payment provider is, is shown to those alone who ask for it."""
    if fields is None:
        return {name: value for name, value in record.items() if name != "psp_transaction"}
    shown: dict[str, Any] = {}
    for each in json.loads(fields)["only"]:
        if isinstance(each, str):
            shown[each] = record[each]
        else:
            ((name, inner),) = each.items()
            whole = record[name]
            shown[name] = None if whole is None else {own: whole[own] for own in inner}
    return shown


@contextmanager
def payt(token: str = TOKEN) -> Iterator[Payt]:
    """It serves as long as the block runs."""
    double = Payt(token=token)

    class Requests(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            double.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, told = double.answer(self.command, self.path, self.headers, body)
            if f"{self.command} {urlsplit(self.path).path}" in double.breaks:
                self.close_connection = True
                return
            content = b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = _do

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
