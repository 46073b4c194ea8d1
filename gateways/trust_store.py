"""Whose certificates are believed: read once a process, for reading them takes longer than many a call.

Each library believes whom it always did, and is as strict as it was; only what it made anew for each client,
connection or call is kept. Nobody may change what is kept: who wants a certificate of his own, or another authority,
makes an `SSLContext` of his own.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable
from functools import cache

import httpx

__all__ = ["trust_store", "trust_store_of_requests", "trust_store_of_the_system"]

_PROTOCOLS = ["http/1.1"]


def trust_store(*, environment: bool = True) -> ssl.SSLContext:
    """What httpx makes for a client: certifi, unless `SSL_CERT_FILE` or `SSL_CERT_DIR` says otherwise.

    Args:
        environment: Whether the environment has a say, as a client's `trust_env`.
    """
    return _of_httpx(environment, *(_named() if environment else ()))


def trust_store_of_the_system() -> ssl.SSLContext:
    """What Python makes for a connection of `http.client`: the machine's, unless the environment says otherwise."""
    return _of_python(*_named())


def trust_store_of_requests(bundle: str | None = None) -> ssl.SSLContext:
    """What urllib3 makes for a connection of requests that is to verify.

    Args:
        bundle: The file that requests was named (`REQUESTS_CA_BUNDLE`); None: certifi.
    """
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    return _of_urllib3(bundle or DEFAULT_CA_BUNDLE_PATH)


def _named() -> tuple[str | None, ...]:
    return tuple(os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"))


@cache
def _of_httpx(environment: bool, *_: str | None) -> ssl.SSLContext:
    return _settled(httpx.create_ssl_context(trust_env=environment))


@cache
def _of_urllib3(bundle: str) -> ssl.SSLContext:
    from urllib3.util import create_urllib3_context

    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(bundle)
    return _settled(context)


@cache
def _of_python(*_: str | None) -> ssl.SSLContext:
    return _settled(ssl.create_default_context())


def _settled(context: ssl.SSLContext) -> ssl.SSLContext:
    """Nothing about it changes any more.

    The libraries say their protocol at each connection. OpenSSL then frees what was said before, while a connection in
    another thread may be copying it.
    """
    context.set_alpn_protocols(_PROTOCOLS)

    def said_already(alpn_protocols: Iterable[str]) -> None:
        if list(alpn_protocols) != _PROTOCOLS:
            raise ValueError(f"all share these certificates, and speak {_PROTOCOLS[0]}: make another SSLContext")

    context.set_alpn_protocols = said_already  # type: ignore[method-assign]
    return context
