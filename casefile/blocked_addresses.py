"""Addresses and numbers that a channel does not use any more, and why: they reach nobody, or their owner said no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from casefile import feedback_tables as t
from casefile.session import Session, moment_text, storable
from domain.telephone import international

__all__ = ["BlockedAddress", "BlockedAddresses"]


@dataclass(frozen=True, slots=True)
class BlockedAddress:
    """One of them.

    Attributes:
        channel: `email`, `sms` or `call`.
        address: As it is compared: a number as +31612345678, a mail address in small letters.
        reason: Why, without personal data.
        since: Since when.
    """

    channel: str
    address: str
    reason: str
    since: datetime


# Building a statement takes longer than running it: every message asks.
_WHY = select(t.blocked_addresses.c.reason).where(
    t.blocked_addresses.c.channel == bindparam("channel"), t.blocked_addresses.c.address == bindparam("address")
)


class BlockedAddresses:
    """All of them."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def block(self, channel: str, address: str, reason: str, at: datetime, source: str) -> bool:
        """Use an address no more over a channel; False when that was so already.

        Args:
            channel: The channel.
            address: The address or number.
            reason: Why, without personal data.
            at: Since when.
            source: What said so.
        """
        row = {
            "channel": channel,
            "address": _compared(channel, address),
            "reason": storable(reason),
            "since": moment_text(at),
            "source": storable(source),
        }
        return self._session.insert_once(t.blocked_addresses, row, ["channel", "address"])

    def allow(self, channel: str, address: str) -> bool:
        """Use it again; False when it was not blocked."""
        c = t.blocked_addresses.c
        gone = delete(t.blocked_addresses).where(c.channel == channel, c.address == _compared(channel, address))
        return self._session.connection.execute(gone).rowcount == 1

    def allow_from(self, source: str) -> bool:
        """Use again what this source said to use no more; False when nothing of it stands."""
        gone = delete(t.blocked_addresses).where(t.blocked_addresses.c.source == storable(source))
        return self._session.connection.execute(gone).rowcount > 0

    def why(self, channel: str, address: str) -> str | None:
        """Why an address is not used over a channel, None when it may be."""
        found: str | None = self._session.connection.scalar(
            _WHY, {"channel": channel, "address": _compared(channel, address)}
        )
        return found

    def among(self, addresses: Iterable[str]) -> tuple[BlockedAddress, ...]:
        """Those of some addresses and numbers, the oldest first."""
        wanted = {_compared(channel, each) for each in addresses for channel in ("email", "call")}
        if not wanted:
            return ()
        c = t.blocked_addresses.c
        rows = self._session.connection.execute(
            select(c.channel, c.address, c.reason, c.since)
            .where(c.address.in_(sorted(wanted)))
            .order_by(c.since, c.channel, c.address)
        )
        return tuple(BlockedAddress(row[0], row[1], row[2], datetime.fromisoformat(row[3])) for row in rows)

    def all(self) -> tuple[BlockedAddress, ...]:
        """Every one, the oldest first."""
        c = t.blocked_addresses.c
        rows = self._session.connection.execute(
            select(c.channel, c.address, c.reason, c.since).order_by(c.since, c.channel, c.address)
        )
        return tuple(BlockedAddress(row[0], row[1], row[2], datetime.fromisoformat(row[3])) for row in rows)


def _compared(channel: str, address: str) -> str:
    if channel == "email":
        return storable(address.strip().lower())
    return international(address) or storable(address.strip())
