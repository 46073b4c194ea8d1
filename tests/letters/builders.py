"""Letters for tests: one creditor, one debtor, as many invoices as asked, and one true example of every letter."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from domain.money import Money
from letters.content import (
    AnnouncedCosts,
    Apology,
    Arrangement,
    CreditorParty,
    DebtorParty,
    Dispute,
    Instalment,
    InterestPeriod,
    InvoiceLine,
    Language,
    LetterContent,
    Partner,
    ReceivedPayment,
)
from letters.kinds import LETTERS
from tests.letters import talking

LANGUAGES: tuple[Language, ...] = get_args(Language)

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
BELGIAN_CREDITOR = CreditorParty(
    name="Meubelhuis Schelde BV",
    address=("Kaaistraat 4", "9000 Gent"),
    vat="BE0000000097",
    iban="BE68539007547034",
    bic="GKCCBEBB",
    email="boekhouding@schelde.example",
    phone="09 123 45 67",
    enterprise_number="0000.000.097",
)
DEBTOR = DebtorParty(
    name="Bakker & Zonen V.O.F.", contact_name="Els Bakker", address=("Dorpsstraat 1", "1234 AB Ons Dorp")
)
PERSON = DebtorParty(name="J. de Vries", address=("Laan 3", "1000 AA Amsterdam"))
BELGIAN = DebtorParty(name="M. Peeters", address=("Kerkplein 8", "2000 Antwerpen"))
PARTNER = Partner(name="Rustig Incasso B.V.", register_number="000123", takes_over_on=date(2026, 4, 14))
LINK = "https://betaal.devaart.example/p/7Kq2vXw9Tz"


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


def period(number: str, first: date, last: date, rate: str, base: str, amount: str) -> InterestPeriod:
    return InterestPeriod(
        invoice=number,
        first=first,
        last=last,
        rate=Decimal(rate),
        days=(last - first).days + 1,
        base=euros(base),
        amount=euros(amount),
    )


# practice.md S1: 2420.00 at 10.4% from 2026-09-03; on 09-30 28 days come to 19.31, on 10-20 48 days to 33.10.
S1 = InvoiceLine(
    number="2026-0417",
    invoice_date=date(2026, 8, 3),
    due=date(2026, 9, 2),
    currency="EUR",
    principal=euros("2420.00"),
    open=euros("2420.00"),
    step="notice",
)
# practice.md S2: 249.00 of a consumer, due 2026-10-30; the letter of 11-13 announces 40.00; on 12-04 interest is 0.96.
S2 = InvoiceLine(
    number="C-2026-88",
    invoice_date=date(2026, 10, 16),
    due=date(2026, 10, 30),
    currency="EUR",
    principal=euros("249.00"),
    open=euros("249.00"),
    step="notice",
)
# practice.md S15: 400.00 of a Belgian consumer, due 2026-10-05; the clause at its maximum is 55.00.
_S15 = InvoiceLine(
    number="2026/315",
    invoice_date=date(2026, 9, 5),
    due=date(2026, 10, 5),
    currency="EUR",
    principal=euros("400.00"),
    open=euros("400.00"),
    step="first",
)
_BUSINESS: dict[str, Any] = {"law": "NL", "lines": (S1,), "reference": "2026-0417", "payment_link": LINK}
_CONSUMER: dict[str, Any] = {
    "law": "NL",
    "consumer": True,
    "natural_person": True,
    "debtor": PERSON,
    "lines": (S2,),
    "reference": "C-2026-88",
    "payment_link": LINK,
}
_BELGIAN: dict[str, Any] = {
    "law": "BE",
    "consumer": True,
    "natural_person": True,
    "creditor": BELGIAN_CREDITOR,
    "debtor": BELGIAN,
    "lines": (_S15,),
    "reference": "2026/315",
    "structured_reference": "+++010/8068/17183+++",
}


def _business_notice(language: str) -> LetterContent:
    return letter(
        "notice",
        language,
        **_BUSINESS
        | {
            "on": date(2026, 9, 30),
            "claims": "principal+interest",
            "interest": euros("19.31"),
            "claimed": euros("2439.31"),
            "periods": (period("2026-0417", date(2026, 9, 3), date(2026, 9, 30), "10.40", "2420.00", "19.31"),),
            "interest_basis": "trade",
            "day_count": "anniversary_year",
            "announces": ("costs", "supply_stop", "handoff"),
            "structured_reference": "RF18 5390 0754 7034",
        },
    )


def _final_demand(language: str) -> LetterContent:
    return letter(
        "final_demand",
        language,
        **_CONSUMER
        | {
            "on": date(2026, 12, 4),
            "claims": "all",
            "interest": euros("0.96"),
            "costs": euros("40.00"),
            "claimed": euros("289.96"),
            "periods": (period("C-2026-88", date(2026, 10, 31), date(2026, 12, 4), "4.00", "249.00", "0.96"),),
            "interest_basis": "statutory",
            "day_count": "anniversary_year",
            "announces": ("handoff",),
            "term_days": 7,
            "partner": PARTNER.model_copy(update={"takes_over_on": date(2026, 12, 15)}),
            "structured_reference": "5000 0567 8901 2345",
        },
    )


def _arrangement(language: str) -> LetterContent:
    # practice.md S10: 3000.00 business, interest 53.85, costs 425.00, in three instalments.
    line = S1.model_copy(update={"number": "2026-0301", "due": date(2026, 6, 30), "invoice_date": date(2026, 5, 31)})
    line = line.model_copy(update={"principal": euros("3000.00"), "open": euros("3000.00")})
    return letter(
        "arrangement_confirmation",
        language,
        law="NL",
        lines=(line,),
        on=date(2026, 9, 1),
        term_days=None,
        claims="all",
        interest=euros("53.85"),
        costs=euros("425.00"),
        claimed=euros("3478.85"),
        periods=(period("2026-0301", date(2026, 7, 1), date(2026, 9, 1), "10.40", "3000.00", "53.85"),),
        interest_basis="trade",
        day_count="anniversary_year",
        reference="2026-0301",
        arrangement=Arrangement(
            total=euros("3478.85"),
            instalments=(
                Instalment(due=date(2026, 9, 15), amount=euros("1159.62")),
                Instalment(due=date(2026, 10, 15), amount=euros("1159.62")),
                Instalment(due=date(2026, 11, 16), amount=euros("1159.61")),
            ),
            grace_days=3,
        ),
    )


def example(name: str, language: str = "nl", **changes: Any) -> LetterContent:
    """Return a true letter of each name: what the worked cases of practice say, where they have it."""
    return changed(_example(name, language), **changes) if changes else _example(name, language)


@cache
def _example(name: str, language: str) -> LetterContent:
    match name:
        case "service_mail":
            # practice.md, nl-business step 0: five days before the due day of S1.
            content = letter(name, language, **_BUSINESS | {"on": date(2026, 8, 28), "term_days": None})
        case "notice":
            content = _business_notice(language)
        case "fourteen_day_letter":
            content = letter(
                name,
                language,
                **_CONSUMER | {"on": date(2026, 11, 13), "announced_costs": AnnouncedCosts(amount=euros("40.00"))},
            )
        case "default_notice":
            content = letter(name, language, **_CONSUMER | {"on": date(2026, 11, 4)})
        case "first_reminder":
            content = letter(
                name,
                language,
                **_BELGIAN
                | {"on": date(2026, 10, 13), "damages_if_late": euros("55.00"), "product": "eettafel met zes stoelen"},
            )
        case "final_demand":
            content = _final_demand(language)
        case "arrangement_confirmation":
            content = _arrangement(language)
        case "dispute_confirmation":
            line = S2.model_copy(update={"open": euros("149.00")})
            content = letter(
                name,
                language,
                **_CONSUMER
                | {
                    "lines": (line,),
                    "on": date(2026, 11, 10),
                    "term_days": None,
                    "dispute": Dispute(
                        id="D-17",
                        disputed=euros("100.00"),
                        undisputed=euros("149.00"),
                        answer_by=date(2026, 11, 24),
                    ),
                },
            )
        case "receipt":
            # practice.md S4: 600.00 of 1000.00 came in on 2026-10-20.
            line = S2.model_copy(update={"principal": euros("1000.00"), "open": euros("400.00")})
            content = letter(
                name,
                language,
                **_CONSUMER
                | {
                    "lines": (line,),
                    "on": date(2026, 10, 21),
                    "term_days": None,
                    "received": ReceivedPayment(
                        amount=euros("600.00"), credited_on=date(2026, 10, 20), rest=euros("400.00")
                    ),
                },
            )
        case "apology":
            content = letter(
                name,
                language,
                **_CONSUMER
                | {
                    "on": date(2026, 12, 7),
                    "term_days": None,
                    "apology": Apology(letter="final_demand", sent_on=date(2026, 12, 4), too_much=euros("40.00")),
                },
            )
        case _ if name in talking.EXAMPLES:
            content = letter(name, language, **talking.EXAMPLES[name])
        case _:
            content = letter(name, language, **_BUSINESS | {"on": date(2026, 9, 9), "term_days": None})
    return content


def examples() -> list[tuple[str, str]]:
    """Every letter in every language."""
    return [(name, language) for name in LETTERS for language in LANGUAGES]


def changed(content: LetterContent, **changes: Any) -> LetterContent:
    """The letter with other values, checked as any content is."""
    return LetterContent.model_validate(content.model_dump() | changes)


@cache
def many(content: LetterContent) -> LetterContent:
    """Return the letter about two invoices: its own, and one of 100.00 more, which a withdrawal leaves at nothing."""
    first = content.lines[0]
    more = euros("0.00" if content.withdrawn else "100.00")
    extra = first.model_copy(update={"number": "T-2", "principal": euros("100.00"), "open": more})
    changes: dict[str, Any] = {"lines": (first, extra)}
    changes["claimed"] = content.model_copy(update=changes).due_by
    if content.received:
        changes["received"] = content.received.model_copy(update={"rest": content.received.rest + more})
    if content.dispute:
        changes["dispute"] = content.dispute.model_copy(update={"undisputed": content.open + more})
    if content.settlement:
        changes["settlement"] = content.settlement.model_copy(update={"released": content.settlement.released + more})
    if content.arrangement:
        *others, last = content.arrangement.instalments
        last = last.model_copy(update={"amount": last.amount + more})
        changes["arrangement"] = content.arrangement.model_copy(
            update={"instalments": (*others, last), "total": content.arrangement.total + more}
        )
    return changed(content, **changes)
