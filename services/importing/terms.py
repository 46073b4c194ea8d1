"""The terms of an invoice in a list, each under the number that it is collected under."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from casefile.case_file import CaseFile
from domain.case_ids import case_id, parse_case_id
from intake.findings import Finding
from intake.open_items.instalments import KnownTerm, Row, Rows, fit_terms, key_of_row
from intake.open_items.reading import OpenItemsFile
from services.importing.results import known_case

__all__ = ["with_known_terms"]

_TERM = re.compile(r"(.+)/([1-9][0-9]?)")


def with_known_terms(read: OpenItemsFile, name: str, file: CaseFile, creditor: str, at: datetime) -> OpenItemsFile:
    """A list whose rows are under the numbers of the terms that are being collected, where there are such.

    Args:
        read: The list as read.
        name: Its name, for remarks.
        file: Case file, which is only read.
        creditor: Whose invoices they are.
        at: Moment of the import, aware.
    """
    rows: tuple[Row, ...] = (*read.items, *read.settled)
    wholes = {row.term_of or key_of_row(row) for row in rows}
    with file.read() as transaction:
        ids = frozenset(transaction.cases.ids(creditor))
        known: dict[str, list[KnownTerm]] = defaultdict(list)
        for case, whole, place in _terms_among(ids):
            if whole not in wholes or (found := known_case(transaction, case, at)) is None:
                continue
            invoice = found.case.invoice
            known[whole].append(
                KnownTerm(
                    f"{whole}/{place}",
                    place,
                    frozenset((found.listed_due, found.case.due)),
                    invoice.debtor,
                    invoice.invoice_date,
                    found.case.closed is not None,
                )
            )

    def note(line: int, reason: str) -> Finding:
        return Finding(name, line, read.headers.get("number", "number"), reason, "error")

    before = Rows(read.items, read.settled, read.broken, read.findings, read.told_terms)
    fitted = fit_terms(before, known, lambda key: case_id(creditor, key) in ids, note)
    if fitted is before:
        return read
    used: tuple[Row, ...] = (*fitted.items, *fitted.settled)
    keys = {key_of_row(row) for row in used}
    return replace(
        read,
        items=fitted.items,
        settled=fitted.settled,
        broken=fitted.broken,
        findings=fitted.findings,
        keys=read.keys | keys | {each.key for each in fitted.broken if each.key is not None},
    )


def _terms_among(ids: Iterable[str]) -> Iterable[tuple[str, str, int]]:
    """The cases that may be terms: their id, the key of the invoice, and the place among its terms."""
    for each in sorted(ids):
        if "%2F" in each and (parts := _TERM.fullmatch(parse_case_id(each)[1])) is not None:
            yield each, parts[1], int(parts[2])
