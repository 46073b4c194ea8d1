"""Settings from variables: `MAANWERK_X`, in capitals or not, says what the field `x` is to be made of.

pydantic-settings reads them too, and looks at the type of every field for each command, whether its variable is set or
not: all of ours are made of one text.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

__all__ = ["PREFIX", "Variables"]

PREFIX = "MAANWERK_"


class Variables(PydanticBaseSettingsSource):
    """Reads them."""

    def __init__(self, settings: type[BaseSettings], environment: Mapping[str, str] = os.environ) -> None:
        """Of these settings, set in this environment."""
        super().__init__(settings)
        self._said = {
            plain.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if (plain := name.upper()).startswith(PREFIX)
        }

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """What its variable says; None where it is not set."""
        return self._said.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """What they say, by field; what names no setting is told by `unknown_names`."""
        return {name: self._said[name] for name in self._said.keys() & self.settings_cls.model_fields.keys()}
