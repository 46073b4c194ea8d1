"""Temporal's web page: from when on it shows what it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

__all__ = ["page_answers", "told_with_page"]

_LONGEST = 5.0
"""Seconds after which nobody waits for it any longer."""
_PAUSE = 0.05
_QUESTION = b"GET /api/v1/cluster-info HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
"""What the page itself asks first."""


async def page_answers(port: int, seconds: float = _LONGEST) -> bool:
    """Wait until Temporal's page has found its engine; whether it has in time.

    The server of the page may look for the engine before that listens, and then only a second later. Who opens the page
    meanwhile sees "500 Internal Error", and that stays.

    Args:
        port: Of the page, on this machine.
        seconds: How long to wait.
    """
    try:
        async with asyncio.timeout(seconds):
            while not await _answers(port):
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def told_with_page(
    port: int, tell: Callable[[bool], None], stop: asyncio.Event, seconds: float = _LONGEST
) -> AsyncIterator[Callable[[], None]]:
    """Wait for the page beside all else that begins; gives what is to be called when all else is there.

    Args:
        port: Of the page, on this machine.
        tell: Called once, when both are there or the page was waited for long enough, with whether it answers.
        stop: Set where telling fails; the error comes at the end of the block.
        seconds: How long to wait for the page.
    """
    all_else = asyncio.Event()

    async def told() -> None:
        answers = await page_answers(port, seconds)
        await all_else.wait()
        try:
            tell(answers)
        except Exception:
            stop.set()
            raise

    telling = asyncio.create_task(told())
    try:
        yield all_else.set
    finally:
        telling.cancel()
        (outcome,) = await asyncio.gather(telling, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(_QUESTION)
        status = await reader.readline()
        return status.split()[1:2] == [b"200"]
    except (OSError, ValueError):  # It ended, or said more than a line has.
        return False
    finally:
        writer.close()
