"""What one says in a call: complete in four languages, and to a consumer nothing that may not be said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from string import Formatter
from typing import Any

import pytest

from domain.facts import PromiseMade
from services.calling.script import LANGUAGES, STAGES, call_stage, script_for, script_texts
from tests.domain.builders import Life, eur, policy, send

LATER = date(2026, 3, 20)


def texts(of: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(of, Mapping):
        for key, value in of.items():
            yield from texts(value, f"{path}/{key}")
    elif isinstance(of, list):
        for place, value in enumerate(of):
            yield from texts(value, f"{path}/{place}")
    else:
        yield path, of


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_all_of_it_with_the_same_values(language: str) -> None:
    dutch = dict(texts(script_texts("nl")))
    own = dict(texts(script_texts(language)))
    assert own.keys() == dutch.keys()
    assert all(text.strip() for text in own.values())
    assert {path: values(text) for path, text in own.items()} == {path: values(text) for path, text in dutch.items()}
    assert set(script_texts(language)["stages"]) == set(STAGES)
    if language != "nl":
        assert not {path for path, text in own.items() if text == dutch[path]}, "left untranslated"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_voice_mail_names_no_amount_and_to_a_consumer_not_even_from_whom(language: str) -> None:
    """practice.md, Consumers: SMS and voicemail without amount, and without the word incasso."""
    left = script_texts(language)["voicemail"]
    assert values(left["consumer"]) == {"caller", "who"} and values(left["business"]) == {"caller", "creditor"}
    assert not re.search(r"incasso|inkasso|recouvr|collect|schuld|dette|debt", " ".join(left.values()), re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stage", STAGES)
def test_to_a_consumer_nothing_is_said_that_threatens(language: str, stage: str) -> None:
    """practice.md, "Letters that would be struck down", 10; Besluit kwaliteit incassodienstverlening."""
    script = script_for(
        stage, language, "nl", consumer=True, caller="Mies", creditor="De Vaart BV", who="Anna de Wit",  # type: ignore[arg-type]
        invoices=[("C-1", eur("100.00"))], due=LATER,
    )  # fmt: skip
    said = " ".join(line.say for line in script.lines)
    threats = r"deurwaarder|beslag|BKR|faillis|incasso|huissier|saisie|faillite|Pfänd|Schufa|Insolvenz|bailiff|bankrupt"
    assert not re.search(threats, said, re.IGNORECASE)
    # Who he is comes before what it is about.
    assert "De Vaart" not in script.lines[0].say and "100" not in script.lines[0].say
    assert "De Vaart" in script.lines[1].say and script.may and script.may_not


def test_several_invoices_are_named_with_their_sum() -> None:
    script = script_for(
        "first", "nl", "en", consumer=False, caller="Mies", creditor="De Vaart BV", who="Els",
        invoices=[("F-1", eur("100.00")), ("F-2", eur("20.50"))], due=LATER,
    )  # fmt: skip
    assert "de facturen F-1 en F-2, samen € 120,50" in script.lines[0].say.replace("\u00a0", " ")
    assert script.lines[0].hint.startswith("This is the first contact") and not script.may


def life() -> Life:
    return Life(policy(send("reminder", {"after_due": "5d"}), send("notice", {"after_due": "10d"}, term="14d")))


def test_the_stage_follows_from_what_the_case_went_through() -> None:
    on = date(2026, 2, 20)
    assert call_stage(life().case, (), on, again=False) == "before_due"
    late = life().live("2026-03-02")
    assert call_stage(late.case, ("call",), late.today, again=False) == "first"
    reminded = life().live("2026-03-06")
    assert call_stage(reminded.case, ("call",), reminded.today, again=False) == "reminded"
    noticed = life().live("2026-03-12")
    assert call_stage(noticed.case, ("call",), noticed.today, again=False) == "after_notice"
    assert call_stage(noticed.case, ("call_again",), noticed.today, again=True) == "again"
    assert call_stage(noticed.case, ("call_about_refusal",), noticed.today, again=True) == "refused_debit"
    broken = life().live("2026-03-06")
    broken.ask("record_promise", {"by": "2026-03-09"})
    broken.live("2026-03-20")
    assert any(isinstance(fact, PromiseMade) for fact in broken.facts)
    assert call_stage(broken.case, ("call",), broken.today, again=True) == "promise_broken"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("consumer", [True, False])
def test_a_name_that_ends_in_a_stop_ends_its_sentence_with_that_one(language: str, consumer: bool) -> None:
    script = script_for(
        "before_due", language, "nl", consumer=consumer, caller="Mies V.", creditor="Papierhuis B.V.",  # type: ignore[arg-type]
        who="Anna W.", invoices=[("F-1", eur("10.00"))], due=LATER,
    )  # fmt: skip
    spoken = [script.voicemail, *(each.say for each in script.lines)]
    assert any("V." in text for text in spoken) and not any(".." in text for text in spoken)
