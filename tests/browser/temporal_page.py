"""Temporal's web page in a real browser, as a credit controller uses it: headings, buttons, forms, by their names."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, Locator, Page, Response, expect
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.visitor import PATIENCE

PICTURES = os.environ.get("MAANWERK_PICTURES")
"""Folder into which the pictures of docs/ui-guide.md are written; nowhere by default."""


_STILL = """
  const still = new CSSStyleSheet();
  still.replaceSync(`
    *, *::before, *::after { animation-iteration-count: 1 !important; animation-duration: 0.01ms !important }
    ::backdrop { backdrop-filter: none !important }
  `);
  document.adoptedStyleSheets = [still];
"""
"""What moves without end (a badge, the line of a case that runs) moves once, and says that it is over; behind a form
nothing is blurred. Else the page is painted sixty times a second while a test waits, and all of it beside a form."""

_FOLLOW = """(to) => {
  const page = document.querySelector("body > div");
  if (!page || document.querySelector("dialog[open]")) return false;
  const link = page.appendChild(document.createElement("a"));
  link.href = to;
  link.click();
  link.remove();
  return true;
}"""

_CLOSE_TOASTS = """() => {
  for (const close of document.querySelectorAll("[id$=-success-toast] button")) close.click();
}"""


_HEARD = 1.5
"""Seconds within which the page answers a key that it heard."""


def _asked_for_details(answer: Response) -> bool:
    return "/query/__temporal_workflow_metadata" in answer.url


@contextlib.asynccontextmanager
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A page in a browser that knows nothing yet."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, timezone_id="Europe/Amsterdam")
    context.set_default_timeout(PATIENCE * 1000)
    if PICTURES is None:
        await context.add_init_script(_STILL)
    try:
        yield await context.new_page()
    finally:
        await context.close()


class TemporalPage:
    """Temporal's web page, on the list of cases or on one case."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self._address = f"{address}/namespaces/default/workflows"

    async def find(self, query: str) -> None:
        """Open the list of cases that a query finds."""
        await self._go(f"{self._address}?query={quote(query)}")

    async def open_from_list(self, case_id: str) -> None:
        await self.page.get_by_role("link", name=case_id, exact=True).first.click()
        await expect(self.page.get_by_role("heading", name=case_id)).to_be_visible()

    async def open(self, case_id: str) -> None:
        """Open a case by its address, if it is not open."""
        heading = self.page.get_by_role("heading", name=case_id)
        if not await heading.count():
            await self._go(f"{self._address}/{quote(case_id, safe='')}")
        await expect(heading).to_be_visible()

    async def _go(self, to: str) -> None:
        """Go on as links of the page do: what it has loaded stays, which is most of what an address costs.

        Where no page is yet, or a form stands open before it, the address is opened.
        """
        if not await self.page.evaluate(_FOLLOW, to):
            await self.page.goto(to)

    # Reading -----------------------------------------------------------------------------------------------

    async def details(self) -> str:
        """The current details as a reader sees them."""
        await self.page.get_by_test_id("user-metadata-tab").click()
        frame = self.page.frame_locator("#user-metadata-current-details")
        return await frame.locator("body").inner_text()

    async def details_tell(self, *texts: str) -> str:
        """Wait until the current details tell all this, asking anew as a person does; returns all they tell."""
        told = ""

        async def tell() -> bool:
            nonlocal told
            await self.page.get_by_test_id("user-metadata-tab").click()
            # A key that the page does not hear, for it is busy with what came before, is pressed again.
            with contextlib.suppress(PlaywrightTimeoutError):
                async with self.page.expect_response(_asked_for_details, timeout=_HEARD * 1000):
                    await self.page.keyboard.press("r")
            told = await self.details()
            return all(text in told for text in texts)

        try:
            await until(tell)
        except TimeoutError:
            raise AssertionError(f"the details do not tell {texts}, but: {told}") from None
        return told

    async def attribute_is(self, name: str, value: str) -> None:
        """Wait until a search attribute has a value."""
        await self.page.get_by_test_id("search-attributes-tab").click()
        await expect(self.page.get_by_text(f'"{name}": {value}')).to_be_visible()

    # Doing -------------------------------------------------------------------------------------------------

    async def signal(self, name: str, data: str | None = None, picture: str | None = None) -> None:
        """Send a signal from the form: choose its name, type the data if there are any, press the button."""
        await self._send(await self._form("Send a Signal", "signal-select-button", name, data), picture)

    async def signal_typed(self, case_id: str, name: str) -> None:
        """Send a signal from the form as it is while nobody tells it the names: type the name, press the button.

        Who left the case and came back has not been told them.
        """
        await self._go(self._address)
        await expect(self.page.get_by_role("heading", name=case_id)).to_have_count(0)
        await self.open(case_id)
        dialog = await self._opened("Send a Signal")
        await dialog.get_by_test_id("signal-name").fill(name)
        await self._send(dialog, None)

    async def _send(self, dialog: Locator, picture: str | None) -> None:
        if picture is not None:
            await self.picture(picture, dialog)
        await dialog.get_by_role("button", name="Submit").click()
        # The form closes when Temporal has taken it.
        await expect(dialog).to_have_count(0)

    async def update(self, name: str, data: str) -> Locator:
        """Send an update from the form; returns the form, which stays open when it is refused."""
        dialog = await self._form("Send an Update", "update-select-button", name, data)
        await dialog.get_by_role("button", name="Submit").click()
        return dialog

    async def update_corrected(self, dialog: Locator, data: str) -> None:
        """Send the update of a form that stayed open again, with other data."""
        await self._fill_in(dialog, data)
        await dialog.get_by_role("button", name="Submit").click()

    async def pause_in_temporal(self, reason: str) -> None:
        """Press Temporal's own switch."""
        await self.page.get_by_role("button", name="Pause Workflow", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("textbox").fill(reason)
        await dialog.get_by_role("button", name="Pause Workflow").click()
        await expect(self.page.get_by_text("This Workflow is Paused")).to_be_visible()

    async def unpause_in_temporal(self) -> None:
        """Release Temporal's own switch."""
        await self.page.get_by_role("button", name="Unpause Workflow", exact=True).click()
        await self.page.get_by_role("dialog").get_by_role("button", name="Unpause Workflow").click()
        await expect(self.page.get_by_text("This Workflow is Paused")).to_have_count(0)

    async def _form(self, title: str, select: str, name: str, data: str | None) -> Locator:
        # While the page still says that a signal was taken it cannot say it of the next, whose form then stays open.
        await self.page.evaluate(_CLOSE_TOASTS)
        await expect(self.page.locator("[id$=-success-toast]")).to_have_count(0)
        dialog = await self._opened(title)
        await dialog.get_by_test_id(select).click()
        # An option is its name, with the description on the next line.
        options = self.page.get_by_role("option")
        await options.filter(has=self.page.get_by_text(name, exact=True)).click()
        if data is not None:
            await self._fill_in(dialog, data)
        return dialog

    async def _fill_in(self, dialog: Locator, data: str) -> None:
        field = dialog.get_by_role("textbox", name="Data")
        await field.click()
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.page.keyboard.insert_text(data)
        # When it is left, the field lays the text out anew, and the buttons move.
        await field.blur()

    async def _opened(self, title: str) -> Locator:
        await self.page.get_by_role("button", name="More Actions").click()
        await self.page.get_by_role("menuitem", name=title).click()
        return self.page.get_by_role("dialog")

    async def picture(self, name: str, of: Locator | None = None) -> None:
        """Take a picture for the guide, when somebody wants them."""
        if PICTURES is None:
            return
        target: Locator | Page = of or self.page
        await target.screenshot(path=Path(PICTURES) / f"{name}.png", animations="disabled")


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it never came.
    """
    deadline = time.monotonic() + PATIENCE
    while not await condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(0.2)  # A look costs as much processor time as what is waited for.
