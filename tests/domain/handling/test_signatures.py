"""What takes two people above an amount: one asks, another signs; never one person by two names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain import facts as f
from domain.policy import Policy
from domain.tasks import TaskKind
from tests.domain.builders import Life, eur, hand_off, invoice, policy, send

MARIEKE = "user 1a2b3c4d\ncalled Marieke Postma\ncalled m.postma@papierhuis.example"
JORIS = "user 5e6f7a8b\ncalled Joris Bos"
SIGNS = {"outcome": "confirmed", "actor": "Joris Bos"}
OFF = {"amount": "600.00", "reason": "goodwill", "actor": "Marieke Postma"}


def rules(**amounts: str) -> Policy:
    return policy(
        send("one", {"after_due": "5d"}),
        hand_off({"after_due": "20d"}, approval="required"),
        two_people=amounts or {"write_off": "500.00"},
    )


def life(**amounts: str) -> Life:
    return Life(rules(**amounts), invoice()).live("2026-03-07")


def kinds(facts: Any) -> list[str]:
    return [fact.kind for fact in facts]


def test_a_policy_that_names_no_amount_means_what_it_did() -> None:
    old = Life(policy(send("one", {"after_due": "5d"})), invoice()).live("2026-03-07")
    assert kinds(old.ask("write_off", OFF).facts) == ["written_off"]
    assert "two_people" not in old.policy.model_dump_json(exclude_unset=True)


def test_up_to_the_amount_one_person_decides_and_nobody_needs_to_be_known() -> None:
    assert kinds(life().ask("write_off", {**OFF, "amount": "500.00"}).facts) == ["written_off"]


def test_above_it_nothing_is_done_until_another_person_signs() -> None:
    of = life()
    asked = of.ask("write_off", OFF, by=MARIEKE)
    assert kinds(asked.facts) == ["signature_asked", "task_raised"]
    assert of.case.open == eur("1000.00") and of.open_tasks() == ["sign_request"]
    done = of.ask("sign_request", SIGNS, by=JORIS)
    assert kinds(done.facts) == ["signature_settled", "task_done", "written_off"]
    (written,) = (each for each in done.facts if isinstance(each, f.WrittenOff))
    assert written.actor == "Marieke Postma", "it is done as it was asked; the signature names the other"
    assert of.case.open == eur("400.00") and of.open_tasks() == []


@pytest.mark.parametrize(
    "by",
    [
        MARIEKE,
        "key 00000000\ncalled bookkeeping\nuser 1a2b3c4d",
        "key 00000000\ncalled MARIEKE  POSTMA",
        "login on the machine mp\ncalled m.postma@papierhuis.example",
    ],
)
def test_nobody_signs_for_himself_by_whichever_door(by: str) -> None:
    of = life()
    of.ask("write_off", OFF, by=MARIEKE)
    refused = of.ask("sign_request", {"outcome": "confirmed", "actor": "Somebody Else"}, by=by)
    assert refused.refusal is not None and "another person signs" in refused.refusal and refused.facts == ()
    assert kinds(of.ask("sign_request", {"outcome": "refused"}, by=by).facts) == ["signature_settled", "task_done"]


def test_what_comes_straight_to_temporal_neither_asks_nor_signs() -> None:
    """A message says who sends it, and proves nothing: only a door knows who comes."""
    of = life()
    refused = of.ask("write_off", {**OFF, "actor": "Marieke Postma", "by": MARIEKE})
    assert refused.refusal is not None and "takes two people" in refused.refusal and refused.facts == ()
    of.ask("write_off", OFF, by=MARIEKE)
    assert "nobody knows who signs" in (of.ask("sign_request", {**SIGNS, "by": JORIS}).refusal or "")
    assert of.case.open == eur("1000.00")


def test_a_message_out_of_quarantine_takes_two_people_as_well() -> None:
    of = life()
    of.hear("write_of", {**OFF, "id": "w1"})
    (kept,) = of.case.quarantined
    again = {"of": kept, "as_name": "write_off", "actor": "Marieke Postma"}
    assert "takes two people" in (of.ask("resubmit_quarantined", again).refusal or "")
    assert kinds(of.ask("resubmit_quarantined", again, by=MARIEKE).facts) == [
        "signature_asked", "task_raised", "quarantine_settled",
    ]  # fmt: skip


def test_who_cuts_it_into_pieces_comes_above_the_amount_all_the_same() -> None:
    of = life()
    assert kinds(of.ask("write_off", {**OFF, "amount": "300.00"}, by=MARIEKE).facts) == ["written_off"]
    assert "signature_asked" in kinds(of.ask("write_off", {**OFF, "amount": "300.00"}, by=MARIEKE).facts)


def test_another_policy_takes_two_people_where_anything_does() -> None:
    """Else the first step around the amount would be a policy without it."""
    of = life()
    of.lookup.policies["free", 1] = policy(send("one", {"after_due": "5d"}), policy="free")
    asked = of.ask("change_policy", {"policy": "free", "actor": "Marieke Postma"}, by=MARIEKE)
    assert kinds(asked.facts) == ["signature_asked", "task_raised"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("payment_received", {"id": "p1", "amount": "10.00", "credited_on": "2026-03-07"}),
        ("pause", {}),
        ("dispute_raised", {"id": "d1", "reason": "damaged"}),
        ("debtor_status_reported", {"status": "debt_help", "since": "2026-03-01"}),
    ],
)
def test_it_lapses_when_the_case_is_not_what_it_was(name: str, content: dict[str, Any]) -> None:
    """practice.md, hand-off: an approval is of the balance and of the case as they were seen."""
    of = life()
    of.ask("write_off", OFF, by=MARIEKE)
    of.hear(name, content)
    of.live("2026-03-08")
    assert [each.outcome for each in of.facts if isinstance(each, f.SignatureSettled)] == ["lapsed"]
    assert TaskKind.SIGN_REQUEST not in of.open_tasks()
    assert "nothing waits" in (of.ask("sign_request", SIGNS, by=JORIS).refusal or "")
    assert of.ask("write_off", OFF, by=MARIEKE).refusal is None, "it can be asked anew"


def test_it_can_be_signed_for_ten_days() -> None:
    of = life()
    of.ask("write_off", OFF, by=MARIEKE)
    of.live("2026-03-17")
    assert of.case.asked[0].waits
    of.live("2026-03-18")
    assert of.case.asked[0].settled == "lapsed"


def test_a_reminder_that_leaves_meanwhile_is_no_change() -> None:
    of = Life(rules(), invoice()).at("2026-03-05", "10:00")
    of.ask("write_off", OFF, by=MARIEKE)
    of.live("2026-03-07")
    assert of.steps and of.ask("sign_request", SIGNS, by=JORIS).refusal is None


def test_what_a_rule_forbids_is_not_asked_of_anybody() -> None:
    assert "open is 1000.00" in (life().ask("write_off", {**OFF, "amount": "2000.00"}, by=MARIEKE).refusal or "")


def test_the_same_is_asked_once_and_its_task_is_not_finished_by_saying_so() -> None:
    of = life()
    of.ask("write_off", OFF, by=MARIEKE)
    assert "Marieke Postma asked for this" in (of.ask("write_off", OFF, by=JORIS).refusal or "")
    assert "sign_request" in (of.ask("complete_task", {"task": "sign_request"}, by=JORIS).refusal or "")


def test_of_several_one_is_named() -> None:
    of = life(write_off="500.00", reissue="0.00", change_policy="100000.00", handoff="10.00")
    of.ask("write_off", OFF, by=MARIEKE)
    of.ask("approve_handoff", {"actor": "Marieke Postma"}, by=MARIEKE)
    assert len(of.case.asked) == 2 and of.open_tasks().count("sign_request") == 1
    assert "name one" in (of.ask("sign_request", SIGNS, by=JORIS).refusal or "")
    done = of.ask("sign_request", {**SIGNS, "of": of.case.asked[1].id}, by=JORIS)
    assert "handoff_approved" in kinds(done.facts) and of.case.approval is not None
    of.live("2026-03-08")
    assert of.open_tasks() == ["sign_request"], "the other one waits still"


def test_what_is_asked_is_kept_as_it_was_asked() -> None:
    of = life()
    of.ask("write_off", {**OFF, "note": "failliet"}, by=MARIEKE)
    (asked,) = (each for each in of.facts if isinstance(each, f.SignatureAsked))
    assert json.loads(asked.content)["note"] == "failliet" and asked.amount == eur("600.00")
