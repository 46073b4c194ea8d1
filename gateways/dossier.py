"""The file that an agency gets: one ZIP with the claim, every document, and a hash of each."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from hashlib import sha256

from pydantic import BaseModel, TypeAdapter

from domain.file_names import distinct_filenames, safe_filename
from domain.money import Money
from services.ports import Document

_MONEY = TypeAdapter(Money)
# The earliest moment that the ZIP format knows: a dossier is dated by its manifest, not by when it was
# packed.
_NO_TIME = (1980, 1, 1, 0, 0, 0)

_README = """\
DOSSIER

Dit bestand bevat een vordering die aan u wordt overgedragen.

  manifest.json  de vordering: wie, hoeveel, welke facturen, wat er is verstuurd;
                 onderaan elk document met zijn SHA-256
  documents/     de documenten zelf, genummerd; 01 is de samenvatting, 02 de specificatie van de
                 vordering

Zo controleert u of een document ongewijzigd is: bereken de SHA-256 ervan
(bijvoorbeeld met "sha256sum" of "Get-FileHash") en vergelijk die met manifest.json.

This file holds a claim that is handed over to you. manifest.json states the claim and
lists every document with its SHA-256; documents/ holds the documents themselves. A
document is unchanged if its SHA-256 equals the one in manifest.json.

Documenten / documents:
"""


def build_dossier(manifest: Mapping[str, object], documents: Sequence[Document]) -> bytes:
    """Return the dossier as the bytes of a ZIP file; equal arguments give equal bytes, whatever the order.

    The ZIP holds `README.txt`, `manifest.json` and `documents/<name>`. Nothing is compressed: the bytes then
    depend on no version of a compressor, and the documents are mostly PDFs, which are compressed already.

    Args:
        manifest: The claim, as plain data: texts, whole numbers, `Money`, `Decimal`, dates, pydantic models,
        lists
            and mappings. The key `documents` is added.
        documents: What proves it. Two documents may have one name; the later is numbered. A title stands in the
            manifest alone.

    Raises:
        ValueError: the manifest has a key `documents`.
        TypeError: the manifest has a value that has no exact form in JSON, such as a float; the message says
        where.
    """
    if "documents" in manifest:
        raise ValueError("manifest: the key 'documents' is filled in from the documents; give yours another name")
    named = _named(documents)
    listed = [
        {
            "name": f"documents/{name}",
            **({"title": document.title} if document.title else {}),
            **({"kind": document.kind} if document.kind else {}),
            "media_type": document.media_type,
            "size": len(document.content),
            "sha256": sha256(document.content).hexdigest(),
        }
        for name, document in named
    ]
    stated = {**{key: _plain(value, key) for key, value in manifest.items()}, "documents": listed}
    text = json.dumps(stated, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    readme = _README + "".join(f"  {name}\n" for name, _ in named) + ("" if named else "  geen / none\n")
    files = {"README.txt": readme.encode("utf-8"), "manifest.json": text.encode("utf-8")}
    files |= {f"documents/{name}": document.content for name, document in named}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=_NO_TIME)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def _named(documents: Sequence[Document]) -> list[tuple[str, Document]]:
    """Return the documents under clean names that differ even where capitals do not count, sorted."""
    cleaned = [(safe_filename(document.name, otherwise="document"), document) for document in documents]
    cleaned.sort(key=lambda pair: (pair[0], sha256(pair[1].content).digest(), pair[1].media_type))
    names = distinct_filenames(name for name, _ in cleaned)
    return sorted(zip(names, (document for _, document in cleaned), strict=True), key=lambda pair: pair[0])


def _plain(value: object, where: str) -> object:
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return _plain(value.value, where)
        case str():
            return value
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case Money():
            plain: object = _MONEY.dump_python(value, mode="json")
            return plain
        case BaseModel():
            return _plain(value.model_dump(), where)
        case Mapping():
            return {str(key): _plain(item, f"{where}.{key}") for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
        case _:
            raise TypeError(
                f"manifest: {where} is a {type(value).__name__}, which has no exact form in JSON; "
                "give a text, a whole number, Money, Decimal, a date, a list or a mapping"
            )
