"""Asking GoCardless: its events name payments and refunds, and say nothing of their amounts."""

from __future__ import annotations

from typing import Any

from gateways.provider_call import silence
from gateways.told import Told
from services.ports import CannotReadNow, Unreadable

__all__ = ["GoCardlessAccount"]


class GoCardlessAccount:
    """Reads payments and refunds with GoCardless's own library, which tries each three times."""

    def __init__(self, token: str, *, url: str, timeout: float) -> None:
        """Ask with a token.

        Args:
            token: Access token, which may only read.
            url: Address of the API.
            timeout: Longest wait for a connection, and again for an answer, in seconds.
        """
        self._token = token
        self._url = url
        self._timeout = timeout
        self._client: Any = None

    def get(self, kind: str, own: str) -> Told:
        """A payment or a refund.

        Args:
            kind: `payments` or `refunds`.
            own: Its id.

        Raises:
            CannotReadNow: GoCardless does not answer, or refuses the token.
            Unreadable: it knows no such thing.
        """
        # Here, for the libraries take long to import, and every process reads the settings.
        import requests
        from gocardless_pro import errors

        try:
            with silence():
                found = getattr(self._library, kind).get(own)
        except (errors.AuthenticationError, errors.PermissionsError):
            raise CannotReadNow("GoCardless refuses the access token") from None
        except errors.InvalidApiUsageError as problem:
            if problem.code == 404:
                raise Unreadable("GoCardless knows no payment or refund of that id") from None
            raise CannotReadNow(f"GoCardless answers {problem.code}") from None
        except errors.GoCardlessProError as problem:
            raise CannotReadNow(f"GoCardless does not answer: {type(problem).__name__}") from None
        except requests.RequestException as problem:
            raise CannotReadNow(f"GoCardless does not answer: {type(problem).__name__}") from None
        return Told(found.attributes)

    @property
    def _library(self) -> Any:
        if self._client is None:
            from gocardless_pro import Client

            self._client = Client(access_token=self._token, base_url=self._url, timeout=(self._timeout, self._timeout))
        return self._client
