"""Domains that look like others, by Unicode TR 39; a whole word in another script is nobody's trick."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mail_domains import mail_domain, why_doubtful
from tests.rows import in_rows

CYRILLIC_A, GREEK_O = "\u0430", "\u03bf"


def travelling(domain: str) -> str:
    """As mail servers look it up (RFC 3492), made here by hand."""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in domain.split(".")
    )


MIXED = [
    f"b{CYRILLIC_A}nk.example",
    f"mail.b{CYRILLIC_A}nk.example",
    f"rab{GREEK_O}bank.nl",
    f"B{CYRILLIC_A}NK.EXAMPLE",
    f"ing-{CYRILLIC_A}.nl",
    "bank-\u0431\u0430\u043d\u043a.nl",
    "\u5d0e\u043a.jp",
    "bank\u0531.nl",
    "b\u1d43\u0430nk.nl",
    f"example.c{GREEK_O}m",
]
LEGAL = [
    "bank.example",
    "m\u00fcnchen.de",
    "soci\u00e9t\u00e9.be",
    "stra\u00dfe.de",
    "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
    "\u043f\u0440\u0438\u043c\u0435\u0440.com",
    "\u03b5\u03bb\u03bb\u03ac\u03b4\u03b1.gr",
    "\u6771\u4eac\u30bf\u30ef\u30fctower\u306e.jp",
    "\ud55c\uad6dkorea.kr",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629.com",
    "bank1.nl",
    "a.xn--p1ai",
    "xn--mnchen-3ya.de",
    "\uff42\uff41\uff4e\uff4b\uff0enl",
]


@pytest.mark.parametrize("domain", MIXED)
@pytest.mark.parametrize("written", [str, travelling, lambda domain: travelling(domain.lower()).upper()])
def test_a_label_of_several_scripts_is_told_however_it_is_written(domain: str, written: type[str]) -> None:
    assert "mixes letters" in (why_doubtful(written(domain)) or "")


@in_rows("domain", LEGAL)
def test_a_label_of_one_script_is_nobodys_trick(domain: str) -> None:
    assert why_doubtful(domain) is None


@pytest.mark.parametrize(
    "domain",
    [
        "\u0440\u0430\u0443\u0440\u0430\u04cf.com",
        "\u0441\u043e\u0440.nl",
        "mail.\u0441\u043e\u0440.be",
        "\u03b1\u03ba\u03c4\u03b7.com",
    ],
)
def test_a_label_that_only_looks_latin_under_a_latin_ending_is_told(domain: str) -> None:
    assert "look like Latin" in (why_doubtful(domain) or "")
    assert "look like Latin" in (why_doubtful(travelling(domain)) or "")


def test_the_same_letters_under_an_ending_of_their_own_are_a_word() -> None:
    assert why_doubtful("\u0441\u043e\u0440.\u0440\u0444") is None


def test_digits_of_two_scripts_and_a_label_that_cannot_be_read_are_told() -> None:
    assert "digits" in (why_doubtful("\u0661\u06623.example") or "")
    assert "can't be read" in (why_doubtful("xn--99999999999999.nl") or "")


def test_however_it_is_written_it_is_one_domain() -> None:
    domain = f"b{CYRILLIC_A}nk.example"
    assert mail_domain(f"x@{domain}") == mail_domain(f"y@{travelling(domain)}") == mail_domain(f"x@{domain.upper()}")


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", max_size=60).filter(lambda text: "xn--" not in text))
def test_plain_letters_are_never_in_doubt(domain: str) -> None:
    assert why_doubtful(domain) is None


@given(st.text("abcdefghijklmnop", min_size=1, max_size=20), st.sampled_from("авекмнорстухіјѕαοφω"))
def test_one_letter_of_another_script_is_always_found(latin: str, other: str) -> None:
    assert why_doubtful(f"{latin}{other}.nl") is not None
    assert why_doubtful(travelling(f"{other}{latin}.nl")) is not None


@given(st.text(max_size=80), st.sampled_from(["", "xn--", "a.XN--"]))
def test_any_text_has_one_answer_for_all_its_spellings(text: str, before: str) -> None:
    domain = f"{before}{text}"
    assert why_doubtful(domain) == why_doubtful(unicodedata.normalize("NFKC", domain).lower())
    assert "@" in text or mail_domain(f"x@{domain}") == mail_domain(f"y@{domain}")
