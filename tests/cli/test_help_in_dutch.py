"""`--help` of every command in Dutch; typer's own words around it are English again afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer import rich_utils
from typer.main import get_command

from cli.app import app_for
from cli.helping import FRAME
from speech.words import catalogue, speak
from tests.cli.running import Run


@pytest.fixture(autouse=True)
def dutch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MAANWERK_LANGUAGE", "nl")
    monkeypatch.setattr(rich_utils, "MAX_WIDTH", 500)
    yield
    speak("en")


def commands() -> list[tuple[str, ...]]:
    """Every command and group, by its words."""

    def below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield words
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*words, name))

    return list(below(get_command(app_for([])), ()))


def texts(words: tuple[str, ...]) -> list[str]:
    """The texts of one command and the short ones of those right below it, in English."""
    command: Any = get_command(app_for(words))
    for word in words:
        command = command.commands[word] if word in getattr(command, "commands", {}) else command
    of_parameters = [getattr(each, "help", None) for each in command.params]
    return [text for text in (command.help, *of_parameters) if text]


def plain(text: str) -> str:
    return " ".join(text.split())


def test_every_command_says_its_help_in_dutch(maanwerk: Run) -> None:
    dutch = catalogue("nl")
    found = commands()
    assert len(found) > 40
    for words in found:
        ran = maanwerk(*words, "--help")
        shown = plain(ran.out)
        assert ran.code == 0 and "Gebruik:" in shown and "Toon deze hulp en stop." in shown, words
        assert [text for text in texts(words) if plain(dutch[text]) not in shown] == [], words
        assert [text for text in texts(words) if dutch[text] != text and plain(text) in shown] == [], words


def test_what_stands_around_it_is_dutch_and_stays_so_for_this_command_alone(
    maanwerk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = maanwerk("claim", "--help").out
    assert "Opties" in shown and "[verplicht]" in shown and "[standaard: NL]" in shown
    assert {name: getattr(rich_utils, name) for name in FRAME} == FRAME
    monkeypatch.setenv("MAANWERK_LANGUAGE", "en")
    shown = maanwerk("claim", "--help").out
    assert "Usage:" in shown and "[required]" in shown and "Gebruik" not in shown


def test_help_shown_for_want_of_a_command_says_nothing_on_the_other_stream(maanwerk: Run) -> None:
    ran = maanwerk("policy")
    assert "Opdrachten" in ran.out and ran.err == ""


def test_the_version_needs_no_help(maanwerk: Run) -> None:
    assert maanwerk("--version").out.startswith("maanwerk ")
