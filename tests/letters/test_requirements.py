"""Each part that a letter must hold, left out, makes it void."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from letters.checking import check_content, check_words
from letters.content import LetterContent
from letters.figures import Figures
from letters.kinds import LETTERS, effective_letter
from letters.render import VoidLetter, render_email, render_pdf
from letters.requirements.forbidden import FORBIDDEN
from letters.requirements.part import Part, Printing
from letters.requirements.parties import DEBTOR_ADDRESS
from letters.requirements.required import REQUIRED
from letters.wording import word
from tests.letters.builders import CREDITOR, LANGUAGES, PARTNER, PERSON, euros, example, examples, letter, variants
from tests.letters.parts import changed, rewritten
from tests.letters.reading import all_forms


def contents() -> dict[str, LetterContent]:
    found = {f"{name}-{language}": example(name, language) for name, language in examples()}
    return found | dict(variants())


CONTENTS = contents()


def printing(content: LetterContent, *, paper: bool) -> Printing:
    return Printing(content, effective_letter(content), paper, Figures.of(content.language, content.law))


def asked(content: LetterContent) -> Iterator[Part]:
    """The parts that this letter must hold."""
    about = printing(content, paper=False)
    yield from (part for part in REQUIRED[about.letter] if part.when(about))


def test_every_letter_has_its_list_of_parts() -> None:
    assert set(REQUIRED) == set(LETTERS)
    assert all(parts for parts in REQUIRED.values())


def test_every_part_is_asked_of_some_letter_and_said_in_every_language() -> None:
    everywhere = {part.name for parts in REQUIRED.values() for part in parts}
    assert everywhere == {part.name for content in CONTENTS.values() for part in asked(content)} | {DEBTOR_ADDRESS.name}
    for parts in REQUIRED.values():
        assert all(set(part.said) == set(LANGUAGES) for part in parts if part.said is not None)
    assert all(set(entry.said) == set(LANGUAGES) for entry in FORBIDDEN)


@pytest.mark.parametrize("name", CONTENTS)
def test_every_part_is_there_and_its_values_are_in_all_forms(name: str) -> None:
    content = CONTENTS[name]
    mail, html, paper = (re.sub(r"[\s\u00a0]+", " ", text) for text in all_forms(content))
    for part in asked(content):
        for value in part.values(printing(content, paper=False)):
            assert value is not None
            said = value.replace("\u00a0", " ")
            assert said in mail, part.name
            assert said in html, part.name
            # A number too long for its column may break anywhere on paper.
            assert said.replace(" ", "") in paper.replace(" ", ""), part.name


@pytest.mark.parametrize("name", CONTENTS)
def test_a_letter_whose_template_lost_the_block_of_a_part_is_refused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = CONTENTS[name]
    for part in asked(content):
        if part.said is None:
            continue
        with monkeypatch.context() as patch:
            rewritten(patch, **dict.fromkeys(part.blocks, ""))
            for render in (render_email, render_pdf):
                with pytest.raises(VoidLetter, match="is missing"):
                    render(content)


@pytest.mark.parametrize("name", CONTENTS)
def test_each_part_is_missed_by_name_when_its_words_are_gone(name: str) -> None:
    content = CONTENTS[name]
    words = word(content, paper=False)
    text = "\n".join((words.subject, render_email(content).text))
    for part in asked(content):
        if part.said is None:
            continue
        pattern = part.patterns[content.language]
        gone = {block: pattern.sub("", words.masked[block].replace("\n", " ")) for block in part.blocks}
        masked = {**words.masked, **gone}
        if any(
            other.name != part.name
            and other.said
            and not other.patterns[content.language].search(
                " ".join(masked[block] for block in other.blocks).replace("\n", " ")
            )
            for other in asked(content)
        ):
            continue  # the same words serve two parts: either may be named
        with pytest.raises(VoidLetter, match=re.escape(part.name)):
            check_words(content, replace(words, masked=masked), text, paper=False)


@pytest.mark.parametrize("name", [name for name in CONTENTS if name.endswith("-nl")])
def test_a_value_that_is_not_in_the_printed_text_is_missed(name: str) -> None:
    content = CONTENTS[name]
    words = word(content, paper=False)
    text = re.sub(r"[\s\u00a0]+", " ", "\n".join((words.subject, render_email(content).text)))
    check_words(content, words, text, paper=False)
    for part in asked(content):
        for value in part.values(printing(content, paper=False)):
            assert value is not None
            with pytest.raises(VoidLetter, match="is missing"):
                check_words(content, words, text.replace(value.replace("\u00a0", " "), "…"), paper=False)


WITHOUT: list[tuple[str, dict[str, Any], str]] = [
    ("notice", {"creditor": CREDITOR.model_copy(update={"address": ()})}, "name and address"),
    ("notice", {"creditor": CREDITOR.model_copy(update={"kvk": None})}, "trade register"),
    ("notice", {"term_days": None}, "the term"),
    ("notice", {"periods": ()}, "specification of the interest"),
    ("notice", {"interest_basis": None}, "specification of the interest"),
    ("notice", {"day_count": None}, "specification of the interest"),
    ("fourteen_day_letter", {"announced_costs": None}, "the exact fee"),
    ("fourteen_day_letter", {"term_days": None}, "the term"),
    ("fourteen_day_letter", {"law": None}, "law of the claim is not known"),
    ("fourteen_day_letter", {"law": "BE"}, "law of the claim is BE"),
    ("fourteen_day_letter", {"consumer": False}, "for consumers only"),
    ("default_notice", {"term_days": None}, "the term"),
    ("first_reminder", {"creditor": CREDITOR}, "enterprise number"),
    ("first_reminder", {"product": None}, "what was sold"),
    ("first_reminder", {"term_days": None}, "the term"),
    ("first_reminder", {"law": "NL"}, "law of the claim is NL"),
    ("final_demand", {"partner": None}, "partner's name"),
    ("final_demand", {"partner": PARTNER.model_copy(update={"register_number": None})}, "partner's name"),
    ("arrangement_confirmation", {"arrangement": None}, "the instalments"),
    ("dispute_confirmation", {"dispute": None}, "the dispute"),
    ("receipt", {"received": None}, "the payment that came in"),
    ("apology", {"apology": None}, "which letter was wrong"),
    (
        "apology",
        {"apology": {"letter": "rijm", "sent_on": date(2026, 12, 4), "too_much": euros("1.00")}},
        "which letter",
    ),
]


@pytest.mark.parametrize(("name", "changes", "missing"), WITHOUT)
def test_a_letter_without_the_data_of_a_part_is_refused(name: str, changes: dict[str, Any], missing: str) -> None:
    content = changed(example(name), **changes)
    for render in (render_email, render_pdf):
        with pytest.raises(VoidLetter, match=missing):
            render(content)


def test_a_formal_letter_on_paper_needs_an_address_and_by_mail_it_does_not() -> None:
    content = changed(example("fourteen_day_letter"), debtor=PERSON.model_copy(update={"address": ()}))
    with pytest.raises(VoidLetter, match="the debtor's address is missing"):
        render_pdf(content)
    assert "J. de Vries" in render_email(content).text


def test_an_account_with_wrong_check_digits_is_refused() -> None:
    content = changed(example("reminder"), creditor=CREDITOR.model_copy(update={"iban": "NL92ABNA0417164300"}))
    with pytest.raises(VoidLetter, match=r"check digits of creditor\.iban"):
        render_email(content)


def test_the_checks_of_content_come_before_any_word_is_made() -> None:
    with pytest.raises(VoidLetter, match="the instalments"):
        check_content(changed(example("arrangement_confirmation"), arrangement=None), paper=True)


def test_a_plain_policy_needs_no_more_of_the_profile_than_before_the_law_came() -> None:
    bare = CREDITOR.model_copy(update={"address": (), "kvk": None})
    plain = letter("notice", creditor=bare, law=None)
    assert render_email(plain).text
    with pytest.raises(VoidLetter, match="name and address"):
        render_email(letter("notice", creditor=bare, law="NL"))
