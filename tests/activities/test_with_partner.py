"""What the partner who has a case is told over the agency's way out: at once, each once, and never the debtor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.handoffs.channels import NOTICE_TYPE
from domain.handoffs.partners import Partner
from tests.activities.ladders import notice
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR

PARTNERS = tuple(Partner(id=name, name=name.title(), register_number="000000") for name in ("noordkade", "zuidkade"))


@pytest.fixture
async def away(tmp_path: Path) -> Workplace:
    """A case that noordkade has."""
    work = Workplace(tmp_path, notice())
    with work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": PARTNERS}))
    await work.act()
    assert (await work.act()).action == "wait"
    assert work.steps() == ["notice post", "handoff agency"]
    return work


def told(work: Workplace) -> list[dict[str, Any]]:
    """What the partner was told, as it lies in the outbox."""
    return [json.loads(each.file.read_bytes()) for each in work.taken() if each.media_type == NOTICE_TYPE]


def goes_on(work: Workplace) -> bool | None:
    """Whether its run would be missed, were it gone."""
    with work.file.read() as transaction:
        return transaction.cases.goes_on(CASE)


async def test_a_payment_to_us_is_told_with_what_is_open_then(away: Workplace) -> None:
    await away.tell("agency_reported", {"id": "r1", "partner": "noordkade", "status": "accepted", "reference": "NK-1"})
    await away.tell("payment_received", {"id": "p1", "amount": "100.00", "credited_on": "2026-03-20"})
    await away.act()
    (said,) = told(away)
    assert (said["about"], said["id"], said["amount"], said["on"]) == ("payment", "p1", "100.00", "2026-03-20")
    assert (said["partner"], said["reference"], said["case"]) == ("noordkade", "NK-1", CASE)
    assert said["open"]["principal"] == "900.00"
    assert {each.channel for each in away.taken()[1:]} == {"agency"}


async def test_what_he_reports_himself_is_not_told_him(away: Workplace) -> None:
    await away.tell("agency_reported", {"id": "r1", "partner": "noordkade", "status": "payment", "amount": "100.00"})
    assert (await away.act()).action == "wait"
    assert told(away) == []


async def test_a_notice_that_timed_out_is_looked_for_and_told_once(away: Workplace) -> None:
    await away.tell("payment_received", {"id": "p1", "amount": "100.00"})
    away.faults.next["agency_notice"] = ["time_out_after"]
    assert (await away.act()).action == "reconcile"
    assert (await away.act()).action == "wait"
    assert len(told(away)) == 1


async def test_a_notice_that_certainly_did_not_leave_goes_again(away: Workplace) -> None:
    await away.tell("payment_received", {"id": "p1", "amount": "100.00"})
    away.faults.next["agency_notice"] = ["time_out_before"]
    assert (await away.act()).action == "reconcile"
    assert (await away.act()).action == "send"
    assert (await away.act()).action == "wait"
    assert len(told(away)) == 1


async def test_a_notice_that_nobody_takes_is_for_a_person_to_tell(away: Workplace) -> None:
    await away.tell("payment_received", {"id": "p1", "amount": "100.00"})
    away.faults.next["agency_notice"] = ["refused"]
    turn = await away.act()
    assert turn.view is not None and "tell_agency" in turn.view.tasks


async def test_a_recall_is_asked_and_the_case_goes_to_another_partner_never_the_same(away: Workplace) -> None:
    turn = await away.tell("recall_handoff", {"reason": "other_partner", "actor": "els"}, answered=True)
    assert turn.answers[0].refusal is None
    turn = await away.act()
    assert [(each["about"], each["reason"]) for each in told(away)] == [("recall", "other_partner")]
    assert turn.view is not None and turn.view.partner_state == "recall_asked"
    again = await away.tell("recall_handoff", {"reason": "mistake", "actor": "els"}, answered=True)
    assert "already" in (again.answers[0].refusal or "")
    turn = await away.tell("agency_reported", {"id": "r1", "partner": "noordkade", "status": "recalled"})
    assert turn.view is not None
    assert (turn.view.partner_state, turn.view.tasks) == (None, ("decide_after_return",))
    await away.tell("complete_task", {"task": "decide_after_return", "actor": "els"})
    for _ in range(3):
        turn = await away.act()
    assert away.steps()[-1] == "handoff agency"
    assert turn.view is not None and (turn.view.partner, turn.view.partner_state) == ("zuidkade", "submitted")


async def test_a_partner_who_never_had_the_case_is_not_heard(away: Workplace) -> None:
    turn = await away.tell(
        "agency_reported", {"id": "r1", "partner": "zuidkade", "status": "payment", "amount": "9.00"}
    )
    assert turn.view is not None and turn.view.quarantined and turn.view.open.text == "1000.00"


async def test_paid_in_full_to_us_the_run_ends_once_he_gave_the_file_back(away: Workplace) -> None:
    await away.tell("payment_received", {"id": "p1", "amount": "1000.00"})
    for _ in range(3):
        turn = await away.act()
    assert [each["about"] for each in told(away)] == ["payment", "recall"]
    assert turn.action == "wait"
    assert goes_on(away)
    turn = await away.tell("agency_reported", {"id": "r1", "partner": "noordkade", "status": "recalled"})
    assert (turn.action, goes_on(away)) == ("end", False)
