"""Secrets from files: `MAANWERK_X_FILE` names the file that holds what `MAANWERK_X` would say.

Containers and orchestrators hand secrets over as files, which no list of processes and no dump of an environment shows.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from machine.regular import read_plain

__all__ = ["BadSecretFile", "SecretFiles", "file_names"]

_MOST_BYTES = 64 * 1024
_PREFIX = "MAANWERK_"


class BadSecretFile(ValueError):
    """A file with a secret can't be used; the text is one line, names the variable, and never holds the secret."""


def file_names(settings: type[BaseSettings]) -> frozenset[str]:
    """Names of the variables that may name a file in the place of a secret."""
    fields = settings.model_fields
    return frozenset(
        f"{_PREFIX}{name}_file".upper()
        for name, field in fields.items()
        # A setting that has such a name itself reads its file in its own way.
        if _is_secret(field) and f"{name}_file" not in fields
    )


def _is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation) or field.annotation is SecretStr


class SecretFiles(PydanticBaseSettingsSource):
    """Reads those files. A variable that holds the secret itself stands in the way: then nobody knows which counts."""

    def __init__(self, settings: type[BaseSettings], environment: Mapping[str, str] = os.environ) -> None:
        """Of these settings, named in this environment."""
        super().__init__(settings)
        self._environment = {name.upper(): value for name, value in environment.items()}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file, without the line end behind it; None where no file is named.

        Raises:
            BadSecretFile: it can't be read, or the secret is given twice.
        """
        name = f"{_PREFIX}{field_name}".upper()
        named = self._environment.get(f"{name}_FILE")
        if not named or f"{name}_FILE" not in file_names(self.settings_cls):
            return None, field_name, False
        if self._environment.get(name):
            raise BadSecretFile(f"{name} and {name}_FILE are both set: give the secret in one way only")
        try:
            data = read_plain(Path(named), _MOST_BYTES + 1)
            text = data.decode()
        except OSError as problem:
            raise BadSecretFile(f"{name}_FILE: {named} can't be read: {problem.strerror or problem}") from None
        except UnicodeDecodeError:
            raise BadSecretFile(f"{name}_FILE: {named} is no text in UTF-8") from None
        if len(data) > _MOST_BYTES:
            raise BadSecretFile(f"{name}_FILE: {named} is longer than {_MOST_BYTES} bytes")
        return text.rstrip("\r\n"), field_name, False

    def __call__(self) -> dict[str, Any]:
        """What the files say, by field."""
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key] = value
        return found
