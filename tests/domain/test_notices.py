"""What letters do in law: default, the 14-day letter, and that nothing passes a gate."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain import facts as f
from domain.claims.claim import claim_of
from domain.invoice import Kind, LegalStatus, TermBasis, YesNoUnknown
from domain.notices import default_from, in_force_cost_notice, term_of
from domain.policy import Policy
from domain.surroundings import Sibling, Surroundings
from domain.terms import PLAIN_TERMS, CreditorTerms
from tests.domain.builders import Life, day, eur, invoice, policy, send
from tests.domain.cost_ladder import HOURS, consumer, costs, ladder, life


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
