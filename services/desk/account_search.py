"""Cases by the account of somebody: from which a debtor paid, or to which the debtors of a creditor pay."""

from __future__ import annotations

import json
from dataclasses import replace

from casefile.morning import coverage
from casefile.payer_accounts import MARKED, account_mark, is_account
from casefile.session import Session
from casefile.which_cases import Which

__all__ = ["known_account", "of_account"]


def known_account(text: str) -> str:
    """An account as somebody typed it.

    Raises:
        ValueError: it is no IBAN; what was typed is not said again.
    """
    if not is_account(text):
        raise ValueError("this is no IBAN: check each sign, its check digits do not fit")
    return text.strip()


def of_account(session: Session, which: Which, account: str) -> Which:
    """The same, of an account; what is asked of the database has its mark alone.

    Args:
        session: Of the case file.
        which: Which cases, before the account is looked at.
        account: An IBAN however it is written, or its mark (`rekening:` and 32 digits).

    Raises:
        ValueError: it is neither.
    """
    marked = MARKED.fullmatch(account.strip())
    mark = account_mark(session, known_account(account)) if marked is None else marked[1]
    return replace(which, search=f"rekening:{mark}", payer_mark=mark, creditors=_paid_to(session, mark))


def _paid_to(session: Session, mark: str) -> tuple[str, ...]:
    """The creditors whose debtors pay to the account with this mark."""
    found = []
    for row in coverage(session):
        profile = json.loads(row.body)
        accounts = (profile.get("iban"), *(each.get("iban") for each in profile.get("pay_to") or ()))
        if mark in {account_mark(session, account) for account in accounts if account}:
            found.append(row.id)
    return tuple(found)
