"""Letters of claims that others are paid for: what was assigned goes to the factor, a part into the G-rekening."""

from __future__ import annotations

from typing import Any

import pytest

from letters.content import BlockedAccount, LetterContent
from letters.qr import codes
from letters.render import render_email, render_pdf
from tests.letters.builders import euros, example
from tests.letters.reading import printed

FACTOR = "Noorder Factor N.V."
LETTERS = ("reminder", "second_reminder", "generic", "receipt", "apology", "dispute_confirmation")
TO_US = {"nl": "aan ons", "en": "to us", "de": "Sie uns", "fr": "nous verser"}
TO_HIM = {"nl": f"aan {FACTOR}", "en": f"to {FACTOR}", "de": f"an {FACTOR}", "fr": f"à {FACTOR}"}


def changed(content: LetterContent, **changes: Any) -> LetterContent:
    return LetterContent.model_validate({**content.model_dump(), **changes})


def assigned(name: str, language: str) -> LetterContent:
    content = example(name, language)
    factor = {"factor": FACTOR, "iban": "NL02ABNA0123456789", "bic": None}
    return changed(content, creditor={**content.creditor.model_dump(), **factor})


@pytest.mark.parametrize("language", list(TO_US))
@pytest.mark.parametrize("name", LETTERS)
def test_nobody_is_asked_to_pay_us_what_was_assigned(name: str, language: str) -> None:
    plain = render_email(example(name, language)).text
    told = render_email(assigned(name, language)).text
    assert TO_US[language] not in told and "Versez-nous" not in told
    if TO_US[language] in plain or "Versez-nous" in plain:
        assert TO_HIM[language] in told


def test_the_page_and_the_mail_say_the_same() -> None:
    content = assigned("reminder", "nl")
    page = printed(render_pdf(content))
    assert f"aan {FACTOR} overmaken" in page
    assert f"{FACTOR}; alleen wat u aan {FACTOR} betaalt, telt" in page


def test_the_code_for_the_bank_says_which_part_it_pays() -> None:
    content = changed(
        example("notice", "nl"),
        blocked_account=BlockedAccount(iban="NL86INGB0002445588", amount=euros("308.63")).model_dump(),
        payment_link=None,
    )
    (code,) = codes(content, "notice")
    assert "EUR2130.68" in code.payload
    assert code.caption.replace("\u00a0", " ").endswith(": € 2.130,68")
