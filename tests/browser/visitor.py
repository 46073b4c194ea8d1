"""Who opens a page in the browser: with a screen of some size, and nothing remembered of who came before."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence

from playwright.async_api import Browser, Page

PATIENCE = 30.0
"""Seconds until a test says that what it waits for will not come."""

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str | None:
    """Path of the browser, best the one without windows, which takes a third less; None where there is none."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextlib.asynccontextmanager
async def visitor(
    browser: Browser,
    size: dict[str, int] = DESKTOP,
    *,
    touch: bool = False,
    dark: bool = False,
    script: bool = True,
    tool: str | None = None,
    past_policy: bool = False,
    expected: Sequence[str] = (),
) -> AsyncIterator[Page]:
    """A page; what pages say to the console fails the test, and what a page's policy forbids is said there.

    Args:
        browser: The one of this process.
        size: Of the window.
        touch: Whether it is touched.
        dark: Whether dark colours are preferred.
        script: Whether pages may run script.
        tool: Source of a tool that looks at each page. The browser runs it: it is not put into the page.
        past_policy: The policy of pages is not held.
        expected: Parts of what may be said to the console.
    """
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        java_script_enabled=script,
        has_touch=touch,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",  # A colour that is asked for is there at once.
        locale="nl-NL",
        timezone_id="Europe/Amsterdam",
        bypass_csp=past_policy,
    )
    context.set_default_timeout(PATIENCE * 1000)
    if tool is not None:
        await context.add_init_script(tool)
    page = await context.new_page()
    said: list[str] = []
    page.on(
        "console",
        lambda message: None if any(each in message.text for each in expected) else said.append(message.text),
    )
    try:
        yield page
    finally:
        await context.close()
    assert said == [], said
