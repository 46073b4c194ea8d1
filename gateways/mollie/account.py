"""Asking Mollie: its classic webhook posts nothing but an id, so what it is about is read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from gateways.mollie.library import mollie_library
from gateways.provider_call import silence
from gateways.told import Told
from services.ports import CannotReadNow, Unreadable

__all__ = ["MollieAccount", "NotThere"]

_MOST_PAGES = 20


class NotThere(LookupError):
    """Mollie knows no such thing, or it is another merchant's."""


class MollieAccount:
    """Reads payments with Mollie's own library, without its repeating: who asks again is the reader of events."""

    def __init__(self, key: str, *, url: str, timeout: float) -> None:
        """Ask with a key.

        Args:
            key: API key (`live_…`, `test_…`).
            url: Address of the API, without `/v2`.
            timeout: Longest wait for an answer, in seconds.
        """
        self._key = key
        self._url = url
        self._timeout = timeout
        self._client: Any = None

    def payment(self, own: str) -> Told:
        """A payment (`tr_…`).

        Raises:
            NotThere: there is none.
            CannotReadNow: Mollie does not answer.
            Unreadable: what it answers is no payment.
        """
        return self._one(lambda: self._library.payments.get(payment_id=own))

    def refunds(self, payment: str) -> tuple[Told, ...]:
        """The refunds of a payment; raises as `payment` does."""
        return self._all(lambda: self._library.refunds.list(payment_id=payment, limit=250), "refunds")

    def chargebacks(self, payment: str) -> tuple[Told, ...]:
        """The chargebacks of a payment; raises as `payment` does."""
        return self._all(lambda: self._library.chargebacks.list(payment_id=payment, limit=250), "chargebacks")

    def payments_of_link(self, link: str) -> tuple[Told, ...]:
        """The payments of a payment link (`pl_…`); raises as `payment` does."""
        return self._all(lambda: self._library.payment_links.list_payments(payment_link_id=link, limit=250), "payments")

    def event(self, own: str) -> Told:
        """An event of the next-generation webhooks, with all that it is about; raises as `payment` does."""
        return self._one(lambda: self._library.webhook_events.get(webhook_event_id=own))

    def _one(self, ask: Callable[[], Any]) -> Told:
        return _asked(ask)[0]

    def _all(self, ask: Callable[[], Any], name: str) -> tuple[Told, ...]:
        told, page = _asked(ask)
        found = list(told.sub("_embedded").subs(name))
        for _ in range(_MOST_PAGES):
            following = getattr(page, "next", None)
            if following is None:
                break
            told, page = _asked(following)
            found += told.sub("_embedded").subs(name)
            if page is None:
                break
        return tuple(found)

    @property
    def _library(self) -> Any:
        if self._client is None:
            self._client = mollie_library(self._key, url=self._url, timeout=self._timeout, retries=None)
        return self._client


def _asked(ask: Callable[[], Any]) -> tuple[Told, Any]:
    """An answer as JSON, and as the library has it."""
    from mollie import models

    try:
        with silence():
            answer = ask()
    except models.ResponseValidationError as problem:
        # A word that the library does not know yet: what Mollie wrote is read all the same.
        try:
            return Told.of_body(problem.body.encode()), None
        except ValueError:
            raise Unreadable("Mollie's answer is no JSON object") from None
    except models.ClientError as problem:
        raise _failed(problem.status_code, problem.headers.get("Retry-After")) from None
    except (models.NoResponseError, httpx.HTTPError) as problem:
        raise CannotReadNow(f"Mollie does not answer: {type(problem).__name__}") from None
    if answer is None:
        return Told(None), None
    written = getattr(answer, "result", answer)
    return Told(written.model_dump(mode="json", by_alias=True)), answer


def _failed(status: int, retry_after: str | None) -> Exception:
    if status in (404, 410):
        return NotThere()
    seconds = retry_after or ""
    wait = timedelta(seconds=int(seconds)) if seconds.isdigit() and len(seconds) < 6 else None
    if status in (401, 403):
        return CannotReadNow(f"Mollie refuses the key ({status})")
    if status == 429 or status >= 500:
        return CannotReadNow(f"Mollie answers {status}", wait)
    return Unreadable(f"Mollie answers {status}")
