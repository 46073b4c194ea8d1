"""Nothing leaves while a person has stopped all sending, by whatever way it would, and all of it leaves afterwards."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from activities.contracts import Turn
from casefile.sending_stops import PlacedStop, kept_back, resume_sending, standing_stop, stop_sending
from casefile.session import reading
from services.ports import NotTaken, Outgoing
from tests.activities.workplace import Workplace
from tests.domain.builders import hand_off, local, policy, send
from worker.standing import standing

DAY = date(2026, 3, 6)
MORNING = local("2026-03-06", "08:12")


def stop(work: Workplace, until: date = date(2026, 3, 7), stop_id: str = "s1") -> bool:
    return stop_sending(work.file, PlacedStop(DAY, until, "price list is wrong", "hendrik", MORNING), stop_id)


async def come_to_its_day(work: Workplace, action: str = "send") -> Turn:
    """The case waits for its step; a person stops all sending on that morning; the moment comes."""
    await work.advance()
    stop(work)
    work.now = local("2026-03-06", "12:00")
    return await work.run(action)


def left(work: Workplace) -> list[str]:
    return [each.channel for each in work.taken()]


async def test_a_letter_that_is_due_waits_for_the_first_free_day(tmp_path: Path) -> None:
    work = Workplace(tmp_path, policy(send("reminder", {"after_due": "5d"}, send=["email", "post"])))
    turn = await come_to_its_day(work)
    assert (work.steps(), left(work)) == ([], [])
    assert turn.at is not None and turn.at >= local("2026-03-07")
    with work.file.read() as transaction:
        (case,) = transaction.cases.ids()
        view = transaction.views.of_case(case)
    assert view is not None and [each.code for each in view.why] == ["sending_stopped"]
    work.later(days=1)
    await work.act()
    assert left(work) == ["email", "post"]


async def test_a_case_is_not_handed_off_on_a_stopped_day(tmp_path: Path) -> None:
    work = Workplace(tmp_path, policy(hand_off({"after_due": "5d"})))
    await come_to_its_day(work, "hand_off")
    assert left(work) == []
    work.later(days=1)
    await work.act()
    assert left(work) == ["agency"]


async def test_what_a_stop_put_off_is_found_when_a_person_ends_it(tmp_path: Path) -> None:
    work = Workplace(tmp_path, policy(send("reminder", {"after_due": "5d"})))
    await come_to_its_day(work)
    with reading(work.file.database) as session:
        assert kept_back(session, work.now) == (), "it still stands"
    work.later(hours=1)
    assert resume_sending(work.file, DAY, "marieke", work.now) == 1
    assert resume_sending(work.file, DAY, "marieke", work.now) == 0, "none stands any more"
    with reading(work.file.database) as session:
        assert len(kept_back(session, work.now)) == 1
    await work.advance()
    await work.run("send")
    assert left(work) == ["email"]
    with reading(work.file.database) as session:
        assert kept_back(session, work.now) == ()


@pytest.mark.parametrize("channel", ["email", "sms", "call", "post", "registered", "agency"])
async def test_a_stop_placed_after_the_decision_is_seen_before_the_call(tmp_path: Path, channel: str) -> None:
    work = Workplace(tmp_path, policy(send("reminder", {"after_due": "5d"})))
    ways = {name: work.outbox for name in ("email", "sms", "call", "post", "registered", "agency")}
    stop(work)
    message = Outgoing("k", channel, "to", "about", "text/plain", b"text", "name")  # type: ignore[arg-type]
    guarded = standing(ways, work.file, lambda: MORNING)[channel]  # type: ignore[arg-type,index]
    with pytest.raises(NotTaken, match="stopped all sending"):
        await guarded.send(message)
    assert work.taken() == ()


async def test_a_message_that_a_late_stop_caught_leaves_once_after_it(tmp_path: Path) -> None:
    work = Workplace(tmp_path, policy(send("reminder", {"after_due": "5d"})))

    def told_late() -> datetime:
        # The planner has decided, and its intent is written, when the stop comes.
        stop(work)
        return work.now

    work.equip(gateways=standing(work.activities.gateways, work.file, told_late))
    await work.act()
    assert work.taken() == ()
    ((delivery,),) = (work.deliveries(),)
    assert delivery.status == "not_sent"
    work.later(days=1)
    await work.act()
    assert left(work) == ["email"]


def test_a_stop_says_who_when_and_why_and_is_placed_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, policy(send("reminder", {"after_due": "5d"})))
    assert stop(work)
    assert not stop(work), "the same request brought again"
    placed = standing_stop(work.file, DAY)
    assert placed == PlacedStop(DAY, date(2026, 3, 7), "price list is wrong", "hendrik", MORNING)
    assert standing_stop(work.file, date(2026, 3, 7)) is None
    with pytest.raises(ValueError, match="first free day"):
        stop(work, until=DAY, stop_id="s2")
