"""The documents of a case in the file of a hand-off, each under a name that names nobody, and what it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256

from casefile.case_file import Transaction
from casefile.deliveries import StoredDelivery
from domain.bundle import Member
from domain.file_names import extension_of
from letters.content import one_line
from letters.statement.content import CourtLanguage
from letters.statement.wording import words_of
from services.ports import Document

__all__ = ["documents_of", "kept_messages", "message_document"]

_KINDS = (
    ("credit", re.compile(r"^credit-")),
    ("terms", re.compile(r"voorwaarden|conditions[ _-]*g[eé]n[eé]rales|\bterms\b", re.IGNORECASE)),
    ("contract", re.compile(r"contract|overeenkomst|offerte|opdrachtbevestiging|contrat", re.IGNORECASE)),
)
_NAMES: dict[CourtLanguage, dict[str, str]] = {
    "nl": {
        "credit": "creditnota",
        "terms": "algemene voorwaarden",
        "contract": "overeenkomst",
        "invoice": "factuur",
        "document": "stuk",
        "from_debtor": "van debiteur",
    },
    "fr": {
        "credit": "note de credit",
        "terms": "conditions generales",
        "contract": "contrat",
        "invoice": "facture",
        "document": "piece",
        "from_debtor": "du debiteur",
    },
}


def kept_messages(transaction: Transaction, case_id: str) -> tuple[StoredDelivery, ...]:
    """What was sent to the debtor about a case, with its bytes."""
    return tuple(d for d in transaction.deliveries.of_case(case_id) if d.channel != "agency" and d.status == "sent")


def message_document(sent: StoredDelivery, leaving: Member, language: CourtLanguage) -> Document:
    """A message in the file, called what it is; not by the name that it was given then, which may name somebody."""
    day = leaving.policy.sending_calendar.local_date(sent.intended_at)
    words, mark = words_of(language), sent.sha256[:8]
    # One letter on several invoices is another step of each: its one name takes no side.
    letter = sent.step if sent.letter == "generic" and not sent.key.startswith("bundle:") else sent.letter
    called = _plain(words["letters"].get(letter, letter))
    name = f"{day} {called} {_plain(words['channels'].get(sent.channel, sent.channel))} {mark}"
    return Document(f"{name}{extension_of(sent.media_type)}", sent.media_type, sent.content, kind="message")


def _plain(words: str) -> str:
    """Words as the name of a file may have them anywhere: small letters without accents, figures, blanks, hyphens."""
    bare = unicodedata.normalize("NFKD", words.replace("_", " ").lower())
    return " ".join(re.sub(r"[^a-z0-9 -]", "", bare).split())


def documents_of(transaction: Transaction, case_id: str, language: CourtLanguage) -> Iterator[Document]:
    """The papers of a case, and what its debtor sent: what others called them stands in the manifest."""
    for name, media_type, content in transaction.documents.of_case(case_id):
        kind = next((kind for kind, pattern in _KINDS if pattern.search(name)), None)
        if kind is None:
            kind = "invoice" if name.lower().endswith((".pdf", ".xml")) else "document"
        yield _named(kind, name, media_type, content, language)
    for paper in transaction.papers.of_case(case_id):
        content = transaction.papers.content(case_id, paper.sha256) or b""
        yield _named("from_debtor", paper.name, paper.media_type, content, language)


def _named(kind: str, name: str, media_type: str, content: bytes, language: CourtLanguage) -> Document:
    mark = sha256(content).hexdigest()[:8]
    called = f"{_NAMES[language][kind]} {mark}{extension_of(media_type)}"
    return Document(called, media_type, content, one_line(name), kind)
