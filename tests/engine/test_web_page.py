"""Where Temporal's page is, is said when it answers, beside all else that begins, and in any case after a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from engine.embedded import free_port
from engine.web_page import page_answers, told_with_page

FOUND = b"HTTP/1.0 200 OK\r\n\r\n{}"
ENGINE_AWAY = b"HTTP/1.0 503 Service Unavailable\r\n\r\n{}"


@asynccontextmanager
async def page(*answers: bytes) -> AsyncIterator[int]:
    """The port of a page that answers so, one request after the other, and then always as the last time."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readline()
        assert asked.startswith(b"GET /api/v1/cluster-info ")
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("before", [(), (ENGINE_AWAY, ENGINE_AWAY), (b"", b"?\r\n", b"x" * 100_000)])
async def test_a_page_answers_once_it_has_found_its_engine(before: tuple[bytes, ...]) -> None:
    async with page(*before, FOUND) as port:
        assert await page_answers(port)


async def test_a_page_that_never_does_is_waited_for_so_long_and_no_longer() -> None:
    assert not await page_answers(free_port(), 0.1)
    async with page(ENGINE_AWAY) as port:
        assert not await page_answers(port, 0.1)


@pytest.mark.parametrize("answer", [FOUND, ENGINE_AWAY])
async def test_it_is_told_once_when_all_else_is_there_and_whether_the_page_answers(answer: bytes) -> None:
    told: list[bool] = []
    heard = asyncio.Event()

    def tell(answers: bool) -> None:
        told.append(answers)
        heard.set()

    seconds = 60 if answer is FOUND else 0.1
    async with page(answer) as port, told_with_page(port, tell, asyncio.Event(), seconds) as all_else_is_there:
        assert await page_answers(port, seconds) is (answer is FOUND)
        assert told == [], "all else is not there"
        all_else_is_there()
        await heard.wait()
    assert told == [answer is FOUND]


async def test_who_stops_before_waits_for_no_page() -> None:
    told: list[bool] = []
    async with page(ENGINE_AWAY) as port, told_with_page(port, told.append, asyncio.Event(), 3600) as all_else_is_there:
        all_else_is_there()
    assert told == []


async def test_what_fails_when_it_is_told_stops_all_and_is_raised() -> None:
    stop = asyncio.Event()

    def tell(_: bool) -> None:
        raise BrokenPipeError

    async with page(FOUND) as port:
        with pytest.raises(BrokenPipeError):
            async with told_with_page(port, tell, stop) as all_else_is_there:
                all_else_is_there()
                await stop.wait()
