"""The report of the demo in Dutch: everything that we say in it, nothing that a debtor was sent."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.nodes import TemplateData

from simulation.demo.quarter import DemoResult
from simulation.demo.report.page import write_report
from simulation.demo.report.wording import long_day, money, round_money, short_day
from speech.words import speak
from tests.simulation.test_report import Page, eur, quarter
from tests.speech.texts import templates

ENGLISH = re.compile(r"\b(?:the|and|by|for|with|not|case|invoice|debtor|until|paid|has|its|this|that|which)\b")

OURS = ("Maanwerk", "kB")
"""Words of the templates that are the same in every language."""


@pytest.fixture
def dutch() -> Iterator[None]:
    speak("nl")
    yield
    speak("en")


@pytest.fixture
def page(dutch: None, tmp_path: Path) -> Page:
    result: DemoResult = quarter(tmp_path)
    return Page(write_report(result, tmp_path).read_text(encoding="utf-8"))


def test_nothing_of_ours_is_english(page: Page) -> None:
    told = [*page.texts, *page.values("aria-label"), *page.values("title")]
    assert len(told) > 100
    assert [text for text in told if ENGLISH.search(text)] == []


def test_it_is_marked_as_dutch(page: Page) -> None:
    assert page.wrong == []
    assert [attributes["lang"] for tag, attributes in page.elements if tag == "html"] == ["nl"]


def test_what_happened_is_told_in_dutch(page: Page) -> None:
    # 1000.00 + 250.50 + 40.00; amounts as Dutch people write them.
    start = page.texts.index("Gefactureerd")
    assert page.texts[start : start + 3] == ["Gefactureerd", "€ 1.290,50", "3 facturen, 3 debiteuren"]
    assert "Herinnering per e-mail en sms" in page.texts
    assert "Vraagt € 1.000,00: de open hoofdsom." in page.texts
    assert "5 dagen na de vervaldatum." in page.texts


def test_marks_on_the_line_do_not_depend_on_the_language(page: Page, tmp_path: Path) -> None:
    speak("en")
    other = tmp_path / "en"
    other.mkdir()
    english = Page(write_report(quarter(other), other).read_text(encoding="utf-8"))
    marks = [
        [a.get("class") for tag, a in each.elements if tag in ("circle", "path", "rect")] for each in (page, english)
    ]
    links = [[a.get("href") for tag, a in each.elements if tag == "a"] for each in (page, english)]
    assert marks[0] == marks[1] and links[0] == links[1]


def test_days_and_amounts_are_written_as_people_write_them(dutch: None) -> None:
    assert money(eur("-1234.50")) == "€\u00a0−1.234,50"
    assert round_money(eur("20000.00")) == "€\u00a020.000"
    assert (short_day(date(2026, 4, 7)), long_day(date(2026, 4, 7))) == ("di 7 apr", "7 april 2026")


def literal_texts(template: str) -> list[str]:
    """What a template says without `tr`: words between its elements, and in attributes that are read out."""
    tree = Environment().parse(template)
    data = "\0".join(node.data for node in tree.find_all(TemplateData))
    data = re.sub(r"<style>.*?</style>|<script>.*?</script>", "", data, flags=re.DOTALL)
    between = re.findall(r">([^<>]*)(?=<|$)", f">{re.sub(r'<[^>]*>', lambda tag: '<>', data)}")
    read_out = re.findall(r'\b(?:aria-label|title|alt|placeholder)="([^"\0]*)"', data)
    words = [re.sub(r"\0|[^\w ]", " ", text).strip() for text in (*between, *read_out)]
    return [text for text in words if re.search(r"[^\W\d_]{2}", text) and text not in OURS]


def test_templates_say_nothing_but_by_tr() -> None:
    pages = [path for path in templates() if path.name.endswith(".html.j2")]
    assert len(pages) == 3
    assert {path.name: literal_texts(path.read_text("utf-8")) for path in pages} == {path.name: [] for path in pages}
    assert literal_texts('<p title="Say it">{{ tr("x") }} and more</p>') == ["and more", "Say it"]


def test_its_script_holds_no_words() -> None:
    (script,) = [path for path in templates() if path.name == "report.js.j2"]
    code = re.sub(r"^\s*//.*$", "", script.read_text("utf-8"), flags=re.MULTILINE)
    assert [text for text in re.findall(r'"([^"]*)"', code) if re.match(r"[A-Z]\w* \w", text)] == []
