"""A debtor's page is made of the same in every language: the same elements, something to read in the same places.

axe-core looks at each page in some languages (`tests/browser/test_barriers.py`); this is what lets that stand for all.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.api.debtor.states import FORMS, LANGUAGES, PAGES, STATES, State, asked_in, owing
from tests.api.debtor.world import Provider, furnished, seal_of


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


@pytest.mark.parametrize("path", ["/pay/wrong", "/pay/wrong/paid"])
async def test_a_link_that_leads_nowhere_says_the_same_in_every_language(tmp_path: Path, path: str) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    async with world.client() as client:
        made = [made_of((await client.get(f"{path}?lang={each}")).text, each) for each in LANGUAGES]
    assert all(each == made[0] for each in made)


async def test_what_a_rule_refuses_is_made_of_the_same_in_every_language(tmp_path: Path) -> None:
    world = furnished(tmp_path / "f.sqlite3")
    there, made = f"/pay/{world.link().secret}/disagree", []
    async with world.client() as client:
        for language in LANGUAGES:
            world.refusing = ""
            page = (await client.get(f"{there}?lang={language}")).text
            filled = {"seal": seal_of(page), "invoice": "F-1", "reason": "damaged", "how_much": "all", "note": "x"}
            world.refusing = "no"
            refused = await client.post(f"{there}?lang={language}", data=filled)
            assert refused.status_code == 409, refused.text
            made.append(made_of(refused.text, language))
    assert all(each == made[0] for each in made)


@pytest.mark.parametrize("lacking", ["<p></p>", '<p title="">x</p>', '<p title="y">x</p><i></i>'])
def test_what_a_language_lacks_is_seen(lacking: str) -> None:
    whole = '<html lang="nl"><p title="y">x</p>'
    assert made_of(whole, "nl") == made_of('<html lang="fr"><p title="z">v</p>', "fr")
    assert made_of(f'<html lang="fr">{lacking}', "fr") != made_of(whole, "nl")


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
