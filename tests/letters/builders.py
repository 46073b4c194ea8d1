"""Letters for tests: one creditor, one debtor, as many invoices as asked."""

from datetime import date
from typing import Any

from domain.money import Money
from letters.content import CreditorParty, DebtorParty, InvoiceLine, LetterContent

CREDITOR = CreditorParty(
    name="Drukkerij De Vaart B.V.",
    address=("Havenkade 12", "3511 AB Utrecht"),
    kvk="12345678",
    vat="NL001234567B01",
    iban="NL91ABNA0417164300",
    bic="ABNANL2A",
    email="administratie@devaart.example",
    phone="030 123 45 67",
)
DEBTOR = DebtorParty(
    name="Bakker & Zonen V.O.F.", contact_name="Els Bakker", address=("Dorpsstraat 1", "1234 AB Ons Dorp")
)
PERSON = DebtorParty(name="J. de Vries", address=("Laan 3", "1000 AA Amsterdam"))


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def invoice(number: str = "F-1", principal: str = "1234.50", still_open: str | None = None) -> InvoiceLine:
    return InvoiceLine(
        number=number,
        invoice_date=date(2026, 2, 1),
        due=date(2026, 3, 3),
        currency="EUR",
        principal=euros(principal),
        open=euros(principal if still_open is None else still_open),
        step="reminder",
    )


def letter(name: str = "reminder", language: str = "nl", **changes: Any) -> LetterContent:
    """Return a letter to a company about one invoice of 1234.50 EUR, with other fields as in `changes`."""
    lines: tuple[InvoiceLine, ...] = changes.pop("lines", (invoice(),))
    claimed = sum((line.open for line in lines[1:]), start=lines[0].open)
    fields: dict[str, Any] = {
        "letter": name,
        "language": language,
        "on": date(2026, 3, 10),
        "creditor": CREDITOR,
        "debtor": DEBTOR,
        "lines": lines,
        "claimed": claimed,
        "announces": (),
        "term_days": 14,
        "consumer": False,
        "reference": "F-1",
    }
    return LetterContent(**fields | changes)
