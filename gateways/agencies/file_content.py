"""What is in the file of a hand-off, for partners who take it apart: the manifest, and the documents by their names."""

from __future__ import annotations

import io
import json
import zipfile

from gateways.told import Told

__all__ = ["documents_of", "manifest_of", "whole_manifest"]

_FOLDER = "documents/"


def whole_manifest(content: bytes) -> dict[str, object]:
    """`manifest.json`, as it stands in the file.

    Args:
        content: The ZIP.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        read: dict[str, object] = json.loads(packed.read("manifest.json"))
    return read


def manifest_of(content: bytes) -> Told:
    """The same, to be read field by field."""
    return Told(whole_manifest(content))


def documents_of(content: bytes) -> dict[str, bytes]:
    """The documents in the ZIP, by the names that the manifest gives them without their folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [name for name in packed.namelist() if name.startswith(_FOLDER)]
        return {name.removeprefix(_FOLDER): packed.read(name) for name in names}
