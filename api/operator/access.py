"""Who may ask what: `Authorization: Bearer mk_…`, a key of the case file, and the role that a route wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.operator.problems import Problem
from api.operator.rates import Rates
from casefile.api_keys import ApiKey, Role, key_of
from casefile.case_file import CaseFile

__all__ = ["Access", "Principal", "wants"]

_BEARER = HTTPBearer(scheme_name="api_key", description="A key that `maanwerk api-key create` made.", auto_error=False)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        key: The key that he brought.
    """

    key: ApiKey

    def actor(self, named: str) -> str:
        """Who decides, as it is written down: whom the request names, by whose key."""
        own = f"{self.key.name} (api key {self.key.id})"
        if not named:
            return own[:200]
        # Whose key it was is never cut away by a long name.
        return f"{named[: max(0, 190 - len(own))]}, by {own}"[:200]


@dataclass(frozen=True, slots=True)
class Access:
    """Lets in.

    Attributes:
        file: The case file, where the keys are.
        now: The real clock.
        rates: Counts how often each key asks.
    """

    file: CaseFile
    now: Callable[[], datetime]
    rates: Rates

    async def principal(self, secret: str | None, role: Role) -> Principal:
        """Who brings a secret.

        Raises:
            Problem: 401 without a key in force, 403 where it may not do this, 429 where it asks too often.
        """
        key = None if not secret else await asyncio.to_thread(key_of, self.file, secret)
        if key is None or not key.opens(self.now()):
            raise Problem(
                401,
                "not_signed_in",
                "bring a key that is in force: Authorization: Bearer mk_… (`maanwerk api-key create` makes one)",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if seconds := self.rates.take(key.id):
            raise Problem(
                429,
                "too_many_requests",
                f"this key asks too often: try again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )
        if not key.role.includes(role):
            raise Problem(403, "role_too_low", f"the role of this key is {key.role}; this wants {role}")
        return Principal(key)


def wants(role: Role) -> object:
    """The dependency of a route that wants this role; the application keeps its `Access` in `state.access`.

    A route without one is a fault: a test reads the role of each.
    """

    async def checked(
        request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Principal:
        access: Access = request.app.state.access
        found = await access.principal(None if bearer is None else bearer.credentials, role)
        # What a route reads and tells after this, it does as the key sees it (`inside_of`).
        request.state.creditors = found.key.creditors
        return found

    checked.role = role  # type: ignore[attr-defined]
    return Depends(checked)
