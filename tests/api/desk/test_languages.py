"""Every page of the desk speaks the language of its reader, French and German too: no word of another is left on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from lxml import html

from api.desk.visiting import preferred
from casefile.desk_sessions import begin_session
from casefile.people import DeskRole
from domain.law.tables import tables_of
from policies.load import shipped_policies
from speech.words import catalogue
from tests.api.desk.world import CASE, SITE, Browser, World, furnished

_WORD = re.compile(r"[^\W\d_]{4,}")
_NAMES = {"Maanwerk", "Nederlands", "English", "Français", "Deutsch", "Enter", "Mies", "Work", "Admin", "Read"}
_NAMES |= {"Approve", "Bakkerij", "Ochtend", "Slagerij", "Buur", "Vaart", "example", "devaart", "admin"}
"""Names of languages, of keys, and of whom the world is made."""
_AS_IT_IS = ["Herinnering: factuur F-1"]
_SOURCES = [row.source for law in ("NL", "BE") for table in tables_of(law) for row in table.rows]
_AS_IT_IS += [part.strip() for source in _SOURCES for part in re.split(r"\d{4}-\d\d-\d\d", source) if len(part) > 20]
_AS_IT_IS += sorted(shipped_policies(), key=len, reverse=True)
"""What we wrote to the debtor, in his language; where a figure of a law stands, as the law is called; and policies, as
their files are."""


def words_of(texts: object) -> set[str]:
    """The words of texts, in small letters."""
    return {word.lower() for word in _WORD.findall(re.sub(r"\{\w+\}|`[^`]*`", " ", str(texts)))}


def of_language(language: str) -> dict[str, str]:
    return {**catalogue(language), **catalogue(f"sentences.{language}")}


def foreign_words(language: str) -> set[str]:
    """Words that English or Dutch says and this language never does."""
    own, dutch = of_language(language), of_language("nl")
    others = words_of([*own, *dutch.values()])
    return others - words_of(list(own.values())) - {name.lower() for name in _NAMES}


def foreign_texts(language: str) -> set[str]:
    """Whole texts of English or Dutch that are none of this language."""
    own, dutch = of_language(language), of_language("nl")
    return {text.strip() for text in (*own, *dutch.values())} - {text.strip() for text in own.values()}


def shown(page: html.HtmlElement) -> Iterator[str]:
    """What a reader sees or hears of a page; not what debtors, colleagues or our letters say."""
    own = page.get("lang")
    for node in page.iter():
        # What is to be said to a debtor stands in his language, and says which that is (WCAG 3.1.2).
        others = [each for each in (node, *node.iterancestors()) if each.get("lang") not in (None, own)]
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "kbd") or others:
            continue
        for name in ("aria-label", "placeholder", "title", "alt"):
            yield node.get(name) or ""
        yield node.text or ""
        for child in node:
            yield child.tail or ""


def left_of_others(text: str, language: str, texts: set[str], words: set[str]) -> list[str]:
    """What a page says in another language than that of its reader."""
    found = []
    for each in shown(html.document_fromstring(text)):
        said = " ".join(each.replace("\u00a0", " ").split())
        for kept in _AS_IT_IS:
            said = said.replace(kept, "")
        if said in texts or words_of(said) & words:
            found.append(said)
    return found


def kind_of(url: str) -> tuple[str, ...]:
    """Pages of one kind are looked at once: by their path without ids, and what is asked of it."""
    parts = urlsplit(url)
    path = re.sub(r"(/zaken|/debiteuren|/berichten|/stukken)/.*", r"\1/…", parts.path)
    return (
        path,
        *sorted(f"{name}={value}" if name in ("doe", "soort") else name for name, value in parse_qsl(parts.query)),
    )


@pytest.fixture(scope="module", params=["fr", "de"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    language = request.param
    return furnished(tmp_path_factory.mktemp(language) / "f.sqlite3", language)


async def test_every_page_that_can_be_reached_speaks_the_language_of_its_reader(world: World) -> None:
    language = world.users[DeskRole.ADMIN].language
    texts, words = foreign_texts(language), foreign_words(language)
    browser = world.browser(world.app(), DeskRole.ADMIN)
    asked, seen, foreign = ["/desk", "/desk/nothing", f"/desk/zaken/{CASE}"], set[tuple[str, ...]](), {}
    while asked:
        url = asked.pop()
        if kind_of(url) in seen:
            continue
        seen.add(kind_of(url))
        # Where no page is, nobody is let in, and only the browser says what its reader speaks.
        answer = await browser.get(url, **{"Accept-Language": language})
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page = html.document_fromstring(answer.text)
        if page.get("lang") is None:
            continue  # A mail or a letter in its frame.
        assert page.get("lang") == language, url
        if found := left_of_others(answer.text, language, texts, words):
            foreign[url] = found
        links = (urljoin(url, link.get("href") or "").partition("#")[0] for link in page.iter("a"))
        asked += [link for link in links if link.startswith("/desk")]
    assert foreign == {}
    assert {"/desk", "/desk/zaken", "/desk/zaken/…", "/desk/cijfers", "/desk/ik"} <= {path for path, *_ in seen}


async def test_what_a_form_refuses_is_said_in_the_language_of_who_filled_it_in(world: World) -> None:
    language = world.users[DeskRole.APPROVE].language
    texts, words = foreign_texts(language), foreign_words(language)
    browser = world.browser(world.app(), DeskRole.APPROVE)
    first = html.document_fromstring((await browser.get(f"/desk/zaken/{CASE}")).text)
    forms = sorted({link.get("href") or "" for link in first.iter("a") if "doe=" in (link.get("href") or "")})
    assert len(forms) > 5
    for form in forms:
        url = urljoin(f"/desk/zaken/{CASE}", form).partition("#")[0]
        page = html.document_fromstring((await browser.get(url)).text)
        action = next(each.get("action") or "" for each in page.iter("form") if each.get("id") == "doen")
        tried = {"wat": "vooraf", "form": browser.hidden("form"), "mark": browser.hidden("mark")}
        answer = await browser.post(action.partition("#")[0], tried)
        assert left_of_others(answer.text, language, texts, words) == [], url


async def test_who_is_not_signed_in_is_spoken_to_as_his_browser_asks(world: World) -> None:
    language = world.users[DeskRole.READ].language
    texts, words = foreign_texts(language), foreign_words(language)
    browser = world.browser(world.app())
    for path in ("/desk/inloggen", "/desk/link/none"):
        answer = await browser.get(path, **{"Accept-Language": f"{language}-BE,{language};q=0.9,en;q=0.5"})
        assert answer.headers["content-language"] == language
        assert left_of_others(answer.text, language, texts, words) == []


@pytest.mark.parametrize(
    ("asks", "spoken"), [("fr-BE,nl;q=0.8", "fr"), ("de", "de"), ("es,de;q=0.5", "de"), ("es", "nl"), ("", "nl")]
)
def test_the_first_language_that_there_is_is_spoken(asks: str, spoken: str) -> None:
    assert preferred({"accept-language": asks}) == spoken


def test_a_word_of_another_language_is_found() -> None:
    page = "<main><h1>Dossiers</h1><p title='Show it'>Niets houdt deze zaak aan.</p><p>3 cases wait</p></main>"
    found = left_of_others(page, "fr", foreign_texts("fr"), foreign_words("fr"))
    assert found == ["Show it", "Niets houdt deze zaak aan.", "3 cases wait"]


async def test_a_user_chooses_his_language(world: World) -> None:
    browser = Browser(world.app(), SITE)
    user = world.users[DeskRole.WORK]
    browser.client.cookies.set("desk", begin_session(world.file, user, world.now), domain="127.0.0.1")
    await browser.get("/desk/ik")
    for language, heading in (("de", "Meine Einstellungen"), ("fr", "Mes préférences"), (user.language, "")):
        await browser.follow(await browser.post("/desk/ik", {"language": language, "keys": "on"}))
        page = (await browser.get("/desk/ik")).text
        assert f'lang="{language}"' in page and heading in page
