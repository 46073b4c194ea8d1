"""The id of a case, which is also the id of its workflow in Temporal."""

from functools import lru_cache
from urllib.parse import quote, unquote

_PREFIX = "case"


@lru_cache(maxsize=1024)  # Whoever opens a case names it several times.
def case_id(creditor: str, key: str) -> str:
    """Name the case of one invoice: `case:{creditor}:{key}`, each part percent-encoded.

    The encoding keeps the id unambiguous whatever the accounting system puts into its keys: a colon, a slash
    or a space inside a part never looks like the colon between the parts.

    Args:
        creditor: Short name of the creditor, as in its profile.
        key: The accounting system's id of the invoice, else issue year and invoice number.

    Returns:
        The id, in ASCII.

    Raises:
        ValueError: A part is empty, or can't be written as UTF-8.
    """
    if not creditor:
        raise ValueError("a case id needs a creditor: give the short name from the creditor profile")
    if not key:
        raise ValueError("a case id needs a key: give the accounting system's id, or year and invoice number")
    return f"{_PREFIX}:{quote(creditor, safe='')}:{quote(key, safe='')}"


def is_case_of(value: str, creditor: str) -> bool:
    """Whether an id is that of a case of a creditor."""
    return value.startswith(f"{_PREFIX}:{quote(creditor, safe='')}:")


def parse_case_id(value: str) -> tuple[str, str]:
    """Take a case id apart again; the inverse of `case_id`.

    Args:
        value: An id made by `case_id`.

    Returns:
        The creditor and the key.

    Raises:
        ValueError: The text is not exactly what `case_id` writes.
    """
    parts = value.split(":")
    if len(parts) == 3 and parts[0] == _PREFIX:
        try:
            creditor, key = (unquote(part, errors="strict") for part in parts[1:])
            if case_id(creditor, key) == value:
                return creditor, key
        except ValueError:
            pass  # falls through to the one message below, which says more than the codec does
    raise ValueError(f"{value!r} is not a case id: expected case:CREDITOR:KEY, for example case:maan:2026-F1001")
