"""What letters to a debtor who talks say, as fields of a content: a true example of each, and what makes others of it.

The numbers are those of the worked cases of practice.md where they have them: S1 (a business, 2,420.00), S2 (a
consumer, 249.00) and S10 (an arrangement of 3,478.85, broken on 2026-10-21).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.money import Money
from letters.content import (
    Arrangement,
    ArrangementDefault,
    ContactChange,
    DebtorParty,
    DisputeDecision,
    DueInstalment,
    Instalment,
    InterestPeriod,
    InvoiceLine,
    Overpaid,
    PromisedPayment,
    ReturnedDebit,
    SettlementOffer,
    Withdrawal,
)

Fields = Mapping[str, Any]


def _euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def _line(number: str, invoice_date: date, due: date, principal: str, still_open: str | None = None) -> InvoiceLine:
    return InvoiceLine(
        number=number,
        invoice_date=invoice_date,
        due=due,
        currency="EUR",
        principal=_euros(principal),
        open=_euros(principal if still_open is None else still_open),
        step="reminder",
    )


def _s1(still_open: str = "2420.00") -> Fields:
    line = _line("2026-0417", date(2026, 8, 3), date(2026, 9, 2), "2420.00", still_open)
    return {"law": "NL", "lines": (line,), "claimed": line.open, "reference": "2026-0417", "term_days": None}


def _s2(still_open: str = "249.00") -> Fields:
    line = _line("C-2026-88", date(2026, 10, 16), date(2026, 10, 30), "249.00", still_open)
    return {
        "law": "NL",
        "consumer": True,
        "natural_person": True,
        "debtor": DebtorParty(name="J. de Vries", address=("Laan 3", "1000 AA Amsterdam")),
        "lines": (line,),
        "claimed": line.open,
        "reference": "C-2026-88",
        "payment_link": "https://betaal.devaart.example/p/7Kq2vXw9Tz",
        "term_days": None,
    }


def _s10(still_open: str) -> Fields:
    line = _line("2026-0301", date(2026, 5, 31), date(2026, 6, 30), "3000.00", still_open)
    return {"law": "NL", "lines": (line,), "claimed": line.open, "reference": "2026-0301", "term_days": None}


_NOTHING = {"claimed": _euros("0.00")}

_DECISION = DisputeDecision(
    id="D-17",
    outcome="rejected",
    disputed=_euros("100.00"),
    upheld=_euros("0.00"),
    decided_on=date(2026, 11, 24),
    new_term=True,
)
_PROMISE = PromisedPayment(amount=_euros("1000.00"), by=date(2026, 9, 18), extends_term=False, paid=_euros("0.00"))
_INSTALMENT = DueInstalment(number=2, of=3, due=date(2026, 10, 15), amount=_euros("1159.62"), open=_euros("1159.62"))
_S10_SECOND = Instalment(due=date(2026, 10, 15), amount=_euros("1159.62"))
_S10_DEFAULT = ArrangementDefault(
    agreed_on=date(2026, 9, 1), paid=_euros("1159.62"), missed=(_S10_SECOND,), warning=False, pay_by_days=None
)
_S10_PLAN = Arrangement(
    total=_euros("3478.85"),
    instalments=(
        Instalment(due=date(2026, 9, 15), amount=_euros("1159.62")),
        _S10_SECOND,
        Instalment(due=date(2026, 11, 16), amount=_euros("1159.61")),
    ),
    grace_days=3,
)
# 249.00 in three; the first two were missed.
_S2_WARNING = ArrangementDefault(
    agreed_on=date(2026, 11, 20),
    paid=_euros("0.00"),
    missed=(
        Instalment(due=date(2026, 12, 1), amount=_euros("83.00")),
        Instalment(due=date(2026, 12, 25), amount=_euros("83.00")),
    ),
    warning=True,
    pay_by_days=14,
)

EXAMPLES: Mapping[str, Fields] = {
    "dispute_decision": {**_s2(), "on": date(2026, 11, 24), "decision": _DECISION},
    "promise_confirmation": {
        **_s1(),
        "on": date(2026, 9, 10),
        "promise": _PROMISE,
        "claimed": _euros("1000.00"),
    },
    "promise_broken": {
        **_s1("2020.00"),
        "on": date(2026, 9, 22),
        "promise": _PROMISE.model_copy(update={"broken": True, "paid": _euros("400.00")}),
    },
    "instalment_reminder": {
        **_s10("2319.23"),
        "on": date(2026, 10, 8),
        "instalment": _INSTALMENT,
        "claimed": _INSTALMENT.open,
    },
    # practice.md S10: three banking days of grace end on Tuesday 2026-10-20.
    "instalment_missed": {
        **_s10("2319.23"),
        "on": date(2026, 10, 16),
        "instalment": _INSTALMENT.model_copy(update={"grace_until": date(2026, 10, 20)}),
        "claimed": _INSTALMENT.open,
    },
    # practice.md S10 a: 3,478.85 less the first instalment is 2,319.23.
    "arrangement_default": {
        **_s10("2319.23"),
        "on": date(2026, 10, 21),
        "default": _S10_DEFAULT,
        "announces": ("handoff",),
    },
    "arrangement_ended": {**_s10("2319.23"), **_NOTHING, "on": date(2026, 10, 8), "arrangement": _S10_PLAN},
    "settlement_confirmation": {
        **_s1(),
        "on": date(2026, 9, 22),
        "settlement": SettlementOffer(amount=_euros("2000.00"), by=date(2026, 10, 15), released=_euros("420.00")),
        "claimed": _euros("2000.00"),
    },
    "debit_returned": {
        **_s2(),
        "on": date(2026, 11, 5),
        "returned": ReturnedDebit(amount=_euros("249.00"), on=date(2026, 11, 4), reason="no_funds"),
    },
    # An invoice of 1,000.00, due 2026-09-01, is credited in full after its notice.
    "claim_withdrawn": {
        "law": "NL",
        "lines": (_line("2026-0388", date(2026, 8, 1), date(2026, 9, 1), "1000.00", "0.00"),),
        **_NOTHING,
        "reference": "2026-0388",
        "term_days": None,
        "on": date(2026, 10, 5),
        "withdrawn": Withdrawal(since=date(2026, 9, 29), reason="credited"),
    },
    "invoice_copy": {**_s1(), "on": date(2026, 9, 9)},
    # practice.md S2, 2026-12-04: interest of 0.96 and costs of 40.00 on 249.00 are 289.96 together.
    "neutral_statement": {
        **_s2(),
        **_NOTHING,
        "on": date(2026, 12, 4),
        "claims": "all",
        "interest": _euros("0.96"),
        "costs": _euros("40.00"),
        "periods": (
            InterestPeriod(
                invoice="C-2026-88",
                first=date(2026, 10, 31),
                last=date(2026, 12, 4),
                rate=Decimal("4.00"),
                days=35,
                base=_euros("249.00"),
                amount=_euros("0.96"),
            ),
        ),
        "interest_basis": "statutory",
        "day_count": "anniversary_year",
    },
    "contact_change": {**_s1(), **_NOTHING, "on": date(2026, 9, 9), "contact_change": ContactChange(what="iban")},
    "reservation": {**_s1(), **_NOTHING, "on": date(2028, 9, 4)},
    # 299.00 is paid on the invoice of 249.00 of practice.md S2: 50.00 is too much.
    "overpayment": {
        **_s2("0.00"),
        **_NOTHING,
        "on": date(2026, 11, 5),
        "overpaid": Overpaid(amount=_euros("50.00")),
    },
}
"""The fields of one letter of each name."""

_REASONS = {
    "nl": "de doos was bij ontvangst heel.",
    "en": "the box was whole when it arrived.",
    "fr": "le carton était intact à son arrivée.",
    "de": "der Karton war bei der Ankunft heil.",
}


def variants(language: str) -> Iterator[tuple[str, str, Fields]]:
    """Other letters of these names: what they are, the name, and the fields that differ."""

    def decided(**changes: Any) -> DisputeDecision:
        return DisputeDecision.model_validate(_DECISION.model_dump() | changes)

    some, none = _euros("40.00"), _euros("0.00")
    yield "decision-with-a-term", "dispute_decision", {"decision": decided(new_term=False), "term_days": 7}
    yield (
        "decision-for-a-part",
        "dispute_decision",
        {
            **_s2("209.00"),
            "decision": decided(outcome="partly", upheld=some, reason=_REASONS[language]),
        },
    )
    yield (
        "decision-for-the-debtor",
        "dispute_decision",
        {**_s2("149.00"), "decision": decided(outcome="upheld", upheld=_euros("100.00"), new_term=False)},
    )
    yield (
        "decision-that-nothing-is-owed",
        "dispute_decision",
        {
            **_s2("0.00"),
            "decision": decided(outcome="upheld", disputed=_euros("249.00"), upheld=_euros("249.00"), new_term=False),
        },
    )
    yield "decision-on-what-is-paid-in-part", "dispute_decision", _s2("49.00")
    yield "decision-on-what-is-paid", "dispute_decision", _s2("0.00")
    yield "dispute-taken-back", "dispute_decision", {"decision": decided(outcome="withdrawn", new_term=False)}
    promise = PromisedPayment(amount=_euros("249.00"), by=date(2026, 12, 10), extends_term=True, paid=some)
    yield (
        "promise-that-moves-the-term",
        "promise_confirmation",
        {**_s2("209.00"), "on": date(2026, 11, 25), "promise": promise},
    )
    yield (
        "promise-of-which-nothing-came",
        "promise_broken",
        {
            **_s2(),
            "on": date(2026, 12, 14),
            "term_days": 7,
            "promise": promise.model_copy(update={"broken": True, "paid": none}),
        },
    )
    part = _INSTALMENT.model_copy(update={"open": _euros("959.62")})
    yield "instalment-paid-in-part", "instalment_reminder", {"instalment": part, "claimed": part.open}
    yield "instalment-missed-in-part", "instalment_missed", {"instalment": part, "claimed": part.open}
    yield (
        "warning-to-a-consumer",
        "arrangement_default",
        {**_s2(), "on": date(2026, 12, 29), "default": _S2_WARNING, "announces": (), "claimed": _euros("166.00")},
    )
    yield (
        "consumers-arrangement-that-ended",
        "arrangement_default",
        {
            **_s2("166.00"),
            "on": date(2027, 1, 19),
            "announces": ("handoff",),
            "default": _S2_WARNING.model_copy(
                update={"warning": False, "pay_by_days": 7, "paid": _euros("83.00"), "missed": _S2_WARNING.missed[1:]}
            ),
        },
    )
    yield (
        "arrangement-that-changed",
        "arrangement_ended",
        {"arrangement": _S10_PLAN.model_copy(update={"ended": "changed"})},
    )
    yield "arrangement-that-is-paid", "arrangement_ended", {**_s10("0.00")}
    for reason in ("refused", "other"):
        returned = ReturnedDebit(amount=_euros("249.00"), on=date(2026, 11, 4), reason=reason)
        yield f"payment-{reason}", "debit_returned", {"returned": returned}
    for why in ("dispute_upheld", "paid_before"):
        withdrawn = Withdrawal(since=date(2026, 11, 13), reason=why)
        yield f"withdrawn-{why}", "claim_withdrawn", {**_s2("0.00"), "withdrawn": withdrawn}
    yield "statement-without-extras", "neutral_statement", {**_s2(), **_NOTHING, "claims": "principal"}
    for what in ("email", "address", "phone"):
        yield f"change-of-{what}", "contact_change", {"contact_change": ContactChange(what=what)}


STRUCK_DOWN = (
    ("instalment_reminder", "nl", "opening", "Dit is een herinnering."),
    ("promise_broken", "nl", "opening", "Dit is een aanmaning."),
    ("instalment_reminder", "en", "opening", "This is a reminder."),
    ("promise_broken", "en", "opening", "This is our demand for payment."),
    ("instalment_missed", "fr", "opening", "Ceci est un rappel."),
    ("promise_broken", "fr", "opening", "Ceci est une sommation."),
    ("instalment_missed", "de", "opening", "Das ist eine Zahlungserinnerung."),
    ("promise_broken", "de", "opening", "Das ist eine Mahnung."),
    ("promise_broken", "nl", "reaction", "Anders komt de deurwaarder."),
    ("promise_broken", "en", "reaction", "Else a bailiff will come."),
    ("promise_broken", "fr", "reaction", "Nous demanderons une saisie."),
    ("promise_broken", "de", "reaction", "Dann kommt der Gerichtsvollzieher."),
    ("instalment_missed", "nl", "request", "Wij rekenen hiervoor administratiekosten."),
    ("instalment_missed", "en", "request", "We charge a handling fee."),
    ("instalment_missed", "fr", "request", "Nous facturons des frais de dossier."),
    ("instalment_missed", "de", "request", "Wir berechnen eine Bearbeitungsgebühr."),
    ("neutral_statement", "nl", "request", "Wilt u dit bedrag aan ons overmaken?"),
    ("neutral_statement", "en", "request", "Please pay this amount."),
    ("neutral_statement", "fr", "request", "Pouvez-vous nous verser ce montant ?"),
    ("neutral_statement", "de", "request", "Bitte überweisen Sie uns diesen Betrag."),
    ("reservation", "nl", "reservation", "Doet u niets, dan heeft dat gevolgen."),
    ("reservation", "en", "reservation", "Otherwise there are consequences."),
    ("arrangement_ended", "fr", "request", "Payez au plus tard demain."),
    ("claim_withdrawn", "de", "opening", "Zahlen Sie spätestens morgen."),
    ("overpayment", "nl", "opening", "Betaal uiterlijk morgen."),
    ("overpayment", "en", "opening", "Pay by tomorrow."),
    ("overpayment", "fr", "opening", "Payez au plus tard demain."),
    ("overpayment", "de", "opening", "Zahlen Sie spätestens morgen."),
)
"""What none of these letters may say: letter, language, block and words."""
