"""Sentences that were made in English, said in the language of who reads them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from speech.sentences import say
from speech.words import LANGUAGES, catalogue, speak, speaking
from tests.speech.sentences import OF_OTHERS, sentences
from tests.speech.texts import ROOT

OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture
def dutch() -> Iterator[None]:
    speak("nl")
    yield
    speak("en")


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_in_the_catalogue(language: str) -> None:
    said = {**catalogue(language), **catalogue(f"sentences.{language}")}
    assert {text: place for text, place in sentences().items() if text not in said} == {}, "without a translation"


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_in_it_that_nobody_says(language: str) -> None:
    made = {*sentences(words=0), *OF_OTHERS}
    assert sorted(set(catalogue(f"sentences.{language}")) - made) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_of_its_sentence(language: str) -> None:
    for text, said in catalogue(f"sentences.{language}").items():
        values = re.findall(r"\{\d+\}", text)
        assert values == [f"{{{place + 1}}}" for place in range(len(values))], text
        assert sorted(set(re.findall(r"\{\d+\}", said.replace(":step}", "}")))) == sorted(values), text


@pytest.mark.parametrize("language", OTHERS)
def test_gettext_reads_the_catalogue_as_we_do(language: str) -> None:
    source = (ROOT / "speech" / "catalogues" / f"sentences.{language}.po").read_bytes()
    theirs = read_po(io.BytesIO(source), abort_invalid=True)
    assert {str(entry.id): entry.string for entry in theirs if entry.id} == dict(catalogue(f"sentences.{language}"))


def test_in_english_it_stands_as_it_was_made() -> None:
    assert say("this is empty: fill it in") == "this is empty: fill it in"


def test_values_stay_as_they_are_but_for_the_way_an_amount_is_written(dutch: None) -> None:
    said = say("can't write off 1500.00: open is 120.00; write off at most that")
    assert said == "1.500,00 is niet af te boeken: er staat 120,00 open; boek hoogstens dat af"


def test_a_step_is_said_where_it_is_read_and_stays_where_it_is_typed(dutch: None) -> None:
    assert say("12.00 EUR open, first: reminder on 2026-03-15").endswith("eerst: herinnering op 2026-03-15")
    assert say("12.00 EUR open, first: our_own_step on 2026-03-15").endswith("eerst: our_own_step op 2026-03-15")
    assert say("policy plain has no step reminder").endswith("reminder")
    assert say("the case is on hold (promise)") == "de zaak staat stil (belofte)"
    assert say("12.00 EUR open, on hold: promise, payment_claimed").endswith("aangehouden: belofte, betaling gemeld")


def test_each_of_several_sentences_in_one_line_is_said(dutch: None) -> None:
    said = say("telephone – → +31101234567; language nl → de")
    assert said == "telefoon – → +31101234567; taal nl → de"


def test_what_stands_before_a_sentence_stays(dutch: None) -> None:
    said = say("lijst.csv:3: E-mail: 'info@bakker' is not an e-mail address: write it like name@company.nl")
    assert said == "lijst.csv:3: E-mail: 'info@bakker' is geen e-mailadres: schrijf zoals naam@bedrijf.nl"


def test_a_sentence_within_a_sentence_is_said_too(dutch: None) -> None:
    made = "'info@bakker' is not an e-mail address: write it like name@company.nl; it was left out, the invoice was not"
    assert say(made) == (
        "'info@bakker' is geen e-mailadres: schrijf zoals naam@bedrijf.nl; dit is weggelaten, de factuur niet"
    )


def test_what_a_person_wrote_is_never_taken_for_a_sentence(dutch: None) -> None:
    said = say("policy 'paid in full' has no hand-off to approve")
    assert "'paid in full'" in said and said != "policy 'paid in full' has no hand-off to approve"


def test_a_sentence_may_have_more_than_nine_values(dutch: None) -> None:
    said = say("04/25/2026 has no month 25, because the day comes first here: write 25/04/2026 or 2026-04-25")
    assert said == "04/25/2026 heeft geen maand 25, want hier staat de dag eerst: schrijf 25/04/2026 of 2026-04-25"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "l’ouvert 1\u00a0120,00 est inférieur à 1\u00a0500,00"),
        ("de", "offen 1.120,00 liegt unter 1.500,00"),
    ],
)
def test_french_and_german_say_it_with_their_own_amounts(language: str, said: str) -> None:
    with speaking(language):
        assert say("open 1120.00 is below 1500.00") == said


def test_a_sentence_that_nobody_knows_stays(dutch: None) -> None:
    assert say("the moon is made of cheese") == "the moon is made of cheese"
