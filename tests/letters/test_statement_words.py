"""The words of the claim statement: each ground and code that there is has its words in each language of a court."""

from __future__ import annotations

from typing import get_args

import pytest

from domain.facts import DisputeOutcome, DisputeReason, WithoutNotice
from domain.handoffs.grounds import CostsGround, DefaultGround, InterestGround
from domain.invoice import TermBasis
from letters.render import known_letters
from letters.statement.content import CourtLanguage, MovedKind, PartyKind
from letters.statement.wording import words_of

TABLES = {
    "default_ground": get_args(DefaultGround),
    "interest_ground": get_args(InterestGround),
    "costs_ground": get_args(CostsGround),
    "without_notice": get_args(WithoutNotice),
    "kinds": get_args(PartyKind),
    "moved": get_args(MovedKind),
    "reasons": get_args(DisputeReason),
    "outcomes": get_args(DisputeOutcome),
    "term_basis": [each.value for each in TermBasis],
    "letters": sorted(known_letters()),
}


@pytest.mark.parametrize("language", get_args(CourtLanguage))
@pytest.mark.parametrize("table", TABLES)
def test_every_code_has_its_words(language: CourtLanguage, table: str) -> None:
    assert sorted(set(TABLES[table]) - words_of(language)[table].keys()) == []


def test_both_languages_have_the_same_words_and_places() -> None:
    dutch, french = words_of("nl"), words_of("fr")
    assert dutch.keys() == french.keys()
    for name, value in dutch.items():
        if isinstance(value, dict):
            assert value.keys() == french[name].keys(), name
