"""Letters for tests: one creditor, one debtor, as many invoices as asked, and one true example of every letter."""

from collections.abc import Iterator
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
_S1 = InvoiceLine(
    number="2026-0417",
    invoice_date=date(2026, 8, 3),
    due=date(2026, 9, 2),
    currency="EUR",
    principal=euros("2420.00"),
    open=euros("2420.00"),
    step="notice",
)
# practice.md S2: 249.00 of a consumer, due 2026-10-30; the letter of 11-13 announces 40.00; on 12-04 interest is 0.96.
_S2 = InvoiceLine(
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
_BUSINESS: dict[str, Any] = {"law": "NL", "lines": (_S1,), "reference": "2026-0417", "payment_link": LINK}
_CONSUMER: dict[str, Any] = {
    "law": "NL",
    "consumer": True,
    "natural_person": True,
    "debtor": PERSON,
    "lines": (_S2,),
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
    line = _S1.model_copy(update={"number": "2026-0301", "due": date(2026, 6, 30), "invoice_date": date(2026, 5, 31)})
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
    return _changed(_example(name, language), **changes) if changes else _example(name, language)


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
            line = _S2.model_copy(update={"open": euros("149.00")})
            content = letter(
                name,
                language,
                **_CONSUMER
                | {
                    "lines": (line,),
                    "on": date(2026, 11, 10),
                    "term_days": None,
                    "dispute": Dispute(
                        id="D-17", disputed=euros("100.00"), undisputed=euros("149.00"), answer_by=date(2026, 11, 24)
                    ),
                },
            )
        case "receipt":
            # practice.md S4: 600.00 of 1000.00 came in on 2026-10-20.
            line = _S2.model_copy(update={"principal": euros("1000.00"), "open": euros("400.00")})
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


@cache
def variants() -> tuple[tuple[str, LetterContent], ...]:
    """Letters whose law, addressee or event makes other words of them, by a name that says which."""
    return tuple(_variants())


def _variants() -> Iterator[tuple[str, LetterContent]]:
    for language in LANGUAGES:
        fourteen, demand = example("fourteen_day_letter", language), example("final_demand", language)
        yield (
            f"fourteen-with-vat-{language}",
            _changed(
                fourteen, announced_costs=AnnouncedCosts(amount=euros("48.40"), vat=euros("8.40"), vat_reason=True)
            ),
        )
        yield (
            f"notice-to-a-sole-trader-{language}",
            _changed(
                example("notice", language), natural_person=True, announced_costs=AnnouncedCosts(amount=euros("363.00"))
            ),
        )
        yield f"notice-of-agreed-interest-{language}", _changed(example("notice", language), interest_basis="contract")
        yield (
            f"notice-to-a-belgian-business-{language}",
            _changed(
                example("notice", language),
                law="BE",
                creditor=BELGIAN_CREDITOR,
                structured_reference="+++010/8068/17183+++",
                day_count="actual_365",
            ),
        )
        yield (
            f"first-reminder-without-costs-{language}",
            _changed(example("first_reminder", language), damages_if_late=None),
        )
        yield (
            f"final-demand-of-a-bailiff-{language}",
            _changed(
                demand,
                partner=PARTNER.model_copy(
                    update={"kind": "bailiff", "register_number": None, "takes_over_on": date(2026, 12, 15)}
                ),
            ),
        )
        yield (
            f"final-demand-to-a-business-{language}",
            _changed(example("reminder", language), letter="final_demand", announces=("handoff",)),
        )
        belgian = {
            "letter": "final_demand",
            "on": date(2026, 10, 30),
            "claims": "all",
            "interest": euros("1.96"),
            "costs": euros("55.00"),
            "claimed": euros("456.96"),
            # practice.md S15: 17 days from 2026-10-14 at 10.5%, simple.
            "periods": (period("2026/315", date(2026, 10, 14), date(2026, 10, 30), "10.50", "400.00", "1.96"),),
            "interest_basis": "contract",
            "day_count": "actual_365",
            "partner": PARTNER.model_copy(update={"takes_over_on": date(2026, 11, 16)}),
        }
        yield f"final-demand-to-a-belgian-{language}", _changed(example("first_reminder", language), **belgian)
        yield (
            f"notice-to-a-belgian-consumer-{language}",
            _changed(example("first_reminder", language), **belgian | {"letter": "notice", "term_days": 15}),
        )
        yield (
            f"second-reminder-of-damages-{language}",
            _changed(
                example("first_reminder", language),
                **belgian | {"letter": "second_reminder", "term_days": None, "partner": None},
            ),
        )
        yield (
            f"service-mail-to-a-consumer-{language}",
            _changed(example("default_notice", language), letter="service_mail", on=date(2026, 10, 27), term_days=None),
        )
        plan = Arrangement(
            total=euros("249.00"),
            instalments=(
                Instalment(due=date(2026, 12, 25), amount=euros("124.50")),
                Instalment(due=date(2027, 1, 25), amount=euros("124.50")),
            ),
            grace_days=1,
            acknowledges_debt=False,
        )
        yield (
            f"arrangement-of-a-consumer-{language}",
            _changed(
                example("default_notice", language), letter="arrangement_confirmation", arrangement=plan, term_days=None
            ),
        )
        yield (
            f"arrangement-with-interest-{language}",
            _changed(
                example("arrangement_confirmation", language),
                arrangement=Arrangement(
                    total=euros("3478.85"),
                    instalments=(Instalment(due=date(2026, 9, 15), amount=euros("3478.85")),),
                    interest_runs=True,
                ),
            ),
        )
        paid = _S2.model_copy(update={"open": euros("0.00")})
        nothing = {"lines": (paid,), "claimed": euros("0.00")}
        yield (
            f"receipt-of-all-{language}",
            _changed(
                example("receipt", language),
                **nothing,
                received=ReceivedPayment(amount=euros("249.00"), credited_on=date(2026, 10, 20), rest=euros("0.00")),
            ),
        )
        yield (
            f"dispute-of-all-{language}",
            _changed(
                example("dispute_confirmation", language),
                **nothing,
                dispute=Dispute(
                    id="D-18", disputed=euros("249.00"), undisputed=euros("0.00"), answer_by=date(2026, 11, 24)
                ),
            ),
        )
        yield (
            f"apology-and-nothing-to-pay-{language}",
            _changed(
                example("apology", language),
                **nothing,
                apology=Apology(letter="reminder", sent_on=date(2026, 12, 4), too_much=euros("0.00")),
            ),
        )
        yield f"reminder-to-a-consumer-{language}", _changed(example("default_notice", language), letter="reminder")
        overview = many(example("generic", language))
        stages = tuple(
            line.model_copy(update={"reminder": place}) for line, place in zip(overview.lines, (4, 1), strict=True)
        )
        yield f"overview-{language}", _changed(overview, lines=stages, reference="2026-0417, T-2", payment_link=None)
        yield (
            f"second-reminder-without-a-first-{language}",
            _changed(example("second_reminder", language), reminded_before=False),
        )
        more = tuple(_S1.model_copy(update={"number": f"2026-040{place}"}) for place in (1, 2))
        yield f"reminder-with-others-{language}", _changed(example("reminder", language), others=more)
        yield f"reminder-with-another-{language}", _changed(example("reminder", language), others=more[:1])
        reserved = example("arrangement_confirmation", language).arrangement
        assert reserved is not None
        yield (
            f"arrangement-with-interest-reserved-{language}",
            _changed(
                example("arrangement_confirmation", language),
                arrangement=reserved.model_copy(update={"reserves_interest": True}),
            ),
        )
        yield (
            f"reservation-in-belgium-{language}",
            _changed(example("reservation", language), law="BE", creditor=BELGIAN_CREDITOR),
        )
        for which, name, fields in talking.variants(language):
            yield f"{which}-{language}", example(name, language, **fields)


def _changed(content: LetterContent, **changes: Any) -> LetterContent:
    return LetterContent.model_validate(content.model_dump() | changes) if changes else content


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
    return _changed(content, **changes)
