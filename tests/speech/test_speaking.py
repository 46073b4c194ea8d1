"""The language of a command, and what a credit controller reads in Dutch."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import date

import pytest

from cli.speaking import language_of, runs_workers
from domain.tasks import task_text
from domain.views.explain import day_text, state_of, why_this_day
from speech.words import speak, spoken_language, to_people, tr, trn
from tests.domain.builders import Life, day, policy, send
from tests.forking import ran


@pytest.fixture
def dutch() -> Iterator[None]:
    speak("nl")
    yield
    speak("en")


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "nl_NL.UTF-8"}, "nl"),
        ({"LANG": "nl_BE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "nl_NL"}, "nl"),
        ({"LANG": "fr_BE.UTF-8"}, "fr"),
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "es_ES.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "MAANWERK_LANGUAGE": "nl"}, "nl"),
        ({"LANG": "nl_NL.UTF-8", "MAANWERK_LANGUAGE": "en"}, "en"),
        ({"MAANWERK_LANGUAGE": "NL-nl"}, "nl"),
    ],
)
def test_the_setting_decides_and_else_the_locale(environment: dict[str, str], spoken: str) -> None:
    assert language_of(["case", "list"], environment) == spoken


def test_a_language_that_there_is_not_is_told() -> None:
    with pytest.raises(ValueError, match="'xx'; there are: en, nl, fr, de"):
        language_of([], {"MAANWERK_LANGUAGE": "xx"})


def test_programs_read_english() -> None:
    assert language_of(["case", "show", "F-1", "--json"], {"MAANWERK_LANGUAGE": "nl"}) == "en"


@pytest.mark.parametrize("arguments", [["worker"], ["up"], ["demo", "--live"]])
def test_a_command_that_runs_workers_speaks_to_people_alone(arguments: list[str]) -> None:
    assert language_of(arguments, {"MAANWERK_LANGUAGE": "nl"}) == "nl"
    assert runs_workers(arguments) and not runs_workers(["case", "list"]) and not runs_workers([])


async def test_what_a_worker_says_beside_a_person_stays_english() -> None:
    async def work(turn: asyncio.Event) -> str:
        await turn.wait()
        return await asyncio.to_thread(day_text, date(2026, 3, 10)) + f" {spoken_language()}"

    speak("nl", to_people_alone=True)
    try:
        turn = asyncio.Event()
        working = asyncio.create_task(work(turn))
        with to_people():
            told = await asyncio.to_thread(day_text, date(2026, 3, 10))
            turn.set()
            assert (told, await working) == ("di 2026-03-10", "Tue 2026-03-10 en")
        assert tr("paid") == "paid"
    finally:
        speak("en")


def test_without_a_translation_a_text_stands_as_it_is(dutch: None) -> None:
    assert tr("not in the catalogue {here}") == "not in the catalogue {here}"
    assert trn("{number} case", "{number} cases", 1) == "1 zaak"
    assert trn("{number} case", "{number} cases", 2) == "2 zaken"


def test_what_a_value_holds_is_never_taken_for_a_place(dutch: None) -> None:
    assert tr("task: {task}", task="{number}") == "taak: {number}"


def test_where_a_case_stands_in_dutch(dutch: None) -> None:
    life = Life(policy(send("reminder", {"after_due": "5d"}))).live("2026-03-01")
    assert state_of(life.case, life.decision, life.policy, life.today) == "Herinnering wordt op vr 2026-03-06 verstuurd"
    assert why_this_day(life.policy.steps[0], life.decision, life.case, life.policy) == "5 dagen na de vervaldatum"
    life.hear("pause", {"until": "2026-03-20"})
    assert state_of(life.case, life.decision, life.policy, day("2026-03-02")).startswith(
        "Aangehouden (pauze) tot vr 2026-03-20"
    )
    life.live("2026-03-25")
    assert state_of(life.case, life.decision, life.policy, life.today).endswith(
        "Open taak: beslissen hoe het verder gaat"
    )


def test_tasks_and_days_in_dutch(dutch: None) -> None:
    assert task_text("fix_contact") == "de contactgegevens herstellen"
    assert task_text("sales_owner") == "sales owner", "a policy's own task stays as it names it"
    assert day_text(date(2026, 3, 10)) == "di 2026-03-10"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return ran("cli.main", *arguments, environment={**os.environ, **environment})


def test_a_command_speaks_dutch_and_its_json_does_not() -> None:
    plan = ("plan", "--due", "2026-03-01")
    told = run(*plan, MAANWERK_LANGUAGE="nl").stdout
    assert "waarom die dag" in told and "dagen na de vervaldatum" in told
    assert "why that day" in run(*plan, MAANWERK_LANGUAGE="en").stdout
    as_json = [run(*plan, "--json", MAANWERK_LANGUAGE=language).stdout for language in ("en", "nl")]
    assert as_json[0] == as_json[1] and json.loads(as_json[0])["steps"]


def test_a_wrong_setting_ends_the_command_with_two_and_one_line() -> None:
    ended = run("plan", "--due", "2026-03-01", MAANWERK_LANGUAGE="xx")
    assert (ended.returncode, ended.stderr) == (2, "MAANWERK_LANGUAGE: there is no 'xx'; there are: en, nl, fr, de\n")
