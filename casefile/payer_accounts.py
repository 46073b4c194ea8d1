"""From which bank account a payment came, where its provider tells: as a mark, from which nobody reads the account.

A mark is an HMAC under a secret of the case file. Who has the account at hand finds by it who paid from there before. A
mark may stand in an address; an account, which says who somebody is, must not.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from sqlalchemy import select
from stdnum import iban

from casefile import tables as t
from casefile.session import Session

__all__ = ["MARKED", "account_mark", "is_account"]

MARKED = re.compile(r"rekening:([0-9a-f]{32})")
"""How a mark is searched for."""


def is_account(text: str) -> bool:
    """Whether a text is an IBAN, by its check digits and the form of its country."""
    return bool(iban.is_valid(text))


def account_mark(session: Session, account: str) -> str:
    """The mark of an account, however it is written.

    Args:
        session: Of the case file whose secret it is.
        account: An IBAN.
    """
    secret = session.connection.execute(
        select(t.secrets.c.secret).where(t.secrets.c.name == "debtor_attribute")
    ).scalar_one()
    bare = iban.compact(account).upper()
    return hmac.new(bytes.fromhex(secret), f"payer account\n{bare}".encode(), hashlib.sha256).hexdigest()[:32]
