"""Frozen records that are made in a third of the time that the standard library's take.

A frozen dataclass writes each of its fields by a call of `object.__setattr__`: a case that is played makes thousands
of records, and that was a tenth of it. Here a record is written while it is of an open class with the very same
fields, where writing costs next to nothing, and is of its own class, and frozen, before anybody has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

__all__ = ["open_twin", "quick"]

_T = TypeVar("_T")
_OF_CLASS: Any = object.__dict__["__class__"]


def open_twin(kind: type[Any]) -> Any:
    """A class with the fields of a frozen dataclass, in the same places, that anybody may write.

    What is of it becomes a record of `kind` by having its `__class__` set.
    """
    body = {"__slots__": kind.__dict__["__slots__"], "__setattr__": object.__setattr__}
    meta: Any = type(kind)
    return meta(kind.__name__, kind.__bases__, body)


def quick(kind: type[_T]) -> type[_T]:
    """Let a frozen dataclass be made quickly; to be written above `@dataclass(frozen=True, slots=True)`.

    Args:
        kind: A dataclass with slots alone, from which none is derived but dataclasses; without default factories.

    Raises:
        TypeError: the class is none of those.
    """
    record: Any = kind
    if "__slots__" not in vars(record) or any(each.default_factory is not MISSING for each in fields(record)):
        raise TypeError(f"{kind.__name__} is no record with slots alone and plain defaults")

    def __init__(self: Any, *given: Any, **named: Any) -> None:
        # Written when the first one is made: most commands make none of most.
        record.__init__ = made = _made_by(record)
        made(self, *given, **named)

    __init__.__annotations__ = record.__init__.__annotations__
    record.__init__ = __init__
    return kind


def _made_by(kind: Any) -> Callable[..., None]:
    """What makes a record of a class of its fields."""
    own = fields(kind)
    known = {"_of_class": _OF_CLASS.__set__, "_open": open_twin(kind), "_kind": kind}
    known |= {f"_default_{each.name}": each.default for each in own}
    given = [each.name if each.default is MISSING else f"{each.name}=_default_{each.name}" for each in own]
    lines = [
        f"def __init__(self, {', '.join(given)}):",
        "    _of_class(self, _open)",
        *(f"    self.{each.name} = {each.name}" for each in own),
        "    self.__class__ = _kind",
        *(["    self.__post_init__()"] if hasattr(kind, "__post_init__") else []),
    ]
    exec("\n".join(lines), known)
    made: Any = known["__init__"]
    made.__annotations__ = kind.__init__.__annotations__
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    init: Callable[..., None] = made
    return init
