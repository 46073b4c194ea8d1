"""Partners who work in Payt: its Customer API v1 (OAuth2, token as Bearer).

Source: its OpenAPI document and docs.paytsoftware.com (api, models, authentication), as published by
github.com/api-evangelist/payt, read 2026-11-28. What these don't say is not sent (decision 55).

An invoice stands there once under its number, and is called by us after our key of the file: by that it is looked for
before it is made, and whatever is missing is made then. It has no idempotency key; made again it is the same invoice.
What Payt calls a summons is a demand out of court: it is no summons of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic import SecretStr

from gateways.agencies.asking import AgencyAnswer, AgencyLine, NeverAsked, NoAnswer
from gateways.agencies.payt_claim import PaytClaim, PaytFile, PaytInvoice, identifier_of
from gateways.agencies.payt_reports import PaytReports
from gateways.provider_call import ASK_OPERATOR, opaque_key
from gateways.told import Told
from services.ports import (
    AgencyPage,
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

__all__ = ["PaytAgency"]

_OPERATOR = frozenset({401, 403, 404, 405})
"""Token, permission, administration or address: nothing is wrong with the claim."""
_LOWERS = frozenset({"payment", "credit", "write_off"})
_STOPS = frozenset({"dispute", "debtor_status", "hold", "recall"})
_REASON = re.compile(r"[A-Za-z][A-Za-z ,._'-]{1,78}", re.ASCII)
_MOST_REASONS = 3
_LONGEST_REFERENCE = 200
_PAGE = 500
_AT_ONCE = 30
"""Values in one filter: an address is not to grow long."""
_PERMISSION = re.compile(r"Missing permission: [a-z_]{1,40}:[a-z_]{1,20}", re.ASCII)


class PaytAgency:
    """A `Gateway` and `AgencyEvents`: a partner in Payt."""

    def __init__(
        self,
        partner: str,
        url: str,
        token: SecretStr,
        administration: str,
        country: str | None,
        kept: Callable[[str], bytes | None],
        cases: Callable[[str], tuple[str, ...]],
        *,
        timeout: float,
        now: Callable[[], datetime],
    ) -> None:
        """Nothing is asked yet.

        Args:
            partner: His id.
            url: Address of the API.
            token: The access token.
            administration: The administration in Payt.
            country: Where the debtors live; None: it is not said.
            kept: Gives the file that is to be there under a send key; called in a thread.
            cases: Gives the cases of a file, by our key as the partner sees it; called in a thread.
            timeout: Longest wait for connecting, and again for an answer, in seconds.
            now: The real clock.
        """
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        self._line = AgencyLine.to(partner, url, headers, timeout, now)
        self._name, self._api = self._line.name, self._line.api
        self._administration, self._country, self._kept = administration, country, kept
        self._reports = PaytReports(self._line, administration, cases, now)

    async def send(self, message: Outgoing) -> Sent:
        """Make the debtor and his invoices there, unless they are there.

        Raises:
            NotTaken: no connection, or something that only the operator can mend; no invoice was made.
            Refused: it refuses the claim, or an invoice of this number is not ours there.
            OutcomeUnknown: no answer when the invoices were to be made.
        """
        return await self._line.sent(lambda: self._submit(message.key, message.content))

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Whether its invoices are there; of some only, the others are made, for without them it is not handed off."""
        return await self._line.run(lambda: self._find(key))

    async def since(self, cursor: str | None) -> AgencyPage:
        """How invoices of ours that changed stand, what was paid over Payt's own links, and what was deleted.

        Raises:
            CannotReadNow: it does not answer.
            Unreadable: what it answers is no list.
        """
        return await self._line.run(lambda: self._reports.since(cursor))

    async def tell(self, file_key: str, message: Outgoing) -> Sent:
        """What lowers the claim lowers what is open there; a dispute, a hold or a recall blocks the invoice.

        Raises:
            NotTaken: no connection, or something that only the operator can mend.
            Refused: its API has no request for it, or does not find the invoice: a person tells it there.
            OutcomeUnknown: no answer; done again it is the same.
        """
        return await self._line.sent(lambda: self._told(opaque_key(file_key), Told(json.loads(message.content))))

    async def told(self, file_key: str, key: str) -> Finding:
        """It keeps no notices; what they ask is done again, and is the same then."""
        return NotThere()

    async def check(self) -> str:
        """Who answers, for who sets it up: one line. Nothing is submitted.

        Raises:
            NotTaken: nobody does, the token is not known, or the administration takes nothing.
        """
        found = await self._line.run(self._opened)
        if isinstance(found, SendFailure):
            raise found
        return f"Payt knows the token; the administration is {found.text('status')}, in {found.text('currency_code')}"

    # Submitting --------------------------------------------------------------------------------------------------

    def _submit(self, key: str, content: bytes) -> Sent | SendFailure:
        claim = PaytClaim.of(opaque_key(key), content)
        administration = self._opened()
        if isinstance(administration, SendFailure):
            return administration
        if administration.text("currency_code") != claim.currency:
            return Refused(f"{self._name}: the claim is in {claim.currency}, the administration is not")
        there = self._there(claim)
        if isinstance(there, SendFailure):
            return there
        if len(there) == len(claim.invoices):
            return Sent(_reference(claim, there))
        missing = tuple(each for each in claim.invoices if each.identifier not in there)
        return self._strangers(missing) or self._prepared(claim) or self._made(claim, missing)

    def _opened(self) -> Told | SendFailure:
        """The administration, if it takes anything."""
        answer = self._before("GET", f"/v1/administrations/{self._administration}", None)
        if isinstance(answer, SendFailure):
            return answer
        if answer.body.text("status") != "active":
            return NotTaken(f"{self._name}: its administration is not active", ASK_OPERATOR)
        return answer.body

    def _there(self, claim: PaytClaim) -> dict[str, str] | SendFailure:
        """Ids of the invoices of this file that are there, by how we call them."""
        wanted = [each.identifier for each in claim.invoices]
        found = self._listed("invoice_identifiers", wanted)
        if isinstance(found, SendFailure):
            return found
        return {name: each.text("id") for each in found if (name := each.text("invoice_identifier")) in wanted}

    def _listed(self, by: str, values: Sequence[str]) -> tuple[Told, ...] | SendFailure:
        """Invoices there by a filter, one of each value at most."""
        found: tuple[Told, ...] = ()
        for first in range(0, len(values), _AT_ONCE):
            asked: dict[str, str | int] = {
                "administration_id": self._administration,
                by: ",".join(values[first : first + _AT_ONCE]),
                "fields": json.dumps({"only": ["id", "invoice_number", "invoice_identifier", "open_amount"]}),
                "per_page": _PAGE,
            }
            answer = self._before("GET", "/v1/invoices", None, asked)
            if isinstance(answer, SendFailure):
                return answer
            if answer.body.objects("data") is None:
                return NotTaken(f"{self._name}: GET /v1/invoices answers no list")
            found += answer.body.subs("data")
        return found

    def _strangers(self, invoices: Sequence[PaytInvoice]) -> SendFailure | None:
        """Why not: an invoice of such a number is there, which is not of this file. Made again it would be changed.

        One of this file may be there by now: a request that was given up may still have been on its way.
        """
        numbers, ours = [each.number for each in invoices], {each.identifier for each in invoices}
        for number in numbers:
            if "," in number:
                return Refused(f"{self._name}: it can't be asked about an invoice number with a comma: {number}")
        found = self._listed("invoice_numbers", numbers)
        if isinstance(found, SendFailure):
            return found
        strangers = {each.text("invoice_number") for each in found if each.text("invoice_identifier") not in ours}
        strange = sorted(strangers & set(numbers))
        if strange:
            return Refused(f"{self._name}: invoice {strange[0]} is in the administration already: look there")
        return None

    def _prepared(self, claim: PaytClaim) -> SendFailure | None:
        """How the debtor is reached, the debtor, and the documents; nothing of it is a claim yet."""
        own: tuple[tuple[str, str, Mapping[str, object]], ...] = (
            ("/v1/contacts", "contacts", claim.contact(self._country)),
            ("/v1/debtors", "debtors", claim.debtor_body(self._country)),
        )
        for path, name, record in own:
            answer = self._before("POST", path, {"administration_id": self._administration, name: [record]})
            if isinstance(answer, SendFailure):
                return answer
            wrong = _errors(answer, claim)
            if wrong:
                return Refused(f"{self._name}: {path} refuses it{wrong}")
        return self._uploaded(claim.files)

    def _uploaded(self, files: Sequence[PaytFile]) -> SendFailure | None:
        """Upload the documents that it has not: it names those, each with an address."""
        if not files:
            return None
        body = {"administration_id": self._administration, "files": [each.announced() for each in files]}
        answer = self._before("POST", "/v1/files", body)
        if isinstance(answer, SendFailure):
            return answer
        wanted = _wanted(answer)
        for file in files:
            address = wanted.get(file.checksum)
            if address is None:
                continue
            if urlsplit(address).scheme != urlsplit(self._api.url).scheme:
                return NotTaken(f"{self._name}: it wants a document without TLS", ASK_OPERATOR)
            try:
                put = self._api.put(address, file.content, file.media_type)
            except (NeverAsked, NoAnswer) as problem:
                return NotTaken(f"{self._name}: a document is not there ({problem})")
            if not 200 <= put.status < 300:
                return NotTaken(f"{self._name}: a document is refused ({put.status})", put.wait or ASK_OPERATOR)
        return None

    def _before(
        self, method: str, path: str, body: object, asked: Mapping[str, str | int] | None = None
    ) -> AgencyAnswer | SendFailure:
        """Ask something that is no claim: whatever goes wrong, nothing was taken."""
        try:
            answer = self._api.ask(method, path, body=body, asked=asked)
        except NeverAsked as problem:
            return NotTaken(f"{self._name}: no connection ({problem})")
        except NoAnswer as problem:
            return NotTaken(f"{self._name}: no answer ({problem})")
        if answer.status in (200, 201):
            return answer
        if answer.status == 422:
            return Refused(f"{self._name}: {path} answers 422{answer.code}")
        return self._mended(answer) or NotTaken(f"{self._name}: {path} answers {answer.status}{answer.code}")

    def _mended(self, answer: AgencyAnswer) -> NotTaken | None:
        """What takes nothing, and goes by or can be mended by the operator."""
        says = f"{self._name}: {answer.status}{answer.code}"
        if answer.status == 429:
            return NotTaken(says, answer.wait)
        if _PERMISSION.fullmatch(answer.body.text("message")):
            return NotTaken(f"{says}: {answer.body.text('message')}", ASK_OPERATOR)
        if answer.status in _OPERATOR or 300 <= answer.status < 400:
            return NotTaken(f"{says}: check the token, the administration and the address of the API", ASK_OPERATOR)
        return None

    def _made(self, claim: PaytClaim, invoices: Sequence[PaytInvoice]) -> Sent | SendFailure:
        bodies = [each.body(claim.debtor_number) for each in invoices]
        answer = self._done("POST", "/v1/invoices", {"administration_id": self._administration, "invoices": bodies})
        if isinstance(answer, SendFailure):
            return answer
        there = self._there(claim)
        wrong = _errors(answer, claim)
        if isinstance(there, SendFailure):
            return OutcomeUnknown(f"{self._name}: the invoices may be there ({there.reason})")
        if len(there) == len(claim.invoices):
            return Sent(_reference(claim, there))
        if not wrong:
            return OutcomeUnknown(f"{self._name}: {len(there)} of {len(claim.invoices)} invoices are there")
        if there:
            # Half of a file is none: nobody may chase it until a person has looked.
            blocked = self._blocked(sorted(there))
            if isinstance(blocked, SendFailure):
                return OutcomeUnknown(f"{self._name}: a part of the invoices is there, and not blocked")
        return Refused(f"{self._name}: it refuses {len(claim.invoices) - len(there)} of the invoices{wrong}")

    def _done(
        self, method: str, path: str, body: object = None, *, form: bytes | None = None
    ) -> AgencyAnswer | SendFailure:
        """Ask for something that changes a claim there."""
        headers = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = self._api.ask(method, path, body=body, content=form, headers=headers)
        except NeverAsked as problem:
            return NotTaken(f"{self._name}: no connection ({problem})")
        except NoAnswer as problem:
            return OutcomeUnknown(f"{self._name}: no answer ({problem})")
        if answer.status in (200, 201):
            return answer
        says = f"{self._name}: {answer.status}{answer.code}"
        mended = self._mended(answer)
        if mended is not None:
            return mended
        if answer.status >= 500 or answer.status < 300 or answer.status == 408:
            return OutcomeUnknown(says)
        return Refused(says)

    def _find(self, key: str) -> Finding:
        content = self._kept(key)
        if content is None:
            return CannotTell(f"{self._name}: the file is not kept any more")
        claim = PaytClaim.of(opaque_key(key), content)
        there = self._there(claim)
        if isinstance(there, SendFailure):
            return CannotTell(there.reason)
        if not there:
            return NotThere()
        if len(there) == len(claim.invoices):
            return Found(_reference(claim, there))
        made = self._submit(key, content)
        return Found(made.reference) if isinstance(made, Sent) else CannotTell(made.reason)

    # What it is told later ---------------------------------------------------------------------------------------

    def _told(self, key: str, notice: Told) -> Sent | SendFailure:
        about, identifier = notice.text("about"), identifier_of(key, notice.text("case"))
        if about in _STOPS:
            answer = self._blocked([identifier])
            return answer if isinstance(answer, SendFailure) else Sent(identifier)
        if about in _LOWERS:
            return self._lowered(identifier, notice)
        return Refused(f"{self._name}: its API takes no notice of this kind: tell it there")

    def _blocked(self, identifiers: Sequence[str]) -> AgencyAnswer | SendFailure:
        """Stop the invoices: nobody is chased for them there until a person goes on with them."""
        fields = [("administration_id", self._administration), *(("invoice_identifiers", each) for each in identifiers)]
        answer = self._done("PATCH", "/v1/invoices/block", form=urlencode(fields).encode())
        if not isinstance(answer, SendFailure) and _errors(answer, None):
            return Refused(f"{self._name}: it does not block the invoice: tell it there")
        return answer

    def _lowered(self, identifier: str, notice: Told) -> Sent | SendFailure:
        """Say what is open of the principal; never more than is open there, whatever comes in which order."""
        found = self._listed("invoice_identifiers", [identifier])
        if isinstance(found, SendFailure):
            return found
        invoice = next((each for each in found if each.text("invoice_identifier") == identifier), Told(None))
        ours, theirs = _open(notice.sub("open").text("principal")), _open(invoice.text("open_amount"))
        if ours is None or theirs is None:
            return Refused(f"{self._name}: it does not find the invoice: tell it there")
        if theirs <= ours:
            return Sent(identifier)
        amount = notice.sub("open").text("principal")
        says = {"invoice_number": invoice.text("invoice_number"), "amount_open": amount, "book_amount_open": amount}
        answer = self._done("PATCH", "/v1/invoices", {"administration_id": self._administration, "invoices": [says]})
        if isinstance(answer, SendFailure):
            return answer
        if _errors(answer, None):
            return Refused(f"{self._name}: it does not lower the invoice: tell it there")
        return Sent(identifier)


def _reference(claim: PaytClaim, there: Mapping[str, str]) -> str:
    """Its ids of the invoices, in our order: what a person looks for there."""
    ids = ", ".join(there[each.identifier] for each in claim.invoices if there.get(each.identifier))
    return ids[:_LONGEST_REFERENCE] or claim.key


def _open(amount: str) -> Decimal | None:
    try:
        return Decimal(amount)
    except InvalidOperation:
        return None


def _errors(answer: AgencyAnswer, claim: PaytClaim | None) -> str:
    """What of a request was not done, by its reasons; those that may quote a person are left out.

    `success` is true of a request that was handled; whether its records were is in `errors` alone.
    """
    wrong = answer.body.mapping("errors")
    if not wrong and not answer.body.false("success"):
        return ""
    own = {} if claim is None else claim.debtor
    quoted = {word for value in own.values() for word in re.findall(r"\w{3,}", str(value).casefold())}
    reasons = [reason for each in wrong.values() if isinstance(each, list) for reason in each if _plain(reason, quoted)]
    return f": {'; '.join(dict.fromkeys(reasons[:_MOST_REASONS]))}" if reasons else f" ({len(wrong)} errors)"


def _plain(reason: Any, quoted: set[str]) -> bool:
    if not isinstance(reason, str) or not _REASON.fullmatch(reason):
        return False
    return not quoted & set(re.findall(r"\w{3,}", reason.casefold()))


def _wanted(answer: AgencyAnswer) -> dict[str, str]:
    """Where the documents go that are not there yet, by their checksums."""
    try:
        told = json.loads(answer.content)
    except ValueError:
        return {}
    listed = told if isinstance(told, list) else [told]
    found = {str(each["checksum"]): each.get("url") for each in listed if isinstance(each, dict) and "checksum" in each}
    return {checksum: url for checksum, url in found.items() if isinstance(url, str)}
