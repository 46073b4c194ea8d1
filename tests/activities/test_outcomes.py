"""Unknown outcomes: looked for, never sent blindly, and settled by a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.reactions.sending import RECONCILE_AFTER
from tests.activities.ladders import notice, one
from tests.activities.workplace import Mute, Workplace
from tests.domain.builders import policy, send


async def test_timed_out_before_it_was_taken_it_is_looked_for_and_sent_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_before"]
    unknown = await work.act()
    assert (unknown.action, unknown.at) == ("reconcile", work.now + RECONCILE_AFTER[0])
    assert (work.deliveries()[0].status, work.steps(), work.taken()) == ("unknown", [], ())
    again = await work.act()
    assert (again.action, again.at) == ("send", work.now)
    await work.act()
    assert (len(work.taken()), work.steps()) == (1, ["reminder email"])
    assert work.deliveries()[0].status == "sent"


async def test_timed_out_after_it_was_taken_it_is_found_and_never_sent_again(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_after"]
    assert (await work.act()).action == "reconcile"
    await work.act()
    assert (len(work.taken()), work.steps()) == (1, ["reminder email"])
    assert (work.deliveries()[0].status, work.deliveries()[0].reference) == ("sent", work.taken()[0].reference)


async def test_while_it_is_unknown_nothing_sends_it_again(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_before"]
    await work.act()
    for _ in range(3):
        assert (await work.run("send")).action == "reconcile"
    assert work.taken() == ()


async def test_an_intent_whose_worker_died_is_reconciled_and_not_sent_blindly(tmp_path: Path) -> None:
    work = Workplace(tmp_path, one("email"))

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "after_intent":
            raise Killed

    work.equip(checkpoint=die)
    with pytest.raises(Killed):
        await work.act()
    work.equip(checkpoint=lambda point: None)
    assert (await work.advance()).action == "reconcile"
    await work.act()
    await work.act()
    assert (len(work.taken()), work.steps()) == (1, ["reminder email"])


async def test_a_notice_that_nobody_can_tell_of_starts_no_term_and_asks_a_person(tmp_path: Path) -> None:
    mute = Mute()
    work = Workplace(tmp_path, notice(), gateways={"post": mute})
    turn = await work.act()
    waits = []
    while turn.action == "reconcile":
        assert turn.at is not None
        waits.append(turn.at - work.now)
        turn = await work.act()
    assert (tuple(waits), mute.asked, len(mute.sent)) == (RECONCILE_AFTER, len(RECONCILE_AFTER), 1)
    assert work.steps() == ["notice? post"]
    assert work.tasks() == ["settle_send"]
    assert (turn.action, turn.at) == ("wait", None), "no term runs, so no hand-off has a day"
    assert turn.view is not None
    assert turn.view.why[0].code == "term_unproven"


async def unproven(tmp_path: Path) -> Workplace:
    work = Workplace(tmp_path, notice(), gateways={"post": Mute()})
    turn = await work.act()
    while turn.action == "reconcile":
        turn = await work.act()
    return work


async def test_a_person_who_saw_it_posted_starts_the_term(tmp_path: Path) -> None:
    work = await unproven(tmp_path)
    answer = await work.tell(
        "settle_send", {"step": "notice", "outcome": "sent", "received_on": "2026-03-10"}, answered=True
    )
    assert answer.answers[0].refusal is None
    assert (work.steps(), work.tasks()) == (["notice post"], [])
    assert work.deliveries()[0].status == "sent"
    # Received 10 March + 14 days = 24 March is the last day; without law it has run out the day after.
    assert (answer.action, str(answer.at)) == ("hand_off", "2026-03-25 11:00:00+00:00")


async def test_a_person_who_says_it_was_not_sent_puts_it_back_on_the_ladder(tmp_path: Path) -> None:
    work = await unproven(tmp_path)
    key = work.deliveries()[0].key
    answer = await work.tell("settle_send", {"step": "notice", "outcome": "not_sent"}, answered=True)
    assert (answer.answers[0].refusal, answer.action, work.tasks()) == (None, "send", [])
    work.equip(gateways={"post": work.outbox})
    await work.act()
    assert work.steps() == ["notice post"]
    assert [taken.key for taken in work.taken()] == [key]


async def test_a_letter_that_nobody_can_prove_starts_no_term_though_the_mail_went_and_goes_out_alone(
    tmp_path: Path,
) -> None:
    ladder = policy(send("notice", {"after_due": "5d"}, send=["post", "email"], letter="notice", term="14d"))
    work = Workplace(tmp_path, ladder)
    work.equip(gateways={"post": Mute(), "email": work.outbox})
    turn = await work.act()
    while turn.action == "reconcile":
        turn = await work.act()
    assert (work.steps(), work.tasks()[0]) == (["notice? post,email"], "settle_send")
    answer = await work.tell("settle_send", {"step": "notice", "outcome": "not_sent"}, answered=True)
    assert (answer.answers[0].refusal, answer.action) == (None, "send")
    work.equip(gateways={"post": work.outbox, "email": work.outbox})
    await work.act()
    assert work.steps() == ["notice post,email"]
    assert sorted(taken.channel for taken in work.taken()) == ["email", "post"]


@pytest.mark.parametrize(("outcome", "sent"), [("sent", 0), ("not_sent", 1)])
async def test_a_person_may_settle_it_before_the_searching_is_over(tmp_path: Path, outcome: str, sent: int) -> None:
    work = Workplace(tmp_path, one("email"))
    work.faults.next["email"] = ["time_out_before"]
    await work.act()
    turn = await work.tell("settle_send", {"step": "reminder", "outcome": outcome}, answered=True)
    assert turn.answers[0].refusal is None
    for _ in range(3):
        if turn.action in ("send", "reconcile"):
            turn = await work.act()
    assert (len(work.taken()), work.steps()) == (sent, ["reminder email"])
    assert work.deliveries()[0].status == "sent"
