"""What payment providers need: what can't be right ends the start, and no secret is ever shown."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from config.payment_providers import secrets_of
from config.settings import Settings
from worker.payment_providers import keys_of, readers_of, served_by_nobody

HMAC = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"


def settings(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"MAANWERK_{name.upper()}", value)
    return Settings()


def test_without_any_setting_there_is_no_webhook_of_a_payment_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = settings(monkeypatch)
    assert keys_of(bare) == type(keys_of(bare))()
    assert served_by_nobody(bare) == ()
    assert sorted(readers_of(bare)) == ["adyen", "stripe"], "what was proved when it came is read whatever is set"


def test_a_secret_may_be_two_while_it_is_rotated(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, stripe_webhook_secret=" whsec_new ,whsec_old", adyen_hmac_key=f"{HMAC}\n{HMAC[::-1]}")
    keys = keys_of(found)
    assert keys.stripe == ("whsec_new", "whsec_old")
    assert keys.adyen == (HMAC, HMAC[::-1])
    assert served_by_nobody(found) == ("MAANWERK_STRIPE_WEBHOOK_SECRET", "MAANWERK_ADYEN_HMAC_KEY")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"stripe_webhook_secret": "a,b,c"}, "one secret, or two"),
        ({"adyen_hmac_key": "not-hex-at-all"}, "no HMAC key"),
        ({"adyen_hmac_key": "ABC"}, "no HMAC key"),
        ({"adyen_capture": "sometimes"}, "automatic"),
        ({"adyen_webhook_user": "no-password"}, "name:password"),
        ({"gocardless_webhook_secret": "s3cret-s3cret"}, "MAANWERK_GOCARDLESS_ACCESS_TOKEN is not set"),
        ({"mollie_webhook_secret": "s3cret-s3cret"}, "MAANWERK_MOLLIE_API_KEY is not set"),
        ({"mollie_url": "not-a-url"}, "mollie_url"),
    ],
)
def test_what_can_not_be_right_is_named_without_the_secret(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(monkeypatch, **variables)
    assert words in str(raised.value)
    assert "s3cret" not in str(raised.value) and "not-hex" not in str(raised.value)


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(monkeypatch, stripe_webhook_secret="  ", adyen_webhook_user="", mollie_webhook_secret=",")
    assert keys_of(found).stripe == () and keys_of(found).mollie_events == ()
    assert secrets_of(None) == ()


def test_nothing_that_can_ask_a_provider_goes_to_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings(
        monkeypatch,
        mollie_api_key="live_dHar4XY7",
        gocardless_access_token="sandbox_token",
        gocardless_webhook_secret="hook",
    )
    told = keys_of(found).model_dump_json()
    assert "live_" not in told and "token" not in told
    assert sorted(readers_of(found)) == ["adyen", "gocardless", "mollie", "mollie-events", "stripe"]
    assert "live_" not in repr(found) and "hook" not in repr(keys_of(found))
