"""A record with other values is the one that the standard library makes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import pytest

from domain.case import Case
from domain.ledger import Ledger
from domain.replacing import replace
from tests.domain.builders import Life, policy, send


@dataclass(frozen=True, slots=True)
class Base:
    first: int
    second: str = "two"


@dataclass(frozen=True, slots=True)
class Further(Base):
    third: tuple[int, ...] = field(default=(3,))


@dataclass(frozen=True, slots=True)
class Looked:
    first: int

    def __post_init__(self) -> None:
        if self.first < 0:
            raise ValueError("below nothing")


@dataclass(frozen=True)
class Open:
    first: int


def test_it_is_the_one_of_the_standard_library_and_the_old_one_stays() -> None:
    old, same = (Life(policy(send("reminder", {"after_due": "5d"}))).live("2026-03-01").case for _ in range(2))
    new = replace(old, ledger=Ledger(old.ledger.currency), passed=(("reminder", 1),))
    assert new == dataclasses.replace(old, ledger=Ledger(old.ledger.currency), passed=(("reminder", 1),))
    assert type(new) is Case
    assert old == same
    assert hash(replace(Further(1), third=())) == hash(Further(1, "two", ()))
    assert replace(Further(1, "b"), first=2) == Further(2, "b")
    assert replace(old) == old


def test_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(TypeError, match="Base has no field thrid"):
        replace(Base(1), thrid=3)  # type: ignore[call-arg]


@pytest.mark.parametrize("record", [Looked(1), Open(1)])
def test_what_is_looked_at_when_it_is_made_or_has_no_slots_is_refused(record: Looked | Open) -> None:
    with pytest.raises(TypeError, match=r"use dataclasses\.replace"):
        replace(record, first=-1)
