"""Which mapping a list is read by: one that a person names, the one of the profile, or a shipped one that fits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from intake.mappings.mapping import ListMapping
from policies.finding import did_you_mean, is_path
from policies.problems import Problem, SourceError
from policies.yaml_source import Document, load_yaml, load_yaml_file

__all__ = ["find_mapping", "preset_mappings"]

_ENDING = ".yaml"


@cache
def preset_mappings() -> tuple[ListMapping, ...]:
    """The shipped mappings, by name."""
    folder = files("intake.mappings") / "presets"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(_ENDING)), key=lambda each: each.name)
    return tuple(load_yaml(each.read_text(encoding="utf-8"), each.name).validate(ListMapping) for each in found)


def find_mapping(told: str | Mapping[str, Any], folder: Path, named_in: Path | None = None) -> ListMapping:
    """A mapping by what a person says of it.

    Args:
        told: Name of a file (`NAME`, `NAME.yaml`) in the folder or from where one stands, name of a shipped mapping, or
            the mapping itself. An own file comes before the shipped one.
        folder: Where own mappings lie: beside the profile.
        named_in: The file that says it, for what is wrong with it.

    Raises:
        SourceError: there is no such mapping, or it can't be used.
    """
    where = str(named_in) if named_in is not None else "--mapping"
    if not isinstance(told, str):
        content = {"mapping": "own", **told}
        return Document(f"{where}: mapping", content, {}).validate(ListMapping)
    for path in (folder / told, folder / f"{told}{_ENDING}", Path(told), Path(f"{told}{_ENDING}")):
        if path.is_file():
            return load_yaml_file(path).validate(ListMapping)
    shipped = {each.mapping: each for each in preset_mappings()}
    if told in shipped:
        return shipped[told]
    if is_path(told):
        raise SourceError([Problem(where, 0, 0, "mapping", f"there is no file {told}")])
    hint = did_you_mean(told, shipped)
    known = ", ".join(shipped)
    raise SourceError([Problem(where, 0, 0, "mapping", f"there is no mapping {told!r}{hint}; shipped: {known}")])
