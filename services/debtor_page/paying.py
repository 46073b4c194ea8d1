"""Paying at a payment provider: one link for what is owed now, and none that asks what is owed no more."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casefile.case_file import CaseFile
from casefile.payment_links import PaymentLink, end_link, keep_link, links_of_debtor
from domain.money import Money
from services.debtor_page.standing import PageInvoice, Standing, totals_of
from services.ports import LinkWanted, PayLinks

__all__ = ["Paying", "payable_together"]

_LASTS = timedelta(hours=24)
"""How long a link may be paid: interest counts by the day, so tomorrow another sum may be owed."""
_MOST_DESCRIPTION = 140
"""Characters that a bank statement has room for."""
_WORDS = {"nl": "Factuur", "fr": "Facture", "de": "Rechnung", "en": "Invoice"}


@dataclass(frozen=True)
class Paying:
    """Gives debtors a link to pay at a provider.

    Attributes:
        file: The case file.
        links: Makes and ends links at the provider.
        public_url: Where the outside reaches us.
        now: The real clock.
    """

    file: CaseFile
    links: PayLinks
    public_url: str
    now: Callable[[], datetime]

    async def link(self, standing: Standing, invoices: Sequence[PageInvoice], secret: str, language: str) -> str:
        """Where the debtor pays these invoices: an address of the provider.

        Asked again while the same is owed it is the same. What was made before for another sum on one of these
        invoices, or by another link of the debtor, ends: of two that can be paid he might pay both.

        Args:
            standing: Where the debtor stands now.
            invoices: What he pays, in one currency.
            secret: The token of his page, to which he comes back.
            language: His language.

        Raises:
            NoLink: the provider gave none.
        """
        now = self.now()
        (amount,) = totals_of([each.now for each in invoices])
        cases = tuple(each.case_id for each in invoices)
        before = await asyncio.to_thread(self._made_before, standing)
        alive = [each for each in before if each.provider == self.links.name and each.opens(now)]
        # Of another link of his it is another one: it leads back to a page that may show more than this one.
        own = [each for each in before if each.token == standing.token.id and each.cases == cases]
        same = next((each for each in own if each in alive and each.amount == amount), None)
        stale = [each for each in alive if each is not same and set(each.cases) & set(cases)]
        for each in stale:
            # First, lest both can be paid: who ends here asks again, and finds it ended.
            await self._end(each, cases[0])
        if same is not None:
            return same.url
        times = sum(each.amount == amount for each in own)
        # To the hour: what is asked twice under one key must be the same in all it says.
        until = now.replace(minute=0, second=0, microsecond=0) + _LASTS
        key = _key(standing.token.id, cases, amount, until, language, times)
        numbers = ", ".join(each.number for each in invoices)
        wanted = LinkWanted(
            key=key,
            amount=amount,
            description=f"{_WORDS[language]} {numbers}"[:_MOST_DESCRIPTION],
            cases=cases,
            back=f"{self.public_url}/pay/{secret}/back",
            told_at=f"{self.public_url}/webhooks/{self.links.name}" if self.public_url.startswith("https") else None,
            until=until,
            language=language,
        )
        made = await self.links.make(wanted)
        proof = hashlib.sha256(made.proof.encode()).hexdigest() if made.proof else ""
        link = PaymentLink(
            self.links.name, made.id, standing.token.id, cases, amount, made.url, now, until, proof=proof
        )
        await asyncio.to_thread(self._keep, link)
        return made.url

    async def _end(self, link: PaymentLink, case_id: str) -> None:
        await self.links.end(link.id)
        await asyncio.to_thread(self._note_end, link, case_id)

    def _made_before(self, standing: Standing) -> tuple[PaymentLink, ...]:
        with self.file.read() as transaction:
            return links_of_debtor(transaction, standing.token.creditor, standing.token.debtor)

    def _keep(self, link: PaymentLink) -> None:
        with self.file.write(link.cases[0]) as transaction:
            keep_link(transaction, link)

    def _note_end(self, link: PaymentLink, case_id: str) -> None:
        with self.file.write(case_id) as transaction:
            end_link(transaction, link.provider, link.id, self.now())


def payable_together(invoices: Sequence[PageInvoice]) -> bool:
    """Whether one payment can pay them all: in one currency, and something is to be paid."""
    return len(totals_of([each.now for each in invoices if each.now.is_positive])) == 1


def _key(token: str, cases: Sequence[str], amount: Money, until: datetime, language: str, before: int) -> str:
    """What makes two requests one, as a UUID: Mollie asks for the form of one."""
    said = "\n".join((token, *cases, str(amount), until.isoformat(), language, str(before)))
    digits = hashlib.sha256(said.encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
