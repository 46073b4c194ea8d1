"""Which partner takes a file: one debtor has one partner at a time."""

from __future__ import annotations

import pytest

from domain.money import Money
from domain.parties import Creditor
from tests.casefile.builders import CREDITOR
from tests.domain.builders import invoice

PARTNERS = [
    {"id": "small", "name": "Snel Incasso", "takes": [{"amount_below": "1500"}]},
    {"id": "large", "name": "Groot Incasso"},
    {"id": "court", "name": "Deurwaarders Stad", "kind": "bailiff", "takes": [{"law": "BE"}]},
]


@pytest.mark.parametrize(
    ("minor", "having", "expected"),
    [
        (100_000, None, "small"),
        (200_000, None, "large"),
        (100_000, "large", "large"),
        # Who has the debtor does not take so much; nor does he take another law; and nobody else gets it.
        (200_000, "small", None),
        (100_000, "court", None),
        (100_000, "gone", None),
    ],
)
def test_a_debtor_of_whom_a_partner_has_something_goes_to_that_one_or_to_nobody(
    minor: int, having: str | None, expected: str | None
) -> None:
    creditor = Creditor.model_validate({**CREDITOR.model_dump(), "partners": PARTNERS})
    found = creditor.partner_of(invoice(), Money.from_minor(minor, "EUR"), "NL", having)
    assert (None if found is None else found.id) == expected
