"""The creditor's profile as the guide describes it."""

import re
from datetime import date
from pathlib import Path

import pytest

from domain.parties import CollectionPartner
from letters.render import known_letters
from policies.creditor_profile import load_creditor
from policies.problems import SourceError

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
WHO = """\
id: maan
name: Maan B.V.
iban: NL91ABNA0417164300
email: maan@maan.example
policies: [{policy: nl-business}]
"""


def test_the_profile_in_the_guide_is_read_as_it_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```yaml\n(terms:.*?)^```", GUIDE, re.S | re.M)
    file = tmp_path / "creditor.yaml"
    file.write_text(WHO + example, encoding="utf-8")
    creditor = load_creditor(file, known_letters()).creditor
    terms = creditor.terms
    assert terms.delivery_days is not None
    days = [terms.delivery_days.at(day) for day in (date(2020, 1, 1), date(2027, 6, 30), date(2027, 7, 1))]
    assert days == [3, 3, 4]
    assert (str(terms.contract_rate), terms.damages_clause, terms.insurer_notice_days) == ("12", "legal_maximum", 60)
    assert not terms.at_risk
    assert creditor.partner == CollectionPartner(
        name="Incassobureau De Brug B.V.", kind="agency", register_number="0123"
    )


def test_a_slip_in_the_terms_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "creditor.yaml"
    file.write_text(WHO + "terms:\n  contract_rates: '12'\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_creditor(file, known_letters())
    assert "creditor.yaml:7" in str(caught.value)
    assert "contract_rates" in str(caught.value)
