"""axe-core finds nothing that keeps anybody from using the debtor's page, in any state and any language.

Any two of state, page, language, size and scheme meet in some look; that languages differ in words alone is proved in
`tests/api/debtor/test_languages.py`.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.api.debtor.states import FORMS, LANGUAGES, PAGES, STATES, State, asked_in, owing
from tests.api.debtor.world import World, furnished
from tests.browser.barriers import AXE, axe, barriers_of, seen_as
from tests.browser.debtor_page import REFUSED, served
from tests.browser.visitor import DESKTOP, PHONE, chromium, visitor
from tests.gateways.loopback_checkout import checkout

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(chromium() is None, reason="there is no chromium here"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not here: `make test` installs it where there is npm"),
]


@dataclass(frozen=True)
class Look:
    """One look at one page."""

    state: State
    page: str
    language: str
    phone: bool
    dark: bool


def looks() -> Iterator[Look]:
    for row, state in enumerate(STATES):
        for column, page in enumerate(PAGES):
            phone, dark = (column + row // 2) % 2 == 1, (column // 2 + row) % 2 == 1
            yield Look(state, page, LANGUAGES[(column + row) % 4], phone, dark)


@contextlib.asynccontextmanager
async def visited(folder: Path, state: State, *, online: bool) -> AsyncIterator[tuple[World, str]]:
    """A world in some state, whose pages are served, and the path of the page of its debtor."""
    world = furnished(folder / "f.sqlite3")
    await state(world)
    with checkout() as provider:
        async with served(world, provider if online else None):
            yield world, f"/pay/{world.link().secret}"


async def test_any_two_of_state_page_language_size_and_scheme_meet_in_some_look() -> None:
    values = {
        "state": STATES, "page": PAGES, "language": LANGUAGES, "phone": (False, True), "dark": (False, True),
    }  # fmt: skip
    for one, other in itertools.combinations(values, 2):
        met = {(getattr(look, one), getattr(look, other)) for look in looks()}
        assert met == set(itertools.product(values[one], values[other])), (one, other)


async def test_no_page_has_a_barrier(tmp_path: Path, browser: Browser) -> None:
    async with visitor(browser, tool=axe(), expected=REFUSED) as page:
        for state in STATES:
            (folder := tmp_path / state.__name__).mkdir()
            async with visited(folder, state, online=state is owing) as (world, there):
                # What is seen in the same way comes together: a page that changes its size is drawn twice.
                own = sorted(
                    (look for look in looks() if look.state is state), key=lambda look: (look.phone, look.dark)
                )
                for (phone, dark), alike in itertools.groupby(own, key=lambda look: (look.phone, look.dark)):
                    await seen_as(page, PHONE if phone else DESKTOP, dark=dark)
                    for look in alike:
                        await page.goto(f"{world.site}{there}{asked_in(look.page, look.language)}")
                        assert await page.evaluate("document.documentElement.lang") == look.language
                        assert await barriers_of(page) == [], look


async def refused_pages(page: Page, world: World, there: str) -> AsyncIterator[str]:
    """Each refusal in turn, in the next language; gives what was refused."""
    language = itertools.cycle(LANGUAGES)
    for form in FORMS:
        await page.goto(f"{world.site}{there}/{form}?lang={next(language)}")
        # Nothing is filled in, and the browser lets it pass: every field that is needed says so.
        await page.evaluate("for (const form of document.forms) form.noValidate = true")
        await page.locator(f'form[method="post"][action*="/{form}"] button').last.click()
        assert await page.get_by_role("alert").count() or await page.locator("[aria-invalid=true]").count(), form
        yield form
    for path in ("/pay/wrong", "/pay/wrong/paid"):
        await page.goto(f"{world.site}{path}?lang={next(language)}")
        yield path
    # More than is open is disputed: a rule refuses it, in words.
    await page.goto(f"{world.site}{there}/disagree?lang={next(language)}")
    for field in ("invoice", "reason"):
        await page.locator(f"input[type=radio][name={field}]").first.check()
    world.refusing = "no"
    await page.locator("textarea").first.fill("x")
    await page.locator('form[method="post"][action*="/disagree"] button').last.click()
    yield "a rule"
    world.refusing = ""


async def test_no_refusal_has_a_barrier(tmp_path: Path, browser: Browser) -> None:
    async with (
        visited(tmp_path, owing, online=True) as (world, there),
        visitor(browser, tool=axe(), expected=REFUSED) as page,
    ):
        async for refused in refused_pages(page, world, there):
            for size, dark in ((DESKTOP, False), (PHONE, True)):
                await seen_as(page, size, dark=dark)
                assert await barriers_of(page) == [], (refused, size)


async def test_what_is_a_barrier_is_found(tmp_path: Path, browser: Browser) -> None:
    async with (
        visited(tmp_path, owing, online=False) as (world, there),
        visitor(browser, tool=axe(), expected=REFUSED) as page,
    ):
        await page.goto(f"{world.site}{there}/contact")
        await page.evaluate("document.documentElement.removeAttribute('lang')")
        await page.evaluate("document.querySelector('label').remove()")
        found = [each.split(" ")[0] for each in await barriers_of(page)]
        assert "html-has-lang" in found
