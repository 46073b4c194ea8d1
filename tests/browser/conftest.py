"""One browser for each process that tests, and a context of its own, which knows nothing yet, for whoever asks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.visitor import PATIENCE, chromium

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    # No page of ours runs a script for as long as making its code faster takes.
    "--js-flags=--no-opt --no-maglev",
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium(), headless=True, args=_ARGUMENTS)
        yield started
        await started.close()
