import io
import json
import zipfile
from datetime import date
from hashlib import sha256

import pytest

from domain.money import Money
from gateways.dossier import build_dossier
from services.ports import Document

LETTER = Document("2026-03-10 reminder.pdf", "application/pdf", b"%PDF-1.7 letter")
INVOICE = Document("factuur F-1.pdf", "application/pdf", b"%PDF-1.7 invoice")
MANIFEST = {"claim": {"open": Money.parse("1234.50", "EUR"), "due": date(2026, 3, 1)}, "notices": ["notice"]}


def unpack(dossier: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(dossier)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_manifest_states_the_claim_and_the_hash_of_every_document() -> None:
    files = unpack(build_dossier(MANIFEST, [LETTER, INVOICE]))
    assert list(files) == sorted(files)
    manifest = json.loads(files["manifest.json"])
    assert manifest["claim"] == {"open": {"amount": "1234.50", "currency": "EUR"}, "due": "2026-03-01"}
    assert [entry["name"] for entry in manifest["documents"]] == [
        "documents/2026-03-10 reminder.pdf",
        "documents/factuur F-1.pdf",
    ]
    for entry in manifest["documents"]:
        assert entry["sha256"] == sha256(files[entry["name"]]).hexdigest()
        assert entry["size"] == len(files[entry["name"]])
    assert "factuur F-1.pdf" in files["README.txt"].decode()


def test_the_same_dossier_has_the_same_bytes_whatever_the_order() -> None:
    assert build_dossier(MANIFEST, [LETTER, INVOICE]) == build_dossier(dict(MANIFEST), [INVOICE, LETTER])


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "..\\..\\x.pdf", "C:\\x.pdf", "..", "", "a\n\x00b.pdf", ".hidden"],
)
def test_no_name_leads_out_of_the_documents_folder(name: str) -> None:
    files = unpack(build_dossier({}, [Document(name, "application/pdf", b"x")]))
    (found,) = set(files) - {"README.txt", "manifest.json"}
    folder, _, rest = found.partition("/")
    assert folder == "documents"
    assert rest.strip(". ")
    assert not set(rest) & set("/\\:\n\x00")
    assert not rest.startswith(".")


def test_a_title_stands_inside_and_in_no_name() -> None:
    files = unpack(build_dossier({}, [Document("document 1.pdf", "application/pdf", b"x", "Factuur Jansen.pdf")]))
    assert list(files) == ["README.txt", "documents/document 1.pdf", "manifest.json"]
    (listed,) = json.loads(files["manifest.json"])["documents"]
    assert (listed["name"], listed["title"]) == ("documents/document 1.pdf", "Factuur Jansen.pdf")


def test_documents_of_one_name_are_all_kept() -> None:
    documents = [
        Document(name, "text/plain", name.encode() + tail) for name in ("a.txt", "A.txt") for tail in (b"1", b"2")
    ]
    files = unpack(build_dossier({}, documents))
    assert len(files) == 6
    assert len({name.casefold() for name in files}) == 6
    assert {document.content for document in documents} <= set(files.values())


def test_a_float_in_the_manifest_is_refused_with_its_place() -> None:
    with pytest.raises(TypeError, match=r"claims\[1\]\.amount is a float"):
        build_dossier({"claims": [{}, {"amount": 1.5}]}, [])


def test_a_manifest_may_not_list_documents_itself() -> None:
    with pytest.raises(ValueError, match="'documents'"):
        build_dossier({"documents": []}, [])
