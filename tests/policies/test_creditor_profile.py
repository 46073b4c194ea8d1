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


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("iban: NL92ABNA0417164300", "iban"),
        ("iban: NL91ABNA041716430", "iban"),
        ("iban: '12345'", "iban"),
        ("bic: ABNA", "bic"),
        ("bic: INGBNL2A", "bic"),
        ("kvk: '1234567'", "kvk"),
        ("vat: NL123456789B01", "vat"),
        ("vat: BE0403170702", "vat"),
        ("enterprise_number: 0403.170.702", "enterprise_number"),
        ("email: maan", "email"),
        ("email: maan@maan", "email"),
        ("phone: none", "phone"),
        ("partner: {name: De Brug, register_number: unknown}", "partner.register_number"),
        ("partners: [{id: n, name: N, register_number: '7', iban: NL92ABNA0417164300}]", "partners[0].iban"),
    ],
)
def test_a_number_that_cannot_be_is_named_with_its_line(tmp_path: Path, line: str, key: str) -> None:
    name = line.partition(":")[0]
    kept = [each for each in WHO.splitlines() if not each.startswith(f"{name}:")]
    file = tmp_path / "creditor.yaml"
    file.write_text("\n".join([*kept, line]), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_creditor(file, known_letters())
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (len(kept) + 1, key)


@pytest.mark.parametrize(
    "lines",
    [
        "bic: ABNANL2A\nkvk: '12345678'\nvat: NL000099998B57\nphone: +31 50 123 45 67\n",
        "vat: BE0403170701\nenterprise_number: 0403.170.701\nphone: 0800-1234\n",
        "vat: DE136695976\n",
        "vat: CHE-107.787.577 MWST\n",
        "vat: NL000000000B00\nkvk: '00000000'\n",
    ],
)
def test_numbers_that_can_be_and_those_of_zeros_are_taken(tmp_path: Path, lines: str) -> None:
    file = tmp_path / "creditor.yaml"
    file.write_text(WHO + lines, encoding="utf-8")
    load_creditor(file, known_letters())


def test_an_account_is_taken_with_spaces_and_in_small_letters(tmp_path: Path) -> None:
    file = tmp_path / "creditor.yaml"
    file.write_text(WHO.replace("NL91ABNA0417164300", "nl91 abna 0417 1643 00"), encoding="utf-8")
    load_creditor(file, known_letters())


def test_a_partner_who_may_not_take_what_he_takes_is_named_with_its_line(tmp_path: Path) -> None:
    partners = "partners:\n  - {id: snel, name: Snel Incasso}\n"
    file = tmp_path / "creditor.yaml"
    file.write_text(WHO + partners, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_creditor(file, known_letters())
    assert "creditor.yaml:7" in str(caught.value) and "an agency needs one for those (Wki)" in str(caught.value)
    file.write_text(WHO + partners.replace("Incasso}", "Incasso, takes: [{debtor: business}]}"), encoding="utf-8")
    assert load_creditor(file, known_letters()).creditor.partners[0].id == "snel"
