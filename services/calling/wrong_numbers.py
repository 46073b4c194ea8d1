"""Numbers at which nobody answers whom we look for: neither a person nor a program of ours calls or texts them."""

from __future__ import annotations

from datetime import datetime

from casefile.case_file import CaseFile

__all__ = ["WRONG", "allow_again", "call_no_more"]

WRONG = "somebody else has this number"

_WAYS = ("call", "sms")


def call_no_more(file: CaseFile, of: str, number: str, source: str, now: datetime) -> None:
    """Use a number no more.

    Args:
        file: The case file.
        of: A case of the debtor who was to be reached there.
        number: The number.
        source: The act that says so.
        now: The present moment.
    """
    with file.write(of) as transaction:
        for way in _WAYS:
            transaction.blocked.block(way, number, WRONG, now, source)


def allow_again(file: CaseFile, of: str, source: str) -> bool:
    """Use again what one act kept from being used for the debtor of a case; False when nothing of it stands."""
    with file.write(of) as transaction:
        return transaction.blocked.allow_from(source)
