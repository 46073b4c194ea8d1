"""Whom a letter asks to pay: the creditor, a factor to whom the claim was assigned, in part a blocked account."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from letters.content import BlockedAccount
from letters.qr import codes
from letters.render import render_email
from tests.letters.builders import CREDITOR, LANGUAGES, euros, letter
from tests.letters.reading import mailed

FACTOR = CREDITOR.model_copy(update={"factor": "Noorder Factor N.V.", "iban": "NL02ABNA0123456789", "bic": None})
BLOCKED = BlockedAccount(iban="NL86INGB0002445588", amount=euros("308.63"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_factor_is_named_with_his_account_in_every_language(language: str) -> None:
    for form in mailed(letter(language=language, creditor=FACTOR)):
        flat = " ".join(form.split())
        assert "NL02 ABNA 0123 4567 89" in flat.replace("\u00a0", " ")
        assert flat.count("Noorder Factor N.V.") >= 2
        assert "NL91" not in flat


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blocked_account_gets_its_part_and_the_own_one_the_rest(language: str) -> None:
    text = render_email(letter(language=language, blocked_account=BLOCKED)).text.replace("\u00a0", " ")
    assert "NL86 INGB 0002 4455 88" in text
    assert "NL91 ABNA 0417 1643 00" in text
    for amount in ("308", "925"):  # 1234.50 less 308.63
        assert amount in text


def test_the_code_for_a_bank_asks_what_goes_to_the_own_account() -> None:
    def payload(**changes: Any) -> list[str]:
        return next(
            code.payload for code in codes(letter(**changes), "reminder") if code.payload.startswith("BCD")
        ).splitlines()

    assert payload(blocked_account=BLOCKED)[7] == "EUR925.87"
    assert payload(creditor=FACTOR)[5:7] == ["Noorder Factor N.V.", "NL02ABNA0123456789"]
    assert payload()[5:8] == [CREDITOR.name, "NL91ABNA0417164300", "EUR1234.50"]


def test_all_amounts_are_in_one_currency() -> None:
    dollars = BLOCKED.model_copy(update={"amount": euros("1.00").__class__.parse("1.00", "USD")})
    with pytest.raises(ValidationError, match="one letter per currency"):
        letter(blocked_account=dollars)
