"""One letter about several invoices: an overview where their reminders differ, and other overdue ones listed."""

from __future__ import annotations

from typing import Any

import pytest

from letters.errors import VoidLetter
from letters.figures import Figures
from letters.qr import codes
from letters.render import render_email, render_pdf
from tests.letters.builders import LANGUAGES, euros, example, many
from tests.letters.reading import printed
from tests.letters.varied import variants

VARIANTS = dict(variants())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_says_of_each_invoice_which_reminder_it_is(language: str) -> None:
    content = VARIANTS[f"overview-{language}"]
    figures = Figures.of(content.language, content.law)
    mail = render_email(content)
    for line in content.lines:
        row = next(row for row in mail.text.splitlines() if row.startswith(line.number + " "))
        assert line.reminder and figures.ordinal(line.reminder) in row
    assert "2" in mail.subject
    assert not any(word in mail.subject for word in ("weede", "econd", "euxième", "weite"))


def test_the_reference_names_all_invoices_in_the_transfer_code_too() -> None:
    content = VARIANTS["overview-nl"]
    (transfer,) = codes(content, "generic")
    assert transfer.payload.splitlines()[-1] == "2026-0417, T-2"
    assert "Onder vermelding van: 2026-0417, T-2" in render_email(content).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_first_reminder_none_calls_itself_the_second(language: str) -> None:
    second, without = example("second_reminder", language), VARIANTS[f"second-reminder-without-a-first-{language}"]
    words = ("Tweede", "opnieuw", "Second", "once more", "Deuxième", "de nouveau", "Zweite", "noch einmal")
    said = render_email(without)
    assert not any(word in said.subject + said.text for word in words)
    assert any(word in render_email(second).subject for word in words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_overdue_invoices_are_listed_and_not_asked_for(language: str) -> None:
    content = VARIANTS[f"reminder-with-others-{language}"]
    figures = Figures.of(content.language, content.law)
    mail, paper = render_email(content), printed(render_pdf(content))
    for line in content.others:
        assert line.number in mail.text and line.number in mail.html and line.number in paper
    assert figures.money(euros("7260.00")) not in mail.text.replace(" ", "\u00a0"), "and no total of them all"
    assert content.claimed == euros("2420.00")


@pytest.mark.parametrize("letter", ["notice", "fourteen_day_letter", "default_notice", "final_demand", "receipt"])
def test_a_letter_on_which_rights_hang_lists_nothing_beside_what_it_asks(letter: str) -> None:
    others = VARIANTS["reminder-with-others-nl"].others
    content = example(letter).model_copy(update={"others": others})
    with pytest.raises(VoidLetter, match="leave others out"):
        render_email(content)


def test_only_the_overview_numbers_its_reminders() -> None:
    content = many(example("second_reminder"))
    lines = tuple(line.model_copy(update={"reminder": 2}) for line in content.lines)
    with pytest.raises(VoidLetter, match="use letter `generic`"):
        render_email(content.model_copy(update={"lines": lines}))


def test_an_invoice_is_not_both_asked_for_and_listed() -> None:
    content = example("reminder")
    changes: dict[str, Any] = content.model_dump() | {"others": content.lines}
    with pytest.raises(ValueError, match="is among the lines"):
        type(content).model_validate(changes)
