"""Who is let in, and the log: in words, what was done, on whom, and what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from api.desk.bulk.bulk_acts import ACTS
from api.desk.cases.case_forms import FORMS
from api.desk.people.log_words import act_words, outcome_words, subject_words
from casefile.people import DeskRole
from speech.words import speaking
from tests.api.desk.world import furnished


@pytest.mark.parametrize("act", sorted({form.message for form in FORMS} | {f"bulk {act.key}" for act in ACTS}))
def test_whatever_a_form_does_has_words_in_the_log(act: str) -> None:
    with speaking("nl"):
        assert "_" not in act_words(act) and act_words(act) != act


def test_users_are_named_and_numbers_are_said() -> None:
    with speaking("nl"):
        assert subject_words("user 30803149", {"30803149": "Marieke"}) == "Marieke"
        assert subject_words("user 1", {}) == "user 1"
        assert subject_words("1 cases", {}) == "1 zaak" and subject_words("12 rows", {}) == "12 rijen"
        assert subject_words("case:devaart:F-1", {}) == "case:devaart:F-1"


def test_a_code_that_is_not_known_stays_as_it_was_written() -> None:
    with speaking("nl"):
        assert (act_words("warp"), outcome_words("warped")) == ("warp", "warped")
        assert (act_words("bulk write_off"), outcome_words("written")) == (
            "Veel tegelijk: Afboeken",
            "opgeschreven, nog niet uitgevoerd",
        )


async def test_whoever_is_let_in_speaks_the_language_of_who_lets_him_in_unless_another_is_chosen(
    tmp_path: Path,
) -> None:
    world = furnished(tmp_path / "f.sqlite3", "fr")
    browser = world.browser(world.app(), DeskRole.ADMIN)
    page = html.document_fromstring((await browser.get("/desk/mensen")).text)
    assert page.xpath("//select[@id='m-language']/option[@selected]/@value") == ["fr"]
    # What was chosen stays where something else is wrong.
    refused = await browser.post("/desk/mensen", {"login": "", "name": "Jan", "role": "work", "language": "de"})
    chosen = html.document_fromstring(refused.text).xpath("//select[@id='m-language']/option[@selected]/@value")
    assert (refused.status_code, chosen) == (422, ["de"])
