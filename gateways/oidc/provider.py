"""Signing in by a provider of OpenID Connect: authorization code with PKCE, state and nonce, and what its token proves.

What the provider says of a person counts only where its signature, by a key that it publishes, says so: for us (`aud`),
by it (`iss`), of this sign-in (`nonce`), in time (`exp`). Its addresses are asked over TLS, or on this machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateways.oidc.addresses import checked_issuer, is_safe
from gateways.trust_store import trust_store
from services.ports import NotProven, Proven

__all__ = ["OidcProvider"]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: none, and those by a secret that we know as well, are no proof."""
_LEEWAY = 60
"""Seconds that two clocks may differ."""
_KEPT = timedelta(hours=1)
_AGAIN = timedelta(minutes=1)
"""How long what it publishes is kept; and how soon its keys are read again for a token by one that we don't know."""
_SECONDS = 10.0
_MOST_BYTES = 512 * 1024


@dataclass
class _Published:
    """What the provider publishes of itself, and when it was read."""

    at: datetime
    says: Mapping[str, Any]
    keys: KeySet
    keys_at: datetime


class OidcProvider:
    """A `services.ports.SignInElsewhere`."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        back: str,
        *,
        login_claim: str = "email",
        role_claim: str = "",
        now: Callable[[], datetime],
    ) -> None:
        """Nothing is asked yet.

        Args:
            issuer: Its address, as it says itself.
            client_id: As whom it knows us.
            client_secret: With which we prove that; None: by PKCE alone.
            back: Our address to which it leads people back.
            login_claim: What of its token is the login of a user here; an e-mail address must be verified.
            role_claim: What of its token names roles; empty: nothing does.
            now: The real clock.
        """
        self.issuer, self.name = checked_issuer(issuer), urlsplit(issuer).hostname or issuer
        self._client_id, self._client_secret, self._back = client_id, client_secret, back
        self._login_claim, self._role_claim, self._now = login_claim, role_claim, now
        self._published: _Published | None = None

    async def leads_to(self, state: str, nonce: str, verifier: str) -> str:
        """Where somebody goes to sign in; the arguments are as in `services.ports.SignInElsewhere`.

        Raises:
            NotProven: the provider does not answer, or not as it should.
        """
        says = (await self._read()).says
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._back,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        address = str(says["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def leaves_by(self) -> str | None:
        """Where somebody signs out (OpenID Connect RP-Initiated Logout 1.0, `end_session_endpoint`).

        It is told who we are and where he comes back to, and not who he is: a token in an address would be read by
        whoever reads logs. So it may ask him whether he means it.
        """
        try:
            says = (await self._read()).says
        except NotProven:
            return None
        address = str(says.get("end_session_endpoint", ""))
        if not is_safe(address):
            return None
        asked = {"client_id": self._client_id, "post_logout_redirect_uri": self._back.removesuffix("/terug")}
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def proven(self, code: str, nonce: str, verifier: str) -> Proven:
        """Who came back; the arguments are as in `services.ports.SignInElsewhere`.

        Raises:
            NotProven: what it says proves nothing; the text says why.
        """
        published = await self._read()
        token = await self._token(published, code, verifier)
        claims = await self._claims(published, token, nonce)
        login = claims.get(self._login_claim)
        if not isinstance(login, str) or not login.strip():
            raise NotProven(f"its token has no {self._login_claim}")
        if self._login_claim == "email" and claims.get("email_verified") is not True:
            raise NotProven("it did not verify that this e-mail address is his")
        named = claims.get(self._role_claim) if self._role_claim else None
        roles = named if isinstance(named, list) else str(named or "").split()
        name = claims.get("name")
        return Proven(
            issuer=self.issuer,
            subject=str(claims["sub"])[:400],
            login=login.strip()[:200],
            name=name.strip()[:100] if isinstance(name, str) and name.strip().isprintable() else "",
            roles=tuple(str(each) for each in roles),
        )

    async def _read(self) -> _Published:
        now = self._now()
        known = self._published
        if known is not None and now - known.at < _KEPT:
            return known
        says = await self._json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if says.get("issuer") != self.issuer:
            raise NotProven("its configuration is that of another issuer")
        for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_safe(str(says.get(needed, ""))):
                raise NotProven(f"its {needed} is no https address")
        self._published = _Published(now, says, await self._keys(says), now)
        return self._published

    async def _keys(self, says: Mapping[str, Any]) -> KeySet:
        try:
            return KeySet.import_key_set(await self._json(str(says["jwks_uri"])))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotProven("its keys can't be read") from None

    async def _token(self, published: _Published, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": self._client_id,
            "code_verifier": verifier,
        }
        ways = published.says.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = None
        if self._client_secret is not None and "client_secret_basic" in ways:
            basic = httpx.BasicAuth(self._client_id, self._client_secret)
        elif self._client_secret is not None:
            form["client_secret"] = self._client_secret
        answer = await self._json(str(published.says["token_endpoint"]), form, basic)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotProven("it gave no token of who he is")
        return token

    async def _claims(self, published: _Published, token: str, nonce: str) -> Mapping[str, Any]:
        try:
            read = self._verified(published, token)
        except (JoseError, ValueError):
            if self._now() - published.keys_at < _AGAIN:
                raise NotProven("its token is signed by nothing that it publishes") from None
            # It may sign by a new key: those that it publishes are read once more, and not for every bad token.
            published.keys, published.keys_at = await self._keys(published.says), self._now()
            try:
                read = self._verified(published, token)
            except (JoseError, ValueError):
                raise NotProven("its token is signed by nothing that it publishes") from None
        must = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._client_id},
            "sub": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": self._client_id}
        claims = CodeIDToken(read.claims, read.header, must, params)
        try:
            claims.validate(now=int(self._now().timestamp()), leeway=_LEEWAY)
        except JoseError as problem:
            raise NotProven(f"its token is not for this sign-in: {getattr(problem, 'claim', '') or problem}") from None
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise NotProven("its token names nobody")
        return dict(claims)

    @staticmethod
    def _verified(published: _Published, token: str) -> jwt.Token:
        return jwt.decode(token, published.keys, algorithms=list(ALGORITHMS))

    async def _json(
        self, address: str, form: Mapping[str, str] | None = None, auth: httpx.BasicAuth | None = None
    ) -> Mapping[str, Any]:
        """What an address answers; with a form what it answers to that."""
        try:
            async with (
                httpx.AsyncClient(
                    verify=trust_store(),
                    timeout=_SECONDS,
                    follow_redirects=False,
                    trust_env=address.startswith("https:"),
                ) as client,
                client.stream(
                    "GET" if form is None else "POST",
                    address,
                    data=form,
                    auth=auth or httpx.USE_CLIENT_DEFAULT,
                    headers={"Accept": "application/json"},
                ) as answer,
            ):
                if answer.status_code != 200:
                    raise NotProven(f"it answers with status {answer.status_code}")
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise NotProven("it answers without end")
            read = json.loads(body)
        except (httpx.HTTPError, ValueError):
            raise NotProven("it does not answer") from None
        if not isinstance(read, dict):
            raise NotProven("it does not answer as it should")
        return read
