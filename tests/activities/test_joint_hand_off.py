"""One hand-off of all that a debtor owes: one file, one send key, and each case in its own facts."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from casefile import tables as t
from domain.parties import Creditor
from domain.policy import Policy
from services.reports.handoff_advice import read_handoff_advice
from tests.activities.ladders import notice
from tests.activities.workplace import Workplace
from tests.casefile.builders import CREDITOR
from tests.domain.builders import hand_off, local, policy, send
from tests.services.handoffs.test_file import texts

BOTH = ("F-1", "F-2")


def approved_first() -> Policy:
    return policy(
        send("notice", {"after_due": "5d"}, send=["post"], term="14d"),
        hand_off({"term_expired": "notice"}, approval="required"),
    )


async def at_the_hand_off(folder: Path, *numbers: str, rules: Policy | None = None) -> Workplace:
    """All of them have their notice, and its term has run out."""
    work = Workplace(folder, rules or notice(), numbers=numbers or BOTH)
    for number in numbers or BOTH:
        while work.steps(number) != ["notice post"]:
            await work.act(number)
    return work


def manifest(work: Workplace) -> dict[str, Any]:
    last = [taken for taken in work.taken() if taken.channel == "agency"][-1]
    with zipfile.ZipFile(last.file) as packed:
        read: dict[str, Any] = json.loads(packed.read("manifest.json"))
    return read


def files(work: Workplace) -> list[str]:
    return [taken.key for taken in work.taken() if taken.channel == "agency"]


async def waits_for_its_partner(work: Workplace, number: str) -> None:
    """Nothing of ours is left to do, but what the partner reports is waited for (decision 51): the run goes on."""
    turn = await work.advance(number=number)
    assert turn.action == "wait"
    assert turn.view is not None and turn.view.closed == "handed_off"
    assert [blocker.code for blocker in turn.view.why] == ["with_partner"]


async def test_all_that_is_ready_leaves_in_one_file_with_a_statement_of_each_and_the_sum(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path)
    with work.file.read() as transaction:
        advice = read_handoff_advice(transaction, work.case("F-1"), local("2026-03-21", "09:00")).advice
    await work.act("F-1")
    (key,) = files(work)
    assert key == "bundle:devaart/bakker/2026-03-21/handoff/agency/agency"
    said = manifest(work)
    assert said["cases"] == [work.case("F-1"), work.case("F-2")]
    assert [each["number"] for each in said["statement"]] == ["F-1", "F-2"]
    # Two invoices of 1,000.00 each.
    assert said["claim"]["total"] == {"amount": "2000.00", "currency": "EUR"}
    # It was advised on what left: one file, and at a court one fee of the sum.
    assert (advice.claim.text, advice.goes_with) == ("2000.00", ("F-2",))
    assert "bundle" not in [each.name for each in advice.ways]
    summary = texts(work.taken()[-1].file.read_bytes(), only="01 ").replace("\u00a0", " ")
    assert "vordert van Bakkerij Ochtend € 2.000,00 per 21 maart 2026" in summary
    # Each has a notice of its own, both of one day.
    assert "2 brieven verzonden" in summary
    for number in BOTH:
        assert work.steps(number) == ["notice post", "handoff agency"]
        handed = next(fact for fact in work.facts(number) if fact.kind == "step_taken" and fact.step == "handoff")
        assert handed.claimed.text == "1000.00"
        assert [d.key for d in work.deliveries(number) if d.channel == "agency"] == [key]
    await waits_for_its_partner(work, "F-2")


async def test_the_others_stop_with_why_and_a_person_is_asked(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path, "F-1", "F-2", "F-3")
    await work.tell("raise_dispute", {"dispute": "d1", "reason": "damaged", "actor": "els"}, number="F-3")
    await work.act("F-1")
    assert manifest(work)["cases"] == [work.case("F-1"), work.case("F-2")]
    await work.advance(number="F-3")
    held = next(
        fact for fact in work.facts("F-3") if fact.kind == "hold_placed" and fact.hold == "sibling_with_partner"
    )
    assert held.note == "a dispute (damaged) waits for its answer"
    assert "let_follow" in work.tasks("F-3")


async def test_what_was_paid_a_moment_before_is_recorded_first_and_left_out(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path)
    with work.file.write() as transaction:
        paid = b'{"id": "p1", "amount": "1000.00"}'
        transaction.inbox.accept(work.case("F-2"), "p1", "payment_received", paid, work.now)
    assert (await work.act("F-1")).action == "wait"
    assert files(work) == []
    await work.advance(number="F-2")
    work.later(minutes=1)
    await work.run("hand_off", "F-1")
    assert manifest(work)["cases"] == [work.case("F-1")]
    assert work.steps("F-2") == ["notice post"]


@pytest.mark.parametrize("asks", BOTH)
async def test_a_file_that_timed_out_is_found_by_whichever_asks_and_submitted_once(tmp_path: Path, asks: str) -> None:
    work = await at_the_hand_off(tmp_path)
    work.faults.next["agency"] = ["time_out_after"]
    await work.act("F-1")
    assert [(await work.advance(number=number)).action for number in BOTH] == ["reconcile", "reconcile"]
    await work.act(asks)
    for number in BOTH:
        await waits_for_its_partner(work, number)
        assert work.steps(number) == ["notice post", "handoff agency"]
    assert len(files(work)) == 1


class Killed(BaseException):
    """The worker dies."""


@pytest.mark.parametrize("point", ["before_intent", "after_intent", "after_provider", "before_record"])
async def test_a_worker_that_dies_at_any_point_submits_nothing_twice_and_leaves_nobody_behind(
    tmp_path: Path, point: str
) -> None:
    work = await at_the_hand_off(tmp_path, "F-1", "F-2", "F-3")
    await work.tell("raise_dispute", {"dispute": "d1", "reason": "damaged", "actor": "els"}, number="F-3")

    def die(passed: str) -> None:
        if passed == point:
            raise Killed

    work.equip(checkpoint=die)
    with pytest.raises(Killed):
        await work.act("F-1")
    work.equip(checkpoint=lambda passed: None)
    # Whoever wakes first finds out what became of it, and goes on from there.
    for number in ("F-2", "F-3", "F-1", "F-2", "F-1", "F-3"):
        if (await work.advance(number=number)).action in ("hand_off", "reconcile", "send"):
            await work.act(number)
    assert len(files(work)) == 1
    assert sorted(manifest(work)["cases"]) == [work.case("F-1"), work.case("F-2")]
    assert [work.steps(number)[-1] for number in BOTH] == ["handoff agency"] * 2
    assert "let_follow" in work.tasks("F-3")
    assert [taken.channel for taken in work.taken()].count("post") == 3


async def test_nothing_goes_out_on_another_invoice_while_nobody_knows_whether_the_partner_has_the_file(
    tmp_path: Path,
) -> None:
    work = await at_the_hand_off(tmp_path, "F-1")
    late = policy(send("reminder", {"after_due": "5d"}), hand_off({"after_previous": "60d"}), policy="late")
    work.faults.next["agency"] = ["time_out_after"]
    await work.act("F-1")
    work.opened("F-9", late)
    for _ in range(3):
        turn = await work.advance(number="F-9")
        assert turn.view is not None
        assert [blocker.code for blocker in turn.view.why] == ["being_handed_off"]
        work.later(minutes=10)
    assert [taken.channel for taken in work.taken()] == ["post", "agency"]
    await work.run("reconcile", "F-1")
    await work.advance(number="F-9")
    assert "let_follow" in work.tasks("F-9")
    assert work.steps("F-9") == []


async def test_one_that_was_paid_while_the_partner_was_down_is_left_out_of_the_next_try(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path)
    work.faults.next["agency"] = ["not_taken"]
    await work.act("F-1")
    await work.tell("payment_received", {"id": "p1", "amount": "1000.00"}, number="F-2")
    await work.act("F-1")
    assert manifest(work)["cases"] == [work.case("F-1")]
    assert len(files(work)) == 1
    assert work.steps("F-2") == ["notice post"]


async def test_a_file_that_was_not_taken_goes_again_under_its_key(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path)
    work.faults.next["agency"] = ["not_taken"]
    await work.act("F-1")
    await work.act("F-1")
    assert files(work) == ["bundle:devaart/bakker/2026-03-21/handoff/agency/agency"]
    assert [work.steps(number)[-1] for number in BOTH] == ["handoff agency"] * 2


async def test_a_file_that_lacks_an_invoice_does_not_leave_and_says_which(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path)
    with work.file.write() as transaction:
        transaction.session.connection.execute(delete(t.documents).where(t.documents.c.case_id == work.case("F-2")))
    await work.act("F-1")
    assert files(work) == []
    refused = next(fact for fact in work.facts("F-1") if fact.kind == "delivery_concluded" and "agency" in fact.key)
    assert "F-2" in refused.reason
    assert work.tasks("F-1") == ["mend_letter"]


PARTNERS = [
    {"id": "small", "name": "Snel Incasso", "takes": [{"amount_below": "1500"}]},
    {"id": "large", "name": "Groot Incasso"},
]


async def test_the_partner_is_chosen_by_the_sum_and_the_debtor_never_goes_to_a_second_one(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path, "F-1", "F-2", "F-3")
    creditor = Creditor.model_validate({**CREDITOR.model_dump(), "partners": PARTNERS})
    with work.file.write() as transaction:
        transaction.parties.save_creditor(creditor)
    await work.tell("raise_dispute", {"dispute": "d1", "reason": "damaged", "actor": "els"}, number="F-3")
    await work.act("F-1")
    # Two of 1,000.00 each: too much for the first.
    assert manifest(work)["partner"]["name"] == "Groot Incasso"
    await work.tell("resolve_dispute", {"dispute": "d1", "outcome": "withdrawn", "actor": "els"}, number="F-3")
    await work.tell("complete_task", {"task": "let_follow", "actor": "els"}, number="F-3")
    while work.steps("F-3")[-1] != "handoff agency":
        await work.act("F-3")
    # Alone it would have gone to the first; the other one has the debtor.
    assert manifest(work)["cases"] == [work.case("F-3")]
    assert manifest(work)["partner"]["name"] == "Groot Incasso"


async def test_an_approval_names_all_that_goes_and_lapses_when_one_of_them_changes(tmp_path: Path) -> None:
    work = await at_the_hand_off(tmp_path, rules=approved_first())
    await work.act("F-1", "hand_off")
    refused = await work.tell("approve_handoff", {"actor": "els", "total": "1000.00"}, answered=True)
    assert refused.answers[0].refusal == (
        "approved 1000.00 in all, but it is 2000.00: with this one goes F-2; look again and approve that"
    )
    await work.tell("approve_handoff", {"actor": "els", "total": "2000.00"})
    await work.tell("payment_received", {"id": "p1", "amount": "1.00"}, number="F-2")
    await work.act("F-1", "hand_off")
    assert files(work) == []
    assert "approve_handoff" in work.tasks("F-1")
    await work.tell("approve_handoff", {"actor": "els"})
    await work.act("F-1", "hand_off")
    assert manifest(work)["claim"]["total"] == {"amount": "1999.00", "currency": "EUR"}
