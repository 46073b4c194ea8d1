"""How the desk writes values: as the reader's language does, and nothing that a person wrote becomes HTML."""

from __future__ import annotations

from datetime import date

import pytest

from api.desk.writing import dated, day_text, money, number
from speech.words import speaking

TODAY = date(2026, 5, 13)


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("nl", "aangehouden: pauze tot 2026-05-20", "aangehouden: pauze tot wo 20 mei"),
        ("nl", "tot wo 2026-05-20", "tot wo 20 mei"),
        ("nl", "tot vr 2027-01-01 12:00", "tot vr 1 jan 2027 12:00"),
        ("nl", "Second_reminder wordt verstuurd", "Tweede herinnering wordt verstuurd"),
        ("nl", "the step our_own_step on 2026-13-45", "the step our_own_step on 2026-13-45"),
        ("en", "until Wed 2026-05-20", "until Wed 20 May"),
        ("fr", "jusqu’au mer 2026-05-20", "jusqu’au mer 20 mai"),
        ("fr", "promis pour le ven 2027-01-01", "promis pour le ven 1er janv 2027"),
        ("fr", "Second_reminder : envoi", "Deuxième rappel : envoi"),
        ("de", "ausgesetzt bis Mi 2026-05-20", "ausgesetzt bis Mi 20. Mai"),
        ("de", "auf second_reminder wird gewartet", "auf zweite Zahlungserinnerung wird gewartet"),
    ],
)
def test_days_and_steps_in_a_sentence_are_written_for_people(language: str, text: str, said: str) -> None:
    with speaking(language):
        assert dated(text, TODAY).striptags().replace("\u00a0", " ") == said


def test_what_a_person_wrote_in_a_sentence_is_text() -> None:
    assert dated("<b>2026-05-20</b> & 'x'", TODAY).startswith("&lt;b&gt;<time ")


def test_amounts_and_days_by_language() -> None:
    with speaking("nl"):
        assert money("1234.50").replace("\u00a0", " ") == "€ 1.234,50"
        assert day_text(date(2026, 3, 22), TODAY).replace("\u00a0", " ") == "zo 22 mrt"
    with speaking("en"):
        assert money("-1234.50", "USD") == "-US$1,234.50"
        assert day_text(date(2025, 12, 31), TODAY).replace("\u00a0", " ") == "Wed 31 Dec 2025"
    with speaking("fr"):
        assert (money("1234.50"), number(12345)) == ("1\u00a0234,50\u00a0€", "12\u00a0345")
        assert day_text(date(2026, 3, 22), TODAY) == "dim\u00a022\u00a0mars"
    with speaking("de"):
        assert (money("1234.50"), number(12345)) == ("1.234,50\u00a0€", "12.345")
        assert day_text(date(2026, 3, 22), TODAY) == "So\u00a022.\u00a0März"
