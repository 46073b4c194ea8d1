"""The calculator: the worked claims of practice.md and law.md, and what a person should know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from domain.claims.account import Movement
from domain.claims.calculator import Question, worked_out
from domain.law import be
from domain.law.allocation import Allocation
from domain.law.interest import DayCount, agreed_rate
from domain.money import Money
from tests.rows import in_rows


def asked(
    kind: Literal["consumer", "business"],
    principal: str,
    due: str,
    as_of: str,
    *,
    law: str = "NL",
    currency: str = "EUR",
    rate: str | None = None,
    interest_from: str | None = None,
    costs_from: str | None = None,
    clause: str | None = None,
    payments: Sequence[tuple[str, str]] = (),
    **more: Any,
) -> Question:
    """A claim as a person writes it, who leaves out what is as usual."""
    damages = None if clause is None else be.DamagesClause(percent=Decimal(clause)) if clause[0].isdigit() else clause
    usual: dict[str, Any] = {
        "compound": False,
        "day_count": DayCount.ANNIVERSARY_YEAR,
        "without_costs": False,
        "vat": False,
        "invoices": 1,
        "allocation": Allocation.LEGAL,
    }
    return Question(
        law=law,
        kind=kind,
        principal=Money.parse(principal, currency),
        due=date.fromisoformat(due),
        as_of=date.fromisoformat(as_of),
        rate=None if rate is None else agreed_rate(Decimal(rate)),
        interest_from=None if interest_from is None else date.fromisoformat(interest_from),
        costs_from=None if costs_from is None else date.fromisoformat(costs_from),
        clause=damages,  # type: ignore[arg-type]
        payments=tuple(
            Movement(id=f"{number:06}", on=date.fromisoformat(on), amount=Money.parse(amount, currency), kind="payment")
            for number, (on, amount) in enumerate(payments, 1)
        ),
        **{**usual, **more},
    )


def s15(as_of: str, **more: Any) -> Question:
    """practice.md S15: 400.00 of a Belgian consumer, whose first reminder ran out on 2026-10-29."""
    return asked(
        "consumer",
        "400.00",
        "2026-10-05",
        as_of,
        law="BE",
        costs_from="2026-10-30",
        interest_from="2026-10-14",
        **more,
    )


@in_rows(
    ("question", "expected"),
    [
        # practice.md S1
        (
            asked("business", "2420.00", "2026-09-02", "2026-10-20"),
            ("2420.00", "33.10", "363.00", "2816.10"),
        ),
        # S2: the final letter and the hand-off
        (
            asked("consumer", "249", "2026-10-30", "2026-12-04", costs_from="2026-12-03"),
            ("249.00", "0.96", "40.00", "289.96"),
        ),
        (
            asked("consumer", "249", "2026-10-30", "2026-12-15", costs_from="2026-12-03"),
            ("249.00", "1.26", "40.00", "290.26"),
        ),
        # S4, as the bookkeeping has it
        (
            asked(
                "consumer",
                "1000.00",
                "2026-09-30",
                "2026-11-04",
                costs_from="2026-11-03",
                allocation=Allocation.PRINCIPAL_FIRST,
                payments=[("2026-10-20", "600.00")],
            ),
            ("400.00", "2.85", "60.00", "462.85"),
        ),
        # S8: the credit as a correction (600 all along)
        (
            asked("consumer", "600", "2026-09-15", "2026-10-27", costs_from="2026-10-24"),
            ("600.00", "2.76", "90.00", "692.76"),
        ),
        # S8: the credit as a rebate counts like a payment
        (
            asked(
                "consumer",
                "800",
                "2026-09-15",
                "2026-10-20",
                costs_from="2026-10-17",
                allocation=Allocation.PRINCIPAL_FIRST,
                payments=[("2026-10-05", "200")],
            ),
            ("600.00", "2.74", "90.00", "692.74"),
        ),
        # S14: the printed term is no default; the statutory one began later
        (
            asked("business", "600", "2026-08-17", "2026-10-06", interest_from="2026-09-03", costs_from="2026-10-03"),
            ("600.00", "5.81", "90.00", "695.81"),
        ),
        # law.md E2
        (
            asked("business", "8400", "2026-05-29", "2026-06-20"),
            ("8400.00", "51.39", "795.00", "9246.39"),
        ),
        # law.md E4
        (
            asked("consumer", "5000", "2024-03-14", "2026-02-16"),
            ("5000.00", "623.82", "0.00", "5623.82"),
        ),
        # law.md E9, both day counts
        (
            asked("consumer", "10000", "2023-12-31", "2024-12-31"),
            ("10000.00", "700.00", "0.00", "10700.00"),
        ),
        (
            asked("consumer", "10000", "2023-12-31", "2024-12-31", day_count=DayCount.ACTUAL_365),
            ("10000.00", "701.92", "0.00", "10701.92"),
        ),
        # An agreed rate is simple: 2 × 120.00; compound: 120.00 and 134.40
        (
            asked("business", "1000", "2023-12-31", "2025-12-31", rate="12", without_costs=True),
            ("1000.00", "240.00", "0.00", "1240.00"),
        ),
        (
            asked("business", "1000", "2023-12-31", "2025-12-31", rate="12", compound=True, without_costs=True),
            ("1000.00", "254.40", "0.00", "1254.40"),
        ),
        # 150.00 and 21% VAT
        (
            asked("business", "1000", "2026-09-30", "2026-09-30", costs_from="2026-10-01", vat=True),
            ("1000.00", "0.00", "0.00", "1000.00"),
        ),
        (
            asked("business", "1000", "2026-09-30", "2026-10-01", vat=True),
            ("1000.00", "0.28", "181.50", "1181.78"),
        ),
        # Three invoices of 100.00 of a business: 3 × 40.00
        (
            asked("business", "300", "2026-09-30", "2026-10-01", invoices=3),
            ("300.00", "0.09", "120.00", "420.09"),
        ),
        # S15: on the last day of the term nothing but the principal; the day after all of it
        (s15("2026-10-29", clause="legal_maximum"), ("400.00", "0.00", "0.00", "400.00")),
        (s15("2026-10-30", clause="legal_maximum"), ("400.00", "1.96", "55.00", "456.96")),
        # S15: a clause of 15% is 60.00, above the cap; paid on 10-29
        (s15("2026-10-30", clause="15"), ("400.00", "0.00", "0.00", "400.00")),
        (
            s15("2026-10-30", clause="legal_maximum", payments=[("2026-10-29", "400")]),
            ("0.00", "0.00", "0.00", "0.00"),
        ),
        # Paid in part inside the term: 250.00 left, 30 + 10% of 100 = 40.00; 250 × 10.5% × 17/365 = 1.22
        (
            s15("2026-10-30", clause="legal_maximum", payments=[("2026-10-29", "150")]),
            ("250.00", "1.22", "40.00", "291.22"),
        ),
        # After it: costs, interest, principal: 150 − 55 − 1.96 = 93.04
        (
            s15("2026-10-30", clause="legal_maximum", payments=[("2026-10-30", "150")]),
            ("306.96", "0.00", "0.00", "306.96"),
        ),
        (s15("2026-10-30"), ("400.00", "0.00", "0.00", "400.00")),
        # A Belgian business: 400 × 10.5% × 25/365 = 2.88, and 40 or the clause of 10%, never both
        (
            asked("business", "400", "2026-10-05", "2026-10-30", law="BE"),
            ("400.00", "2.88", "40.00", "442.88"),
        ),
        (
            asked("business", "500", "2026-10-05", "2026-10-05", law="BE", clause="10", invoices=2),
            ("500.00", "0.00", "0.00", "500.00"),
        ),
        (
            asked("business", "500", "2026-10-05", "2026-10-06", law="BE", clause="10", invoices=2),
            ("500.00", "0.14", "50.00", "550.14"),
        ),
    ],
)
def test_worked_claims(question: Question, expected: tuple[str, str, str, str]) -> None:
    account = worked_out(question).account
    assert (account.principal.text, account.interest.text, account.costs.text, account.total.text) == expected


def test_a_consumer_owes_no_costs_before_a_letter_ran_out_and_sees_what_they_would_be() -> None:
    found = worked_out(asked("consumer", "1000", "2026-09-30", "2026-11-04"))
    assert found.if_expired is not None
    assert (found.account.costs.text, found.if_expired.amount.text) == ("0.00", "150.00")
    assert any("14-day letter" in each and "--costs-from" in each for each in found.remarks)


def test_costs_stay_as_they_were_when_they_fell_due() -> None:
    # practice.md "What money does": a part payment after the term does not lower them.
    found = worked_out(
        asked(
            "consumer", "1000", "2026-09-30", "2026-10-20", costs_from="2026-10-17", payments=[("2026-10-20", "952.19")]
        )
    )
    assert found.if_expired is not None
    assert (found.account.principal.text, found.account.costs.text) == ("200.00", "0.00")
    assert (found.if_expired.amount.text, found.account.booked[0].costs.text) == ("150.00", "150.00")


def test_who_pays_inside_the_term_what_the_letter_asked_owes_no_costs() -> None:
    # practice.md "Allocation". By 6:44 the 2.19 interest is paid first; the 40.00 minimum on the rest would be a trap.
    found = worked_out(
        asked(
            "consumer",
            "1000",
            "2026-09-30",
            "2026-11-04",
            costs_from="2026-11-03",
            payments=[("2026-10-20", "1000.00")],
        )
    )
    assert (found.account.principal.text, found.account.costs.text) == ("2.19", "0.00")
    assert any("before its term ran out" in each for each in found.remarks)


def test_what_is_paid_too_much_is_held_and_shown() -> None:
    found = worked_out(asked("business", "100", "2026-09-30", "2026-10-20", payments=[("2026-09-30", "150")]))
    assert (found.account.total.text, found.account.overpaid.text) == ("0.00", "50.00")
    assert found.account.booked[0].over.text == "50.00"
    assert any("50.00 was paid too much" in each for each in found.remarks)


@in_rows(
    ("question", "said"),
    [
        (asked("business", "100", "2026-09-30", "2027-01-01"), "checked until 2026-12-31"),
        (
            asked("business", "100", "2026-09-30", "2026-10-01", payments=[("2026-10-02", "1")]),
            "1 payment after 2026-10-01 not counted",
        ),
        (
            asked("business", "100", "2026-09-30", "2026-10-10", day_count=DayCount.ACTUAL_365),
            "over 365, also in leap years",
        ),
        (
            asked("consumer", "100", "2026-09-30", "2026-10-10", costs_from="2026-10-05"),
            "costs are due from 2026-10-16 at the earliest",
        ),
        (
            asked("consumer", "100", "2026-09-30", "2026-10-10", costs_from="2026-10-20"),
            "costs are due from 2026-10-20 on, not yet on 2026-10-10",
        ),
        (
            asked("business", "100", "2026-09-30", "2026-10-10", rate="5"),
            "below the statutory rate of 10.40%",
        ),
        (
            asked("consumer", "100", "2026-09-30", "2026-10-10", rate="12"),
            "tests the agreed rate",
        ),
        (s15("2026-10-30", clause="15"), "refused as a whole"),
        (s15("2026-10-29", clause="10"), "runs until 2026-10-29: nothing but the principal is due"),
        (s15("2026-10-30", clause="10", rate="12"), "above the legal maximum of 10.50%"),
        (
            asked("consumer", "100", "2026-09-30", "2026-10-10", law="BE", clause="legal_maximum"),
            "free first reminder",
        ),
    ],
)
def test_what_a_person_should_know_is_remarked(question: Question, said: str) -> None:
    assert said in "\n".join(worked_out(question).remarks)


def test_in_another_currency_there_is_interest_and_no_costs() -> None:
    found = worked_out(asked("business", "1000", "2026-09-30", "2026-10-20", currency="USD", without_costs=True))
    # 1000 × 10.4% × 20/365
    assert (found.account.interest, found.account.costs) == (Money.parse("5.70", "USD"), Money.zero("USD"))
    assert found.if_expired is None
    assert "costs are known in EUR only" in found.remarks
