"""A record that is made quickly is the one that the standard library makes, and as frozen."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import dataclass, field

import pytest

from domain.quick_records import quick


@dataclass(frozen=True, slots=True)
class Plain:
    first: int
    second: tuple[str, ...] = ("two",)
    third: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    first: int
    second: tuple[str, ...] = ("two",)
    third: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class Looked:
    first: int

    def __post_init__(self) -> None:
        if self.first < 0:
            raise ValueError("below nothing")


def test_its_fields_and_defaults_are_those_of_the_class() -> None:
    for _ in range(2):  # the first one is made otherwise than those after it
        made = Quick(1, third=3)
        assert (made.first, made.second, made.third) == (1, ("two",), 3)
        assert type(made) is Quick
    assert repr(Quick(1)) == repr(Plain(1)).replace("Plain", "Quick")
    assert Quick(1) == Quick(1, ("two",), None)
    assert Quick(1) != Quick(2)
    assert hash(Quick(1)) == hash(Plain(1))


def test_nobody_writes_in_it() -> None:
    made = Quick(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.first = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.first
    assert not hasattr(made, "__dict__")


def test_it_travels_and_is_copied_as_any_other() -> None:
    made = Quick(1, ("a", "b"))
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.deepcopy(made) == made
    assert dataclasses.replace(made, first=2) == Quick(2, ("a", "b"))


@pytest.mark.parametrize("given", [{}, {"first": 1, "fourth": 4}], ids=["none given", "one that is not there"])
def test_a_field_that_is_missing_or_not_there_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"Quick\.__init__\(\)"):
        Quick(**given)  # type: ignore[arg-type]


def test_what_is_looked_at_when_it_is_made_still_is() -> None:
    assert Looked(1).first == 1
    with pytest.raises(ValueError, match="below nothing"):
        Looked(-1)


def test_a_class_that_it_can_not_serve_is_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class Made:
        parts: list[int] = field(default_factory=list)

    @dataclass(frozen=True)
    class Open:
        first: int

    for kind in (Made, Open):
        with pytest.raises(TypeError, match="is no record with slots alone and plain defaults"):
            quick(kind)
