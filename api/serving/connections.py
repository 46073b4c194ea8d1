"""Uvicorn's HTTP/1.1 protocol with what it lacks: a place at the gate, and an end to every wait for the client.

A connection is always in one phase, each with its longest time: its head comes, its body comes, it is answered, it is
open for another request, or what still comes is read away after an answer that ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from api.serving.gate import Gate
from config.connection_limits import Limits, client_of

__all__ = ["LimitedConfig", "LimitedConnection", "Tls"]


@dataclass(frozen=True, slots=True)
class Tls:
    """What a server shows of itself: PEM files with the certificate (and its chain) and, unless there, its key."""

    certificate: Path
    key: Path | None = None


class LimitedConfig(uvicorn.Config):
    """Uvicorn's configuration of a server whose connections are limited."""

    def __init__(self, app: Any, limits: Limits, *, tls: Tls | None = None, proxies: str = "") -> None:
        """Take the limits down.

        Args:
            app: What is served.
            limits: What clients may take.
            tls: Certificate and key; None serves plain HTTP.
            proxies: Addresses of proxies whose word about the client is believed, with commas; none by default.
        """
        super().__init__(
            app,
            http=LimitedConnection,
            # A request for another protocol is answered as if it had not asked.
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies or None,
            ssl_certfile=None if tls is None else str(tls.certificate),
            ssl_keyfile=None if tls is None or tls.key is None else str(tls.key),
            log_level="warning",
            backlog=limits.accepted_at_once,
            h11_max_incomplete_event_size=limits.head_bytes,
        )
        self.limits = limits
        self.gate = Gate(limits)


class _Phase(StrEnum):
    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"
    IDLE = "idle"
    LINGER = "linger"


class _Reader(h11.Connection):
    """h11 looks at its limit only while a head is incomplete: one that came in one piece may be longer."""

    def __init__(self, head_bytes: int) -> None:
        super().__init__(h11.SERVER, head_bytes)
        self._head_bytes = head_bytes
        self.status = HTTPStatus.BAD_REQUEST
        """What to answer after an error."""

    def next_event(self) -> Any:
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as problem:
            self.status = HTTPStatus(problem.error_status_hint)
            raise
        if isinstance(event, h11.Request):
            size = sum(len(name) + len(value) + len(": \r\n") for name, value in event.headers.raw_items())
            if size + len(event.target) > self._head_bytes:
                self._too_large()
        return event

    def _too_large(self) -> NoReturn:
        self.status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        raise h11.RemoteProtocolError("the head is too large", self.status)


class LimitedConnection(H11Protocol):
    """One connection: has a place at the gate, and a deadline in each phase."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        assert isinstance(config, LimitedConfig)
        super().__init__(config, server_state, app_state, _loop)
        self._limits, self._gate = config.limits, config.gate
        self._reader = _Reader(config.limits.head_bytes)
        self.conn = self._reader
        self._phase = _Phase.HEAD
        self._deadline: asyncio.TimerHandle | None = None
        self._answered = 0
        self._looked_at: tuple[_Phase, int] | None = None

    # From the transport ---------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Ask for a place; without one the connection is closed at once."""
        super().connection_made(transport)
        client = client_of(self.client[0]) if self.client else ""
        if self._gate.enter(self, client):
            self._look()
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on, unless what comes is read away."""
        if self._phase is _Phase.LINGER:
            return
        self._gate.hold(self, len(data))
        if self.transport.is_closing():
            return
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._gate.leave(self)
        self._disarm()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    # From uvicorn ---------------------------------------------------------------------------------------------------

    def send_400_response(self, msg: str) -> None:
        """What can't be read is answered by what is wrong with it, which uvicorn does not know."""
        self._end_with(self._reader.status)

    def on_response_complete(self) -> None:
        """The connection waits for its client again, for another request or for the rest of this one."""
        self._answered += 1
        self._gate.release(self)
        super().on_response_complete()
        self._unset_keepalive_if_required()
        self._look()

    def shutdown(self) -> None:
        """The server stops: what is complete is still answered, nobody is waited for."""
        if self._phase is _Phase.ANSWER:
            super().shutdown()
        else:
            self._forget_request()
            self.transport.close()
            self._begin(_Phase.LINGER)

    # Phases ---------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """See which phase it is in; a new one has a new deadline."""
        if self.transport.is_closing():
            # Its last answer may not have been taken yet, and perhaps never is.
            found = _Phase.LINGER
        elif self.cycle is not None and not self.cycle.response_complete:
            found = _Phase.BODY if self.conn.their_state is h11.SEND_BODY else _Phase.ANSWER
        elif self.conn.their_state is h11.SEND_BODY:
            # It was answered before its end, so that nothing is to come after it.
            found = _Phase.LINGER
            self.transport.write_eof()
        elif self.cycle is None or self.conn.trailing_data[0]:
            found = _Phase.HEAD
        else:
            found = _Phase.IDLE
        if (found, self._answered) != self._looked_at:
            self._begin(found)

    def _begin(self, phase: _Phase) -> None:
        self._phase, self._looked_at = phase, (phase, self._answered)
        if phase is _Phase.ANSWER:
            self._gate.works(self)
        else:
            self._gate.waits(self)
        self._disarm()
        self._deadline = self.loop.call_later(self._longest(phase), self._too_late)

    def _longest(self, phase: _Phase) -> float:
        limits = self._limits
        longest = {
            _Phase.HEAD: limits.head_seconds,
            _Phase.BODY: limits.body_seconds,
            # The request itself is answered within the limit, see `limited_requests`; taking the answer has as long.
            _Phase.ANSWER: 2 * limits.answer_seconds,
            _Phase.IDLE: limits.idle_seconds,
            _Phase.LINGER: limits.linger_seconds,
        }
        return longest[phase]

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if self._phase is _Phase.BODY or (self._phase is _Phase.HEAD and self.conn.trailing_data[0]):
            self._end_with(HTTPStatus.REQUEST_TIMEOUT)
        elif self._phase in (_Phase.HEAD, _Phase.IDLE):
            self.transport.close()
            # It is not closed before its last answer is taken.
            self._begin(_Phase.LINGER)
        else:
            self.transport.abort()

    def give_up(self) -> None:
        """Close at once: somebody else needs the place."""
        self._disarm()
        self._forget_request()
        self.transport.abort()

    def _end_with(self, status: HTTPStatus) -> None:
        """Answer what will never be a request, and read away what still comes."""
        self._forget_request()
        if self.transport.is_closing():
            return
        text = f"{status.phrase}\n".encode()
        headers = [
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", str(len(text))),
            ("connection", "close"),
        ]
        answer = h11.Response(status_code=status, headers=headers, reason=status.phrase)
        with contextlib.suppress(h11.LocalProtocolError):  # It was being answered already.
            for event in (answer, h11.Data(data=text), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._begin(_Phase.LINGER)

    def _forget_request(self) -> None:
        """Whoever handles a request that is not complete is told that its client has gone."""
        self._gate.release(self)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
