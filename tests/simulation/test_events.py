"""The table of events: whatever stands in it can be written, told to a case, and read about."""

from pathlib import Path

from domain.messages import MESSAGES
from simulation.event_messages import message_names
from simulation.events import BESIDE, FORMS, EventRow
from tests.rows import in_rows

ROOT = Path(__file__).parents[2]


@in_rows("word", FORMS)
def test_a_form_can_be_written_and_is_told_in_the_guide(word: str) -> None:
    form = FORMS[word].form
    assert form.word == word
    assert word in EventRow.model_fields
    assert set(form.beside) <= BESIDE.keys() <= EventRow.model_fields.keys()
    guide = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    assert f"{word}: " in guide.partition("## Events")[2]


@in_rows("word", FORMS)
def test_a_form_tells_a_case_what_it_can_read_or_is_about_all(word: str) -> None:
    form = FORMS[word].form
    assert form.about_all if form.message is None else form.message in MESSAGES


def test_a_message_is_told_by_one_form() -> None:
    assert len(message_names()) == sum(event.form.message is not None for event in FORMS.values())
