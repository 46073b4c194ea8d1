"""`dataclasses.replace` for our frozen records, in less than half of its time.

A case has thirty-two fields, and each fact that is applied to it makes two or three new ones: that of the standard
library was a tenth of a bundled reminder. The type checker takes it for that one, and finds a field that is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["replace"]

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:
    # Of each class: what reads all its fields at once, how each is written, and how one is written by its name.
    _SLOTS: dict[type, tuple[Callable[[Any], tuple[Any, ...]], tuple[Any, ...], dict[str, Any]]] = {}

    def replace(record, /, **changes):
        """A record with other values in some fields.

        Args:
            record: Of a frozen dataclass with slots, whose fields are all given when it is made, not looked at then.
            **changes: The new values by field.

        Raises:
            TypeError: the record is none of those, or has no such field.
        """
        kind = type(record)
        read, writes, written = _SLOTS.get(kind) or _slots(kind)
        made = object.__new__(kind)
        for write, value in zip(writes, read(record), strict=True):
            write(made, value)
        for name, value in changes.items():
            if name not in written:
                raise TypeError(f"{kind.__name__} has no field {name}")
            written[name](made, value)
        return made

    def _slots(kind):
        own = fields(kind)
        if hasattr(kind, "__post_init__") or not all(each.init for each in own) or "__slots__" not in vars(kind):
            raise TypeError(f"{kind.__name__} is no record with slots alone: use dataclasses.replace")
        slots = {each.name: getattr(kind, each.name) for each in own}
        several = len(own) > 1
        read = attrgetter(*slots) if several else (lambda record: tuple(getattr(record, name) for name in slots))
        written = {name: slot.__set__ for name, slot in slots.items()}
        _SLOTS[kind] = found = (read, tuple(written.values()), written)
        return found
