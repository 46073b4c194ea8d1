"""A letter beside the ladder as it leaves: over which way, and what becomes of one that nobody can tell of."""

from __future__ import annotations

from pathlib import Path

from activities.contracts import Turn
from domain.policy import Policy
from tests.activities.ladders import one
from tests.activities.workplace import Mute, Workplace
from tests.casefile.builders import DEBTOR
from tests.domain.builders import local


def ladder() -> Policy:
    return one("email")


async def disputed(work: Workplace) -> Turn:
    work.now = local("2026-03-03", "09:00")
    await work.tell("raise_dispute", {"dispute": "d1", "reason": "damaged", "actor": "els"}, answered=True)
    return await work.act()


def owing(work: Workplace) -> list[tuple[str, bool, bool]]:
    return [(each.letter, each.sent_on is not None, each.proven) for each in work.loaded().case.owing]


async def unknown(tmp_path: Path) -> Workplace:
    work = Workplace(tmp_path, ladder(), gateways={"email": Mute()})
    turn = await disputed(work)
    while turn.action == "reconcile":
        turn = await work.act()
    return work


async def test_one_that_nobody_can_tell_of_asks_a_person(tmp_path: Path) -> None:
    work = await unknown(tmp_path)
    assert owing(work) == [("dispute_confirmation", True, False)]
    assert "settle_send" in work.tasks()


async def test_a_person_who_says_that_it_went_settles_it(tmp_path: Path) -> None:
    work = await unknown(tmp_path)
    told = {"step": "dispute_confirmation", "outcome": "sent"}
    answer = await work.tell("settle_send", told, answered=True)
    assert answer.answers[0].refusal is None
    assert owing(work) == [("dispute_confirmation", True, True)] and "settle_send" not in work.tasks()
    again = await work.tell("settle_send", told, answered=True)
    assert again.answers[0].refusal is not None


async def test_one_that_did_not_go_leaves_once_more_under_its_key(tmp_path: Path) -> None:
    work = await unknown(tmp_path)
    (key,) = [each.key for each in work.deliveries()]
    answer = await work.tell("settle_send", {"step": "dispute_confirmation", "outcome": "not_sent"}, answered=True)
    assert (answer.answers[0].refusal, answer.action) == (None, "send")
    work.equip(gateways={"email": work.outbox})
    await work.act()
    assert owing(work) == [("dispute_confirmation", True, True)]
    assert [taken.key for taken in work.taken()] == [key]


async def test_it_goes_by_post_where_no_mail_reaches_him(tmp_path: Path) -> None:
    debtor = DEBTOR.model_copy(update={"contacts": (), "address": ("Ovenstraat 1", "1000 AA Meelstad")})
    work = Workplace(tmp_path, ladder(), debtor=debtor)
    await disputed(work)
    assert [each.channel for each in work.deliveries()] == ["post"]
    assert owing(work) == [("dispute_confirmation", True, True)]


async def test_it_goes_by_mail_where_there_is_one(tmp_path: Path) -> None:
    debtor = DEBTOR.model_copy(update={"address": ("Ovenstraat 1", "1000 AA Meelstad")})
    work = Workplace(tmp_path, ladder(), debtor=debtor)
    await disputed(work)
    assert [each.channel for each in work.deliveries()] == ["email"]


async def test_a_status_told_to_one_case_is_heard_by_the_others_at_once(tmp_path: Path) -> None:
    work = Workplace(tmp_path, ladder(), numbers=("F-1", "F-2"))
    await work.advance(number="F-2")
    turn = await work.tell("debtor_status_reported", {"id": "s1", "status": "bankruptcy"})
    assert turn.wake == (work.case("F-2"),)


async def test_it_goes_by_post_where_the_mail_came_back_and_by_mail_again_once_the_contact_is_mended(
    tmp_path: Path,
) -> None:
    debtor = DEBTOR.model_copy(update={"address": ("Ovenstraat 1", "1000 AA Meelstad")})
    work = Workplace(tmp_path, ladder(), debtor=debtor)
    await disputed(work)
    (key,) = [each.key for each in work.deliveries()]
    await work.tell("delivery_reported", {"key": key, "status": "bounced", "reason": "550 no such user"})
    assert "fix_contact" in work.tasks()
    await work.tell("resolve_dispute", {"dispute": "d1", "outcome": "rejected", "actor": "els"}, answered=True)
    await work.act()
    assert sorted(each.channel for each in work.deliveries()) == ["email", "post"]
    await work.tell("complete_task", {"task": "fix_contact", "actor": "els"}, answered=True)
    await work.tell("raise_dispute", {"dispute": "d2", "reason": "late", "note": "x", "actor": "els"}, answered=True)
    await work.act()
    assert sorted(each.channel for each in work.deliveries()) == ["email", "email", "post"]
