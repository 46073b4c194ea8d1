"""The documents of cases, and which cases have any, without reading the documents, which may be large."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import bindparam, exists, func, select

from casefile import tables as t
from casefile.session import Session

__all__ = ["Documents"]


# Building a statement takes longer than running it: it is asked for every message that carries invoices.
_OF_CASES = (
    select(t.documents.c.case_id, t.documents.c.name, t.documents.c.media_type, t.documents.c.content)
    .where(t.documents.c.case_id.in_(bindparam("of", expanding=True)))
    .order_by(t.documents.c.case_id, t.documents.c.name)
)
_HASHES = select(t.documents.c.name, t.documents.c.sha256).where(t.documents.c.case_id == bindparam("of"))
_NAMED = (
    select(t.documents.c.name, t.documents.c.media_type, func.length(t.documents.c.content), t.documents.c.sha256)
    .where(t.documents.c.case_id == bindparam("of"))
    .order_by(t.documents.c.name)
)
_AT_ONCE = 500


class Documents:
    """The documents of cases."""

    def __init__(self, session: Session) -> None:
        """In a transaction."""
        self._session = session

    def save(self, case_id: str, name: str, media_type: str, content: bytes) -> None:
        """Keep a document of a case, once under its name."""
        row = {
            "case_id": case_id,
            "name": name,
            "media_type": media_type,
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        self._session.insert_once(t.documents, row, ["case_id", "name"])

    def of_case(self, case_id: str) -> tuple[tuple[str, str, bytes], ...]:
        """Name, media type and bytes of every document of a case."""
        # As of papers: the file of a hand-off asks twice.
        return self._session.asked(t.documents, ("of case", case_id), lambda: self.of_cases((case_id,))[case_id])

    def of_cases(self, case_ids: Sequence[str]) -> dict[str, tuple[tuple[str, str, bytes], ...]]:
        """The same of each of some cases, by its id: some hundred in one question."""
        found: dict[str, tuple[tuple[str, str, bytes], ...]] = dict.fromkeys(case_ids, ())
        for first in range(0, len(case_ids), _AT_ONCE):
            asked = {"of": list(case_ids[first : first + _AT_ONCE])}
            for row in self._session.connection.execute(_OF_CASES, asked):
                found[row.case_id] = (*found[row.case_id], (row.name, row.media_type, row.content))
        return found

    def hashes_of(self, case_id: str) -> dict[str, str]:
        """The SHA-256 of every document of a case that was written down with it, by its name."""
        rows = self._session.connection.execute(_HASHES, {"of": case_id})
        return {row.name: row.sha256 for row in rows}

    def named_of(self, case_id: str) -> tuple[tuple[str, str, int, str], ...]:
        """Name, media type, number of bytes and SHA-256 of every document of a case; none of them is read."""
        rows = self._session.connection.execute(_NAMED, {"of": case_id})
        return tuple((name, kind, size, sha256) for name, kind, size, sha256 in rows)

    def any_of(self, case_id: str) -> bool:
        """Whether a case has any document."""
        return bool(self._session.connection.scalar(select(exists().where(t.documents.c.case_id == case_id))))

    def documented(self, creditor: str) -> frozenset[str]:
        """Ids of the cases of a creditor that have documents."""
        query = (
            select(t.documents.c.case_id)
            .join(t.cases, t.cases.c.id == t.documents.c.case_id)
            .where(t.cases.c.creditor == creditor)
            .distinct()
        )
        return frozenset(self._session.connection.scalars(query))
