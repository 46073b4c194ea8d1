"""Who may stay connected: a place for every client, and the one who keeps us waiting longest gives his up first.

Half-open requests cost nothing to make. Where they take all places and are kept, nobody else comes in; where a new
connection is refused, the same. So a full house closes the connection that has waited longest for its client: an
honest request is complete within milliseconds, and is never the oldest.
"""

from __future__ import annotations

from typing import Protocol

from config.connection_limits import Limits

__all__ = ["Gate", "Guest"]


class Guest(Protocol):
    """A connection, as the gate sees it."""

    def give_up(self) -> None:
        """Close at once: somebody else needs the place."""
        ...


class Gate:
    """Counts the connections of one server.

    Attributes:
        given_up: How many connections were closed to make room, since the start.
    """

    def __init__(self, limits: Limits) -> None:
        """Open the gate.

        Args:
            limits: How many may be in.
        """
        self._limits = limits
        self._client: dict[Guest, str] = {}
        self._number: dict[str, int] = {}
        # Those that wait for their client, by client, the longest first.
        self._waiting: dict[str, dict[Guest, None]] = {}
        self._held: dict[Guest, int] = {}
        self._held_in_all = 0
        self.given_up = 0

    def __len__(self) -> int:
        return len(self._client)

    def enter(self, guest: Guest, client: str) -> bool:
        """Take a connection in; another one may have to go for it.

        Args:
            guest: The connection. It waits for its client.
            client: Who it is of.

        Returns:
            Whether there is a place. There is none only while all are being answered.
        """
        there = True
        if self._number.get(client, 0) >= self._limits.connections_of_one:
            there = self._make_room(client)
        elif len(self._client) >= self._limits.connections:
            # Of him who has most: so none can keep the others out, however many addresses he has.
            there = self._make_room(max(self._waiting, key=self._number.__getitem__, default=""))
        if not there:
            return False
        self._client[guest] = client
        self._number[client] = self._number.get(client, 0) + 1
        self._waiting.setdefault(client, {})[guest] = None
        return True

    def waits(self, guest: Guest) -> None:
        """From now on the connection waits for its client again."""
        client = self._client.get(guest)
        if client is not None:
            self._waits_no_more(guest, client)
            self._waiting.setdefault(client, {})[guest] = None

    def works(self, guest: Guest) -> None:
        """From now on the connection waits for us: it keeps its place until it is answered."""
        client = self._client.get(guest)
        if client is not None:
            self._waits_no_more(guest, client)

    def leave(self, guest: Guest) -> None:
        """The connection is closed; harmless when it has left already."""
        client = self._client.pop(guest, None)
        if client is None:
            return
        self.release(guest)
        self._waits_no_more(guest, client)
        self._number[client] -= 1
        if not self._number[client]:
            del self._number[client]

    def hold(self, guest: Guest, size: int) -> None:
        """So many more bytes of a body are kept; when all are too many, those who wait longest give up theirs.

        Args:
            guest: Whose body it is.
            size: Bytes.
        """
        if guest not in self._client:
            return
        self._held[guest] = self._held.get(guest, 0) + size
        self._held_in_all += size
        while self._held_in_all > self._limits.held_bytes:
            oldest = next((each for each in self._held if each is not guest and self._is_waiting(each)), guest)
            self._send_away(oldest)
            if oldest is guest:
                return

    def release(self, guest: Guest) -> None:
        """The body is no longer kept."""
        self._held_in_all -= self._held.pop(guest, 0)

    def _is_waiting(self, guest: Guest) -> bool:
        return guest in self._waiting.get(self._client[guest], {})

    def _make_room(self, client: str) -> bool:
        waiting = self._waiting.get(client)
        if not waiting:
            return False
        self._send_away(next(iter(waiting)))
        return True

    def _send_away(self, guest: Guest) -> None:
        self.leave(guest)
        self.given_up += 1
        guest.give_up()

    def _waits_no_more(self, guest: Guest, client: str) -> None:
        waiting = self._waiting.get(client)
        if waiting is not None:
            waiting.pop(guest, None)
            if not waiting:
                del self._waiting[client]
