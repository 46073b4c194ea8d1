"""The link to a debtor's page that a message carries: made with it, so that only the message knows the token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from casefile.case_file import Transaction
from casefile.pay_tokens import make_pay_token

__all__ = ["PayPages"]


@dataclass(frozen=True, slots=True)
class PayPages:
    """Makes links.

    A message is composed and its intent written in one transaction: where that fails, its link never was.

    Attributes:
        public_url: Under which URL the outside reaches the pages; letters carry it only where it is https.
        now: The real clock: by it a link ends, whatever the day of the message.
    """

    public_url: str
    now: Callable[[], datetime]

    def made_for(self, transaction: Transaction, creditor: str, debtor: str, message: str, secret: str) -> str | None:
        """The address of a new page of a debtor.

        Args:
            transaction: On the case file; a reader keeps no link, and what it made opens nothing.
            creditor: Id of the creditor.
            debtor: Id of the debtor there.
            message: Id of the message that carries it.
            secret: Its token, as `new_secret` draws them.
        """
        if not self.public_url.startswith("https://"):
            return None
        if transaction.session.locked:
            by = f"message {message}"
            make_pay_token(transaction.session, creditor, debtor, by=by, at=self.now(), secret=secret)
        return f"{self.public_url}/pay/{secret}"
