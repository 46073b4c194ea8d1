"""Letters to a debtor who talks: what they ask, what they promise, and what they may not be made of."""

import re
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.money import Money
from letters.answers import (
    Arrangement,
    ArrangementDefault,
    DisputeDecision,
    DueInstalment,
    Instalment,
    PromisedPayment,
    SettlementOffer,
)
from letters.content import ASKS_NOTHING, BlockedAccount, LetterContent
from letters.kinds import ANSWERS, EVENTS, FEE_LETTERS
from letters.qr import codes
from letters.render import VoidLetter, render_email, render_pdf, render_sms
from letters.requirements import limits
from letters.wording import word
from tests.letters import talking
from tests.letters.builders import CREDITOR, LANGUAGES, LINK, euros, example, many
from tests.letters.varied import variants
from tests.rows import in_rows

VARIANTS = dict(variants())


def changed(content: LetterContent, **changes: Any) -> LetterContent:
    return LetterContent.model_validate(content.model_dump() | changes)


def transfer(content: LetterContent) -> str | None:
    """The amount in the code of the transfer, None without a code."""
    found = [code.payload for code in codes(content, content.letter) if code.payload.startswith("BCD")]
    return found[0].splitlines()[7] if found else None


def about_these_names() -> list[LetterContent]:
    """Every letter of these names, about one and about two invoices, in Dutch."""
    found = [example(name) for name in talking.EXAMPLES]
    found += [content for name, content in VARIANTS.items() if content.letter in talking.EXAMPLES and name[-2:] == "nl"]
    return [*found, *map(many, found)]


@pytest.mark.parametrize("name", sorted(ASKS_NOTHING))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_that_asks_nothing_shows_no_account_no_link_and_no_code(name: str, language: str) -> None:
    content = example(name, language, payment_link=LINK)
    assert not codes(content, name)
    assert word(content, paper=True).payment == ()
    assert word(content, paper=True).warning == ""
    text = render_email(content).text
    assert LINK not in text
    assert "NL91" not in text


@pytest.mark.parametrize("name", sorted(ASKS_NOTHING))
def test_a_letter_that_asks_nothing_gives_no_term_and_claims_nothing(name: str) -> None:
    with pytest.raises(VoidLetter, match="no term begins with it"):
        render_email(example(name, term_days=14))
    content = example(name)
    if content.balance.is_positive:
        with pytest.raises(ValidationError, match=r"asks 0\.00 by what it answers"):
            changed(content, claimed=content.balance)


@pytest.mark.parametrize(
    ("name", "asked"),
    # practice.md S10: instalments of 1,159.62; the promise and the settlement as in the examples.
    [
        ("instalment_reminder", "EUR1159.62"),
        ("instalment_missed", "EUR1159.62"),
        ("promise_confirmation", "EUR1000.00"),
        ("settlement_confirmation", "EUR2000.00"),
    ],
)
def test_a_letter_about_a_part_asks_that_part_and_has_no_link_for_the_whole(name: str, asked: str) -> None:
    content = example(name, payment_link=LINK)
    for each in (content, many(content)):
        assert transfer(each) == asked
        assert [code.payload for code in codes(each, name) if code.payload == LINK] == []
        assert LINK not in render_email(each).text
    with pytest.raises(ValidationError, match="by what it answers"):
        changed(content, claimed=content.balance)


def test_a_promise_of_all_that_is_open_has_the_link() -> None:
    content = VARIANTS["promise-that-moves-the-term-nl"]
    assert content.payment_link == LINK
    assert LINK in render_email(content).text


def test_a_part_goes_into_one_account_though_the_invoice_has_a_blocked_one() -> None:
    blocked = BlockedAccount(iban="NL20INGB0001234567", amount=euros("400.00"))
    content = example("instalment_missed", blocked_account=blocked)
    assert transfer(content) == "EUR1159.62"
    assert "G-rekening" not in render_email(content).text
    whole = example("promise_broken", blocked_account=blocked)
    assert transfer(whole) == "EUR1620.00"
    assert "G-rekening" in render_email(whole).text


def test_an_instalment_letter_shows_what_was_invoiced_and_not_what_is_open() -> None:
    # practice.md S10: 2,319.23 is open; the debtor is asked for one instalment.
    for name in ("instalment_reminder", "instalment_missed"):
        text = render_email(example(name)).text
        assert "2.319,23" not in text
        assert "€ 3.000,00" in text


def test_no_answer_is_a_reminder_or_announces_a_fee() -> None:
    for content in about_these_names():
        text = render_email(content).text.casefold()
        assert not re.search(r"herinner|aanman|ingebreke|sommatie|administratiekosten", text)
        assert render_email(changed(content, announces=("interest", "costs"))).text
    assert not ANSWERS & FEE_LETTERS


def test_no_answer_but_the_end_of_an_arrangement_announces_anything() -> None:
    for content in about_these_names():
        told = changed(content, announces=("costs", "handoff"), consumer=False, natural_person=False)
        text = render_email(told).text
        ends = content.default is not None and not content.default.warning
        assert ("incassopartner" in text) == ends


def test_a_consumer_is_warned_of_what_he_missed_and_reads_no_other_sum() -> None:
    content = VARIANTS["warning-to-a-consumer-nl"]
    said = word(content, paper=True)
    # 249.00 in three: two of 83.00 were missed.
    assert {amount for block in said.amounts.values() for amount in block} == {"€\u00a0166,00"}
    assert transfer(content) == "EUR166.00"
    text = render_email(content).text
    assert "binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd" in text
    assert "Dan stopt de regeling, en moet u alles wat nog openstaat in één keer betalen" in text


def test_a_consumer_has_fourteen_days_before_his_arrangement_ends_and_a_business_need_not() -> None:
    content = VARIANTS["warning-to-a-consumer-nl"]
    default = content.default
    assert default is not None
    short = default.model_copy(update={"pay_by_days": limits.LEAST_WARNING_OF_CONSUMERS - 1})
    with pytest.raises(VoidLetter, match=r"pay_by_days is 13; a consumer has at least 14 days"):
        render_email(changed(content, default=short))
    with pytest.raises(VoidLetter, match="goes on if what was missed is paid within the term is missing"):
        render_email(changed(content, default=default.model_copy(update={"pay_by_days": None})))
    eight = changed(content, consumer=False, natural_person=False, default=short.model_copy(update={"pay_by_days": 8}))
    assert "binnen acht dagen" in render_email(eight).text


def test_a_broken_arrangement_of_a_business_asks_the_whole_and_keeps_the_right_to_it() -> None:
    # practice.md S10 a: 2,319.23.
    content = example("arrangement_default")
    text = render_email(content).text
    assert transfer(content) == "EUR2319.23"
    assert "Alles wat nog openstaat, moet u nu in één keer betalen. Betaal € 2.319,23." in text
    assert "artikel 3:317" in text
    assert "artikel 3:317" not in render_email(VARIANTS["warning-to-a-consumer-nl"]).text


def test_interest_that_is_reserved_shows_in_the_broken_arrangement_with_its_specification() -> None:
    # practice.md S10 b: 2,331.20 of principal is left, and interest of 23.91 over 36 days from 2026-09-16.
    content = example("arrangement_default")
    line = content.lines[0].model_copy(update={"open": euros("2331.20")})
    period = (
        example("neutral_statement")
        .periods[0]
        .model_copy(
            update={
                "invoice": line.number,
                "first": date(2026, 9, 16),
                "last": date(2026, 10, 21),
                "days": 36,
                "base": euros("2331.20"),
                "amount": euros("23.91"),
            }
        )
    )
    reserved = changed(
        content,
        lines=(line,),
        claims="all",
        interest=euros("23.91"),
        periods=(period,),
        interest_basis="trade",
        day_count="anniversary_year",
        claimed=euros("2355.11"),
    )
    assert re.search(r"Te betalen +€ 2\.355,11", render_email(reserved).text)
    assert transfer(reserved) == "EUR2355.11"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_arrangement_says_whether_its_interest_is_frozen_reserved_or_runs(language: str) -> None:
    base = example("arrangement_confirmation", language)
    assert base.arrangement is not None
    texts = {
        tuple(word(changed(base, arrangement=base.arrangement.model_copy(update=how)), paper=True).body)
        for how in ({}, {"reserves_interest": True}, {"interest_runs": True})
    }
    assert len(texts) == 3


def test_a_consumers_arrangement_reserves_no_interest() -> None:
    base = VARIANTS["arrangement-of-a-consumer-nl"]
    assert base.arrangement is not None
    with pytest.raises(VoidLetter, match="interest in a consumer's arrangement makes it credit"):
        render_email(changed(base, arrangement=base.arrangement.model_copy(update={"reserves_interest": True})))


def test_a_rejected_dispute_gives_time_again() -> None:
    content = VARIANTS["decision-with-a-term-nl"]
    assert "binnen zeven dagen vanaf de dag nadat dit bericht bij u is bezorgd" in render_email(content).text
    for name in ("decision-with-a-term-nl", "decision-for-a-part-nl"):
        decision = VARIANTS[name].decision
        assert decision is not None
        timeless = changed(VARIANTS[name], term_days=None, decision=decision.model_copy(update={"new_term": False}))
        with pytest.raises(VoidLetter, match="that the debtor has time again"):
            render_email(timeless)


def test_a_decision_says_what_falls_and_what_is_asked_again() -> None:
    part = render_email(VARIANTS["decision-for-a-part-nl"]).text
    assert "U hoeft € 40,00 niet te betalen" in part
    assert "toch om die € 60,00 te betalen" in part
    assert "Onze uitleg: de doos was bij ontvangst heel." in part
    none = render_email(VARIANTS["decision-that-nothing-is-owed-nl"]).text
    assert "hoeft u niets meer te betalen" in none
    assert "Zo betaalt u" not in none
    assert "NL91" not in none
    assert "Onze uitleg" not in render_email(example("dispute_decision")).text


def test_a_decision_asks_nothing_of_what_was_paid_while_the_dispute_was_open() -> None:
    part = VARIANTS["decision-on-what-is-paid-in-part-nl"]
    assert "vragen wij u toch om te betalen wat daarvan nog openstaat" in render_email(part).text
    assert transfer(part) == "EUR49.00"
    paid = render_email(VARIANTS["decision-on-what-is-paid-nl"]).text
    assert "U heeft dit bedrag al betaald." in paid
    assert "vragen wij u toch" not in paid


def test_a_promise_moves_a_term_only_when_it_says_so() -> None:
    moved = render_email(VARIANTS["promise-that-moves-the-term-nl"]).text
    assert "loopt nu tot en met 10 december 2026. Daarna krijgt u geen nieuwe brief" in moved
    stays = render_email(example("promise_confirmation")).text
    assert "verandert niet door deze afspraak" in stays
    assert "loopt nu tot en met" not in stays


def test_a_settlement_releases_the_rest_by_its_amount_or_nothing() -> None:
    text = render_email(example("settlement_confirmation")).text
    assert "schelden wij u de rest van € 420,00 kwijt" in text
    assert "U moet dan weer alles betalen" in text


def test_a_withdrawn_claim_asks_neither_interest_nor_costs_and_says_which_letter_falls() -> None:
    # An invoice of 1,000.00 credited in full on 2026-10-05, after the notice of 2026-09-29.
    content = example("claim_withdrawn")
    text = render_email(content).text
    assert "De brief van 29 september 2026 vervalt" in text
    assert "ook geen rente en geen kosten" in text
    assert content.claimed == euros("0.00")
    line = content.lines[0].model_copy(update={"open": euros("0.01")})
    with pytest.raises(VoidLetter, match=r"0\.01 EUR is still open"):
        render_email(changed(content, lines=(line,)))


def test_a_reservation_is_of_dutch_and_belgian_law_and_interrupts_by_a_letter_in_dutch_law_alone() -> None:
    assert "3:317" in render_email(example("reservation")).text
    belgian = render_email(VARIANTS["reservation-in-belgium-nl"]).text
    assert "3:317" not in belgian
    assert "houden onverminderd recht op betaling" in belgian
    with pytest.raises(VoidLetter, match="law of the claim is not known, and this letter is one of NL and BE alone"):
        render_email(example("reservation", law=None))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_about_a_change_tells_a_stranger_nothing_of_what_is_owed(language: str) -> None:
    content = example("contact_change", language, reference="K-9")
    for text in (render_email(content).text, render_email(content).html, render_sms(content)):
        assert content.lines[0].number not in text
        assert not re.search(r"€|\d,\d\d|\d\.\d\d", text.partition("\n-- \n")[0])


def test_a_copy_of_an_invoice_calls_nothing_late_and_moves_no_date() -> None:
    text = render_email(example("invoice_copy")).text
    assert "De vervaldatum blijft 2 september 2026" in text
    assert not re.search(r"te laat|verstreken|voorbij|verzuim", text)


def test_a_neutral_statement_shows_everything_and_asks_nothing() -> None:
    # practice.md S2 on 2026-12-04: 249.00, 0.96 and 40.00 are 289.96.
    text = render_email(example("neutral_statement")).text
    assert re.search(r"Staat open +€ 289,96", text)
    assert "Te betalen" not in text
    assert "Wij vragen u hiermee niet om te betalen" in text


@in_rows(("name", "field"), [(name, EVENTS[name]) for name in talking.EXAMPLES if name in EVENTS])
def test_an_answer_without_what_it_answers_is_refused(name: str, field: str) -> None:
    content = example(name).model_copy(update={field: None})
    for render in (render_email, render_pdf, render_sms):
        with pytest.raises(VoidLetter, match="is missing"):
            render(content)


def test_a_receipt_to_a_business_names_it_in_an_e_mail() -> None:
    consumer = example("receipt")
    business = changed(consumer, consumer=False, natural_person=False, debtor=example("reminder").debtor)
    assert "Bakker & Zonen V.O.F." in render_email(business).text


_PROMISE = {"amount": euros("100.00"), "by": date(2026, 9, 18), "extends_term": False, "paid": euros("0.00")}


@in_rows(
    ("name", "changes", "says"),
    [
        (
            "promise_confirmation",
            {"promise": _PROMISE | {"broken": True}, "claimed": euros("100.00")},
            "broken is True",
        ),
        ("promise_broken", {"promise": _PROMISE}, "broken is False"),
        ("promise_broken", {"promise": _PROMISE | {"broken": True}, "on": date(2026, 9, 18)}, "cannot be broken"),
        (
            "promise_confirmation",
            {"promise": _PROMISE, "claimed": euros("100.00"), "on": date(2026, 9, 19)},
            "before the letter",
        ),
        ("instalment_reminder", {"on": date(2026, 10, 16)}, "use letter `instalment_missed`"),
        ("instalment_missed", {"on": date(2026, 10, 15)}, "use letter `instalment_reminder`"),
        ("instalment_missed", {"on": date(2026, 10, 21)}, "use letter `arrangement_default`"),
        ("arrangement_default", {"on": date(2026, 10, 15)}, "cannot be missed on 2026-10-15"),
        (
            "settlement_confirmation",
            {"settlement": {"amount": euros("2000.00"), "by": date(2026, 10, 15), "released": euros("419.99")}},
            "are not the 2420.00 EUR",
        ),
        ("settlement_confirmation", {"on": date(2026, 10, 16)}, "before the letter of 2026-10-16"),
    ],
)
def test_two_accounts_of_one_agreement_are_refused(name: str, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(VoidLetter, match=says):
        render_email(example(name, **changes))


def test_what_cannot_be_true_is_no_value() -> None:
    one, none = euros("1.00"), euros("0.00")
    day = date(2026, 9, 1)
    decided: dict[str, Any] = {"id": "D-1", "disputed": euros("2.00"), "decided_on": day, "new_term": False}
    for outcome, upheld in (("upheld", one), ("partly", none), ("partly", euros("2.00")), ("rejected", one)):
        with pytest.raises(ValidationError, match=f"which is not {outcome}"):
            DisputeDecision.model_validate({"outcome": outcome, "upheld": upheld, **decided})
    with pytest.raises(ValidationError, match="a kept promise needs no such letter"):
        PromisedPayment(amount=one, by=day, extends_term=False, paid=one)
    for number, still_open, says in ((4, one, "no such one"), (1, none, "still to pay"), (1, euros("2.00"), "to pay")):
        with pytest.raises(ValidationError, match=says):
            DueInstalment(number=number, of=3, due=day, amount=one, open=still_open)
    with pytest.raises(ValidationError, match="ends before its day"):
        DueInstalment(number=1, of=3, due=day, amount=one, open=one, grace_until=date(2026, 8, 31))
    with pytest.raises(ValidationError, match="both are above zero"):
        SettlementOffer(amount=one, by=day, released=none)
    with pytest.raises(ValidationError, match="at least 1 item"):
        ArrangementDefault(agreed_on=day, paid=none, missed=(), warning=True, pay_by_days=14)
    with pytest.raises(ValidationError, match="interest that runs on is not reserved"):
        Arrangement(
            total=one, instalments=(Instalment(due=day, amount=one),), interest_runs=True, reserves_interest=True
        )


def test_an_amount_of_an_answer_in_another_currency_is_refused() -> None:
    pounds = Money.parse("1000.00", "GBP")
    with pytest.raises(ValidationError, match="amounts in GBP in a letter that claims EUR"):
        example("promise_broken", promise=_PROMISE | {"broken": True, "amount": pounds, "paid": Money.zero("GBP")})


def test_a_creditor_without_address_may_answer_while_no_law_is_known() -> None:
    bare = CREDITOR.model_copy(update={"address": (), "kvk": None})
    for name in talking.EXAMPLES:
        if name != "reservation":
            assert render_email(example(name, law=None, creditor=bare)).text
