"""What we tell other systems is signed as Standard Webhooks 1.0.0 says."""

from __future__ import annotations

import base64

import pytest

from gateways.subscribers.signature import new_secret, secret_bytes, signature_headers
from tests.gateways.subscribers.receiver import KEY, SECRET, proved

ID, MOMENT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""Test vector of the reference libraries (standard-webhooks, libraries/javascript/src/webhook.test.ts)."""


def test_the_vector_of_the_reference_libraries_is_met() -> None:
    headers = signature_headers(ID, MOMENT, BODY, (secret_bytes(SECRET),))
    assert headers == {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": SIGNATURE}
    assert proved(headers, BODY), "and the receiver of our tests proves it"


def test_while_a_secret_is_changed_either_proves_it() -> None:
    other = new_secret()
    headers = signature_headers(ID, MOMENT, BODY, (secret_bytes(other), KEY))
    assert headers["webhook-signature"].split(" ")[1] == SIGNATURE
    assert proved(headers, BODY, other) and proved(headers, BODY, SECRET)
    assert not proved(headers, BODY + b" ") and not proved({**headers, "webhook-timestamp": "1614265331"}, BODY)
    assert not proved({**headers, "webhook-id": "msg_2"}, BODY)


def test_a_new_secret_is_long_enough_and_another_each_time() -> None:
    assert len(secret_bytes(new_secret())) == 32
    assert new_secret() != new_secret()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "whsec_",
        "hush" + SECRET[6:],
        SECRET[6:],
        "whsec_hush!",
        f"whsec_{base64.b64encode(b'hush' * 5 + b'hus').decode()}",
        f"whsec_{base64.b64encode(b'h' * 65).decode()}",
    ],
)
def test_what_is_no_secret_is_refused_without_being_shown(written: str) -> None:
    with pytest.raises(ValueError, match="whsec_") as refused:
        secret_bytes(written)
    assert "hush" not in str(refused.value) and (len(written) < 9 or written[6:] not in str(refused.value))


@pytest.mark.parametrize("length", [24, 64])
def test_the_lengths_that_the_specification_names_are_allowed(length: int) -> None:
    assert secret_bytes(f"whsec_{base64.b64encode(bytes(length)).decode()}") == bytes(length)
