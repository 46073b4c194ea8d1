"""Variables `MAANWERK_…` of the environment that name no setting: a setting with a slip in its name decides nothing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from config.secret_files import file_names
from config.settings import Settings

__all__ = ["unknown_names"]

_PREFIX = "MAANWERK_"
_BESIDE = ("LANGUAGE", "TAG", "CHAOS", "CHAOS_EVENTS", "DIFFERENTIAL", "PAGE_PICTURES", "PICTURES", "SEED")
"""Read elsewhere: by the commands, by docker-compose.yml, by the tests."""
_OF_KUBERNETES = re.compile(r"(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?)")
"""What Kubernetes tells every process of a service whose name begins with `maanwerk`."""


def unknown_names(environment: Iterable[str]) -> list[str]:
    """What is wrong with the names of variables, one line for each that names nothing.

    Args:
        environment: Names of variables; those of others are passed over.
    """
    known = [_PREFIX + name for name in (*map(str.upper, Settings.model_fields), *_BESIDE)]
    known += sorted(file_names(Settings))
    lines = []
    for name in sorted(environment):
        plain = name.upper()
        if not plain.startswith(_PREFIX) or plain in known or _OF_KUBERNETES.fullmatch(plain.removeprefix(_PREFIX)):
            continue
        # Without what all have in common: it would make every short name like every other.
        own = [each.removeprefix(_PREFIX) for each in known]
        close = [_PREFIX + each for each in difflib.get_close_matches(plain.removeprefix(_PREFIX), own, 1, 0.75)]
        hint = f"did you mean {close[0]}?" if close else "docs/operating.md names them all"
        lines.append(f"{name}: there is no such setting; {hint}")
    return lines
