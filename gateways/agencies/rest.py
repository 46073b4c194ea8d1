"""Partners who implement our own neutral API (`docs/agency.openapi.yaml`).

A file is submitted under our key, the hash of its send key, which is its `Idempotency-Key`: brought again under
the same key it is one file. After an unknown outcome only the question is asked what stands under that key.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from pydantic import SecretStr

from gateways.agencies.asking import AgencyAnswer, AgencyLine, NeverAsked, NoAnswer
from gateways.agencies.file_content import whole_manifest
from gateways.agencies.notices import notice_body
from gateways.provider_call import ASK_OPERATOR, opaque_key
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
    Unreadable,
)

__all__ = ["RestAgency"]

_OPERATOR = frozenset({401, 403, 404, 405})
"""Token, permission or address of the API: nothing is wrong with the file."""
_REFERENCE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_PAGE = 100


class RestAgency:
    """A `Gateway` and `AgencyEvents`: a partner over our own API."""

    def __init__(
        self, partner: str, url: str, token: SecretStr, *, timeout: float, now: Callable[[], datetime]
    ) -> None:
        """Nothing is asked yet.

        Args:
            partner: His id.
            url: Address of his API.
            token: With which he knows us.
            timeout: Longest wait for connecting, and again for an answer, in seconds.
            now: The real clock.
        """
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        self._line = AgencyLine.to(partner, url, headers, timeout, now)
        self._name, self._api = self._line.name, self._line.api

    async def send(self, message: Outgoing) -> Sent:
        """Submit a file, once; his own reference is what is kept of it.

        Raises:
            NotTaken: no connection, too many requests, or something that only the operator can mend.
            Refused: he refuses this file as it is.
            OutcomeUnknown: no answer, or one of 5xx: he may have it.
        """
        key = opaque_key(message.key)
        body = _submission(key, message)
        return await self._line.sent(lambda: self._posted("/submissions", key, body))

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Ask what stands under our key; he must know it as soon as he has answered, or might have."""
        path = f"/submissions/{opaque_key(key)}"
        try:
            answer = await self._line.run(lambda: self._api.ask("GET", path))
        except (NeverAsked, NoAnswer) as problem:
            return CannotTell(f"{self._name}: {problem}")
        if answer.status == 200:
            return Found(_reference(answer) or opaque_key(key))
        # Only his own word counts: a proxy that has lost its way answers 404 as well.
        if answer.status == 404 and answer.body.text("code") == "unknown_submission":
            return NotThere()
        return CannotTell(f"{self._name}: {answer.status}{answer.code}")

    async def since(self, cursor: str | None) -> AgencyPage:
        """The reports behind a cursor, in his order.

        Raises:
            CannotReadNow: he does not answer.
            Unreadable: what he answers is no list of reports.
        """
        asked: dict[str, str | int] = {"limit": _PAGE, **({} if cursor is None else {"after": cursor})}
        try:
            answer = await self._line.run(lambda: self._api.ask("GET", "/events", asked=asked))
        except (NeverAsked, NoAnswer) as problem:
            raise CannotReadNow(f"{self._name} does not answer: {problem}") from None
        if cursor is not None and answer.status == 400 and answer.body.text("code") == "unknown_cursor":
            # Another list than before: what it holds that was read already counts once.
            return await self.since(None)
        if answer.status != 200:
            raise CannotReadNow(f"{self._name} answers {answer.status}{answer.code}", answer.wait)
        events = answer.body.objects("events")
        following = answer.body.text("cursor")
        if events is None or (events and not following):
            raise Unreadable(f"{self._name}: the answer to GET /events has no events, or no cursor")
        return AgencyPage(events, following or cursor, answer.body.true("more"))

    async def tell(self, file_key: str, message: Outgoing) -> Sent:
        """Tell him something about a file that he has: money that moved with us, a dispute, that we want it back.

        Args:
            file_key: The send key of the file.
            message: The notice, as `services.handoffs` composes it.

        Raises:
            NotTaken: as `send`.
            Refused: as `send`.
            OutcomeUnknown: as `send`.
        """
        own = opaque_key(message.key)
        path = f"/submissions/{opaque_key(file_key)}/notices"
        body = notice_body(message.key, message.content)
        return await self._line.sent(lambda: self._posted(path, own, body))

    async def told(self, file_key: str, key: str) -> Finding:
        """What became of a notice; both are send keys."""
        path = f"/submissions/{opaque_key(file_key)}/notices/{opaque_key(key)}"
        try:
            answer = await self._line.run(lambda: self._api.ask("GET", path))
        except (NeverAsked, NoAnswer) as problem:
            return CannotTell(f"{self._name}: {problem}")
        if answer.status == 200:
            return Found(opaque_key(key))
        if answer.status == 404 and answer.body.text("code") == "unknown_notice":
            return NotThere()
        return CannotTell(f"{self._name}: {answer.status}{answer.code}")

    async def check(self) -> str:
        """Who answers, for who sets it up: one line. Nothing is submitted.

        Raises:
            NotTaken: nobody does, or he does not know us.
        """
        try:
            answer = await self._line.run(lambda: self._api.ask("GET", "/"))
        except (NeverAsked, NoAnswer) as problem:
            raise NotTaken(f"no answer: {problem}") from None
        if answer.status in (401, 403):
            raise NotTaken(f"the token is refused ({answer.status})")
        if answer.status != 200:
            raise NotTaken(f"GET / answers {answer.status}: is this the address of the API?")
        return f"{answer.body.text('name') or 'no name'}, API {answer.body.text('version') or '?'}"

    def _posted(self, path: str, key: str, body: Mapping[str, object]) -> Sent | SendFailure:
        """Post once. Failures are returned, so that none carries words of the library along."""
        try:
            answer = self._api.ask("POST", path, body=body, headers={"Idempotency-Key": key})
        except NeverAsked as problem:
            return NotTaken(f"{self._name}: no connection ({problem})")
        except NoAnswer as problem:
            return OutcomeUnknown(f"{self._name}: no answer ({problem})")
        return self._outcome(answer, key)

    def _outcome(self, answer: AgencyAnswer, otherwise: str) -> Sent | SendFailure:
        status = answer.status
        if status in (200, 201, 202):
            # He has it, with or without a name of his own.
            return Sent(_reference(answer) or otherwise)
        says = f"{self._name}: {status}{answer.code}"
        if status in (408, 429, 503):
            return NotTaken(says, answer.wait)
        if status in _OPERATOR or 300 <= status < 400:
            return NotTaken(f"{says}: check the token and the address of the API", ASK_OPERATOR)
        if status == 409 or status >= 500 or status < 200:
            # 409: something else stands under this key already; what it is, he is asked.
            return OutcomeUnknown(says)
        return Refused(says)


def _reference(answer: AgencyAnswer) -> str:
    reference = answer.body.text("reference")
    return reference if _REFERENCE.fullmatch(reference) else ""


def _submission(key: str, message: Outgoing) -> dict[str, object]:
    """The body of a submission: the manifest for programs, and the file as it is."""
    return {
        "key": key,
        "claim": whole_manifest(message.content),
        "file": {
            "media_type": "application/zip",
            "sha256": sha256(message.content).hexdigest(),
            "content": base64.b64encode(message.content).decode("ascii"),
        },
    }
