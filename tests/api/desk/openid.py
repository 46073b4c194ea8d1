"""A provider of OpenID Connect on this machine, which does what a test says: also what no honest one would do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "maanwerk-desk", "a-secret-of-the-client"


@cache
def key(name: str) -> RSAKey:
    """Making one takes longer than most tests."""
    return RSAKey.generate_key(2048, parameters={"kid": name})


@dataclass
class Provider:
    """What it publishes, and what it says of who signs in.

    Attributes:
        claims: What its token says instead of what it should; None leaves a claim out.
        signed_by: Name of the key that signs; `none` and `secret` are no keys that it publishes.
        publishes: Names of the keys that it publishes.
        asked: What it was asked at its addresses.
    """

    now: datetime
    address: str = ""
    claims: dict[str, object] = field(default_factory=dict)
    signed_by: str = "one"
    publishes: tuple[str, ...] = ("one",)
    discovery: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    begun: dict[str, str] = field(default_factory=dict)

    def sees(self, url: str) -> str:
        """Somebody signs in at this address; returns what his browser brings back."""
        self.begun = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        return f"?code=the-code&state={self.begun['state']}"

    def answer(self, path: str, form: Mapping[str, str], basic: str) -> tuple[int, object]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                **self.discovery,
            }
        if path == "/keys":
            return 200, {"keys": [key(name).as_dict(private=False) for name in self.publishes]}
        if path != "/token" or form.get("code") != "the-code" or not basic.startswith("Basic "):
            return 400, {"error": "invalid_grant"}
        if create_s256_code_challenge(form["code_verifier"]) != self.begun["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self._token()}

    def _token(self) -> str:
        at = int(self.now.timestamp())
        whole: dict[str, Any] = {
            "iss": self.address, "aud": CLIENT, "sub": "248289761001", "nonce": self.begun["nonce"], "iat": at,
            "exp": at + 300, "email": "work@devaart.example", "email_verified": True, "name": "Mies Work",
            **self.claims,
        }  # fmt: skip
        says = {name: value for name, value in whole.items() if value is not None}
        if self.signed_by == "none":
            header, body = ({"alg": "none"}, says)
            return ".".join([*(_bytes64(each) for each in (header, body)), ""])
        if self.signed_by == "secret":
            return jwt.encode({"alg": "HS256"}, says, OctKey.import_key(SECRET.ljust(32, "x")), algorithms=["HS256"])
        if self.signed_by == "forged":
            return jwt.encode({"alg": "RS256", "kid": "one"}, says, key("another"))
        return jwt.encode({"alg": "RS256", "kid": self.signed_by}, says, key(self.signed_by))


def _bytes64(value: object) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """The provider answers, on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: Mapping[str, str]) -> None:
            status, says = provider.answer(self.path, form, self.headers.get("Authorization", ""))
            content = json.dumps(says).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
