"""Writing off: the days of VAT by law (art. 29 Wet OB; art. 77 and 82bis WBTW), and the articles for tax and books."""

from __future__ import annotations

import pytest

from domain.handoffs.writing_off import writing_off
from tests.domain.builders import day


@pytest.mark.parametrize(
    ("law", "says"),
    [
        # A year after due, whatever day it is written off.
        ("NL", ("on 2027-03-01 at the latest", "art. 3.25 Wet IB 2001", "in the year in which it is certain")),
        # The third year after that of the loss.
        ("BE", ("on 2029-12-31 at the latest", "204.3", "art. 49 WIB 92")),
    ],
)
def test_vat_provision_and_tax_are_told_with_day_and_article(law: str, says: tuple[str, ...]) -> None:
    told = writing_off(law, day("2026-03-01"), day("2026-11-28"))
    assert all(part in line for part, line in zip(says, told, strict=True))


def test_of_another_law_nothing_is_said() -> None:
    assert writing_off(None, day("2026-03-01"), day("2026-11-28")) == ()
