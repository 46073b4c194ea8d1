"""What may be set of the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.settings import Settings


@pytest.mark.parametrize("text", ["", "10.0.0.1", "10.0.0.1, 10.0.0.0/8", "::1,fd00::/8"])
def test_proxies_are_addresses_or_networks(text: str) -> None:
    assert Settings(api_proxies=text).api_proxies == text


@pytest.mark.parametrize("text", ["proxy", "*", "10.0.0.1;10.0.0.2", "10.0.0.0/40"])
def test_a_name_or_everybody_is_no_proxy(text: str) -> None:
    with pytest.raises(ValidationError, match="is no address"):
        Settings(api_proxies=text)


@pytest.mark.parametrize("text", ["https://pay.example.nl", "http://localhost:8236", "https://x.nl/a/b"])
def test_a_public_url_is_one_that_a_path_can_follow(text: str) -> None:
    assert Settings(public_url=text).public_url == text


@pytest.mark.parametrize(
    "text", ["pay.example.nl", "https://x.nl/", "ftp://x.nl", "https://u:p@x.nl", "https://x.nl?a"]
)
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValidationError, match="without a slash at the end"):
        Settings(public_url=text)


def test_a_key_without_its_certificate_serves_nothing() -> None:
    with pytest.raises(ValidationError, match="MAANWERK_API_TLS_CERTIFICATE is not set"):
        Settings(api_tls_key=Path("key.pem"))


@pytest.mark.parametrize("rate", [0, -1, "often"])
def test_a_rate_is_above_nothing(rate: object) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"api_per_second": rate})
