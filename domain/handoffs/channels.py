"""How the file of a hand-off reaches its partner: what the creditor's profile says of it. Secrets stand elsewhere."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["ASKED", "NOTICE_TYPE", "ChannelKind", "SftpPlace", "checked_address"]

ChannelKind = Literal["folder", "sftp", "email", "rest", "debitura", "payt"]
"""The outbox `agency`; their server; a mail with a protected link; our own API; those of Debitura and Payt."""

ASKED: frozenset[ChannelKind] = frozenset({"rest", "debitura", "payt"})
"""Channels over which a partner is asked what is new; each needs the address of his API, and a token."""

NOTICE_TYPE = "application/vnd.maanwerk.notice+json"
"""Form of what a partner is told of a file that he has, by the channel `agency`: it is no file itself."""

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}")
_HOST_KEY = re.compile(r"(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) [A-Za-z0-9+/]{40,2000}={0,2}")
_FOLDER = re.compile(r"[A-Za-z0-9._/-]{1,200}")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SftpPlace(BaseModel):
    """A server on which files are put.

    Attributes:
        host: Its name.
        port: Its port.
        user: As whom we sign in.
        host_key: Its public key, as `ssh-keyscan` prints it behind the name: without it anybody could be the server.
        folder: Where files are put.
        taken: Where the partner puts what he has taken; None: he takes it away.
        returns: Where his return files stand; None: he puts none there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, Field(max_length=255)]
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: Annotated[str, Field(min_length=1, max_length=100)]
    host_key: Annotated[str, Field(max_length=2200)]
    folder: str = "in"
    taken: str | None = None
    returns: str | None = None

    @field_validator("host")
    @classmethod
    def _a_host(cls, value: str) -> str:
        if not _HOST.fullmatch(value):
            raise ValueError("give the name of the server alone, like sftp.example.nl")
        return value

    @field_validator("host_key")
    @classmethod
    def _a_public_key(cls, value: str) -> str:
        key = " ".join(value.split()[:2])
        if not _HOST_KEY.fullmatch(key):
            raise ValueError(
                "give the public key of the server as the partner tells it, like ssh-ed25519 AAAA…; compare it with "
                "what `ssh-keyscan` prints"
            )
        return key

    @field_validator("folder", "taken", "returns")
    @classmethod
    def _a_folder(cls, value: str | None) -> str | None:
        if value is not None and (not _FOLDER.fullmatch(value) or ".." in value.split("/")):
            raise ValueError("give the path of a folder there, like in or klanten/devaart/in")
        return value if value is None else value.rstrip("/") or "/"


def checked_address(url: str) -> str:
    """The address of a partner's API, without a slash at the end.

    Raises:
        ValueError: it is not https, or a secret stands in it; plain http is for this machine alone.
    """
    parts = urlsplit(url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise ValueError("give an address that begins with https:// (http:// is for this machine alone)")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("give the address alone: no name, password, ? or # in it; the token is a setting")
    return url.rstrip("/")
