"""Prints the part of requirements.lock that the program itself needs, hashes included.

    python deploy/runtime_lock.py                       what runs
    python deploy/runtime_lock.py --only setuptools …   these and what they need

The lock holds the tools of development too; a container has no use for them. Needs nothing but Python 3.11.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
_VIA = re.compile(r"^    #(?: via)? +(?P<by>[A-Za-z0-9][A-Za-z0-9._-]*)")


def normal(name: str) -> str:
    """A package's name in the one spelling that counts."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Of every pinned package its lines, and the packages that need it."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    name = ""
    for line in lock.splitlines():
        if pin := _PIN.match(line):
            name = normal(pin["name"])
            found[name] = (line + "\n", frozenset())
        elif name and line.startswith("    "):
            lines, by = found[name]
            via = _VIA.match(line)
            found[name] = (lines + f"{line}\n", by | {normal(via["by"])} if via else by)
    return found


def needed(lock: str, names: Iterable[str]) -> str:
    """The lines of these packages and of all that they need.

    Raises:
        KeyError: one of them is not in the lock.
    """
    known = pins(lock)
    wanted = {normal(name) for name in names}
    for name in wanted:
        known[name]
    while more := {name for name, (_, by) in known.items() if name not in wanted and by & wanted}:
        wanted |= more
    return "".join(known[name][0] for name in sorted(wanted))


def runtime_names(pyproject: str) -> list[str]:
    """The packages that pyproject.toml asks for."""
    listed: list[str] = tomllib.loads(pyproject)["project"]["dependencies"]
    return [found[0] for each in listed if (found := _NAME.match(each))]


if __name__ == "__main__":
    asked = sys.argv[2:] if sys.argv[1:2] == ["--only"] else runtime_names((ROOT / "pyproject.toml").read_text("utf-8"))
    sys.stdout.write(needed((ROOT / "requirements.lock").read_text("utf-8"), asked))
