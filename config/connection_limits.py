"""How much of a server its clients may take: connections, bytes and seconds, well below what the process has."""

from __future__ import annotations

import resource
from dataclasses import dataclass, replace
from ipaddress import IPv6Address, ip_address

__all__ = ["API", "MAIL_BODY_BYTES", "PAGES", "WEBHOOKS", "Limits", "client_of", "fitted", "with_descriptors"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What clients may take.

    Attributes:
        connections: Most connections at once.
        connections_of_one: Most connections at once of one remote address.
        head_bytes: Longest request line with its headers.
        body_bytes: Longest body; more is answered with 413.
        larger_bodies: Paths, with all below them, whose bodies may be longer, and how long.
        held_bytes: Bytes of all bodies that are under way at once.
        head_seconds: Longest time for the whole head, from the connection or from the first byte of a later request.
        body_seconds: Longest time for the whole body, from the end of the head.
        answer_seconds: Longest time for making an answer, and for the client to take it.
        idle_seconds: How long a connection may stay open after an answer.
        linger_seconds: How long what still comes is read away after an answer that ends the connection: one that is
            closed at once is reset, and the client never sees why.
        accepted_at_once: Connections taken in one turn of the event loop. They all have a descriptor before the first
            of them is counted.
    """

    connections: int
    connections_of_one: int
    head_bytes: int
    body_bytes: int
    held_bytes: int
    head_seconds: float
    body_seconds: float
    answer_seconds: float
    idle_seconds: float
    linger_seconds: float
    accepted_at_once: int
    larger_bodies: tuple[tuple[str, int], ...] = ()

    def longest_body(self, path: str) -> int:
        """Bytes of the longest body that a request of this path may have."""
        for beginning, size in self.larger_bodies:
            if path == beginning or path.startswith(f"{beginning}/"):
                return size
        return self.body_bytes


WEBHOOKS = Limits(
    # 200 posts a second come to 400 that wait when the database halts for two seconds, as it does under an import. A
    # proxy before the door is one address.
    connections=1000,
    connections_of_one=400,
    head_bytes=16 * 1024,
    # A batch of 128 events, the most that was ever claimed of SendGrid, stays below it with 7 kB for each.
    body_bytes=1_000_000,
    held_bytes=32_000_000,
    head_seconds=10,
    body_seconds=20,
    # SendGrid waits about ten seconds, then brings the batch again.
    answer_seconds=10,
    idle_seconds=5,
    linger_seconds=2,
    accepted_at_once=16,
)
"""Of the door, which the whole internet may reach."""

API = replace(
    WEBHOOKS,
    connections=500,
    connections_of_one=200,
    # An invoice or a photo that a debtor sends along.
    body_bytes=12_000_000,
    held_bytes=96_000_000,
    body_seconds=60,
    # A bulk request is answered case by case.
    answer_seconds=60,
)
"""Of `maanwerk api`; its webhooks keep limits of their own for what they take."""

MAIL_BODY_BYTES = 32_000_000
"""A mail with its attachments, as SendGrid's inbound parse posts it: the mail itself has 30 MB at most."""

PAGES = Limits(
    # An orchestrator, a monitoring system and a person who looks.
    connections=64,
    connections_of_one=32,
    head_bytes=8 * 1024,
    # The pages are asked with GET.
    body_bytes=1024,
    held_bytes=64 * 1024,
    head_seconds=5,
    body_seconds=5,
    answer_seconds=20,
    idle_seconds=5,
    linger_seconds=1,
    accepted_at_once=4,
)
"""Of the worker's own pages, which only the operator's network should reach."""

_OWN_DESCRIPTORS = 128
"""What a process needs for itself: its database, log, event loop and libraries."""
_TURNS = 5
"""Turns of the event loop for which a connection may have a descriptor without being counted: taken, or closing. As
many pass before the first is read; a request that came whole must not be the oldest by then."""
_WANTED_DESCRIPTORS = 4096


def with_descriptors() -> int:
    """Let this process have more file descriptors where the system allows it; how many it may have then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return _WANTED_DESCRIPTORS
    wanted = _WANTED_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(_WANTED_DESCRIPTORS, hard)
    if wanted > soft:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            return soft  # A system that says one thing and allows another: what we have is what we count with.
        return wanted
    return soft


def fitted(limits: Limits, descriptors: int) -> Limits:
    """The limits, with no more connections than leave the process descriptors enough for its own work.

    Args:
        limits: What is wanted.
        descriptors: File descriptors that the process may have.
    """
    at_once = limits.accepted_at_once
    connections = max(1, min(limits.connections, descriptors - _OWN_DESCRIPTORS - _TURNS * at_once))
    # The same share as was wanted.
    of_one = max(1, limits.connections_of_one * connections // limits.connections)
    at_once = max(1, min(at_once, of_one // (_TURNS + 1)))
    return replace(limits, connections=connections, connections_of_one=of_one, accepted_at_once=at_once)


def client_of(host: str) -> str:
    """Who is behind an address: of IPv6 the network of 64 bits, all of which one client has."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
