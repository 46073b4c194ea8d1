"""Which account a letter names: by the creditor's profile, and by who owes."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.bundle import Member
from domain.case import fold
from domain.facts import Asked
from domain.invoice import Kind
from domain.opening import open_case
from domain.parties import Creditor, Debtor
from domain.surroundings import NOTHING_SPECIAL
from letters.content import LetterContent
from services.correspondence.letter_content import letter_content
from tests.casefile.builders import NOW
from tests.domain.builders import eur, invoice, policy, send

LADDER = policy(send("reminder", {"after_due": "5d"}))
FACTOR = {"kind": "factor", "name": "Noorder Factor N.V.", "iban": "NL02ABNA0123456789"}
BLOCKED = {"kind": "g_account", "iban": "NL86INGB0002445588", "share": "25"}


def creditor(*pay_to: dict[str, str]) -> Creditor:
    return Creditor.model_validate(
        {
            "id": "maan",
            "name": "Maan B.V.",
            "iban": "NL91ABNA0417164300",
            "bic": "ABNANL2A",
            "email": "maan@maan.example",
            "pay_to": list(pay_to),
            "policies": [{"policy": "test"}],
        }
    )


def content(of: Creditor, kind: Kind = Kind.BUSINESS) -> LetterContent:
    case = fold(open_case(invoice(kind=kind), LADDER, NOW))
    amount = eur("1000.00")
    zero = eur("0.00")
    asked = Asked(open=amount, interest=zero, costs=zero, total=amount, claimed=amount)
    member = Member("k", case, LADDER, LADDER.steps[0], 1, NOTHING_SPECIAL)
    return letter_content([member], [asked], of, Debtor(id="d", name="Bakker"), None, NOW.date())


def test_without_more_debtors_pay_into_the_creditors_account() -> None:
    found = content(creditor())
    assert (found.creditor.iban, found.creditor.account_name, found.blocked_account) == (
        "NL91ABNA0417164300",
        "Maan B.V.",
        None,
    )


@pytest.mark.parametrize("kind", [Kind.BUSINESS, Kind.CONSUMER])
def test_what_was_assigned_is_paid_to_the_factor_by_all(kind: Kind) -> None:
    found = content(creditor(FACTOR), kind).creditor
    assert (found.iban, found.bic, found.account_name, found.name) == (
        "NL02ABNA0123456789",
        None,
        "Noorder Factor N.V.",
        "Maan B.V.",
    )


def test_a_business_pays_its_share_into_the_blocked_account_and_a_consumer_into_one_account_only() -> None:
    found = content(creditor(BLOCKED))
    assert found.blocked_account is not None
    assert (found.blocked_account.amount, found.to_own_account) == (eur("250.00"), eur("750.00"))
    assert content(creditor(BLOCKED), Kind.CONSUMER).blocked_account is None


@pytest.mark.parametrize(
    "wrong",
    [
        ({"kind": "factor", "iban": "NL02ABNA0123456789"},),
        ({"kind": "g_account", "iban": "NL86INGB0002445588"},),
        ({**FACTOR, "share": "10"},),
        ({**BLOCKED, "share": "100"},),
        (FACTOR, FACTOR),
    ],
)
def test_an_account_that_says_too_little_or_too_much_is_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        creditor(*wrong)


@pytest.mark.parametrize(("pay_to", "link"), [((), True), ((FACTOR,), False), ((BLOCKED,), False)])
def test_a_page_that_pays_all_into_our_account_is_left_out_where_others_get_some(
    pay_to: tuple[dict[str, str], ...], link: bool
) -> None:
    paged = invoice().model_copy(update={"payment_link": "https://pay.example/p/9f3c"})
    case = fold(open_case(paged, LADDER, NOW))
    amount, zero = eur("1000.00"), eur("0.00")
    asked = Asked(open=amount, interest=zero, costs=zero, total=amount, claimed=amount)
    member = Member("k", case, LADDER, LADDER.steps[0], 1, NOTHING_SPECIAL)
    found = letter_content([member], [asked], creditor(*pay_to), Debtor(id="d", name="Bakker"), None, NOW.date())
    assert (found.payment_link is not None) is link
