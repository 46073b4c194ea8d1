"""axe-core finds nothing that keeps anybody from using the debtor's page: in every state, in every language."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.api.debtor.world import Provider, World, furnished, seal_of
from tests.browser.barriers import AXE, axe, barriers_of
from tests.browser.debtor_page import REFUSED, served
from tests.browser.visitor import DESKTOP, PHONE, chromium, visitor
from tests.domain.builders import invoice
from tests.gateways.loopback_checkout import checkout

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(chromium() is None, reason="there is no chromium here"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not here: `make test` installs it where there is npm"),
]

FORMS = ("paid", "disagree", "instalments", "contact")
INSTALMENTS = [{"due": "2026-04-20", "amount": "634.56"}, {"due": "2026-05-20", "amount": "600.00"}]


async def owing(world: World) -> None:
    """Two invoices of which nothing was said."""


async def talking(world: World) -> None:
    """Everything that a debtor may have told or agreed."""
    world.open(invoice(number="F-3", amount="1234.56"), "case:F-3")
    dispute = {"amount": "300.00", "actor": "debtor", "id": "d", "reason": "damaged", "note": "the box was wet"}
    for case_id, name, content in (
        ("case:F-1", "raise_dispute", dispute),
        ("case:F-2", "hold_case", {"hold": "payment_claimed", "actor": "debtor", "id": "p"}),
        ("case:F-3", "agree_arrangement", {"instalments": INSTALMENTS, "actor": "els", "id": "a"}),
    ):
        assert (await world.ask(case_id, name, content)).outcome == "written"


async def paid(world: World) -> None:
    """Nothing is open."""
    for case_id in ("case:F-1", "case:F-2"):
        content = {"id": f"p:{case_id}", "amount": "2000.00", "credited_on": "2026-04-01"}
        assert (await world.ask(case_id, "payment_received", content)).outcome == "written"


async def insolvent(world: World) -> None:
    """Nothing may be asked of him."""
    content: dict[str, object] = {"status": "bankruptcy", "since": "2026-04-01"}
    for case_id in ("case:F-1", "case:F-2"):
        assert (await world.ask(case_id, "report_debtor_status", content)).outcome == "written"


State = Callable[[World], Awaitable[None]]
STATES: tuple[State, ...] = (owing, talking, paid, insolvent)
DONE = tuple(f"/done/{form}" for form in FORMS)
PAGES = ("", *(f"/{form}" for form in FORMS), "/instalments?pay_day=25", "/back", *DONE, "/nowhere")
LANGUAGES = ("nl", "fr", "de", "en")


@dataclass(frozen=True)
class Look:
    """One look at one page: any two of these meet in some look, and what a language changes is compared apart."""

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


def asked_in(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


@contextlib.asynccontextmanager
async def visited(folder: Path, state: State, *, online: bool) -> AsyncIterator[tuple[World, str]]:
    """A world in some state, whose pages are served, and the path of the page of its debtor."""
    world = furnished(folder / "f.sqlite3")
    await state(world)
    with checkout() as provider:
        async with served(world, provider if online else None):
            yield world, f"/pay/{world.link().secret}"


async def see(page: Page, look: Look) -> None:
    size = PHONE if look.phone else DESKTOP
    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await page.emulate_media(color_scheme="dark" if look.dark else "light")


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
                for look in (look for look in looks() if look.state is state):
                    await see(page, look)
                    await page.goto(f"{world.site}{there}{asked_in(look.page, look.language)}")
                    assert await page.locator("html").get_attribute("lang") == look.language
                    assert await barriers_of(page) == [], look


@pytest.mark.parametrize("state", STATES)
async def test_a_page_is_made_of_the_same_in_every_language(tmp_path: Path, state: State) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    world.provider = Provider() if state is owing else None
    await state(world)
    there = f"/pay/{world.link().secret}"
    async with world.client() as client:
        for path in PAGES:
            first, *others = [(await client.get(f"{there}{asked_in(path, each)}")).text for each in LANGUAGES]
            made = made_of(first, LANGUAGES[0])
            for language, other in zip(LANGUAGES[1:], others, strict=True):
                assert made_of(other, language) == made, (path, language)


async def test_a_refusal_is_made_of_the_same_in_every_language(tmp_path: Path) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    there = f"/pay/{world.link().secret}"
    async with world.client() as client:
        for form in FORMS:
            made = []
            for language in LANGUAGES:
                seal = seal_of((await client.get(f"{there}/{form}?lang={language}")).text)
                refused = await client.post(f"{there}/{form}?lang={language}", data={"seal": seal})
                assert refused.status_code == 422, refused.text
                made.append(made_of(refused.text, language))
            assert all(each == made[0] for each in made), form


class _Made(HTMLParser):
    """What a page is made of: its elements, what they are to who uses a tool, and where there is something to read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if ("name", "lang") in attrs:
            return  # Hidden: a form that is not in the debtor's own language says so.
        # What is read has other words in another language, and is there in each.
        read = ("alt", "aria-label", "content", "title", "placeholder", "value")
        kept = [
            (name, bool(value) if name in read else value) for name, value in attrs if name not in ("href", "action")
        ]
        self.found.append((tag, kept))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append("text")


def made_of(html: str, language: str) -> list[object]:
    """What a page is made of in its language; that it is the language of the page is looked at here."""
    assert f'<html lang="{language}">' in html
    html = html.replace(f'<html lang="{language}">', "<html>").replace(' aria-current="true"', "")
    made = _Made()
    made.feed(html)
    return made.found


async def refused_pages(page: Page, world: World, there: str, languages: Sequence[str]) -> AsyncIterator[str]:
    """Each refusal in turn, in the next of these languages; gives what was refused."""
    language = itertools.cycle(languages)
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
        for languages, small in ((LANGUAGES, False), (LANGUAGES[2:] + LANGUAGES[:2], True)):
            await see(page, Look(owing, "", "", phone=small, dark=small))
            async for refused in refused_pages(page, world, there, languages):
                assert await barriers_of(page) == [], (refused, languages)


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
