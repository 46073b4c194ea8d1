from typing import Any

import pytest

from letters.address import address_lines
from letters.content import LetterContent
from letters.render import VoidLetter, render_email, render_pdf
from tests.letters.builders import BELGIAN_CREDITOR, CREDITOR, PERSON, example, letter
from tests.letters.reading import printed


def to(last: str, **changes: Any) -> LetterContent:
    return letter(debtor=PERSON.model_copy(update={"address": ("Laan 3", "1000 AA Amsterdam", last)}), **changes)


@pytest.mark.parametrize(
    ("language", "country"), [("nl", "België"), ("en", "Belgium"), ("fr", "Belgique"), ("de", "Belgien")]
)
def test_a_letter_abroad_names_the_country_in_its_language(language: str, country: str) -> None:
    # UPU S42: the country stands last. The names are those of the countries in these languages.
    assert address_lines(to("BE", language=language, law="NL"))[-1] == country
    assert country in printed(render_pdf(to("BE", language=language, law="NL")))


def test_a_letter_at_home_names_no_country() -> None:
    assert address_lines(to("NL", law="NL")) == ("Laan 3", "1000 AA Amsterdam")
    assert address_lines(to("BE", law="BE", creditor=BELGIAN_CREDITOR)) == ("Laan 3", "1000 AA Amsterdam")
    assert address_lines(to("NL", law="BE"))[-1] == "Nederland"
    assert address_lines(to("NL"))[-1] == "Nederland"


def test_the_creditors_own_country_goes_before_that_of_the_law() -> None:
    german = CREDITOR.model_copy(update={"address": ("Hafen 1", "20095 Hamburg", "DE")})
    assert address_lines(to("DE", law="NL", creditor=german))[-1] == "1000 AA Amsterdam"
    assert address_lines(to("NL", law="NL", creditor=german))[-1] == "Nederland"


@pytest.mark.parametrize("last", ["XX", "be", "BEL", "Ede", "B E"])
def test_what_is_no_country_code_stays_as_it_is(last: str) -> None:
    assert address_lines(to(last, law="NL"))[-1] == last


def test_a_code_alone_is_no_address() -> None:
    content = example("fourteen_day_letter")
    content = content.model_copy(update={"debtor": PERSON.model_copy(update={"address": ("NL",)})})
    with pytest.raises(VoidLetter, match="the debtor's address is missing"):
        render_pdf(content)


def test_a_letter_of_record_by_mail_names_the_country_too() -> None:
    content = example("notice")
    debtor = content.debtor.model_copy(update={"address": ("Kerkplein 8", "2000 Antwerpen", "BE")})
    assert "Kerkplein 8, 2000 Antwerpen, België\n" in render_email(content.model_copy(update={"debtor": debtor})).text
