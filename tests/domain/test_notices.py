"""What letters do in law: default, the 14-day letter, what makes it void, and that nothing passes a gate."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain import facts as f
from domain.claims.claim import claim_of, open_on
from domain.invoice import Invoice, Kind, LegalStatus, TermBasis, YesNoUnknown
from domain.money import Money
from domain.notices import default_from, in_force_cost_notice, term_of
from domain.opening import History
from domain.policy import Policy
from domain.surroundings import Sibling, Surroundings
from domain.terms import PLAIN_TERMS, CreditorTerms
from tests.domain.builders import Life, day, eur, hand_off, invoice, policy, send

HOURS = {"holidays": "NL", "days": ["tue", "wed", "thu", "fri"], "from": "09:00", "until": "16:00"}


def ladder(*more: dict[str, Any], **fields: Any) -> Policy:
    """Policy PC of practice.md: reminder, 14-day letter, final demand, hand-off."""
    return policy(
        send("reminder", {"after_due": "5d"}),
        send("notice", {"after_due": "14d"}, send=["post"], announces=["costs"], term="14d"),
        send("final", {"term_expired": "notice"}, letter="final_demand", claims="all"),
        hand_off({"after_previous": "10d", "term_expired": "notice"}),
        *more,
        **{"law": "NL", "kind": "consumer", "calendar": HOURS, **fields},
    )


def consumer(amount: str | Money = "1000.00", due: str = "2026-09-30", **changes: Any) -> Invoice:
    worth = amount if isinstance(amount, Money) else eur(amount)
    inv = invoice("2026-09-16", due, "1.00", Kind.CONSUMER, number=changes.pop("number", "C-1"))
    return inv.model_copy(update={"term_basis": TermBasis.AGREED, "amount": worth, **changes})


def life(inv: Invoice | None = None, rules: Policy | None = None, opened: str = "2026-09-30") -> Life:
    return Life(rules or ladder(), inv or consumer(), opened)


def costs(lived: Life, on: str) -> str:
    return claim_of(lived.case, lived.policy, day(on), lived.surroundings).costs.text


# The gate ---------------------------------------------------------------------------------------------------


def test_costs_are_due_from_the_day_after_the_term_and_not_a_day_earlier() -> None:
    # Posted Wed 14 Oct, received Sat 17 Oct, day 14 is Sat 31 Oct: E is Mon 2 Nov (practice.md, S4).
    lived = life().live("2026-10-20")
    assert [costs(lived, on) for on in ("2026-10-14", "2026-11-02", "2026-11-03")] == ["0.00", "0.00", "150.00"]


def test_a_later_receipt_moves_the_whole_term() -> None:
    lived = life().live("2026-10-15")
    lived.hear("delivery_reported", {"key": "F-1/notice/1/post", "status": "delivered", "received_on": "2026-10-22"})
    # Thu 22 Oct + 14 = Thu 5 Nov.
    assert [costs(lived, on) for on in ("2026-11-05", "2026-11-06")] == ["0.00", "150.00"]


def test_nobody_owes_costs_after_a_letter_that_nobody_can_prove() -> None:
    lived = life().live("2026-10-15")
    lived.hear("delivery_reported", {"key": "F-1/notice/1/post", "status": "returned"})
    assert costs(lived, "2026-12-31") == "0.00"


@pytest.mark.parametrize("changes", [{"charge_costs": "never"}, {"law": None}])
def test_a_policy_that_charges_no_costs_never_does(changes: dict[str, Any]) -> None:
    lived = life(rules=ladder(**changes)).live("2026-12-31")
    assert costs(lived, "2026-12-31") == "0.00"


def test_a_letter_that_announces_no_costs_opens_no_gate() -> None:
    silent = policy(
        send("notice", {"after_due": "14d"}, send=["post"], term="14d"),
        send("final", {"term_expired": "notice"}, letter="final_demand", claims="all"),
        law="NL",
        kind="consumer",
        calendar=HOURS,
    )
    lived = life(rules=silent).live("2026-12-31")
    assert costs(lived, "2026-12-31") == "0.00"
    assert [str(s.costs) for s in lived.case.taken] == ["None", "0.00 EUR"]


def test_another_policy_in_mid_life_does_not_open_the_gate() -> None:
    # Under the other ladder the same step announces costs; the letter that went out did not.
    lived = life(rules=ladder(charge_costs="never")).live("2026-10-20")
    lived.policy = ladder()
    assert costs(lived, "2026-12-31") == "0.00"


def test_a_final_demand_never_asks_for_more_than_the_letter_announced() -> None:
    lived = life().live("2026-10-20")
    letter = in_force_cost_notice(lived.case)
    assert letter is not None and letter.announced_costs == eur("150.00")
    lived.live("2026-11-04")
    final = lived.case.taken[-1]
    assert (final.step, final.costs) == ("final", eur("150.00"))


def test_at_the_hand_off_means_not_before_it() -> None:
    lived = life(rules=ladder(charge_costs="at_handoff")).live("2026-11-10")
    assert costs(lived, "2026-11-10") == "0.00"
    lived.live("2026-11-30")
    taken = next(x for x in lived.facts if isinstance(x, f.StepTaken) and x.step == "handoff")
    assert taken.costs == eur("150.00")


def test_what_was_asked_and_paid_inside_the_term_leaves_no_costs_and_the_interest_is_waived() -> None:
    lived = life().live("2026-10-20")
    lived.hear("payment_received", {"id": "p1", "amount": "1000.00", "credited_on": "2026-10-20"})
    lived.live("2026-12-31")
    closed = next(x for x in lived.facts if isinstance(x, f.CaseClosed))
    # 1000 × 4% × 20/365 = 2.19
    assert (closed.reason, closed.waived) == (f.CloseReason.PAID, eur("2.19"))


def test_principal_paid_a_day_late_does_not_make_costs_forgotten() -> None:
    lived = life().live("2026-11-03")
    lived.at("2026-11-05").hear("payment_received", {"id": "p1", "amount": "1000.00", "credited_on": "2026-11-03"})
    lived.live("2026-11-06")
    # Costs 150.00, interest 1000 × 4% × 34/365 = 3.73: by 6:44 the principal has 153.73 left.
    claim = claim_of(lived.case, lived.policy, day("2026-11-03"))
    assert (claim.open, claim.total, lived.case.closed) == (eur("153.73"), eur("153.73"), None)


@pytest.mark.parametrize(("below", "closed"), [("200.00", f.CloseReason.PAID), ("25.00", None)])
def test_small_extras_are_waived_as_the_policy_says(below: str, closed: f.CloseReason | None) -> None:
    rules = ladder(remainder={"extras_below": below})
    lived = life(rules=rules).live("2026-11-03")
    lived.at("2026-11-05").hear("payment_received", {"id": "p1", "amount": "1000.00", "credited_on": "2026-11-03"})
    lived.live("2026-11-05")
    assert lived.case.closed is closed
    lived.live("2027-06-30")
    assert lived.case.closed in (closed, f.CloseReason.HANDED_OFF), "and it stays closed, whatever the day"


# Learned later ----------------------------------------------------------------------------------------------


def test_a_payment_inside_the_term_learned_after_a_cost_letter_undoes_it_and_the_debtor_is_told() -> None:
    lived = life().live("2026-11-04")
    assert lived.case.taken[-1].costs == eur("150.00")
    lived.at("2026-11-06").hear("payment_received", {"id": "p1", "amount": "1000.00", "credited_on": "2026-11-02"})
    lived.live("2026-11-30")
    undone = [x for x in lived.facts if isinstance(x, f.GateUndone)]
    assert [(x.step, x.claimed, x.due) for x in undone] == [("final", eur("150.00"), eur("0.00"))]
    # Fri 6 November is a sending day.
    assert lived.steps[-1] == "2026-11-06 apology"
    assert lived.case.closed is f.CloseReason.PAID
    assert costs(lived, "2026-11-30") == "0.00"


def test_a_correction_after_everything_was_paid_gives_the_costs_back() -> None:
    lived = life(consumer("800.00")).live("2026-11-04")
    # 800 × 4% × 36/365 = 3.16 and 120.00.
    lived.at("2026-11-05").hear("payment_received", {"id": "p1", "amount": "923.16", "credited_on": "2026-11-05"})
    lived.live("2026-11-09").at("2026-11-10").hear("invoice_credited", {"id": "c1", "amount": "100.00"})
    lived.live("2026-11-30")
    claim = claim_of(lived.case, lived.policy, day("2026-11-10"))
    # 700 × 4% × 36/365 = 2.76 was owed beside the principal: 923.16 − 702.76.
    assert (claim.costs, claim.total, claim.overpaid) == (eur("0.00"), eur("0.00"), eur("220.40"))
    assert lived.case.closed is f.CloseReason.PAID and lived.open_tasks() == ["overpayment"]


def test_costs_claimed_after_a_letter_that_came_back_later_are_taken_back() -> None:
    lived = life().live("2026-11-04")
    lived.at("2026-11-05").hear("delivery_reported", {"key": "F-1/notice/1/post", "status": "returned"})
    lived.live("2026-11-12")
    assert [(x.step, x.claimed, x.due) for x in lived.facts if isinstance(x, f.GateUndone)] == [
        ("final", eur("150.00"), eur("0.00"))
    ]
    assert "2026-11-05 apology" in lived.steps and costs(lived, "2026-11-12") == "0.00"


def test_no_apology_when_nothing_was_claimed_wrongly() -> None:
    lived = life().live("2026-11-04")
    lived.at("2026-11-06").hear("payment_received", {"id": "p1", "amount": "1153.84", "credited_on": "2026-11-06"})
    lived.live("2026-11-30")
    assert not [x for x in lived.facts if isinstance(x, f.GateUndone)]
    assert lived.case.closed is f.CloseReason.PAID


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "correction"}, "corrected"),
        ("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "return"}, "corrected"),
        ("payment_received", {"id": "p1", "amount": "200.00", "credited_on": "2026-10-13"}, "paid_before"),
        ("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "rebate"}, None),
        ("payment_received", {"id": "p1", "amount": "200.00", "credited_on": "2026-10-14"}, None),
    ],
)
def test_a_correction_voids_the_letter_and_a_payment_does_not(
    name: str, content: dict[str, str], reason: str | None
) -> None:
    lived = life().live("2026-10-18")
    lived.at("2026-10-19").hear(name, content)
    lived.live("2026-10-30")
    assert [x.reason for x in lived.facts if isinstance(x, f.LetterVoided)] == ([reason] if reason else [])
    notices = [s for s in lived.steps if "notice" in s]
    # Monday 19 October; the next sending day is the 20th.
    assert notices == ["2026-10-14 notice"] + (["2026-10-20 notice #2"] if reason else [])


def test_a_void_letter_starts_a_full_new_term_and_what_hung_on_it_is_given_again() -> None:
    lived = life().live("2026-11-04")
    lived.at("2026-11-05").hear("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "correction"})
    assert costs(lived.live("2026-11-05"), "2026-11-06") == "0.00"
    lived.live("2026-11-30")
    # Posted Thu 5 Nov, received Tue 10 (Fri, Sat, Tue), E Tue 24, G Thu 26.
    assert lived.steps[-3:] == ["2026-11-04 final", "2026-11-05 notice #2", "2026-11-26 final #2"]
    assert lived.case.taken[-1].costs == eur("120.00")


def test_a_reversed_payment_inside_the_term_brings_a_new_letter_and_one_after_it_keeps_the_costs() -> None:
    inside, after = life().live("2026-10-20"), life().live("2026-11-04")
    inside.hear("payment_received", {"id": "p1", "amount": "1000.00", "credited_on": "2026-10-20"})
    inside.live("2026-11-09").at("2026-11-10").hear("payment_reversed", {"payment": "p1"})
    inside.live("2026-11-12")
    assert inside.steps[-1] == "2026-11-10 notice #2" and costs(inside, "2026-11-12") == "0.00"
    after.at("2026-11-05").hear("payment_received", {"id": "p1", "amount": "1153.84", "credited_on": "2026-11-05"})
    after.live("2026-11-09").at("2026-11-10").hear("payment_reversed", {"payment": "p1"})
    after.live("2026-11-12")
    assert "notice #2" not in str(after.steps) and costs(after, "2026-11-12") == "150.00"


def test_a_person_may_ask_for_a_new_notice_with_a_reason() -> None:
    lived = life().live("2026-10-18")
    refused = lived.ask("reissue_notice", {"step": "reminder", "reason": "wrong address"})
    assert refused.refusal is not None and "in force: notice" in refused.refusal
    assert lived.ask("reissue_notice", {"reason": "wrong address"}).refusal is None
    lived.live("2026-10-30")
    assert [s for s in lived.steps if "notice" in s] == ["2026-10-14 notice", "2026-10-20 notice #2"]


def test_a_new_notice_never_leaves_on_the_day_of_the_former() -> None:
    lived = life().live("2026-10-13").at("2026-10-14", "09:00").live("2026-10-14")
    lived.at("2026-10-14", "10:00").ask("reissue_notice", {"reason": "wrong address"})
    lived.live("2026-10-20")
    assert [s for s in lived.steps if "notice" in s] == ["2026-10-14 notice", "2026-10-15 notice #2"]


@pytest.mark.parametrize("basis", list(TermBasis))
@pytest.mark.parametrize("law", ["NL", "BE"])
@pytest.mark.parametrize("kind", list(Kind))
def test_a_letter_that_was_right_when_it_left_is_sent_once(law: str, kind: Kind, basis: TermBasis) -> None:
    rules = policy(
        send("notice", {"after_due": "1d"}, send=["post"], announces=["costs"], term="14d"),
        law=law,
        kind=kind.value,
        calendar=HOURS,
    )
    inv = consumer(term_basis=basis, legal_status=LegalStatus.of_kind(kind))
    lived = Life(rules, inv, "2026-09-16").live("2027-03-31")
    letters = [t.legal for t in lived.case.taken]
    assert not any(t.void for t in lived.case.taken)
    assert len(letters) == (2 if letters[0] == "default_notice" else 1)


def test_reissuing_needs_a_reason_and_a_notice() -> None:
    lived = life()
    assert "reason" in (lived.ask("reissue_notice", {}).refusal or "")
    assert "in force: none" in (lived.ask("reissue_notice", {"reason": "new address"}).refusal or "")


# Default ----------------------------------------------------------------------------------------------------


def status(natural: str, business: str) -> LegalStatus:
    return LegalStatus(natural_person=YesNoUnknown(natural), in_business=YesNoUnknown(business))


@pytest.mark.parametrize(
    ("basis", "who", "received", "first"),
    [
        (TermBasis.AGREED, status("yes", "no"), None, "2026-10-01"),
        (TermBasis.AGREED, status("no", "yes"), None, "2026-10-01"),
        # BW 6:119a lid 2: 30 days after the start of the day after receipt; received 16 September.
        (TermBasis.PRINTED, status("no", "yes"), None, "2026-10-17"),
        (TermBasis.STATUTORY, status("no", "yes"), "2026-09-20", "2026-10-21"),
        (TermBasis.LARGE_COMPANY, status("no", "yes"), "2026-08-20", "2026-09-20"),
        # BW 6:82: a consumer needs a notice of default first.
        (TermBasis.PRINTED, status("yes", "no"), None, None),
        (TermBasis.PRINTED, status("unknown", "unknown"), None, None),
    ],
)
def test_default_follows_from_where_the_term_comes_from(
    basis: TermBasis, who: LegalStatus, received: str | None, first: str | None
) -> None:
    inv = consumer(term_basis=basis, legal_status=who, received_on=None if received is None else day(received))
    lived = Life(ladder(kind=None), inv, "2026-09-16")
    found = default_from(lived.case, lived.policy, PLAIN_TERMS)
    assert found == (None if first is None else day(first))


def test_a_consumer_with_a_printed_term_is_first_put_in_default() -> None:
    lived = life(consumer(term_basis=TermBasis.PRINTED)).live("2026-12-31")
    # Wed 14 Oct the notice of default: received Sat 17, E Mon 2 Nov, in default from the 3rd; G Wed 4 Nov: the letter.
    assert [s for s in lived.steps if "notice" in s] == ["2026-10-14 notice", "2026-11-04 notice #2"]
    assert [s.legal for s in lived.case.taken][1:3] == ["default_notice", "cost_notice"]
    assert default_from(lived.case, lived.policy, PLAIN_TERMS) == day("2026-11-03")
    assert lived.case.taken[1].announced_costs is None and lived.case.taken[2].announced_costs == eur("150.00")


def test_a_reminder_may_be_the_notice_of_default() -> None:
    rules = policy(
        send("reminder", {"after_due": "5d"}, default_term="14d"),
        send("notice", {"after_due": "14d"}, send=["post"], announces=["costs"], term="14d"),
        law="NL",
        kind="consumer",
        calendar=HOURS,
    )
    printed = life(consumer(term_basis=TermBasis.PRINTED), rules).live("2026-12-31")
    # Tue 6 Oct, received Fri 9 Oct, E Fri 23 Oct, G Tue 27 Oct.
    assert printed.steps == ["2026-10-06 reminder", "2026-10-27 notice"]
    assert [s.legal for s in printed.case.taken] == ["default_notice", "cost_notice"]
    agreed = life(rules=rules).live("2026-12-31")
    assert [s.legal for s in agreed.case.taken] == [None, "cost_notice"]


# The creditor's terms ---------------------------------------------------------------------------------------


def test_clauses_that_nobody_reviewed_keep_the_cost_letter_back() -> None:
    lived = life()
    lived.surroundings = Surroundings(terms=CreditorTerms(contract_rate=Decimal("4"), contract_rate_for_consumers=True))
    lived.live("2026-10-19").at("2026-10-20", "10:00")
    assert lived.steps == ["2026-10-06 reminder"] and lived.open_tasks() == ["review_terms"]
    assert [b.code for b in lived.decision.blockers] == ["terms_at_risk"]
    lived.surroundings = Surroundings(
        terms=CreditorTerms(
            contract_rate=Decimal("4"), contract_rate_for_consumers=True, clauses_reviewed_on=day("2026-10-21")
        )
    )
    lived.at("2026-10-21").hear("complete_task", {"task": "review_terms"})
    assert lived.live("2026-10-21").steps[-1] == "2026-10-21 notice"


def test_vat_comes_on_top_only_where_the_creditor_says_that_he_bears_it() -> None:
    lived = life()
    lived.surroundings = Surroundings(terms=CreditorTerms(vat_on_costs=True))
    lived.live("2026-11-04")
    # 150.00 and 21%.
    assert lived.case.taken[1].announced_costs == eur("181.50") == lived.case.taken[2].costs


def test_an_agreed_rate_holds_for_businesses_and_not_for_consumers_by_itself() -> None:
    surroundings = Surroundings(terms=CreditorTerms(contract_rate=Decimal("12")))
    business = Life(
        ladder(kind="business"),
        invoice("2026-09-16", "2026-09-30", "1000.00").model_copy(update={"term_basis": TermBasis.AGREED}),
    )
    on = day("2026-09-30") + timedelta(days=73)
    # 73 days are a fifth of a year.
    assert claim_of(business.case, business.policy, on, surroundings).interest == eur("24.00")
    assert claim_of(life().case, ladder(), on, surroundings).interest == eur("8.00")


# One consumer, one letter -----------------------------------------------------------------------------------


def sibling(number: str, due: str, rules: Policy | None = None) -> Life:
    return Life(rules or ladder(), consumer(due=due, number=number), "2026-09-30")


def test_a_letter_waits_for_an_invoice_in_default_that_is_on_hold() -> None:
    lived, other = life(), sibling("C-2", "2026-10-07")
    other.at("2026-10-08").hear("pause", {"until": "2026-10-22"})
    lived.surroundings = Surroundings(siblings=(Sibling("C-2", other.case, other.policy),))
    lived.live("2026-10-14").at("2026-10-15", "10:00")
    (blocker,) = lived.decision.blockers
    assert (blocker.code, blocker.until) == ("sibling_in_default", day("2026-10-22"))


@pytest.mark.parametrize(
    ("due", "happened"),
    [
        ("2026-10-14", None),  # not yet in default on the 14th
        ("2026-10-07", ("payment_received", {"amount": "1000.00"})),
        ("2026-10-07", ("write_off", {"amount": "1000.00"})),
    ],
)
def test_an_invoice_that_is_not_in_default_or_paid_holds_no_letter_back(
    due: str, happened: tuple[str, dict[str, str]] | None
) -> None:
    lived, other = life(), sibling("C-2", due)
    if happened:
        other.at("2026-10-08").hear(*happened)
    other.hear("pause")
    lived.surroundings = Surroundings(siblings=(Sibling("C-2", other.live("2026-10-13").case, other.policy),))
    assert lived.live("2026-10-15").steps[-1] == "2026-10-14 notice"


def test_a_reminder_of_the_day_is_left_when_a_letter_on_all_invoices_leaves() -> None:
    # C-2's reminder would come on Wed 14 October, the day of C-1's letter, which takes it in.
    lived, other = life(), sibling("C-2", "2026-10-09")
    lived.live("2026-10-13").at("2026-10-14", "09:00")
    other.at("2026-10-14", "09:00")
    other.surroundings = Surroundings(siblings=(Sibling("C-1", lived.case, lived.policy),))
    (blocker,) = other.decision.blockers
    assert (other.decision.step, blocker.code, blocker.until) == ("reminder", "joint_letter_today", day("2026-10-15"))
    other.surroundings = Surroundings()
    assert (other.decision.action, other.decision.step, other.decision.blockers) == ("send", "reminder", ())


def test_a_business_under_a_consumer_policy_is_treated_as_a_consumer() -> None:
    lived = Life(ladder(), consumer(legal_status=LegalStatus.of_kind(Kind.BUSINESS)), "2026-09-30").live("2026-11-04")
    # The ordinary rate: 1000 × 4% × 35/365 = 3.84.
    assert [s.legal for s in lived.case.taken][1] == "cost_notice"
    assert claim_of(lived.case, lived.policy, day("2026-11-04")).interest == eur("3.84")


def test_a_term_is_counted_by_the_creditors_own_mail() -> None:
    lived = life().live("2026-10-20")
    letter = in_force_cost_notice(lived.case)
    assert letter is not None
    slow = CreditorTerms.model_validate({"mail": [{"from": "2026-01-01", "days": 5}]})
    # Wed 14 Oct: Thu, Fri, Sat, Tue, Wed 21 Oct; + 14 = Wed 4 Nov; G Fri 6 Nov.
    term = term_of(letter, lived.case, lived.policy, slow)
    assert term is not None and (term.last_day, term.act_on) == (day("2026-11-04"), day("2026-11-06"))


# What is learned later of the term ----------------------------------------------------------------------------


def of_the_notice(lived: Life) -> list[tuple[str, int, bool]]:
    return [(t.on.isoformat(), t.issue, t.void) for t in lived.case.taken if t.step == "notice"]


def business_life(**changes: Any) -> Life:
    """Policy PB of practice.md without the call: the notice on Wed 30 Sep 2026, received Sat 3 Oct, E Sat 17 Oct."""
    rules = policy(
        send("reminder", {"after_due": "7d"}),
        send(
            "notice", {"after_due": "28d"}, send=["post"], claims="principal+interest", announces=["costs"], term="14d"
        ),
        hand_off({"term_expired": "notice"}),
        law="NL",
        kind="business",
        calendar=HOURS,
    )
    inv = invoice("2026-08-03", "2026-09-02", "2420.00", Kind.BUSINESS).model_copy(
        update={"term_basis": TermBasis.AGREED, **changes}
    )
    return Life(rules, inv, "2026-09-02")


def test_a_due_date_moved_beyond_the_letter_voids_it_for_he_was_not_in_default() -> None:
    # The letter must come after default began (BW 6:96 lid 6; practice.md, struck down no. 1).
    lived = life().live("2026-10-20")
    lived.hear("change_due_date", {"due": "2026-10-28", "actor": "desk"})
    lived.live("2026-11-10")
    # Letter 1 of 14 Oct is void: no costs on 3 Nov, when it would have run out. The next is on day 14 from the new due.
    assert of_the_notice(lived) == [("2026-10-14", 1, True)]
    assert costs(lived, "2026-11-10") == "0.00"
    lived.live("2026-11-11")
    assert of_the_notice(lived)[1:] == [("2026-11-11", 2, False)]


def test_a_due_date_moved_before_the_letter_leaves_it_in_force() -> None:
    lived = life().live("2026-10-20")
    lived.hear("change_due_date", {"due": "2026-10-13", "actor": "desk"})
    assert of_the_notice(lived.live("2026-10-21")) == [("2026-10-14", 1, False)]


def test_a_business_notice_from_before_the_new_due_date_is_given_again_and_nothing_is_handed_off() -> None:
    lived = business_life().live("2026-10-06")
    lived.hear("change_due_date", {"due": "2026-12-01", "actor": "desk"})
    lived.live("2026-12-29")
    assert of_the_notice(lived) == [("2026-09-30", 1, True), ("2026-12-29", 2, False)]
    assert not lived.case.handed_off
    assert costs(lived, "2026-12-29") == "0.00"


def test_a_payment_inside_a_business_notice_that_is_taken_back_brings_a_new_notice_and_then_costs() -> None:
    # practice.md, "Reversal judges the gates anew": paid inside the term, so no costs until a new one ran out.
    lived = business_life().live("2026-10-06")
    lived.hear("payment_received", {"amount": "2420.00", "id": "p1", "credited_on": "2026-10-06"})
    lived.at("2026-10-28").hear("payment_reversed", {"payment": "p1", "id": "r1"})
    lived.live("2026-10-29")
    assert of_the_notice(lived) == [("2026-09-30", 1, True), ("2026-10-28", 2, False)]
    # Posted Wed 28 Oct, received Sat 31 Oct, E Sat 14 Nov.
    assert [costs(lived, on) for on in ("2026-11-14", "2026-11-15")] == ["0.00", "363.00"]


def test_an_imported_letter_is_void_when_it_came_before_default_or_the_invoice_is_corrected() -> None:
    early = History(last_step="notice", notice_posted_on=day("2026-09-22"), notice_received_on=day("2026-09-24"))
    before = Life(ladder(), consumer(), "2026-10-13", history=early)
    assert of_the_notice(before.live("2026-10-14")) == [("2026-09-22", 1, True), ("2026-10-14", 2, False)]
    good = History(last_step="notice", notice_posted_on=day("2026-10-06"), notice_received_on=day("2026-10-08"))
    corrected = Life(ladder(), consumer(), "2026-10-13", history=good)
    corrected.hear("invoice_credited", {"amount": "200.00", "kind": "correction", "id": "c1"})
    assert of_the_notice(corrected.live("2026-10-14")) == [("2026-10-06", 1, True), ("2026-10-14", 2, False)]


def test_a_business_owes_no_costs_before_it_is_in_default_whatever_the_term_of_the_notice() -> None:
    # Printed term, received 3 Sep: default 30 days after the start of 4 Sep, so from 4 Oct (BW 6:119a lid 2).
    lived = Life(
        policy(send("notice", {"after_due": "1d"}, send=["post"], announces=["costs"], term="5d"), law="NL"),
        invoice("2026-09-03", "2026-09-04", "1000.00", Kind.BUSINESS).model_copy(
            update={"term_basis": TermBasis.PRINTED, "received_on": day("2026-09-03")}
        ),
        "2026-09-04",
    ).live("2026-09-20")
    assert [costs(lived, on) for on in ("2026-10-03", "2026-10-04")] == ["0.00", "150.00"]


@pytest.mark.parametrize("catch_up", ["latest", "skip"])
def test_no_catching_up_hands_a_consumer_off_without_his_final_demand(catch_up: str) -> None:
    # practice.md, hand-off: before it, a consumer gets a final demand, at least seven days.
    lived = life(rules=ladder(catch_up=catch_up)).live("2026-10-14").at("2026-12-01").live("2026-12-31")
    assert [(t.step, t.on.isoformat()) for t in lived.case.taken[2:]] == [
        ("final", "2026-12-01"),
        ("handoff", "2026-12-11"),
    ]


def test_what_is_shown_as_open_is_what_is_claimed_when_money_comes_on_the_day_of_the_notice() -> None:
    lived = Life(
        policy(
            send("notice", {"after_due": "28d"}, send=["post"], claims="all", announces=["costs"], term="14d"),
            law="NL",
            charge_40="with_notice",
            calendar=HOURS,
        ),
        invoice("2026-08-03", "2026-09-02", "500.00", Kind.BUSINESS).model_copy(
            update={"term_basis": TermBasis.AGREED}
        ),
        "2026-09-02",
    ).live("2026-09-30")
    lived.hear("payment_received", {"amount": "500.00", "id": "p1", "credited_on": "2026-09-30"})
    # The 40.00 and 28 days of interest, 500 x 10.4% x 28/365 = 3.99, were paid first (BW 6:44).
    on = day("2026-09-30")
    assert open_on(lived.case, lived.policy, on, lived.surroundings) == eur("43.99")
    assert claim_of(lived.case, lived.policy, on, lived.surroundings).open == eur("43.99")


def test_a_consumer_who_owes_another_currency_gets_a_notice_without_costs() -> None:
    # The scale of the decree is in euros (BIK art. 2): nothing is announced and nothing is owed.
    lived = life(consumer(amount=Money(Decimal("1000.00"), "USD"))).live("2026-12-31")
    notice = next(t for t in lived.case.taken if t.step == "notice")
    assert (notice.legal, notice.announced_costs) == ("notice", None)
    assert costs(lived, "2026-12-31") == "0.00"


def test_no_letter_asks_for_an_invoice_that_is_paid_when_only_interest_is_left() -> None:
    claims_interest = {"interest_only": "claim", "extras_below": "0.00"}
    lived = life(rules=ladder(remainder=claims_interest)).live("2026-10-08")
    lived.hear("payment_received", {"amount": "1000.00", "id": "p1", "credited_on": "2026-10-08"})
    lived.live("2026-12-31")
    assert lived.steps == ["2026-10-06 reminder"]
    assert [step for _, step in lived.passed] == ["notice", "final", "handoff"]
    assert lived.open_tasks() == ["decide_next"]


def test_a_belgian_notice_by_post_ends_on_the_day_that_it_names() -> None:
    # It says: eight days from the day after delivery. Registered on Tue 27 Oct 2026, presumed delivered on the third
    # working day, Fri 30 Oct: the eighth day is Sat 7 Nov. The 40.00 for a late invoice come after it.
    rules = policy(
        send("notice", {"after_due": "20d"}, send=["registered"], claims="all", announces=["costs"], term="8d"),
        law="BE",
        calendar={**HOURS, "holidays": "BE", "zone": "Europe/Brussels"},
    )
    inv = invoice("2026-09-05", "2026-10-07", "400.00", Kind.BUSINESS).model_copy(
        update={"term_basis": TermBasis.AGREED}
    )
    lived = Life(rules, inv, "2026-10-07").live("2026-10-28")
    assert [costs(lived, on) for on in ("2026-11-07", "2026-11-08")] == ["0.00", "40.00"]


def test_a_notice_from_before_the_scale_owes_no_costs_and_says_so() -> None:
    # The decree on collection costs applies from 1 July 2012.
    old = History(last_step="notice", notice_posted_on=day("2011-03-01"), notice_received_on=day("2011-03-03"))
    inv = consumer().model_copy(update={"invoice_date": day("2011-01-01"), "due": day("2011-02-01")})
    lived = Life(ladder(), inv, "2026-10-01", history=old).live("2026-10-02")
    claim = claim_of(lived.case, lived.policy, day("2026-10-02"), lived.surroundings)
    assert claim.costs.is_zero
    assert [remark for remark in claim.remarks if remark.startswith("no collection costs are counted")]
