"""Which provider takes payments, and what it needs: what is missing ends the start."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from config.settings import Settings
from worker.debtor_pages import pay_links

KEYS = {
    "mollie": {"mollie_api_key": "test_1"},
    "stripe": {"stripe_api_key": "sk_test_1"},
    "adyen": {"adyen_api_key": "AQE", "adyen_merchant": "Papierhuis"},
}


@pytest.mark.parametrize("provider", KEYS)
def test_each_provider_needs_its_keys_and_an_address_to_come_back_to(provider: str) -> None:
    full = {"pay": provider, "public_url": "https://pay.example.nl", **KEYS[provider]}
    links = pay_links(Settings.model_validate(full))
    assert links is not None
    assert links.name == provider
    for missing in ("public_url", *KEYS[provider]):
        with pytest.raises(ValidationError, match=f"MAANWERK_PAY={provider} needs it"):
            Settings.model_validate({key: value for key, value in full.items() if key != missing})


def test_without_a_provider_nothing_is_needed_and_debtors_pay_by_bank() -> None:
    assert pay_links(Settings()) is None


@pytest.mark.parametrize("field", ["mollie_url", "stripe_url", "adyen_url"])
def test_a_key_goes_over_tls_or_stays_on_this_machine(field: str) -> None:
    with pytest.raises(ValidationError, match="https://"):
        Settings.model_validate({field: "http://pay.example.nl"})
    Settings.model_validate({field: "http://127.0.0.1:4010"})


def test_a_key_is_shown_nowhere() -> None:
    settings = Settings.model_validate({"mollie_api_key": "test_hushed", "stripe_api_key": "sk_hushed"})
    assert "hushed" not in repr(settings)
