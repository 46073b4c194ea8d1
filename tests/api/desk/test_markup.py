"""What anybody needs to use a page, as far as its markup says: names, labels, headings, captions, ids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from api.desk.rendering import asset
from casefile.people import DeskRole
from tests.api.desk.world import CASE, World, furnished

PAGES = (
    "/desk/zaken",
    "/desk/zaken?zoek=niets&op=nr",
    f"/desk/zaken/{CASE}",
    f"/desk/zaken/{CASE}?doe=pauze",
    f"/desk/zaken/{CASE}?doe=regeling",
    "/desk/debiteuren/devaart/bakker",
    "/desk/taken",
    "/desk/geld",
    "/desk/quarantaine",
    "/desk/partnermeldingen",
    "/desk/partnerlinks",
    "/desk/importeren",
    "/desk/beleid",
    "/desk/handleiding",
    "/desk/cijfers",
    "/desk/mensen",
    "/desk/logboek",
    "/desk/ik",
    "/desk/nothing",
    "/desk/inloggen",
)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> World:
    return furnished(tmp_path_factory.mktemp("desk") / "f.sqlite3")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_has_what_anybody_needs(standing: World, path: str) -> None:
    answer = await standing.browser(standing.app(), DeskRole.ADMIN).get(path)
    page = html.document_fromstring(answer.text)
    assert page.get("lang") == "nl" and page.findtext(".//title")
    assert len(page.findall(".//main")) == len(page.findall(".//h1")) == 1
    ids = [each.get("id") for each in page.iter() if isinstance(each.tag, str) and each.get("id")]
    assert len(set(ids)) == len(ids), "an id twice"
    labels = {each.get("for") for each in page.iter("label")}
    for field in page.iter("input", "select", "textarea"):
        if field.get("type") != "hidden":
            assert field.get("id") in labels or any(each.tag == "label" for each in field.iterancestors()), field.get(
                "name"
            )
        for described in (field.get("aria-describedby") or "").split():
            assert described in ids, described
    for each in page.iter("a", "button", "summary"):
        assert "".join(map(str, each.itertext())).strip() or each.get("aria-label"), html.tostring(each)
    for link in page.iter("a"):
        if (link.get("href") or "").startswith("#"):
            assert (link.get("href") or "")[1:] in ids, link.get("href")
    for table in page.iter("table"):
        assert table.findtext("caption") is not None
        assert all(each.get("scope") for each in table.iter("th"))
    level = 0
    for heading in page.iter("h1", "h2", "h3", "h4"):
        assert int(heading.tag[1]) <= level + 1, heading.text
        level = int(heading.tag[1])
    for frame in page.iter("iframe"):
        assert frame.get("title") and frame.get("sandbox") == ""
    for form in page.iter("form"):
        if form.get("method") == "post":
            assert form.xpath(".//input[@name='csrf']"), "a form without its seal"


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_ends_a_paragraph_before_its_time(standing: World, path: str) -> None:
    """A browser closes a paragraph where a block begins in it, and what was to stand in a row stands below."""
    text = (await standing.browser(standing.app(), DeskRole.ADMIN).get(path)).text
    for paragraph in re.findall(r"(?s)<p\b.*?</p>", text):
        assert not re.search(r"<(form|div|ul|ol|dl|table|details|section|h[1-4])\b", paragraph), paragraph[:200]


STYLE = Path("api/desk/desk.css").read_text("utf-8")


def tokens(dark: bool) -> dict[str, str]:
    """The colours of the style sheet, light or dark."""
    light, _, rest = STYLE.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", light))
    return (
        {**found, **dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", rest.partition("/* Ground */")[0]))}
        if dark
        else found
    )


def light_of(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("text", "grounds", "least"),
    [
        ("ink", ("paper", "card", "faint", "brand-soft", "alarm-soft"), 4.5),
        ("soft", ("paper", "card", "faint", "brand-soft"), 4.5),
        ("brand", ("paper", "card", "faint", "brand-soft"), 4.5),
        ("alarm", ("paper", "card", "faint", "alarm-soft"), 4.5),
        ("on-brand", ("brand",), 4.5),
        ("edge", ("card",), 3.0),
        ("focus", ("paper", "card"), 3.0),
    ],
)
def test_what_is_written_can_be_read(dark: bool, text: str, grounds: tuple[str, ...], least: float) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11."""
    found = tokens(dark)
    for ground in grounds:
        one, other = sorted((light_of(found[text]), light_of(found[ground])), reverse=True)
        assert (one + 0.05) / (other + 0.05) >= least, (text, ground)


def test_what_somebody_wrote_stands_in_its_place() -> None:
    """Words of debtors and partners have a class of their own: what floats above the page must not share it."""
    style = asset("desk.css").decode("utf-8")
    rules = re.findall(r"\.said\b[^{}]*\{([^}]*)\}", style)
    assert rules and not [rule for rule in rules if "position" in rule]
