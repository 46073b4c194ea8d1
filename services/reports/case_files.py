"""One file of a case with its bytes: a message as it was sent, a document, or what the debtor sent.

Each is named by the SHA-256 of its bytes: a name may hold what is nobody's business, and stands in no address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from casefile.case_file import Transaction
from domain.file_names import safe_filename, with_extension
from services.reports.case_deliveries import own_deliveries

__all__ = ["GIVEN_AS", "CaseFileBytes", "NotIntact", "document_of", "message_of"]

GIVEN_AS = frozenset(
    {"application/pdf", "application/zip", "image/jpeg", "image/png", "message/rfc822", "text/plain; charset=utf-8"}
)
"""Media types under which files are given; whatever is none of them, such as HTML, is given as bytes alone."""

_BYTES = "application/octet-stream"


class NotIntact(ValueError):
    """The stored bytes are not those that were written down: they prove nothing."""


@dataclass(frozen=True, slots=True)
class CaseFileBytes:
    """A file.

    Attributes:
        name: Fit to be the name of a file, whatever was written.
        media_type: One of `GIVEN_AS`, or `application/octet-stream`.
        sha256: Of its bytes.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
    sha256: str


def message_of(transaction: Transaction, case_id: str, digest: str) -> CaseFileBytes | None:
    """A message that went out for a case, byte for byte, named by its hash; None where there is none.

    Raises:
        NotIntact: somebody changed the stored bytes.
    """
    for each in own_deliveries(transaction, case_id):
        stored = each.stored
        if stored.sha256 == digest:
            issue = "" if each.issue == 1 else f" {each.issue}"
            name = f"{stored.intended_at.date()} {each.step}{issue} {stored.channel}"
            return _given(name, stored.media_type, stored.content, digest)
    return None


def document_of(transaction: Transaction, case_id: str, digest: str) -> CaseFileBytes | None:
    """A document of a case, or what its debtor sent, named by its hash; None where there is none.

    Raises:
        NotIntact: somebody changed the stored bytes.
    """
    for name, media_type, content, written in _documents(transaction, case_id):
        if written == digest:
            return _given(name, media_type, content, digest)
    for paper in transaction.papers.of_case(case_id):
        if paper.sha256 == digest:
            return _given(paper.name, paper.media_type, transaction.papers.content(case_id, digest) or b"", digest)
    return None


def _documents(transaction: Transaction, case_id: str) -> Iterator[tuple[str, str, bytes, str]]:
    hashes = transaction.documents.hashes_of(case_id)
    for name, media_type, content in transaction.documents.of_case(case_id):
        yield name, media_type, content, hashes[name]


def _given(name: str, media_type: str, content: bytes, digest: str) -> CaseFileBytes:
    if sha256(content).hexdigest() != digest:
        raise NotIntact(digest)
    bare = media_type.partition(";")[0].strip().lower()
    kind = f"{bare}; charset=utf-8" if bare == "text/plain" else bare
    safe = safe_filename(name, otherwise="document")
    if kind in GIVEN_AS:
        return CaseFileBytes(with_extension(safe, bare), kind, content, digest)
    return CaseFileBytes(safe, _BYTES, content, digest)
