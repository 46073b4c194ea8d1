"""The case is the fold of its facts, and of nothing else."""

from __future__ import annotations

import pytest

from domain import facts as f
from domain.case import NotACase, apply, fold
from domain.reactions.sending import next_id
from tests.domain.builders import Life, call, day, eur, invoice, local, policy, send

LADDER = policy(send("one", {"after_due": "5d"}), call("phone", {"after_due": "12d"}))


def told() -> Life:
    life = Life(LADDER).live("2026-03-06")
    life.hear("payment_received", {"id": "p1", "amount": "400.00"})
    life.hear("pause", {"until": "2026-03-10"})
    life.hear("payment_reversed", {"payment": "p1", "amount": "100.00"})
    life.hear("nonsense")
    return life.live("2026-03-31")


def everything(life: Life) -> list[f.Fact]:
    opened = f.CaseOpened(
        id="opened",
        at=local("2026-02-01"),
        on=day("2026-02-01"),
        invoice=invoice(),
        open=eur("1000.00"),
        policy="test",
        policy_version=1,
    )
    return [opened, *life.facts]


def test_a_case_is_the_fold_of_its_facts() -> None:
    life = told()
    assert fold(everything(life)) == life.case


def test_facts_told_twice_count_once() -> None:
    life = told()
    facts = everything(life)
    assert fold([*facts, *facts]) == life.case
    assert fold(fact for one in facts for fact in (one, one)) == life.case


def test_facts_survive_being_written_and_read() -> None:
    life = told()
    written = [f.FACT.dump_json(fact) for fact in everything(life)]
    assert fold(f.FACT.validate_json(text) for text in written) == life.case


def test_a_numbered_fact_gets_the_first_number_that_none_has() -> None:
    opened, *_ = everything(told())
    case = fold([opened])
    assert next_id(case, "intended:one:1") == "intended:one:1:0"
    for number in (0, 1):
        seen = f.TaskRaised(id=f"intended:one:1:{number}", at=local("2026-02-02"), on=day("2026-02-02"), task="call")
        case = apply(case, seen)
    assert next_id(case, "intended:one:1") == "intended:one:1:2"
    assert next_id(case, "intended:one:11") == "intended:one:11:0"


@pytest.mark.parametrize("first", [0, 1])
def test_a_case_starts_with_its_opening(first: int) -> None:
    with pytest.raises(NotACase):
        fold(everything(told())[1:][:first])


def test_what_was_paid_before_lowers_the_open_amount() -> None:
    life = Life(LADDER, open_amount=eur("600.00"))
    assert (life.case.open, life.case.invoice.amount) == (eur("600.00"), eur("1000.00"))


def test_the_stage_is_the_last_step_taken() -> None:
    life = Life(LADDER)
    assert life.case.stage == "new"
    assert life.live("2026-03-06").case.stage == "one"
    assert life.live("2026-03-13").case.stage == "phone"
    assert life.case.last_contact_on == day("2026-03-06")


def test_a_hold_covers_its_days_and_not_its_first_free_day() -> None:
    life = Life(LADDER).at("2026-03-02")
    life.hear("pause", {"until": "2026-03-04"})
    days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    assert [bool(life.case.holds_on(day(d))) for d in days] == [False, True, True, False]


def test_a_bounce_is_remembered() -> None:
    life = Life(LADDER).live("2026-03-06")
    life.hear("delivery_reported", {"key": "F-1/one/1/email", "status": "bounced"})
    assert life.case.bounced == ("F-1/one/1/email",)


def test_a_second_opening_changes_nothing() -> None:
    life = told()
    again = everything(life)[0].model_copy(update={"id": "opened-again"})
    assert apply(life.case, again).ledger == life.case.ledger
