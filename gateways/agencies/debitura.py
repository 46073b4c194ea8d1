"""Partners behind the Customer API of Debitura, an intermediary for agencies of many countries.

Source: its OpenAPI documents as published by github.com/api-evangelist/debitura (Customer API v1: cases, files,
payments), read 2026-11-28. What these don't say is not sent: of interest and costs there is no field, so they stand in
the claim statement, which is uploaded. Of a payment to us, a dispute or a recall there is no request either: a person
tells it there.

A case there has our reference (`creditorReference`, 50 signs at most), under which it is looked for before it is made;
its `Idempotency-Key` makes that once, too. Once it is there the hand-off is under way, whatever becomes of its
documents: those that are missing are uploaded before anybody is told that it has the file.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import SecretStr

from gateways.agencies.asking import AgencyAnswer, AgencyLine, NeverAsked, NoAnswer
from gateways.agencies.file_content import documents_of, manifest_of
from gateways.provider_call import ASK_OPERATOR, opaque_key
from gateways.told import Told
from services.ports import (
    AgencyPage,
    CannotReadNow,
    CannotTell,
    Finding,
    Found,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Refused,
    SendFailure,
    Sent,
)

__all__ = ["DebituraAgency"]

_OURS = 48
"""Hexadecimal digits of our key in `creditorReference`."""
_REFERENCE = re.compile(r"[0-9a-f]{48}", re.ASCII)
_LARGEST_FILE = 25_000_000
_TYPES = {
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
"""What its document takes of what we have; the rest stays with us."""
_PAGE, _MOST_PAGES = 100, 50

_CLOSED = {
    "paid": "paid",
    "debtorinsolventbankrupt": "insolvent",
    "debtoruntraceable": "uncollectable",
    "prelegalexhaustednopayment": "uncollectable",
    "uneconomicaltopursue": "uncollectable",
    "withdrawnbyclient": "withdrawn",
    "statuteoflimitationsexpired": "limitation",
}
_LIFECYCLE = {
    "active": "accepted",
    "needsadditionaldetails": "more_wanted",
    "paused": "paused",
    "closed": "closed",
}


class DebituraAgency:
    """A `Gateway` and `AgencyEvents`: a partner over Debitura."""

    def __init__(
        self,
        partner: str,
        url: str,
        key: SecretStr,
        country: str,
        kept: Callable[[str], bytes | None],
        *,
        timeout: float,
        now: Callable[[], datetime],
    ) -> None:
        """Nothing is asked yet.

        Args:
            partner: His id.
            url: Address of the API.
            key: The API key.
            country: Where the debtors live, which it asks of each.
            kept: Gives the file that is to be there under a send key; called in a thread.
            timeout: Longest wait for connecting, and again for an answer, in seconds.
            now: The real clock.
        """
        self._line = AgencyLine.to(partner, url, {"XApiKey": key.get_secret_value()}, timeout, now)
        self._name, self._api = self._line.name, self._line.api
        self._country, self._kept = country, kept

    async def send(self, message: Outgoing) -> Sent:
        """Make the case there, unless it is there, and upload the documents that it lacks.

        Raises:
            NotTaken: no connection, or something that only the operator can mend.
            Refused: it refuses the claim as it is.
            OutcomeUnknown: no answer when the case was to be made, or a document of it is not there yet.
        """
        return await self._line.sent(lambda: self._submit(message))

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Whether the case is there; documents that are missing are uploaded, for without them it is not handed off."""
        return await self._line.run(lambda: self._find(key))

    async def since(self, cursor: str | None) -> AgencyPage:
        """How cases that changed stand, and all payments; the cursor is the moment of the last change.

        Raises:
            CannotReadNow: it does not answer.
        """
        return await self._line.run(lambda: self._since(cursor))

    async def tell(self, file_key: str, message: Outgoing) -> Sent:
        """Its document has no request for it: a person tells it.

        Raises:
            Refused: always.
        """
        raise Refused(f"{self._name}: its API takes no such notice: tell it there")

    async def told(self, file_key: str, key: str) -> Finding:
        """No notice was ever taken."""
        return NotThere()

    async def check(self) -> str:
        """Who answers, for who sets it up: one line. Nothing is submitted.

        Raises:
            NotTaken: nobody does, or the key is not known.
        """
        try:
            answer = await self._line.run(lambda: self._api.ask("GET", "/cases", asked={"PageSize": 1}))
        except (NeverAsked, NoAnswer) as problem:
            raise NotTaken(f"no answer: {problem}") from None
        if answer.status in (401, 403):
            raise NotTaken(f"the key is refused ({answer.status})")
        if answer.status != 200:
            raise NotTaken(f"GET /cases answers {answer.status}: is this the address of the API?")
        return f"Debitura knows the key; cases there: {answer.body.sub('page').text('totalResults') or '?'}"

    # Submitting --------------------------------------------------------------------------------------------------

    def _submit(self, message: Outgoing) -> Sent | SendFailure:
        key = opaque_key(message.key)
        try:
            case = self._case(key)
        except NeverAsked as error:
            return NotTaken(f"{self._name}: no connection ({error})")
        if isinstance(case, CannotTell):
            # Nothing was written yet.
            return NotTaken(case.reason)
        made = self._made(key, manifest_of(message.content)) if isinstance(case, NotThere) else case
        if isinstance(made, SendFailure):
            return made
        problem = self._upload(made.text("id"), message.content)
        return OutcomeUnknown(problem) if problem else Sent(made.text("reference") or made.text("id"))

    def _case(self, key: str) -> Told | NotThere | CannotTell:
        """The case of our key."""
        try:
            answer = self._api.ask("GET", f"/cases/by-creditor-reference/{key[:_OURS]}")
        except NoAnswer as problem:
            return CannotTell(f"{self._name}: no answer ({problem})")
        if answer.status == 200 and answer.body.text("id"):
            return answer.body
        if answer.status == 404 and answer.body:
            return NotThere()
        return CannotTell(f"{self._name}: {answer.status}{_code(answer)}")

    def _made(self, key: str, manifest: Told) -> Told | SendFailure:
        body, amount = _claim(key, manifest, self._country)
        # As a number, and exactly: no binary fraction stands for money.
        content = json.dumps(body, ensure_ascii=False).replace(f'"{_AMOUNT}"', amount).encode()
        try:
            answer = self._api.ask(
                "POST", "/cases", content=content, headers={"Idempotency-Key": key, "Content-Type": "application/json"}
            )
        except NeverAsked as problem:
            return NotTaken(f"{self._name}: no connection ({problem})")
        except NoAnswer as problem:
            return OutcomeUnknown(f"{self._name}: no answer ({problem})")
        says = f"{self._name}: {answer.status}{_code(answer)}"
        if answer.status == 200 and answer.body.text("id"):
            return answer.body
        if answer.status in (408, 429):
            return NotTaken(says, answer.wait)
        if answer.status in (401, 403, 404, 405) or 300 <= answer.status < 400:
            return NotTaken(f"{says}: check the key and the address of the API", ASK_OPERATOR)
        if "Missing" in says:
            # A contract, a power of attorney or who we are: signed there, the same claim is taken.
            return NotTaken(says, ASK_OPERATOR)
        if answer.status >= 500 or answer.status < 300 or "IdempotencyConflict" in says:
            return OutcomeUnknown(says)
        return Refused(says)

    def _upload(self, own: str, content: bytes) -> str:
        """Upload what is not there yet; why something is not, else nothing."""
        there = self._names(own)
        if there is None:
            return f"{self._name}: the case is there, its documents can't be listed"
        for name, document in sorted(documents_of(content).items()):
            media = next((media for end, media in _TYPES.items() if name.lower().endswith(end)), None)
            if media is None or name in there or not 0 < len(document) <= _LARGEST_FILE:
                continue
            fields = {"Description": name, "DocumentType": "CreditorDocuments"}
            body, form = _multipart(fields, name, media, document)
            try:
                answer = self._api.ask("POST", f"/cases/{own}/files", content=body, headers={"Content-Type": form})
            except (NeverAsked, NoAnswer) as problem:
                return f"{self._name}: the case is there, a document is not ({problem})"
            if not 200 <= answer.status < 300:
                return f"{self._name}: the case is there, a document is not ({answer.status})"
        return ""

    def _names(self, own: str) -> frozenset[str] | None:
        """Names of the documents of a case; None where they can't be read."""
        try:
            answer = self._api.ask("GET", f"/cases/{own}/files")
            told = json.loads(answer.content) if answer.status == 200 else None
        except (NeverAsked, NoAnswer, ValueError):
            return None
        return None if told is None else frozenset(_file_names(told))

    def _find(self, key: str) -> Finding:
        try:
            case = self._case(opaque_key(key))
        except NeverAsked as problem:
            return CannotTell(f"{self._name}: no connection ({problem})")
        if not isinstance(case, Told):
            return case
        content = self._kept(key)
        missing = "" if content is None else self._upload(case.text("id"), content)
        return CannotTell(missing) if missing else Found(case.text("reference") or case.text("id"))

    # What comes back ---------------------------------------------------------------------------------------------

    def _since(self, cursor: str | None) -> AgencyPage:
        last = cursor or ""
        # What changed at that very moment is read again: it counts once.
        cases = self._listed("/cases", "cases", {"Sort": "DateUpdated:desc"}, lambda each: _changed(each) < last)
        reports = [event for case in reversed(cases) for event in _events_of_case(case)]
        for payment in self._listed("/Payments", "payments", {}, lambda each: False):
            reports += _events_of_payment(payment)
        return AgencyPage(tuple(reports), max(map(_changed, cases), default=cursor), False)

    def _listed(
        self, path: str, name: str, asked: Mapping[str, str | int], known: Callable[[Mapping[str, object]], bool]
    ) -> list[Mapping[str, object]]:
        """All of a list, as far as something that is known."""
        found: list[Mapping[str, object]] = []
        for page in range(1, _MOST_PAGES + 1):
            try:
                answer = self._api.ask("GET", path, asked={**asked, "Page": page, "PageSize": _PAGE})
            except (NeverAsked, NoAnswer) as problem:
                raise CannotReadNow(f"{self._name} does not answer: {problem}") from None
            if answer.status != 200:
                raise CannotReadNow(f"{self._name} answers {answer.status}", answer.wait)
            listed = answer.body.objects(name) or ()
            new = [each for each in listed if not known(each)]
            found += new
            if len(new) < len(listed) or len(listed) < _PAGE:
                break
        return found


_AMOUNT = "amount-of-the-claim"


def _claim(key: str, manifest: Told, country: str) -> tuple[dict[str, object], str]:
    """The body of a new case, and its amount as a number is written."""
    invoices, debtor, claim = manifest.subs("statement"), manifest.sub("debtor"), manifest.sub("claim")
    address = manifest.mapping("debtor").get("address")
    lines = [str(line) for line in address] if isinstance(address, list) else []
    person = debtor.text("kind") == "consumer"
    said = {
        "companyRegistrationNumber": debtor.text("kvk") or debtor.text("enterprise_number"),
        "address": ", ".join(lines),
        "email": debtor.text("email"),
        "phone": debtor.text("phone"),
    }
    numbers = ", ".join(f"{each.text('number')} (due {each.text('due')})" for each in invoices)
    body: dict[str, object] = {
        "currencyCode": claim.sub("total").text("currency"),
        "date": min(each.text("invoice_date") for each in invoices),
        "dueDate": min(each.text("due") for each in invoices),
        "amountToRecover": _AMOUNT,
        "claimDescription": f"Invoices {numbers}. Interest and costs: see the claim statement."[:4000],
        "creditorReference": key[:_OURS],
        "debtor": {
            "type": "Private" if person else "Company",
            "name": debtor.text("name"),
            "countryAlpha2": country,
            **{name: value for name, value in said.items() if value},
        },
    }
    return body, str(Decimal(claim.sub("principal_open").text("amount")))


def _events_of_case(case: Mapping[str, object]) -> list[dict[str, str]]:
    told = Told(case)
    status = _LIFECYCLE.get(_plain(told.text("lifecycle")))
    on, reference = _changed(case)[:10], told.text("reference")
    if status is None or not reference or not _REFERENCE.fullmatch(told.text("creditorReference")):
        return []
    event = {"id": f"{reference}:{status}:{on}", "reference": reference, "status": status, "on": on}
    if status == "closed":
        event["code"] = _CLOSED.get(_plain(told.text("closeCode")), "other")
    return [event]


def _events_of_payment(payment: Mapping[str, object]) -> list[dict[str, str]]:
    """A payment that somebody else than we got: ours is in our own books."""
    told = Told(payment)
    reference = told.sub("invoice").text("reference")
    if _plain(told.text("recipient")) == "creditor" or not reference or not told.text("id"):
        return []
    try:
        amount = Decimal(str(payment.get("grossAmount"))).quantize(Decimal("0.01"))
    except InvalidOperation:
        return []
    return [
        {
            "id": told.text("id"),
            "reference": reference,
            "status": "payment",
            "on": told.text("date")[:10],
            "amount": str(amount),
            "currency": told.text("currency"),
        }
    ]


def _changed(case: Mapping[str, object]) -> str:
    told = Told(case)
    return told.text("dateUpdated") or told.text("dateCreated")


def _plain(word: str) -> str:
    """A word as its code: it writes some as sentences."""
    return re.sub(r"[^a-z]", "", word.lower())


def _code(answer: AgencyAnswer) -> str:
    """The kinds of what it says is wrong: its sentences may quote a person."""
    kinds = [each.text("type") for each in answer.body.subs("businessErrors")]
    known = [kind for kind in kinds if re.fullmatch(r"[A-Za-z]{1,60}", kind)]
    return f": {', '.join(known[:5])}" if known else ""


def _file_names(told: Any) -> list[str]:
    """All `fileName` in a list of documents, whatever it is wrapped in."""
    if isinstance(told, list):
        return [name for each in told for name in _file_names(each)]
    if not isinstance(told, dict):
        return []
    own = [told["fileName"]] if isinstance(told.get("fileName"), str) else []
    return own + [name for each in told.values() for name in _file_names(each)]


def _multipart(fields: Mapping[str, str], name: str, media: str, content: bytes) -> tuple[bytes, str]:
    """A form with a file, and its content type. Names are ours: without quotes and line ends."""
    mark = f"maanwerk-{secrets.token_hex(16)}"
    disposition = "Content-Disposition: form-data; name="
    parts = [f'--{mark}\r\n{disposition}"{field}"\r\n\r\n{value}\r\n' for field, value in fields.items()]
    parts.append(f'--{mark}\r\n{disposition}"File"; filename="{name}"\r\nContent-Type: {media}\r\n\r\n')
    return "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
