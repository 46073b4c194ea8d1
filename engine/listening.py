"""Whether anybody listens where Temporal is looked for: asked before its SDK is imported, which takes a while.

A command that looks at a case must not wait for the SDK where no Temporal runs.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

from speech.words import tr

__all__ = ["LOCAL", "TemporalUnreachable", "first_line", "look_first", "probe", "unreachable"]

LOCAL = "localhost:7233"
"""Where Temporal is looked for when nobody says where."""


class TemporalUnreachable(ConnectionError):
    """Temporal can't be reached; the text is one line that says where it was looked for and what to do."""


def look_first(seconds: float) -> None:
    """Look whether anybody listens, as far as that can be told without the SDK and without looking up a name.

    Args:
        seconds: Longest time to wait.

    Raises:
        TemporalUnreachable: nobody does.
    """
    address = _plain_address()
    if address is None:
        return
    host, port = address
    try:
        socket.create_connection((host, port), seconds).close()
    except TimeoutError as error:
        raise TemporalUnreachable(unreachable(_said(), tr("no answer in time"))) from error
    except OSError as error:
        raise TemporalUnreachable(unreachable(_said(), _reason(error))) from error


def _said() -> str:
    return os.environ.get("TEMPORAL_ADDRESS") or LOCAL


def _plain_address() -> tuple[str, int] | None:
    """The address where it is a number, or this machine; None where a file of the SDK may name another, or a server."""
    config = Path.home() / ".config" / "temporalio" / "temporal.toml"
    if any(os.environ.get(f"TEMPORAL_{name}") for name in ("CONFIG_FILE", "PROFILE")) or config.exists():
        return None
    host, _, port = _said().removeprefix("https://").removeprefix("http://").rpartition(":")
    host = host.strip("[]")
    if host != "localhost" and not any(_is_number(family, host) for family in (socket.AF_INET, socket.AF_INET6)):
        return None
    return (host, int(port)) if port.isdecimal() and int(port) < 1 << 16 else None


def _is_number(family: socket.AddressFamily, host: str) -> bool:
    try:
        socket.inet_pton(family, host)
    except (OSError, UnicodeError):
        return False
    return True


async def probe(address: str, seconds: float) -> None:
    """Look whether anybody listens there: quicker and clearer than the SDK when nobody does.

    Args:
        address: `host:port`, as the SDK has it.
        seconds: Longest time to wait.

    Raises:
        TemporalUnreachable: nobody does, or it is no address.
    """
    import asyncio  # who only looks first needs none of it

    host, _, port = address.removeprefix("https://").removeprefix("http://").rpartition(":")
    if not host or not port.isdecimal():
        raise TemporalUnreachable(
            tr("TEMPORAL_ADDRESS is {address!r}: write it like {local}", address=address, local=LOCAL)
        )
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except TimeoutError as error:
        raise TemporalUnreachable(unreachable(address, tr("no answer in time"))) from error
    except (OSError, OverflowError, UnicodeError) as error:
        raise TemporalUnreachable(unreachable(address, _reason(error))) from error
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def unreachable(address: str, cause: str) -> str:
    """That nobody answers, and what to do."""
    return tr(
        "Temporal can't be reached at {address}: start it, or set TEMPORAL_ADDRESS ({cause})",
        address=address,
        cause=cause,
    )


def first_line(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return tr("connection refused")
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the host name is not known"
    causes = str(getattr(error, "strerror", None) or error)
    return "connection refused" if "Connect call failed" in causes else causes[:200]
