"""What is kept of a password."""

from __future__ import annotations

from argon2 import Type, extract_parameters

from services.passwords import hashed, is_password, needs_hashing
from tests.hashing import as_in_production

PASSWORD = "drie natte broden in de regen"


def test_a_password_costs_what_rfc_9106_recommends() -> None:
    """Its second choice (§4): Argon2id, three passes over 64 MiB by four lanes, salt of 16 bytes, tag of 32."""
    with as_in_production():
        kept = hashed(PASSWORD)
        assert is_password(PASSWORD, kept) and not is_password(PASSWORD + "!", kept)
        assert not needs_hashing(kept)
    costs = extract_parameters(kept)
    assert costs.type is Type.ID
    assert (costs.time_cost, costs.memory_cost, costs.parallelism) == (3, 64 * 1024, 4)
    assert (costs.salt_len, costs.hash_len) == (16, 32)


def test_one_that_was_hashed_for_less_is_hashed_again() -> None:
    cheap = hashed(PASSWORD)
    with as_in_production():
        assert is_password(PASSWORD, cheap) and needs_hashing(cheap)


def test_where_nobody_has_a_password_none_is_right() -> None:
    assert not is_password("nobody", None)
