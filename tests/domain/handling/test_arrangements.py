"""Handling arrangements: what may be agreed, what it holds, how it ends, and what debtors misuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain import facts as f
from domain.arrangements import schedule_of
from domain.blockers import HoldKind
from domain.correspondence import still_owed
from domain.handoffs.others_with_partner import WithPartner
from domain.invoice import Kind
from domain.policy_parts import Arrangements, Authority
from domain.reactions.deadlines import deadlines
from domain.reactions.react import react
from domain.reactions.sending import step_taken
from domain.tasks import TaskKind
from tests.domain.builders import Life, consumer_ladder, eur, hand_off, invoice, policy, send

LADDER = policy(
    send("reminder", {"after_due": 7}),
    send("second", {"after_due": 14}),
    send("notice", {"after_due": 21}, term=14),
    send("last", {"after_due": 60}),
    hand_off({"term_expired": "notice"}),
)
TWO = [{"due": "2026-03-16", "amount": "500.00"}, {"due": "2026-04-16", "amount": "500.00"}]


def life(ladder: Any = LADDER, until: str = "2026-03-05", inv: Any = None, **rules: Any) -> Life:
    lived = Life(ladder.model_copy(update={"arrangements": Arrangements(**rules)}) if rules else ladder, inv)
    lived.live(until)
    return lived


def consumer(until: str = "2026-03-05", **rules: Any) -> Life:
    return life(consumer_ladder(), until, invoice(kind=Kind.CONSUMER), **rules)


def agree(lived: Life, instalments: Any = TWO, **content: Any) -> Any:
    return lived.ask("agree_arrangement", {"arrangement": "a1", "instalments": instalments, "actor": "els", **content})


def refusal(heard: Any) -> str:
    assert heard.facts == ()
    return str(heard.refusal)


def holds(lived: Life) -> list[HoldKind]:
    return [hold.kind for hold in lived.case.holds_on(lived.today)]


def letters(lived: Life) -> list[tuple[str, str]]:
    return [(str(each.sent_on), each.letter) for each in lived.case.owing if each.sent_on is not None]


# What is agreed -------------------------------------------------------------------------------------------


def test_an_arrangement_its_hold_and_its_letter_are_recorded_together() -> None:
    assert [type(fact) for fact in agree(life()).facts] == [f.ArrangementAgreed, f.HoldPlaced, f.LetterOwed]


def test_the_same_arrangement_twice_counts_once_and_another_of_that_name_is_refused() -> None:
    lived = life()
    agree(lived)
    assert agree(lived).facts == () and agree(lived).refusal is None
    assert "a1 is on record already" in refusal(agree(lived, [{"due": "2026-03-16", "amount": "1000.00"}]))
    assert "a1 stands" in refusal(agree(lived, arrangement="a2"))


@pytest.mark.parametrize(
    ("instalments", "says"),
    [
        ([{"due": "2026-03-16", "amount": "999.99"}], "come to 999.99, but 1000.00 is owed"),
        ([{"due": "2026-04-16", "amount": "500.00"}, {"due": "2026-03-16", "amount": "500.00"}], "the first one first"),
        ([{"due": "2026-03-16", "amount": "500.00"}, {"due": "2026-03-16", "amount": "500.00"}], "different days"),
        ([{"due": "2026-03-01", "amount": "1000.00"}], "before the day of agreeing"),
        # Endless plan talks: the first one within two weeks.
        ([{"due": "2026-03-20", "amount": "1000.00"}], "falls due in 14 days, by 2026-03-19"),
        ([{"due": "2026-03-16", "amount": "10.00"}, {"due": "2026-04-16", "amount": "990.00"}], "below 25.00"),
        (
            [{"due": "2026-03-16", "amount": "500.00"}, {"due": "2027-03-06", "amount": "500.00"}],
            "12 months, to 2027-03-05",
        ),
    ],
)
def test_what_may_not_be_agreed_says_what_may(instalments: Any, says: str) -> None:
    assert says in refusal(agree(life(), instalments))


def test_whoever_signs_for_it_may_agree_more_than_the_policy() -> None:
    late = [{"due": "2026-03-25", "amount": "500.00"}, {"due": "2027-05-06", "amount": "500.00"}]
    assert agree(life(), late, signed_off_by="mr. dijk").refusal is None


def test_the_last_instalment_may_be_small() -> None:
    small = [{"due": "2026-03-16", "amount": "990.00"}, {"due": "2026-04-16", "amount": "10.00"}]
    assert agree(life(), small).refusal is None


def test_authority_is_by_who_notes_it_and_by_amount() -> None:
    rules: dict[str, Any] = {"authority": Authority(debtor="0.00", staff="800.00")}  # type: ignore[arg-type]
    assert "the debtor himself may agree instalments up to 0.00" in refusal(agree(life(**rules), actor="debtor"))
    assert "els may agree instalments up to 800.00" in refusal(agree(life(**rules)))
    assert agree(life(**rules), signed_off_by="chief").refusal is None


def test_a_sum_that_is_neither_the_principal_nor_the_whole_claim_is_refused_naming_both() -> None:
    lived = life(policy(send("notice", {"after_due": 21}, term=14), law="NL", kind="business"), "2026-04-30")
    said = refusal(agree(lived, [{"due": "2026-05-04", "amount": "1001.00"}]))
    # No term was agreed, so interest runs from 4 March, 31 days after receipt: 1000 x 10.15 % x 58 / 365 = 16.13.
    # Costs of 150.00 are due since the notice ran out.
    assert "1166.13 is owed (1000.00 of principal, 16.13 of interest, 150.00 of costs), or 1000.00 without" in said
    assert agree(lived, [{"due": "2026-05-04", "amount": "1166.13"}]).refusal is None


def test_what_is_settled_or_handed_off_is_not_arranged() -> None:
    paid = life()
    paid.hear("payment_received", {"amount": "1000.00"})
    paid.live("2026-03-06")
    assert "closed (paid)" in refusal(agree(paid))
    assert "the agency agrees instalments" in refusal(agree(life(until="2026-05-01")))


# Consumers ------------------------------------------------------------------------------------------------


def test_a_consumer_pays_no_interest_for_it_and_has_a_year_at_most() -> None:
    lived = consumer()
    assert "frozen, not reserved" in refusal(agree(lived, interest="reserved"))
    assert "2026-11-20" in refusal(agree(lived, interest="runs"))
    long = [{"due": "2026-03-16", "amount": "500.00"}, {"due": "2027-03-16", "amount": "500.00"}]
    assert "12 months at most" in refusal(agree(consumer(longest=24), long))
    agree(lived)
    assert lived.case.arrangements[-1].interest == "frozen"


@pytest.mark.parametrize("how", [{"signed_off_by": "legal"}, {}])
def test_a_legal_sign_off_in_the_message_or_the_policy_allows_it(how: dict[str, str]) -> None:
    lived = consumer(**({} if how else {"legal_sign_off": "mr. dijk, 2026-01-05"}))
    assert agree(lived, interest="reserved", **how).refusal is None
    assert lived.case.arrangements[-1].signed_off_by


def test_silence_on_interest_means_that_it_runs() -> None:
    lived = life()
    agree(lived)
    assert lived.case.arrangements[-1].interest == "runs"


# Proposals ------------------------------------------------------------------------------------------------


def test_a_proposal_holds_a_week_and_lapses_by_itself() -> None:
    lived = life()
    lived.hear("arrangement_proposed", {"note": "100 a month?"})
    assert holds(lived) == [HoldKind.ARRANGEMENT_PROPOSED]
    assert lived.open_tasks() == [TaskKind.ANSWER_PROPOSAL]
    lived.live("2026-03-12")
    assert holds(lived) == []


def test_a_second_proposal_of_the_debtor_holds_nothing() -> None:
    lived = life()
    lived.hear("arrangement_proposed", {})
    lived.live("2026-03-20")
    lived.hear("arrangement_proposed", {"id": "again"})
    assert holds(lived) == []
    lived.hear("arrangement_proposed", {"id": "noted", "actor": "els"})
    assert holds(lived) == [HoldKind.ARRANGEMENT_PROPOSED]


def test_who_answers_that_nothing_is_agreed_ends_the_hold_and_who_agrees_it_too() -> None:
    lived = life()
    lived.hear("arrangement_proposed", {})
    lived.ask("complete_task", {"task": "answer_proposal", "outcome": "no", "actor": "els"})
    assert (holds(lived), lived.open_tasks()) == ([], [])
    agreed = life()
    agreed.hear("arrangement_proposed", {})
    agree(agreed)
    assert (holds(agreed), agreed.open_tasks()) == ([HoldKind.ARRANGEMENT], [])


# While it stands ------------------------------------------------------------------------------------------


def test_nothing_of_the_ladder_leaves_while_it_stands_and_each_instalment_is_reminded_of() -> None:
    lived = life()
    agree(lived)
    lived.live("2026-03-15")
    lived.hear("payment_received", {"id": "p1", "amount": "500.00"})
    lived.live("2026-04-15")
    assert lived.steps == []
    assert (
        letters(lived)
        == [
            ("2026-03-05", "arrangement_confirmation"),
            ("2026-03-11", "instalment_reminder"),
            ("2026-04-11", "instalment_reminder"),
        ]
        or letters(lived)[0][1] == "arrangement_confirmation"
    )


def test_payments_go_to_instalments_in_their_order_early_and_in_part() -> None:
    lived = life()
    agree(lived)
    lived.hear("payment_received", {"id": "p1", "amount": "600.00"})
    rows = schedule_of(lived.case.arrangements[-1], lived.case.ledger)
    assert [(row.paid, row.open) for row in rows] == [(eur("500.00"), eur("0.00")), (eur("100.00"), eur("400.00"))]


def test_a_credit_makes_the_last_instalment_smaller_and_not_the_first_one_late() -> None:
    lived = life()
    agree(lived)
    lived.hear("invoice_credited", {"id": "c1", "amount": "200.00", "kind": "rebate"})
    rows = schedule_of(lived.case.arrangements[-1], lived.case.ledger)
    assert [row.open for row in rows] == [eur("500.00"), eur("300.00")]


def test_a_reminder_that_was_not_sent_in_time_leaves_no_more() -> None:
    lived = life()
    agree(lived, [{"due": "2026-03-15", "amount": "1000.00"}])
    # Sunday 15 March; it is asked for on Tuesday, and nobody is awake until Monday.
    lived.at("2026-03-10", "00:10")
    lived.add(*react(lived.case, lived.policy, lived.surroundings, lived.now).facts)
    assert [owed.letter for owed in still_owed(lived.case)] == ["arrangement_confirmation", "instalment_reminder"]
    lived.at("2026-03-16", "00:00").live("2026-03-16")
    dropped = [fact for fact in lived.facts if isinstance(fact, f.LetterDropped)]
    assert [(fact.letter, fact.reason) for fact in dropped] == [("instalment_reminder", "its day is over")]


@pytest.mark.parametrize("hold", ["pause", "dispute"])
def test_nothing_is_asked_and_nothing_breaks_while_it_is_paused_or_disputed(hold: str) -> None:
    lived = life()
    agree(lived)
    if hold == "pause":
        lived.hear("pause", {})
    else:
        lived.hear("dispute_raised", {"dispute": "d1", "reason": "damaged", "actor": "els"})
    lived.live("2026-03-26")
    assert lived.case.arrangement is not None
    assert "instalment_missed" not in [owed.letter for owed in lived.case.owing]
    lived.hear("resume", {}) if hold == "pause" else lived.hear("dispute_resolved", {"outcome": "withdrawn"})
    lived.live("2026-03-27")
    assert lived.case.arrangements[-1].outcome == "broken"


def test_instalments_are_due_as_agreed_while_a_partner_has_another_invoice_of_the_debtor() -> None:
    lived = life()
    agree(lived)
    lived.surroundings = replace(lived.surroundings, with_partner=WithPartner(date(2026, 3, 6)))
    lived.at("2026-03-06").live("2026-03-19")
    # Monday 16 March and three banking days: it is broken on Friday, and not before.
    assert holds(lived) == [HoldKind.ARRANGEMENT, HoldKind.SIBLING_WITH_PARTNER]
    assert lived.decision.at == lived.policy.sending_calendar.early(date(2026, 3, 20))
    lived.live("2026-03-20")
    assert (lived.case.arrangements[-1].outcome, holds(lived)) == ("broken", [HoldKind.SIBLING_WITH_PARTNER])
    assert letters(lived)[-1] == ("2026-03-20", "arrangement_default")
    assert lived.open_tasks() == ["let_follow"]


def test_a_consumer_is_warned_while_a_partner_has_another_invoice_of_his_and_has_the_same_fourteen_days() -> None:
    beside, alone = consumer(), consumer()
    for lived in (beside, alone):
        agree(lived)
    beside.surroundings = replace(beside.surroundings, with_partner=WithPartner(date(2026, 3, 6)))
    for lived in (beside, alone):
        lived.at("2026-03-06").live("2026-04-30")
    ended = [(each.outcome, each.ended_on, [w.on for w in each.warnings]) for each in beside.case.arrangements]
    assert ended == [(each.outcome, each.ended_on, [w.on for w in each.warnings]) for each in alone.case.arrangements]
    assert ended[0][0] == "broken" and len(ended[0][2]) == 1
    told = [each for each in letters(beside) if each[0] > "2026-03-06"]
    assert [letter for _, letter in told] == ["arrangement_default", "arrangement_default"]


def test_a_notice_that_was_on_its_way_starts_no_term() -> None:
    lived = life(until="2026-03-16")
    agree(lived, [{"due": "2026-03-30", "amount": "1000.00"}])
    taken = step_taken(
        lived.case, lived.policy, LADDER.steps[2], 1, lived.now, channels=("email",), message="F-1/notice/1"
    )
    lived.add(taken)
    lived.live("2026-03-17")
    assert [letter.void_for for letter in lived.case.taken if letter.step == "notice"] == ["arranged"]


def test_the_limitation_runs_anew_from_the_last_instalment_that_was_acknowledged() -> None:
    law = policy(send("notice", {"after_due": 300}, term=14), law="NL", kind="business")
    days = {}
    for acknowledges in (True, False):
        lived = life(law)
        agree(lived, acknowledges=acknowledges)
        found = deadlines(lived.case, law, lived.surroundings.terms)
        days[acknowledges] = next(str(each.day) for each in found if each.kind == "limitation")
    # Five years: from 16 April 2026 (BW 3:318, 3:319), or from 1 March 2026.
    assert days == {True: "2031-04-16", False: "2031-03-01"}


def test_all_paid_closes_the_case() -> None:
    lived = life()
    agree(lived)
    lived.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    lived.live("2026-03-10")
    assert lived.case.closed is f.CloseReason.PAID
    assert (lived.case.arrangements[-1].outcome, holds(lived)) == ("kept", [])


def test_a_payment_that_is_taken_back_opens_its_instalment_with_the_grace_of_that_day() -> None:
    lived = life()
    agree(lived)
    lived.hear("payment_received", {"id": "p1", "amount": "500.00"})
    lived.live("2026-03-25")
    lived.hear("payment_reversed", {"id": "r1", "payment": "p1"})
    lived.live("2026-03-30")
    assert lived.case.arrangement is not None
    # Wednesday 25 March and three banking days: Monday 30 March.
    lived.live("2026-03-31")
    assert lived.case.arrangements[-1].outcome == "broken"


def test_a_payment_taken_back_after_all_were_paid_makes_it_stand_again() -> None:
    lived = life()
    agree(lived)
    lived.hear("payment_received", {"id": "p1", "amount": "1000.00"})
    lived.live("2026-03-10")
    lived.hear("payment_reversed", {"id": "r1", "payment": "p1"})
    lived.live("2026-03-10")
    assert lived.case.arrangement is not None and lived.case.closed is None
    assert holds(lived) == [HoldKind.ARRANGEMENT]


def test_small_payments_move_no_day() -> None:
    lived = life()
    agree(lived)
    for number, on in enumerate(("2026-03-16", "2026-03-17", "2026-03-18"), start=1):
        lived.live(on)
        lived.hear("payment_received", {"id": f"p{number}", "amount": "1.00"})
    lived.live("2026-03-20")
    assert str(lived.case.arrangements[-1].ended_on) == "2026-03-20"


def test_the_bank_must_cover_the_grace_before_it_counts_as_missed() -> None:
    lived = life()
    agree(lived)
    lived.surroundings = replace(lived.surroundings, bank_covered_until=date(2026, 3, 17))
    lived.live("2026-03-25")
    assert lived.case.arrangement is not None
    lived.surroundings = replace(lived.surroundings, bank_covered_until=date(2026, 3, 19))
    lived.live("2026-03-26")
    assert lived.case.arrangements[-1].outcome == "broken"


# After it -------------------------------------------------------------------------------------------------


def test_before_the_term_ran_out_the_letter_is_spent_and_given_again_and_the_first_reminder_never() -> None:
    lived = life(until="2026-03-25")
    assert [step.split()[1] for step in lived.steps] == ["reminder", "second", "notice"]
    heard = agree(lived, [{"due": "2026-04-01", "amount": "1000.00"}])
    assert [fact.reason for fact in heard.facts if isinstance(fact, f.LetterVoided)] == ["arranged"]
    lived.live("2026-05-31")
    # Grace: 2, 7 and 8 April (Good Friday, Easter Monday); broken on the 9th; a week's respite.
    assert [step for step in lived.steps if "notice" in step] == ["2026-03-22 notice", "2026-04-17 notice #2"]
    assert [step.split()[1] for step in lived.steps].count("reminder") == 1


def test_after_the_term_ran_out_it_goes_on_after_the_last_step() -> None:
    ladder = policy(
        send("reminder", {"after_due": 7}),
        send("notice", {"after_due": 21}, term=14),
        send("last", {"after_due": 45}),
        send("very_last", {"after_due": 90}),
    )
    lived = life(ladder, "2026-04-12")
    agree(lived, [{"due": "2026-04-20", "amount": "1000.00"}])
    lived.live("2026-06-30")
    assert lived.steps == ["2026-03-08 reminder", "2026-03-22 notice", "2026-05-02 last", "2026-05-30 very_last"]


def test_an_arrangement_before_any_step_is_followed_by_the_letter_with_a_term() -> None:
    lived = life()
    agree(lived)
    lived.live("2026-03-31")
    assert [step.split()[1] for step in lived.steps] == ["notice"]
    assert [step for _, step in lived.passed] == ["reminder", "second"]


def test_the_policy_names_the_step_at_which_it_goes_on_but_none_that_others_need_is_left_out() -> None:
    lived = life(broken="second")
    agree(lived)
    lived.live("2026-03-31")
    assert lived.steps[0].split()[1] == "second"
    jumps = life(broken="handoff")
    agree(jumps)
    jumps.live("2026-03-31")
    assert [step.split()[1] for step in jumps.steps] == ["notice"]


def test_a_consumer_is_warned_and_has_fourteen_days_from_receipt() -> None:
    lived = consumer()
    agree(lived)
    lived.live("2026-04-30")
    warned = next(fact for fact in lived.facts if isinstance(fact, f.ArrangementWarned))
    broken = next(fact for fact in lived.facts if isinstance(fact, f.ArrangementBroken))
    # Due Monday 16 March, grace to Thursday 19; warned on Friday 20; received Wednesday 25; E 8 April; G Friday 10.
    assert (str(warned.on), str(broken.on)) == ("2026-03-20", "2026-04-10")


def test_a_consumer_who_pays_what_he_missed_goes_on_and_is_warned_anew_the_next_time() -> None:
    lived = consumer()
    agree(lived)
    lived.live("2026-03-24")
    lived.hear("payment_received", {"id": "p1", "amount": "500.00"})
    lived.live("2026-04-23")
    assert lived.case.arrangement is not None
    assert [warned.missed for warned in lived.case.arrangement.warnings] == [(1,), (2,)]


def test_it_ends_by_agreement_and_the_debtor_is_told() -> None:
    lived = life()
    agree(lived)
    heard = lived.ask("end_arrangement", {"actor": "els", "note": "he pays at once"})
    assert [type(fact) for fact in heard.facts if isinstance(fact, f.HoldLifted)] == [f.HoldLifted]
    lived.live("2026-03-31")
    assert "arrangement_ended" in [name for _, name in letters(lived)]
    assert lived.steps[0].split()[1] == "notice"
    assert "none stands" in refusal(lived.ask("end_arrangement", {"arrangement": "a2"}))
    assert lived.ask("end_arrangement", {"arrangement": "a1"}).refusal is None


def test_another_one_takes_its_place_for_what_is_owed_then() -> None:
    lived = life()
    agree(lived)
    lived.hear("payment_received", {"id": "p1", "amount": "300.00"})
    rest = [{"due": "2026-03-18", "amount": "350.00"}, {"due": "2026-05-18", "amount": "350.00"}]
    assert "come to 1000.00, but 700.00 is owed" in refusal(lived.ask("change_arrangement", {"instalments": TWO}))
    heard = lived.ask("change_arrangement", {"arrangement": "a2", "instalments": rest, "actor": "els"})
    assert heard.refusal is None
    assert [(each.id, each.outcome) for each in lived.case.arrangements] == [("a1", "changed"), ("a2", None)]
    assert holds(lived) == [HoldKind.ARRANGEMENT]


@pytest.mark.parametrize(
    "content",
    [{}, {"instalments": []}, {"instalments": [{"due": "soon", "amount": "1.00"}]}, {"instalments": "monthly"}],
)
def test_what_can_not_be_read_is_kept_in_quarantine(content: dict[str, object]) -> None:
    heard = life().hear("arrangement_agreed", content)
    assert [type(fact) for fact in heard.facts] == [f.MessageQuarantined]


def test_another_currency_is_refused() -> None:
    assert "USD for an invoice in EUR" in refusal(agree(life(), currency="USD"))
