"""From cases to what a letter says: gathers invoice, parties and claim for the letters room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.bundle import Passenger, leading
from domain.claim import claim_of
from domain.invoice import Kind
from domain.money import Money
from domain.parties import Contact, Creditor, Debtor
from letters.content import CreditorParty, DebtorParty, InvoiceLine, LetterContent
from letters.render import known_letters


def letter_content(
    passengers: Sequence[Passenger], creditor: Creditor, debtor: Debtor, contact: Contact | None, on: date
) -> LetterContent:
    """What one message to a debtor says about one or more invoices.

    Args:
        passengers: The cases in the message, each with the step it takes; the firmest step gives the letter.
        creditor: Who asks.
        debtor: Who is asked.
        contact: The person addressed, if known.
        on: Date of the letter.
    """
    lead = leading(passengers)
    step = lead.step
    lines = tuple(_line(passenger) for passenger in passengers)
    claimed = Money.zero(lead.case.ledger.currency)
    for line in lines:
        claimed = claimed + line.open
    return LetterContent(
        letter=step.letter_name if step.letter_name in known_letters() else "generic",
        language="nl" if debtor.language == "nl" else "en",
        on=on,
        creditor=CreditorParty(
            name=creditor.name,
            address=creditor.address,
            kvk=creditor.kvk,
            vat=creditor.vat,
            iban=creditor.iban,
            bic=creditor.bic,
            email=creditor.email,
            phone=creditor.phone,
        ),
        debtor=DebtorParty(name=debtor.name, contact_name=contact.name if contact else None, address=debtor.address),
        lines=lines,
        claimed=claimed,
        announces=step.announces,
        term_days=step.term,
        consumer=lead.policy.kind is Kind.CONSUMER or lead.case.invoice.legal_status.protected_as_consumer,
        reference=lead.case.invoice.number,
    )


def _line(passenger: Passenger) -> InvoiceLine:
    case = passenger.case
    return InvoiceLine(
        number=case.invoice.number,
        invoice_date=case.invoice.invoice_date,
        due=case.due,
        currency=case.ledger.currency,
        principal=case.invoice.amount,
        open=claim_of(case).open,
        step=passenger.step.id,
    )
