"""Where the worker listens, as settings write it."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator

__all__ = ["Address", "AddressTaken", "is_loopback", "local_url", "split_address"]


class AddressTaken(OSError):
    """The address to listen on can't be used; the text is one line and says what to do."""


def split_address(address: str) -> tuple[str, int]:
    """Host and port of `host:port`.

    Raises:
        ValueError: it is not written like that.
    """
    host, _, port = address.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or (":" in bare and bare == host) or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{address!r} is no address to listen on: write it like 127.0.0.1:8080")
    return bare, int(port)


def local_url(address: str) -> str:
    """Under which URL a browser on this machine reaches an address; by the name under which it knows Temporal's page.

    A cookie goes from `localhost` to `localhost` only: to a browser `127.0.0.1` is somebody else.
    """
    host, port = split_address(address)
    if host in ("127.0.0.1", "0.0.0.0", "::1", "::"):
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked(address: str) -> str:
    split_address(address)
    return address


Address = Annotated[str, AfterValidator(_checked)]
"""Where to listen, as `host:port`."""
