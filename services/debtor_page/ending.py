"""Ending payment links that ask what is owed no more: at the provider a debtor would pay there all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from casefile.case_file import CaseFile, Transaction
from casefile.case_mark import mark_of
from casefile.pay_tokens import PayToken
from casefile.payment_links import PaymentLink, end_link, open_links
from domain.money import Money
from services.debtor_page.standing import read_standing
from services.ports import NoLink, PayLinks

__all__ = ["EndingLinks"]


@dataclass
class EndingLinks:
    """Compares links with what is owed, and ends those that ask another sum.

    Attributes:
        file: The case file.
        links: Ends links at the provider.
        now: The real clock.
    """

    file: CaseFile
    links: PayLinks
    now: Callable[[], datetime]
    _right: dict[str, str] = field(default_factory=dict)
    """Of a link: how far its cases had come, and which hour it was, when it asked the right sum."""

    async def look(self) -> int:
        """End what asks another sum than is owed; how many were ended.

        Only links whose cases moved are worked out anew, and each of them once an hour, for interest comes with the
        days. What the provider does not end is tried again by the next look.
        """
        ended = 0
        for link in await asyncio.to_thread(self._stale):
            try:
                await self.links.end(link.id)
            except NoLink as problem:
                structlog.get_logger("maanwerk.api").warning("payment_link_not_ended", reason=str(problem))
                continue
            await asyncio.to_thread(self._note_end, link)
            ended += 1
        return ended

    def _stale(self) -> tuple[PaymentLink, ...]:
        now, right, stale = self.now(), {}, []
        with self.file.read() as transaction:
            open_ones = open_links(transaction.session, self.links.name, now)
        for link, token in open_ones:
            # One a transaction: a look over many must keep nobody from tidying up behind it.
            with self.file.read() as transaction:
                mark = f"{now:%Y-%m-%dT%H} {[mark_of(transaction, each) for each in link.cases]} {token.opens(now)}"
                if self._right.get(link.id) != mark and _owed(transaction, link, token, now) != link.amount:
                    stale.append(link)
                else:
                    right[link.id] = mark
        self._right = right
        return tuple(stale)

    def _note_end(self, link: PaymentLink) -> None:
        with self.file.write(link.cases[0]) as transaction:
            end_link(transaction, link.provider, link.id, self.now())


def _owed(transaction: Transaction, link: PaymentLink, token: PayToken, now: datetime) -> Money | None:
    """What the debtor is to pay on the cases of a link; None: nothing is asked by it any more."""
    if not token.opens(now):
        return None
    standing = read_standing(transaction, token, now)
    asked = [each.now for each in standing.early if each.case_id in link.cases]
    if not standing.asks or len(asked) != len(link.cases):
        return None
    return sum(asked[1:], start=asked[0])
