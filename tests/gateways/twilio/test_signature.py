"""Twilio's signatures, by the vectors of its own Python library (MIT, tests/unit/test_request_validator.py)."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from gateways.twilio.signature import TwilioSignature, read_form

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = (
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
)
TWICE = (("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234"))
BODY = '{"property": "value", "boolean": true}'
HASHED = URL + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
TWILIO = TwilioSignature(("12345",))


def with_port(url: str, port: int) -> str:
    return url.replace(".com", f".com:{port}")


@pytest.mark.parametrize(
    ("url", "told", "signature"),
    [
        (URL, FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        (HASHED, BODY, "a9nBmqA0ju/hNViExpshrM61xv4="),
        (with_port(URL, 443), FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL, FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (with_port(URL, 443), FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace("https", "http"), FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
)
def test_the_vendors_vectors(url: str, told: tuple[tuple[str, str], ...] | str, signature: str) -> None:
    assert TWILIO.signs(url, told, signature)
    assert not TwilioSignature(("12346",)).signs(url, told, signature)
    assert not TWILIO.signs(url.replace("foo=1", "foo=2"), told, signature)
    assert TwilioSignature(("another", "12345")).signs(url, told, signature), "while the token is changed"
    assert TwilioSignature(("12345", "another")).signs(url, told, signature)


@pytest.mark.parametrize(
    "signature", [None, "", "AAAA", "no base64!", "ü" * 28, "RSOYDt4T1cUTdK1PDd93/VVr8B8", "=" * 999]
)
def test_anything_else_is_no_signature_and_no_error(signature: str | None) -> None:
    assert not TWILIO.signs(URL, FORM, signature)
    assert not TWILIO.signs(HASHED, BODY, signature)
    assert not TWILIO.signs(URL, BODY, signature), "a body whose hash is not signed"


def test_without_a_token_nobody_signs() -> None:
    assert not TwilioSignature(()).signs(URL, FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


@pytest.mark.parametrize("form", [FORM, TWICE[:2], (("Body", "één & twee"), ("Empty", ""))])
def test_what_the_vendors_validator_signs_is_signed(form: tuple[tuple[str, str], ...]) -> None:
    url = "https://pay.example.nl/webhooks/twilio/message?k=" + "a" * 64
    signature = RequestValidator("12345").compute_signature(url, dict(form))
    assert TWILIO.signs(url, form, signature)


def test_a_form_keeps_what_is_empty_and_what_comes_twice() -> None:
    assert read_form(b"A=1&A=2&B=&C=%C3%A9%2B+x") == (("A", "1"), ("A", "2"), ("B", ""), ("C", "é+ x"))


@pytest.mark.parametrize("body", [b"\xff=1", b"A=%FF", b"&".join(b"A=%d" % n for n in range(201))])
def test_a_body_that_is_no_form_in_utf8_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the body is no form$"):
        read_form(body)
