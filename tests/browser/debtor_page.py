"""A debtor's page in a real browser, over HTTP, with a payment provider on the loopback interface."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Page
from pydantic import SecretStr

from api.debtor.pages import debtor_router
from api.debtor.visit import Pages
from api.operator.application import api_application
from api.operator.inside import Inside
from api.serving.server import served_by
from config.connection_limits import API
from gateways.mollie.pay_links import MolliePayLinks
from services.debtor_page.paying import Paying
from tests.api.debtor.world import World
from tests.gateways.loopback_checkout import Checkout

PICTURES = os.environ.get("MAANWERK_PAGE_PICTURES")
"""Folder into which pictures of the pages are written; nowhere by default."""

REFUSED = ("status of 4",)
"""What the browser says to the console of an answer that a page may have."""


@contextlib.asynccontextmanager
async def served(world: World, provider: Checkout | None) -> AsyncIterator[str]:
    """The pages, served; gives the address at which they are."""
    listener = socket.create_server(("127.0.0.1", 0))
    world.site = f"http://127.0.0.1:{listener.getsockname()[1]}"
    paying = None
    if provider is not None:
        links = MolliePayLinks(SecretStr("test_key"), provider.url)
        paying = Paying(world.file, links, world.site, lambda: world.now)
    pages = Pages(world.file, world.ask, lambda: world.now, world.site, paying)
    app = api_application(Inside(world.file, world.ask, world.ask_many, lambda: world.now), (debtor_router(pages),))
    async with served_by(app, listener, API):
        yield world.site


async def picture(page: Page, name: str) -> None:
    """Take a picture of the whole page, when somebody wants them."""
    if PICTURES is not None:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True, animations="disabled")


async def tab_to(page: Page, name: str, role: str | None = None) -> None:
    """Go on with the Tab key until the element of this name has the focus."""
    wanted = page.get_by_label(name) if role is None else page.get_by_role(role, name=name)  # type: ignore[arg-type]
    await wanted.first.wait_for(state="attached")
    # Looked for once: at each key the whole page would be looked through again.
    found = await wanted.element_handles()
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("(found) => found.includes(document.activeElement)", found):
            return
    raise AssertionError(f"the Tab key never comes to {name!r}")
