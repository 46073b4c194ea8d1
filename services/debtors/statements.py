"""A debtor's statement of account in his language, made of his account: for the desk and for the command."""

from __future__ import annotations

from datetime import date, datetime

from casefile.case_file import Transaction
from domain.parties import Debtor
from letters.account_statement import Statement, statement_of
from letters.content import Law
from services.debtors.account import DebtorAccount, account_of

__all__ = ["worded_statement"]


def worded_statement(
    transaction: Transaction,
    creditor: str,
    number: str,
    now: datetime,
    *,
    since: date | None = None,
    until: date | None = None,
) -> tuple[Statement, DebtorAccount] | None:
    """The statement of a debtor; None where he has no invoices, or his creditor no profile.

    Args:
        transaction: A reading transaction on the case file.
        creditor: Id of his creditor.
        number: His number there.
        now: The present moment.
        since: The first day of which lines are shown.
        until: The last day that counts.
    """
    account = account_of(transaction, creditor, number, now, since=since, until=until)
    profile = transaction.parties.known_creditor(creditor)
    if account is None or profile is None:
        return None
    debtor = transaction.parties.debtor(creditor, number) or Debtor(id=number, name=number)
    law: Law | None = "BE" if profile.address and profile.address[-1] == "BE" else None
    worded = statement_of(
        profile,
        debtor,
        account.parts,
        since=account.since,
        until=account.until,
        on=account.until,
        law=law,
        handed_off=account.handed_off,
    )
    return worded, account
