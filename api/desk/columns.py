"""What our columns of a list are called on a page, in the order in which one looks for them."""

from __future__ import annotations

from speech.words import tr

__all__ = ["COLUMN_NAMES", "column_name"]

COLUMN_NAMES: dict[str, str] = {
    "number": "invoice number",
    "debtor_number": "debtor number",
    "debtor_name": "name of the debtor",
    "invoice_date": "invoice date",
    "due": "due date",
    "open": "open amount",
    "amount": "invoice amount",
    "paid": "amount paid",
    "currency": "currency",
    "status": "status",
    "paid_on": "paid on",
    "kind": "business or consumer",
    "side": "debtor or supplier",
    "kvk": "number at the chamber of commerce",
    "enterprise_number": "Belgian enterprise number",
    "contact_name": "contact person",
    "email": "e-mail address",
    "phone": "telephone number",
    "street": "street",
    "house_number": "house number",
    "postcode": "postcode",
    "city": "town",
    "country": "country",
    "language": "language",
    "reference": "his reference",
    "payment_reference": "payment reference",
    "payment_link": "payment link",
    "document": "name of the PDF",
    "key": "key of the invoice",
    "natural_person": "natural person",
    "in_business": "acts in business",
    "government": "public body",
    "term_basis": "what the term rests on",
    "received_on": "invoice received on",
    "law": "law of the contract",
    "tags": "labels",
    "product": "product",
    "goods": "goods were sold",
    "delivered_on": "delivered on",
    "contract": "contract of the instalments",
    "claim_basis": "what the claim rests on",
    "last_step": "last step taken",
    "last_contact_on": "last contact on",
    "notice_posted_on": "notice posted on",
    "notice_proof": "proof of the notice",
    "promise_until": "promised by",
    "promise_amount": "amount promised",
    "hold": "reason of a hold",
    "hold_until": "on hold until",
    "handed_off": "handed off",
}
"""In English; a test holds them against the columns of `docs/open-items.md`."""


def column_name(ours: str) -> str:
    """One of our columns, as a page calls it."""
    return tr(COLUMN_NAMES[ours])
