"""A debtor in a browser without script pays, disputes, proposes, reports and corrects: by keyboard, and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from casefile.payment_links import cases_of_link
from tests.api.debtor.world import JPEG, PDF, World, furnished
from tests.browser.barriers import seen_as
from tests.browser.debtor_page import REFUSED, picture, served, tab_to
from tests.browser.visitor import DESKTOP, PHONE, chromium, visitor
from tests.domain.builders import invoice
from tests.gateways.loopback_checkout import Checkout, checkout

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(chromium() is None, reason="there is no chromium here"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return furnished(tmp_path / "f.sqlite3")


def without_script(browser: Browser, size: dict[str, int], *, touch: bool = False) -> AbstractAsyncContextManager[Page]:
    return visitor(browser, size, touch=touch, script=False, expected=REFUSED)


@pytest.fixture
def provider() -> Iterator[Checkout]:
    with checkout() as server:
        yield server


async def test_a_debtor_pays_what_he_owes_by_keyboard_alone(world: World, provider: Checkout, browser: Browser) -> None:
    secret = world.link().secret
    async with served(world, provider) as site, without_script(browser, DESKTOP) as page:
        await page.goto(f"{site}/pay/{secret}")
        await tab_to(page, "Betaal € 1.262,38", "button")
        await page.keyboard.press("Enter")
        # Our form leads on to the provider's site, which the policy of the page lets.
        await expect(page.get_by_role("heading", name="Checkout")).to_be_visible()
        await tab_to(page, "Pay", "button")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Wij kijken of uw betaling er is")).to_be_visible()
        await expect(page.get_by_text("Er staat nu niets meer open")).to_have_count(0)
        (made,) = provider.made
        assert (made.state, made.asked["amount"]) == ("paid", {"currency": "EUR", "value": "1262.38"})
        with world.file.read() as transaction:
            assert cases_of_link(transaction, "mollie", made.id) == ("case:devaart:F-1", "case:devaart:F-2")
        for case_id, amount in (("case:devaart:F-1", "1010.57"), ("case:devaart:F-2", "251.81")):
            content = {"id": f"mollie:{case_id}", "amount": amount, "credited_on": "2026-04-10"}
            await world.ask(case_id, "payment_received", content)
        await page.get_by_role("link", name="Kijk opnieuw").press("Enter")
        await expect(page.get_by_text("Er staat nu niets meer open om te betalen.")).to_be_visible()
        await page.get_by_role("link", name="Terug naar het overzicht").first.click()
        await expect(page.get_by_role("heading", name="Er staat niets open")).to_be_visible()
        await picture(page, "paid")


async def test_a_debtor_disputes_a_part_with_a_photo_on_a_phone(
    world: World, provider: Checkout, browser: Browser
) -> None:
    secret = world.link().secret
    async with served(world, provider) as site, without_script(browser, PHONE, touch=True) as page:
        await page.goto(f"{site}/pay/{secret}")
        await page.get_by_role("link", name="Ik ben het er niet mee eens").tap()
        await page.get_by_label("Factuur F-1").check()
        await page.get_by_label("Het is kapot of niet goed").check()
        await page.get_by_label("Over een deel").check()
        await page.get_by_label("Welk bedrag, als het een deel is?").fill("2000")
        await page.get_by_label("Uw uitleg").fill("Het brood was nat.")
        await page.get_by_label("Een bestand").set_input_files(
            {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
        )
        await page.get_by_role("button", name="Verstuur mijn bezwaar").tap()
        # Told in words with what would be accepted; what was typed is still there.
        await expect(page.get_by_role("alert")).to_contain_text("hoogstens € 1.000,00")
        await expect(page.get_by_label("Uw uitleg")).to_have_value("Het brood was nat.")
        await picture(page, "dispute-refused")
        await page.get_by_label("Welk bedrag, als het een deel is?").fill("€ 200,50")
        await page.get_by_label("Een bestand").set_input_files(
            {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
        )
        await page.get_by_role("button", name="Verstuur mijn bezwaar").tap()
        await expect(page.get_by_role("heading", name="Wij hebben uw bezwaar")).to_be_visible()
        await expect(page.get_by_text("uiterlijk op 24 april 2026")).to_be_visible()
        await picture(page, "disputed")
        # To load the page again sends nothing again.
        await page.reload()
    (dispute,) = world.case("case:devaart:F-1").case.disputes
    assert dispute.minor == 20050
    with world.file.read() as transaction:
        assert [each.name for each in transaction.papers.of_case("case:devaart:F-1")] == ["foto.jpg"]


async def test_a_debtor_proposes_instalments_by_keyboard(world: World, provider: Checkout, browser: Browser) -> None:
    secret = world.link().secret
    async with served(world, provider) as site, without_script(browser, DESKTOP) as page:
        await page.goto(f"{site}/pay/{secret}/instalments")
        await tab_to(page, "Op welke dag van de maand hebt u geld?")
        await page.keyboard.type("25")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("de laatste op 25 mei 2026")).to_be_visible()
        await tab_to(page, "2 termijnen van")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "Wilt u iets toelichten?")
        await page.keyboard.type("Mijn pensioen komt op de 23e.")
        await tab_to(page, "Stel deze regeling voor", "button")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Wij hebben uw regeling")).to_be_visible()
        await expect(page.get_by_text("Factuur F-1: tot 17 april 2026 sturen wij u geen herinnering.")).to_be_visible()
        await picture(page, "proposed")
    assert {(case_id, name) for case_id, name, _ in world.told} == {
        ("case:devaart:F-1", "arrangement_proposed"),
        ("case:devaart:F-2", "arrangement_proposed"),
    }


async def test_a_debtor_sends_proof_of_payment_and_corrects_his_data_on_a_phone(
    world: World, provider: Checkout, browser: Browser
) -> None:
    secret = world.link().secret
    async with served(world, provider) as site, without_script(browser, PHONE, touch=True) as page:
        await page.goto(f"{site}/pay/{secret}")
        await page.get_by_role("link", name="Ik heb al betaald").tap()
        await page.get_by_label("Factuur F-2").check()
        await page.get_by_label("Wanneer hebt u betaald?").fill("2026-04-08")
        await page.get_by_label("Bewijs van de betaling").set_input_files(
            {"name": "bewijs.html", "mimeType": "text/html", "buffer": b"<html><script>alert(1)</script>"}
        )
        await page.get_by_role("button", name="Meld dat ik betaald heb").tap()
        await expect(page.get_by_role("alert")).to_contain_text("Stuur een pdf, PNG of JPEG.")
        await page.get_by_label("Bewijs van de betaling").set_input_files(
            {"name": "bewijs.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        await page.get_by_role("button", name="Meld dat ik betaald heb").tap()
        await expect(page.get_by_text("Tot 15 april 2026 sturen wij u geen herinnering.")).to_be_visible()
        await page.get_by_role("link", name="Terug naar het overzicht").first.tap()
        await page.get_by_role("link", name="Mijn gegevens kloppen niet").tap()
        await page.get_by_label("Mijn telefoonnummer").check()
        await page.get_by_label("Wat is het nu?").fill("+31 20 123 45 67")
        await page.get_by_role("button", name="Geef dit door").tap()
        await expect(page.get_by_text("Er verandert niets voordat u dat bevestigd hebt.")).to_be_visible()
        await picture(page, "contact-told")
    assert [(case_id, content["hold"]) for case_id, _, content in world.told] == [
        ("case:devaart:F-2", "payment_claimed"),
        ("case:devaart:F-1", "contact_changed"),
    ]


PAGES = ("", "?lang=fr", "?lang=de", "/paid", "/disagree", "/instalments", "/contact", "/back", "/done/disagree")


async def test_every_page_can_be_read_and_used_by_anybody(world: World, provider: Checkout, browser: Browser) -> None:
    instalments = [{"due": "2026-04-20", "amount": "634.56"}, {"due": "2026-05-20", "amount": "600.00"}]
    world.open(invoice(number="F-3", amount="1234.56"), "case:devaart:F-3")
    for case_id, name, content in (
        (
            "case:devaart:F-1",
            "raise_dispute",
            {"amount": "300.00", "actor": "debtor", "id": "d", "reason": "damaged", "note": "the box was wet"},
        ),
        ("case:devaart:F-2", "hold_case", {"hold": "payment_claimed", "actor": "debtor", "id": "p"}),
        ("case:devaart:F-3", "agree_arrangement", {"instalments": instalments, "actor": "els", "id": "a"}),
    ):
        assert (await world.ask(case_id, name, content)).outcome == "written"
    secret = world.link().secret
    async with served(world, provider) as site, without_script(browser, DESKTOP) as page:
        for number, path in enumerate((*(f"/pay/{secret}{each}" for each in PAGES), "/pay/wrong")):
            await page.goto(f"{site}{path}")
            for size, dark in ((DESKTOP, False), (PHONE, True)):
                kind = f"{'phone' if size is PHONE else 'desktop'}{'-dark' if dark else ''}"
                await seen_as(page, size, dark=dark)
                await picture(page, f"{kind}-{number}")
                assert await _faults(page, size) == [], (kind, path)


async def _faults(page: Page, size: dict[str, int]) -> list[str]:
    """What WCAG AA has against a page, as far as a machine can say; asked by the browser's own tree and styles."""
    # The page itself runs no script; the tool that looks at it does.
    found: list[str] = await page.evaluate(_LOOK, {"phone": size["width"] < 500})
    return found


_LOOK = r"""
({phone}) => {
  const faults = [];
  const one = (selector) => document.querySelectorAll(selector).length;
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  if (one("main") !== 1) faults.push("not one main");
  if (one("h1") !== 1) faults.push("not one h1");
  let last = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1) faults.push(`heading ${heading.textContent} skips a level`);
    last = level;
  }
  for (const field of document.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (!field.labels.length) faults.push(`field ${field.name} has no label`);
    for (const id of (field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean))
      if (!document.getElementById(id)) faults.push(`field ${field.name} is described by nothing`);
  }
  for (const set of document.querySelectorAll("fieldset")) if (!set.querySelector("legend")) faults.push("no legend");
  for (const table of document.querySelectorAll("table")) if (!table.caption) faults.push("table without caption");
  for (const link of document.querySelectorAll("a, button, summary"))
    if (!(link.textContent.trim() || link.getAttribute("aria-label"))) faults.push("link without a name");
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.querySelector(link.getAttribute("href"))) faults.push(`${link.getAttribute("href")} is nowhere`);
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  if (new Set(ids).size !== ids.length) faults.push("an id twice");
  if (document.documentElement.scrollWidth > window.innerWidth) faults.push("wider than the window");
  if (phone) for (const each of document.querySelectorAll(".btn, summary, .picks label, .ways a, .bar a")) {
    const box = each.getBoundingClientRect();
    if (box.width && box.height < 43.5) faults.push(`${each.textContent.trim()} is ${box.height} high`);
  }
  const parse = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || node.closest("svg")) continue;
    const found = ratio(parse(getComputedStyle(node).color), ground(node));
    if (found < 4.5) faults.push(`${walker.currentNode.textContent.trim()}: contrast ${found.toFixed(2)}`);
  }
  for (const field of document.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), textarea")) {
    const found = ratio(parse(getComputedStyle(field).borderTopColor), ground(field.parentElement));
    if (found < 3) faults.push(`border of ${field.name}: contrast ${found.toFixed(2)}`);
  }
  return faults;
}
"""
