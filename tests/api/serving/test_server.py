"""What clients may take of a server: connections, bytes, seconds. What is beyond that is answered, or closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from api.serving.gate import Gate
from api.serving.server import listener_at, served_by
from config.addresses import AddressTaken
from config.connection_limits import PAGES, WEBHOOKS, Limits, client_of, fitted
from engine.embedded import free_port

PATIENCE = 20.0
ROOMY = replace(
    WEBHOOKS, head_seconds=60, body_seconds=60, answer_seconds=60, idle_seconds=60, linger_seconds=60, body_bytes=1000
)
QUICK = 0.2
"""Seconds of a limit that a test waits for."""
POST = b"POST /told HTTP/1.1\r\nHost: desk\r\nContent-Length: 4\r\n\r\n"


@dataclass
class Served:
    """An application that counts what it is told."""

    gate: Gate
    port: int
    told: list[bytes]
    gone_on: asyncio.Event
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, *parts: bytes, host: str = "127.0.0.1") -> Connection:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=None if host == "127.0.0.1" else (host, 0)
        )
        self.opened.append(writer)
        connection = Connection(reader, writer)
        for part in parts:
            writer.write(part)
            await writer.drain()
        return connection

    async def status(self, *parts: bytes, host: str = "127.0.0.1") -> int:
        return (await (await self.connect(*parts, host=host)).answer())[0]


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            lines = head.decode().lower().split("\r\n")
            lengths = [int(each.partition(":")[2]) for each in lines if each.startswith("content-length:")]
            return int(lines[0].split()[1]), await self.reader.readexactly(lengths[0] if lengths else 0)

    async def is_closed(self) -> bool:
        """Whether the server closes it, in time, without another word."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read() == b""
            except ConnectionResetError:
                return True


@asynccontextmanager
async def served(limits: Limits = ROOMY) -> AsyncIterator[Served]:
    app, gone_on = FastAPI(), asyncio.Event()
    told: list[bytes] = []

    @app.post("/told")
    async def tell(request: Request) -> str:
        told.append(await request.body())
        return "ok"

    @app.get("/hangs")
    async def hang() -> None:
        told.append(b"hangs")
        await gone_on.wait()

    @app.post("/breaks")
    async def break_down(request: Request) -> None:
        raise RuntimeError((await request.body()).decode())

    @app.get("/long")
    async def long() -> str:
        return "x" * 30_000_000

    port = free_port()
    async with served_by(app, listener_at(f"127.0.0.1:{port}", "it", "IT"), limits) as gate:
        found = Served(gate, port, told, gone_on)
        try:
            yield found
        finally:
            gone_on.set()
            for writer in found.opened:
                writer.close()


async def until(true: Callable[[], bool], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not true():
        assert asyncio.get_running_loop().time() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.005)


def reset(connection: Connection) -> None:
    """Go away without a word, as a process that is killed."""
    end: socket.socket = connection.writer.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.writer.transport.abort()


# What is taken --------------------------------------------------------------------------------------------------


async def test_a_request_is_answered_and_the_connection_takes_another() -> None:
    async with served() as server:
        connection = await server.connect(POST + b"1111")
        assert (await connection.answer())[0] == 200
        for part in (POST[:10], POST[10:], b"22", b"22"):
            connection.writer.write(part)
            await connection.writer.drain()
        assert (await connection.answer())[0] == 200
        assert server.told == [b"1111", b"2222"]


async def test_requests_that_come_at_once_are_answered_one_after_the_other() -> None:
    async with served() as server:
        connection = await server.connect(POST + b"1111" + POST + b"2222" + POST[:20])
        assert [(await connection.answer())[0] for _ in range(2)] == [200, 200]
        connection.writer.write(POST[20:] + b"3333")
        assert (await connection.answer())[0] == 200
        assert server.told == [b"1111", b"2222", b"3333"]


async def test_a_body_in_chunks_is_one_body() -> None:
    head = b"POST /told HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with served() as server:
        assert await server.status(head, b"2\r\nab\r\n", b"2\r\ncd\r\n0\r\n\r\n") == 200
        assert server.told == [b"abcd"]


async def test_who_asks_whether_he_may_send_is_told_so() -> None:
    async with served() as server:
        connection = await server.connect(POST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
        assert (await connection.answer())[0] == 100
        connection.writer.write(b"1111")
        assert (await connection.answer())[0] == 200


# Places ---------------------------------------------------------------------------------------------------------


async def test_half_open_posts_take_no_more_places_than_there_are_and_a_real_one_is_answered() -> None:
    async with served(replace(ROOMY, connections=40, connections_of_one=30)) as server:
        flood = [await server.connect(POST + b"1") for _ in range(300)]
        assert len(server.gate) == 30
        assert await server.status(POST + b"real") == 200
        assert await server.status(POST + b"more", host="127.0.0.2") == 200
        assert server.told == [b"real", b"more"]
        assert all([await each.is_closed() for each in flood[:270]])
        assert server.gate.given_up >= 270


async def test_one_client_takes_no_place_of_another() -> None:
    async with served(replace(ROOMY, connections=12, connections_of_one=8)) as server:
        slow = [await server.connect(POST, host=f"127.0.0.{number}") for number in (2, 3)]
        for _ in range(100):
            await server.connect(POST)
        for number in (4, 5, 6):
            await server.connect(POST, host=f"127.0.0.{number}")
        for connection in slow:
            connection.writer.write(b"slow")
            assert (await connection.answer())[0] == 200


async def test_who_is_being_answered_keeps_his_place_and_is_not_pushed_out_by_newer_ones() -> None:
    async with served(replace(ROOMY, connections=2, connections_of_one=2)) as server:
        served_now = [await server.connect(b"GET /hangs HTTP/1.1\r\nHost: desk\r\n\r\n") for _ in range(2)]
        await until(lambda: len(server.told) == 2, "both are being answered")
        assert await (await server.connect(POST)).is_closed()
        server.gone_on.set()
        assert [(await each.answer())[0] for each in served_now] == [200, 200]


async def test_a_place_is_given_back_however_a_connection_ends() -> None:
    async with served(replace(ROOMY, connections=2, connections_of_one=2)) as server:
        for _ in range(10):
            assert await server.status(POST + b"1111") == 200
            reset(await server.connect(POST))
            (await server.connect(POST[:5])).writer.close()
        await until(lambda: len(server.gate) <= 2, "the places are free")


async def test_bodies_under_way_take_no_more_memory_than_the_limit_and_the_oldest_gives_up() -> None:
    head = b"POST /told HTTP/1.1\r\nHost: desk\r\nContent-Length: 900\r\n\r\n"
    async with served(replace(ROOMY, held_bytes=2000)) as server:
        first, second = [await server.connect(head, b"x" * 800) for _ in range(2)]
        await until(lambda: len(server.gate) == 2, "both are in")
        third = await server.connect(head, b"x" * 800)
        assert await first.is_closed()
        for each in (second, third):
            each.writer.write(b"x" * 100)
            assert (await each.answer())[0] == 200


# Time -----------------------------------------------------------------------------------------------------------


async def test_a_head_that_does_not_come_is_answered_with_408_or_closed_when_nothing_came() -> None:
    async with served(replace(ROOMY, head_seconds=QUICK)) as server:
        assert await server.status(POST[:20]) == 408
        assert await (await server.connect()).is_closed()


async def test_a_head_that_trickles_is_not_waited_for_longer() -> None:
    async with served(replace(ROOMY, head_seconds=QUICK)) as server:
        connection = await server.connect()

        async def trickle() -> None:
            for byte in b"POST /told HTTP/1.1\r\nX: " + b"x" * 10_000:
                connection.writer.write(bytes([byte]))
                await asyncio.sleep(QUICK / 20)

        trickling = asyncio.create_task(trickle())
        assert (await connection.answer())[0] == 408
        trickling.cancel()
        await asyncio.gather(trickling, return_exceptions=True)


async def test_a_body_that_does_not_come_is_answered_with_408_and_nobody_is_told() -> None:
    async with served(replace(ROOMY, body_seconds=QUICK, linger_seconds=QUICK)) as server:
        connection = await server.connect(POST + b"111")
        assert (await connection.answer())[0] == 408
        assert await connection.is_closed()
        assert server.told == []
        await until(lambda: len(server.gate) == 0, "the place is free")


async def test_a_connection_that_asks_nothing_more_is_closed() -> None:
    async with served(replace(ROOMY, idle_seconds=QUICK)) as server:
        connection = await server.connect(POST + b"1111")
        assert (await connection.answer())[0] == 200
        assert await connection.is_closed()


async def test_an_answer_that_is_not_there_in_time_is_503() -> None:
    async with served(replace(ROOMY, answer_seconds=QUICK)) as server:
        with capture_logs() as log:
            status = await server.status(b"GET /hangs?secret=1 HTTP/1.1\r\nHost: desk\r\n\r\n")
        assert status == 503
        assert log == [{"event": "answer_too_late", "handler": "hang", "log_level": "warning"}]


async def test_who_does_not_take_his_answer_is_left() -> None:
    async with served(replace(ROOMY, idle_seconds=QUICK, linger_seconds=QUICK)) as server:
        connection = await server.connect()
        connection.writer.transport.pause_reading()  # type: ignore[attr-defined]
        connection.writer.write(b"GET /long HTTP/1.1\r\nHost: desk\r\n\r\n")
        await until(lambda: len(server.gate) == 1, "it is in")
        await until(lambda: len(server.gate) == 0, "it is left")


async def test_the_end_waits_for_no_half_open_request() -> None:
    async with served() as server:
        connections = [await server.connect(POST[:20]), await server.connect(POST + b"1"), await server.connect()]
        await until(lambda: len(server.gate) == 3, "all are in")
    for each in connections:
        assert await each.is_closed()


# Size -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [1, 10], ids=["in one piece", "in pieces"])
@pytest.mark.parametrize("complete", [True, False])
async def test_a_head_that_is_too_large_is_answered_with_431(pieces: int, complete: bool) -> None:
    head = b"GET /told HTTP/1.1\r\nHost: desk\r\nX: " + b"x" * 20_000 + (b"\r\n\r\n" if complete else b"")
    size = len(head) // pieces + 1
    async with served() as server:
        connection = await server.connect()
        for start in range(0, len(head), size):
            connection.writer.write(head[start : start + size])
            await asyncio.sleep(0)
        assert (await connection.answer())[0] == 431


async def test_a_body_that_is_announced_too_large_is_answered_with_413_before_it_comes() -> None:
    async with served() as server:
        assert await server.status(b"POST /told HTTP/1.1\r\nHost: desk\r\nContent-Length: 1001\r\n\r\n") == 413
        assert server.told == []


@pytest.mark.parametrize("chunked", [True, False])
async def test_who_sends_a_body_that_is_too_large_to_its_end_still_sees_why_it_was_refused(chunked: bool) -> None:
    size = 3_000_000
    head, ends = (b"Transfer-Encoding: chunked", b"\r\n0\r\n\r\n") if chunked else (b"Content-Length: %d" % size, b"")
    body = (b"%x\r\n" % size if chunked else b"") + b"x" * size + ends
    async with served() as server:
        connection = await server.connect(b"POST /told HTTP/1.1\r\nHost: desk\r\n" + head + b"\r\n\r\n", body)
        assert (await connection.answer())[0] == 413
        assert server.told == []


async def test_after_a_body_that_is_too_large_the_connection_ends_and_nothing_more_is_read() -> None:
    async with served(replace(ROOMY, linger_seconds=QUICK)) as server:
        connection = await server.connect(b"POST /told HTTP/1.1\r\nHost: desk\r\nContent-Length: 2000\r\n\r\n")
        assert (await connection.answer())[0] == 413
        connection.writer.write(b"x" * 2000 + POST + b"1111")
        assert await connection.is_closed()
        await until(lambda: len(server.gate) == 0, "it is closed")
        assert server.told == []


@pytest.mark.parametrize("sent", [b"\0\r\n\r\n", b"GET  / HTTP/9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n"])
async def test_what_is_no_request_is_answered_with_400(sent: bytes) -> None:
    async with served() as server:
        assert await server.status(sent) == 400


# The log --------------------------------------------------------------------------------------------------------


async def test_a_client_that_goes_away_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), capture_logs() as log:
        async with served() as server:
            for _ in range(20):
                for parts in ((POST[:20],), (POST + b"1",), (b"GET /hangs HTTP/1.1\r\nHost: desk\r\n\r\n",)):
                    reset(await server.connect(*parts))
                    (await server.connect(*parts)).writer.close()
            await until(lambda: len(server.gate) == 0, "all have gone")
            assert await server.status(POST + b"1111") == 200
    assert [each for each in log if each["log_level"] != "debug"] == []
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == []


async def test_what_fails_is_logged_with_its_place_and_without_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    request = b"POST /breaks?name=Jansen HTTP/1.1\r\nHost: desk\r\nContent-Length: 4\r\n\r\nPiet"
    async with served() as server:
        with capture_logs() as log:
            assert await server.status(request) == 500
    (line,) = log
    assert (line["event"], line["handler"], line["problem"]) == ("request_failed", "break_down", "RuntimeError")
    assert line["where"].startswith("test_server.py:")
    assert not any(word in f"{log}{caplog.text}" for word in ("Piet", "Jansen", "127.0.0.1"))


# Numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [WEBHOOKS, PAGES])
@pytest.mark.parametrize("descriptors", [64, 256, 1024, 4096])
def test_connections_leave_descriptors_for_the_process_itself(limits: Limits, descriptors: int) -> None:
    found = fitted(limits, descriptors)
    assert 1 <= found.connections_of_one <= found.connections <= limits.connections
    assert found.accepted_at_once * 5 < max(6, found.connections_of_one), "who was just taken is not the oldest"
    if descriptors >= 256:
        assert found.connections + 5 * found.accepted_at_once + 100 < descriptors
    if descriptors >= 2048:
        assert found.connections == limits.connections


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
    ],
)
def test_a_client_is_an_address_or_a_network_of_which_he_has_all(address: str, client: str) -> None:
    assert client_of(address) == client


def test_an_address_that_is_taken_is_named_with_its_setting() -> None:
    address = f"127.0.0.1:{free_port()}"
    with (
        contextlib.closing(listener_at(address, "the pages", "A")),
        pytest.raises(AddressTaken, match=f"the webhooks can't be served at {address} .*: set B to another one"),
    ):
        listener_at(address, "the webhooks", "B")


def test_an_answer_is_sent_at_once_and_waits_for_no_word_of_the_client() -> None:
    with listener_at(f"127.0.0.1:{free_port()}", "the API", "MAANWERK_API") as listener:
        client = socket.create_connection(listener.getsockname())
        taken, _ = listener.accept()
        with client, taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
