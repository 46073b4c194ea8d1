"""How a debtor pays by bank: account, name as the bank knows it, reference and QR code, as his letters print them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from pydantic import ValidationError

from domain.money import Money, round_half_up
from domain.parties import Creditor, Debtor
from letters.content import BlockedAccount, DebtorParty, InvoiceLine, Language, Law, LetterContent
from letters.figures import grouped
from letters.qr import codes
from letters.references import checked_reference
from services.correspondence.letter_content import creditor_party
from services.debtor_page.standing import PageInvoice, Standing, totals_of

__all__ = ["Transfer", "transfer_of"]

_MOST_REFERENCE = 140
"""Characters that a transfer has room for (EPC069-12)."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One way to pay by bank.

    Attributes:
        name: In whose name the account is: what the bank compares (Verification of Payee).
        iban: The account, in groups of four.
        bic: Bank identifier, if any.
        reference: What to mention.
        amount: What goes there.
        qr: Drawing of the QR code, as SVG; None where there is none, such as in another currency.
        alt: What the code holds, in words.
        factor: Whether the claim was assigned: only what is paid there counts.
        blocked: The G account and the part that goes there, by a transfer of its own.
    """

    name: str
    iban: str
    bic: str | None
    reference: str
    amount: Money
    qr: str | None
    alt: str
    factor: bool
    blocked: tuple[str, Money] | None

    @property
    def in_one(self) -> bool:
        """Whether all of it goes to the creditor's own account: then a payment provider may take it."""
        return self.blocked is None and not self.factor


def transfer_of(standing: Standing, invoices: Sequence[PageInvoice], language: Language) -> Transfer | None:
    """How these invoices are paid by bank; None where nothing is to be paid, or in several currencies.

    Args:
        standing: Where the debtor stands.
        invoices: What he pays.
        language: Language of the words beside the code.
    """
    payable = [each for each in invoices if each.now.is_positive]
    totals = totals_of([each.now for each in payable])
    if len(totals) != 1:
        return None
    creditor = standing.creditor
    party = creditor_party(creditor)
    structured, reference = _references(standing.debtor, payable)
    blocked = _blocked(creditor, payable)
    own = totals[0] if blocked is None else totals[0] - blocked.amount
    code = None
    with suppress(ValidationError):
        content = LetterContent(
            letter="reminder",
            language=language,
            on=standing.on,
            creditor=party,
            debtor=DebtorParty(name=standing.debtor.name),
            lines=tuple(map(_line, payable)),
            claimed=totals[0],
            consumer=True,
            reference=reference,
            law=cast("Law | None", payable[0].law),
            structured_reference=structured,
            blocked_account=blocked,
        )
        code = next(iter(codes(content, "reminder")), None)
    return Transfer(
        name=party.account_name,
        iban=grouped(party.iban),
        bic=party.bic,
        reference=checked_reference(structured).shown if structured else reference,
        amount=own,
        qr=None if code is None else code.svg,
        alt="" if code is None else code.alt,
        factor=party.factor is not None,
        blocked=None if blocked is None else (grouped(blocked.iban), blocked.amount),
    )


def _line(invoice: PageInvoice) -> InvoiceLine:
    return InvoiceLine(
        number=invoice.number,
        invoice_date=invoice.invoice_date,
        due=invoice.due,
        currency=invoice.now.currency,
        principal=invoice.invoiced,
        open=invoice.now,
        step="",
    )


def _references(debtor: Debtor, invoices: Sequence[PageInvoice]) -> tuple[str | None, str]:
    """The structured reference of a single invoice, and what to mention where there is none."""
    numbers = ", ".join(each.number for each in invoices)
    mentioned = numbers if len(invoices) == 1 or len(numbers) <= _MOST_REFERENCE else debtor.id
    written = invoices[0].reference if len(invoices) == 1 else None
    if written is not None:
        with suppress(ValueError):
            return checked_reference(written).shown, mentioned
    return None, mentioned


def _blocked(creditor: Creditor, invoices: Sequence[PageInvoice]) -> BlockedAccount | None:
    """The part that a business pays into the G account, of the principal; a natural person pays into one account."""
    account = creditor.paid_to("g_account")
    if account is None or account.share is None:
        return None
    if any(each.protected or each.natural_person for each in invoices):
        return None
    zero = Money.zero(invoices[0].now.currency)
    # Of what is paid by agreement the whole goes to the own account, as letters have it.
    whole = sum((each.claim.open for each in invoices if each.now == each.claim.total), zero)
    part = round_half_up(whole.amount * account.share / 100, whole.currency)
    return BlockedAccount(iban=account.iban, amount=part) if part.is_positive else None
