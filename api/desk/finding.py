"""The case that an address or a field means, by its id or its invoice number, refused in words for people."""

from __future__ import annotations

from api.operator.problems import Problem
from casefile.case_file import Transaction

__all__ = ["found_case"]


def found_case(transaction: Transaction, text: str) -> str:
    """The id of the one case that is meant.

    Raises:
        Problem: 404 where there is none, 409 where it may be any of several.
    """
    # No database takes a NUL.
    found = transaction.cases.find(text) if "\0" not in text else ()
    if not found:
        raise Problem(404, "no_such_case", "there is no such case: look for it by its number or its debtor")
    if len(found) > 1:
        raise Problem(409, "several_cases", "several cases have this invoice number: choose one in the list")
    return found[0]
