"""A term too short, a sum above the law's, or one claimed too early makes a letter void."""

from datetime import date
from typing import Any

import pytest

from letters.content import AnnouncedCosts, Arrangement, Instalment, LetterContent
from letters.render import VoidLetter, render_email
from tests.letters.builders import PARTNER, euros, example, invoice, variants
from tests.letters.parts import changed


@pytest.mark.parametrize(
    ("name", "changes", "least"),
    [
        ("fourteen_day_letter", {}, 14),
        ("default_notice", {}, 14),
        ("first_reminder", {}, 14),
        ("final_demand", {}, 7),
        ("notice", {"natural_person": True}, 14),
    ],
)
def test_a_term_that_is_too_short_is_refused(name: str, changes: dict[str, Any], least: int) -> None:
    content = changed(example(name), **changes)
    assert render_email(changed(content, term_days=least)).text
    with pytest.raises(VoidLetter, match=f"term_days is {least - 1}; .* has at least {least} days"):
        render_email(changed(content, term_days=least - 1))


def test_a_legal_person_may_have_eight_days() -> None:
    # practice.md, nl-business step 4.
    assert (
        "binnen acht dagen vanaf de dag nadat deze brief bij u is bezorgd"
        in render_email(changed(example("notice"), term_days=8)).text
    )


@pytest.mark.parametrize(
    ("principal", "fee", "vat"),
    # law.md §2: the scale, and the same with 21% VAT.
    [
        ("249.00", "40.00", None),
        ("266.66", "48.40", "8.40"),
        ("267.00", "40.05", None),
        ("1000.00", "150.00", None),
        ("1000.00", "181.50", "31.50"),
        ("2501.00", "375.10", None),
        ("10000.00", "875.00", None),
    ],
)
def test_a_fee_above_the_scale_is_refused_and_the_scale_itself_is_not(
    principal: str, fee: str, vat: str | None
) -> None:
    line = invoice("C-1", principal)
    tax = euros(vat) if vat else None

    def content(amount: str) -> LetterContent:
        return changed(
            example("fourteen_day_letter"),
            lines=(line,),
            claimed=line.open,
            announced_costs=AnnouncedCosts(amount=euros(amount), vat=tax, vat_reason=vat is not None),
        )

    assert render_email(content(fee)).text
    above = str(euros(fee).amount + euros("0.01").amount)
    with pytest.raises(VoidLetter, match="above the legal scale"):
        render_email(content(above))


def test_a_fee_is_counted_on_the_principal_that_is_open() -> None:
    # practice.md S4: of 1000.00 600.00 was paid; on 400.00 the scale is 60.00, no longer 150.00.
    line = invoice("C-1", "1000.00", "400.00")
    base = changed(example("fourteen_day_letter"), lines=(line,), claimed=line.open)
    assert render_email(changed(base, announced_costs=AnnouncedCosts(amount=euros("60.00")))).text
    with pytest.raises(VoidLetter, match="above the legal scale"):
        render_email(changed(base, announced_costs=AnnouncedCosts(amount=euros("150.00"))))


def test_vat_without_its_reason_is_refused() -> None:
    content = changed(
        example("fourteen_day_letter"), announced_costs=AnnouncedCosts(amount=euros("48.40"), vat=euros("8.40"))
    )
    with pytest.raises(VoidLetter, match="VAT on the fee without its reason"):
        render_email(content)


@pytest.mark.parametrize(
    ("balance", "cap"),
    # law.md §7: 150 → 20, 300 → 45, 500 → 65, 1,000 → 90, 10,000 → 540.
    [("150.00", "20.00"), ("300.00", "45.00"), ("500.00", "65.00"), ("1000.00", "90.00"), ("10000.00", "540.00")],
)
def test_a_belgian_clause_above_the_cap_is_refused_not_cut(balance: str, cap: str) -> None:
    line = invoice("B-1", balance)
    base = changed(example("first_reminder"), lines=(line,), claimed=line.open, damages_if_late=euros(cap))
    assert render_email(base).text
    with pytest.raises(VoidLetter, match="above the legal maximum"):
        render_email(changed(base, damages_if_late=euros(cap) + euros("0.01")))


@pytest.mark.parametrize(
    "name", ["reminder", "second_reminder", "default_notice", "fourteen_day_letter", "first_reminder"]
)
def test_no_consumer_is_asked_for_costs_before_they_are_due(name: str) -> None:
    content = example("default_notice") if "reminder" in name and name != "first_reminder" else example(name)
    content = changed(
        content, letter=name, claims="all", costs=euros("40.00"), claimed=content.claimed + euros("40.00")
    )
    with pytest.raises(VoidLetter, match="may claim the principal alone"):
        render_email(content)


def test_a_belgian_consumer_is_asked_for_damages_after_the_free_reminder_and_never_above_the_cap() -> None:
    # practice.md S15: 400.00, damages of 30 + 10% of 250 = 55.00, interest of 1.96.
    content = dict(variants())["second-reminder-of-damages-nl"]
    text = render_email(content).text
    assert "ook een schadevergoeding van € 55,00 en rente verschuldigd" in text
    assert "€ 456,96" in text
    with pytest.raises(VoidLetter, match=r"claims costs of 55\.01 EUR of a consumer, above the 55\.00 EUR"):
        render_email(changed(content, costs=euros("55.01"), claimed=euros("456.97")))
    with pytest.raises(VoidLetter, match="may claim the principal alone"):
        render_email(changed(content, law="NL"))
    with pytest.raises(VoidLetter, match="may claim the principal alone"):
        render_email(changed(content, letter="reminder"))


def test_a_second_reminder_says_nothing_of_damages_that_it_does_not_ask() -> None:
    content = dict(variants())["second-reminder-of-damages-nl"]
    asked_less = changed(content, claims="principal", claimed=euros("400.00"))
    assert "schadevergoeding" not in render_email(asked_less).text


def test_a_service_mail_is_for_before_the_due_day_and_asks_the_principal_alone() -> None:
    content = example("service_mail")
    due = content.lines[0].due
    assert render_email(changed(content, on=due)).text
    with pytest.raises(VoidLetter, match="this letter is for before that day; use letter `reminder`"):
        render_email(changed(content, on=date(2026, 9, 3)))
    with pytest.raises(VoidLetter, match="before the due date; it may claim the principal alone"):
        render_email(changed(content, claims="all", costs=euros("40.00"), claimed=euros("2460.00")))


def test_costs_that_a_consumer_owes_are_never_above_the_scale() -> None:
    content = example("final_demand")
    with pytest.raises(VoidLetter, match=r"above the 48\.40 EUR that the law allows at most"):
        render_email(changed(content, costs=euros("48.41"), claimed=euros("298.37")))


def test_a_partner_does_not_take_over_before_the_term_has_run_out() -> None:
    early = PARTNER.model_copy(update={"takes_over_on": date(2026, 12, 11)})
    with pytest.raises(VoidLetter, match="before the term of 7 days has run out"):
        render_email(changed(example("final_demand"), partner=early))


def test_a_consumers_arrangement_is_no_credit() -> None:
    base = dict(variants())["arrangement-of-a-consumer-nl"]

    def plan(last: date, runs: bool) -> Arrangement:
        return Arrangement(
            total=base.claimed, instalments=(Instalment(due=last, amount=base.claimed),), interest_runs=runs
        )

    assert render_email(changed(base, arrangement=plan(date(2027, 11, 4), False))).text
    with pytest.raises(VoidLetter, match="interest in a consumer's arrangement"):
        render_email(changed(base, arrangement=plan(date(2027, 11, 4), True)))
    with pytest.raises(VoidLetter, match="keep to twelve months"):
        render_email(changed(base, arrangement=plan(date(2027, 11, 6), False)))


def test_two_sums_for_one_debt_are_refused() -> None:
    receipt, dispute = example("receipt"), example("dispute_confirmation")
    assert receipt.received is not None
    assert dispute.dispute is not None
    with pytest.raises(VoidLetter, match=r"received\.rest is 1\.00 EUR"):
        render_email(changed(receipt, received=receipt.received.model_copy(update={"rest": euros("1.00")})))
    with pytest.raises(VoidLetter, match=r"dispute\.undisputed is 1\.00 EUR"):
        render_email(changed(dispute, dispute=dispute.dispute.model_copy(update={"undisputed": euros("1.00")})))
    other = Arrangement(total=euros("1.00"), instalments=(Instalment(due=date(2026, 9, 15), amount=euros("1.00")),))
    with pytest.raises(VoidLetter, match="names one sum"):
        render_email(changed(example("arrangement_confirmation"), arrangement=other))
