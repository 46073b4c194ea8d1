"""What a debtor does on his page, as messages to his cases: each under an id of its form, so that it counts once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.facts.arrangements import AgreedInstalment
from domain.facts.disputes import DisputeReason
from domain.messages.holds import Changed
from domain.money import Money
from services.debtor_page.offers import Offer, Offers
from services.debtor_page.standing import PageInvoice

__all__ = ["ACTOR", "Told", "arranges", "changes_contact", "claims_payment", "disputes"]

ACTOR = "debtor"
"""Who acts; the rules for debtors look at it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message to one case.

    Attributes:
        case_id: The case.
        name: Name of the message.
        content: Its fields.
        about: The dispute that papers sent with it belong to; empty: none.
    """

    case_id: str
    name: str
    content: Mapping[str, object]
    about: str = ""


def claims_payment(invoices: Sequence[PageInvoice], form: str, paid_on: date | None, note: str) -> tuple[Told, ...]:
    """He says that he has paid: for some days nothing is sent, and a person looks.

    Args:
        invoices: Those that he paid.
        form: Id of the form.
        paid_on: The day on which he paid, as he says.
        note: In his words.
    """
    said = " ".join(filter(None, (f"paid on {paid_on}" if paid_on else "", note)))
    content = {"hold": "payment_claimed", "note": said[:4000]}
    return tuple(Told(each.case_id, "hold_case", _by_debtor(content, form)) for each in invoices)


def disputes(
    invoice: PageInvoice, form: str, reason: DisputeReason, note: str, amount: Money | None
) -> tuple[Told, ...]:
    """He does not agree with an invoice, or with a part of it.

    Args:
        invoice: The invoice.
        form: Id of the form.
        reason: Why, of our list.
        note: Why, in his words.
        amount: How much of it; None: all.
    """
    content = {
        "dispute": invoice.dispute_number,
        "amount": None if amount is None else amount.text,
        "currency": None if amount is None else amount.currency,
        "reason": reason,
        "note": note[:4000],
    }
    told = Told(invoice.case_id, "raise_dispute", _by_debtor(content, form), about=invoice.dispute_number)
    return (told,)


def arranges(offers: Offers, offer: Offer, form: str, note: str) -> tuple[Told, ...]:
    """He proposes to pay in instalments; where the policies let him, he agrees it."""
    found = []
    for case_id, instalments in offer.of_case.items():
        content: dict[str, object] = {
            "instalments": _written(instalments),
            "currency": offers.total.currency,
            "note": note[:4000],
        }
        if offers.at_once:
            content |= {"arrangement": f"own-{form[:40]}", "others": list(offers.others[case_id])}
        name = "agree_arrangement" if offers.at_once else "arrangement_proposed"
        found.append(Told(case_id, name, _by_debtor(content, form)))
    return tuple(found)


def changes_contact(invoice: PageInvoice, form: str, about: Changed, value: str) -> tuple[Told, ...]:
    """He gives other contact data: nothing changes before it is confirmed over the old channel.

    Args:
        invoice: The invoice that waits for it.
        form: Id of the form.
        about: Which data.
        value: What they are to be.
    """
    content = {"hold": "contact_changed", "about": about, "note": value[:4000]}
    return (Told(invoice.case_id, "hold_case", _by_debtor(content, form)),)


def _by_debtor(content: Mapping[str, object], form: str) -> dict[str, object]:
    said = {**content, "id": f"page:{form}", "actor": ACTOR}
    return {key: value for key, value in said.items() if value not in (None, "")}


def _written(instalments: Sequence[AgreedInstalment]) -> list[dict[str, str]]:
    return [{"due": each.due.isoformat(), "amount": each.amount.text} for each in instalments]
