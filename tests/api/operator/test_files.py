"""Files of a case over HTTP: byte for byte, always to be kept and never shown, and each written down."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from casefile.acts import acts
from casefile.api_keys import Role
from casefile.case_file import CaseFile
from tests.api.operator.standing import CASE, NOW, Standing
from tests.casefile.builders import letter
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
PDF, HTML = b"%PDF-1.7\ninvoice", b"<html><script>alert(1)</script>"


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def document(file: CaseFile, name: str, media_type: str, content: bytes) -> str:
    with file.write(CASE) as transaction:
        transaction.documents.save(CASE, name, media_type, content)
    return digest(content)


def uploaded(file: CaseFile, name: str, media_type: str, content: bytes) -> str:
    with file.write(CASE) as transaction:
        return transaction.papers.keep(CASE, name, media_type, content, about="", actor="debtor", at=NOW)


def sent(file: CaseFile, media_type: str, content: bytes) -> str:
    key = f"{CASE}/reminder/1/email/finance"
    with file.write(CASE) as transaction:
        transaction.deliveries.intend(replace(letter(key, content), media_type=media_type), (CASE,), NOW, NOW)
    return digest(content)


@BOTH
async def test_a_message_is_given_as_it_was_sent_and_it_is_written_down(api: Standing, file: CaseFile) -> None:
    own = sent(file, "message/rfc822", b"Subject: F-1\r\n\r\nBeste Els")
    answer = await api.ask("GET", f"/cases/F-1/messages/{own}", role=Role.READ)
    assert (answer.status_code, answer.content) == (200, b"Subject: F-1\r\n\r\nBeste Els")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["etag"] == f'"{own}"'
    name = f"{NOW.date()} reminder email.eml"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    (act,) = acts(file)
    assert (act.act, act.subject, act.outcome, act.detail) == ("download_message", CASE, "given", own)
    assert act.actor.startswith("read key")


async def test_who_has_it_already_gets_no_bytes(api: Standing, file: CaseFile) -> None:
    own = document(file, "Factuur F-1.pdf", "application/pdf", PDF)
    known = {"If-None-Match": f'W/"x", "{own}"'}
    answer = await api.ask("GET", f"/cases/F-1/documents/{own}", headers=known)
    assert (answer.status_code, answer.content, acts(file)) == (304, b"", ())


@pytest.mark.parametrize(
    ("name", "media_type", "content", "given", "shown"),
    [
        ("Factuur F-1.pdf", "application/pdf", PDF, "application/pdf", "Factuur F-1.pdf"),
        ("foto", "image/png", b"\x89PNG", "image/png", "foto.png"),
        ("brief.txt", "text/plain", b"hello", "text/plain; charset=utf-8", "brief.txt"),
        # Whatever a browser would run or show as a page of ours is bytes.
        ("antwoord.html", "text/html", HTML, "application/octet-stream", "antwoord.html"),
        ("plaatje.svg", "image/svg+xml", HTML, "application/octet-stream", "plaatje.svg"),
        ("ubl.xml", "application/xml", HTML, "application/octet-stream", "ubl.xml"),
        ("x", "text/html; charset=utf-8", HTML, "application/octet-stream", "x"),
        ('../a"b\r\nSet-Cookie: x', "application/pdf", PDF, "application/pdf", "a_b__Set-Cookie_ x.pdf"),
    ],
)
async def test_a_file_is_an_attachment_of_a_known_type_under_a_safe_name(
    api: Standing, file: CaseFile, name: str, media_type: str, content: bytes, given: str, shown: str
) -> None:
    for own in (document(file, name, media_type, content), uploaded(file, name, media_type, content + b"\n")):
        answer = await api.ask("GET", f"/cases/F-1/documents/{own}", role=Role.READ)
        assert (answer.status_code, digest(answer.content)) == (200, own)
        assert answer.headers["content-type"] == given
        assert answer.headers["content-disposition"].startswith(f'attachment; filename="{shown}"; filename*=UTF-8')
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_lists_say_under_which_hash_each_is_given(api: Standing, file: CaseFile) -> None:
    own = document(file, "Factuur F-1.pdf", "application/pdf", PDF)
    other = uploaded(file, "bewijs.pdf", "application/pdf", b"%PDF-1.7\nproof")
    listed = await api.json("GET", "/cases/F-1/documents")
    assert [each["sha256"] for each in listed["documents"]] == [own]
    assert [each["sha256"] for each in listed["sent"]] == [other]


async def test_what_is_not_of_the_case_is_not_there(api: Standing, file: CaseFile) -> None:
    own = document(file, "Factuur F-1.pdf", "application/pdf", PDF)
    for path in (f"/cases/F-1/messages/{own}", f"/cases/F-1/documents/{'0' * 64}"):
        answer = await api.ask("GET", path)
        assert (answer.status_code, answer.json()["rule"]) == (404, "no_such_file")
    assert (await api.ask("GET", f"/cases/F-2/documents/{own}")).json()["rule"] == "no_such_case"
    assert (await api.ask("GET", f"/cases/F-1/documents/{own[:8]}")).status_code == 422
    assert (await api.ask("GET", f"/cases/F-1/documents/{own}", role=None)).status_code == 401


async def test_bytes_that_somebody_changed_are_not_given(api: Standing, file: CaseFile) -> None:
    own = document(file, "Factuur F-1.pdf", "application/pdf", PDF)
    with file.write() as transaction:
        transaction.session.connection.exec_driver_sql("UPDATE documents SET content = X'78'")
    answer = await api.ask("GET", f"/cases/F-1/documents/{own}")
    assert (answer.status_code, answer.json()["rule"], acts(file)) == (409, "not_intact", ())
