"""Every step of the handbook is played as it stands there, and leads where the book says."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.api.desk.handbook import BOOK, Chapter, Reader, Step, chapters, prepare, role_of
from tests.api.desk.world import SITE, World
from tests.migrated import copied_instead_of_migrated

CHAPTERS = chapters()


@pytest.fixture(autouse=True)
def quick_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy in which an import is tried is made of one that was migrated."""
    copied_instead_of_migrated(monkeypatch)


def reader(world: World, chapter: Chapter) -> Reader:
    transport = httpx.ASGITransport(world.app(), raise_app_exceptions=True, client=("127.0.0.1", 50000))
    client = httpx.AsyncClient(transport=transport, base_url=SITE, follow_redirects=False)
    one, role = Reader(world, client), role_of(chapter)
    if role is not None:
        one.sit_down(role)
    return one


@pytest.mark.parametrize("chapter", CHAPTERS, ids=[chapter.title for chapter in CHAPTERS])
async def test_each_step_leads_where_the_book_says(world: World, chapter: Chapter) -> None:
    prepare(world, chapter)
    one = reader(world, chapter)
    for step in chapter.steps:
        await one.play(step)


def test_every_numbered_step_is_played() -> None:
    """A step is a numbered line; behind each stands how it is played, and behind that what is seen."""
    book = BOOK.read_text("utf-8")
    for line, text in enumerate(book.splitlines(), start=1):
        if re.match(r"\d+\. ", text):
            following = "\n".join(book.splitlines()[line : line + 4])
            assert re.match(r"(?: {3}.*\n)*? *<!-- speel ", following), f"line {line}: {text}"
    assert all(chapter.steps for chapter in CHAPTERS)
    assert all(any(word.startswith("zie ") for word in step.words) for each in CHAPTERS for step in each.steps)


def test_its_pictures_are_there_and_light() -> None:
    for name in ("handboek.md", "desk.md"):
        for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (BOOK.parent / name).read_text("utf-8")):
            assert (BOOK.parent / path).stat().st_size <= 150_000, path


async def test_a_step_that_leads_elsewhere_is_found(world: World) -> None:
    for told in (("open /desk", 'zie "Niets van dien aard"'), ("open /desk/ik", 'druk "Er is geen knop"')):
        with pytest.raises(AssertionError, match=r"handboek\.md, line 7"):
            await reader(world, Chapter("x", "read")).play(Step(7, told))


def test_the_book_is_found() -> None:
    assert Path("docs/handboek.md").resolve() == BOOK
