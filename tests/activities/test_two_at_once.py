"""Two activities about one message at the same time, and those that come too late: it still goes out once."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from services.ports import CannotTell, Finding, Found, NotTaken, NotThere, OutcomeUnknown, Outgoing, Sent
from tests.activities.workplace import Workplace
from tests.domain.builders import policy, send

TOGETHER = policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}), bundle="debtor")
TWO_CHANNELS = policy(
    send("reminder", {"after_due": "5d"}, send=["email", "sms"]), send("second_reminder", {"after_due": "12d"})
)
BOTH = policy(
    send("reminder", {"after_due": "5d"}, send=["email", "sms"]),
    send("second_reminder", {"after_due": "12d"}),
    bundle="debtor",
)


class Scripted:
    """A provider that is told what to do with each message, and whose list answers when it is let."""

    def __init__(self, *sends: Exception | None) -> None:
        self.sends = list(sends)
        self.taken: list[str] = []
        self.asked = asyncio.Semaphore(0)
        self.answer: list[asyncio.Event] = []

    async def send(self, message: Outgoing) -> Sent:
        failure = self.sends.pop(0) if self.sends else None
        if failure is not None:
            raise failure
        self.taken.append(message.key)
        return Sent(message.key)

    async def find(self, key: str, *, since: datetime) -> Finding:
        finding = Found(key) if key in self.taken else NotThere()
        if self.answer:
            may_answer = self.answer.pop(0)
            self.asked.release()
            await may_answer.wait()
        return finding


async def test_a_late_search_result_never_undoes_a_newer_try(tmp_path: Path) -> None:
    """Both cases of a bundle look for it; one is told "not there" and sends, then the other is told the same."""
    provider = Scripted(OutcomeUnknown("timed_out"))
    at = Workplace(tmp_path, TOGETHER, numbers=("F-1", "F-2"), gateways={"email": provider})
    await at.act("F-1")
    await at.advance(number="F-2")
    at.later(minutes=3)
    second = asyncio.Event()
    provider.answer = [second]
    slow = asyncio.create_task(at.run("reconcile", "F-2"))
    await provider.asked.acquire()
    await at.run("reconcile", "F-1")
    await at.run("send", "F-1")
    assert len(provider.taken) == 1
    second.set()
    await slow
    for number in ("F-1", "F-2"):
        await at.run("send", number)
        assert at.steps(number) == ["reminder email"]
    assert len(provider.taken) == 1


async def test_a_late_search_result_does_not_stop_a_send_under_way(tmp_path: Path) -> None:
    provider = Scripted(OutcomeUnknown("timed_out"))
    at = Workplace(tmp_path, TOGETHER, numbers=("F-1", "F-2"), gateways={"email": provider})
    await at.act("F-1")
    at.later(minutes=3)
    second, third = asyncio.Event(), asyncio.Event()
    provider.answer = [second]
    slow = asyncio.create_task(at.run("reconcile", "F-2"))
    await provider.asked.acquire()
    await at.run("reconcile", "F-1")

    class Slow(Scripted):
        async def send(self, message: Outgoing) -> Sent:
            sent = await provider.send(message)
            self.asked.release()
            await third.wait()
            return sent

    under_way = Slow()
    at.equip(gateways={"email": under_way})
    sending = asyncio.create_task(at.run("send", "F-1"))
    await under_way.asked.acquire()
    second.set()
    await slow
    assert [d.status for d in at.deliveries("F-2")] == ["intended"]
    await at.run("send", "F-2")
    third.set()
    await sending
    assert len(provider.taken) == 1
    assert at.steps("F-1") == at.steps("F-2") == ["reminder email"]


async def test_a_worker_that_slept_after_the_intent_does_not_begin_to_send(tmp_path: Path) -> None:
    provider = Scripted()
    at = Workplace(tmp_path, TOGETHER, gateways={"email": provider})
    at.equip(checkpoint=lambda point: at.later(seconds=55) if point == "after_intent" else None)
    await at.act()
    assert provider.taken == []
    assert [d.status for d in at.deliveries()] == ["not_sent"]
    at.equip(checkpoint=lambda point: None)
    await at.act()
    assert at.steps() == ["reminder email"]


async def test_a_gateway_that_breaks_its_word_leaves_an_unknown_outcome(tmp_path: Path) -> None:
    at = Workplace(tmp_path, TOGETHER, gateways={"email": Scripted(ZeroDivisionError())})
    turn = await at.act()
    assert turn.action == "reconcile"
    assert [d.status for d in at.deliveries()] == ["unknown"]


async def test_what_nobody_can_tell_of_is_not_sent_again_with_the_other_channel(tmp_path: Path) -> None:
    class Silent(Scripted):
        async def find(self, key: str, *, since: datetime) -> Finding:
            return CannotTell("its list is closed")

    email, sms = Silent(OutcomeUnknown("timed_out")), Scripted(NotTaken("busy"))
    at = Workplace(tmp_path, TWO_CHANNELS, gateways={"email": email, "sms": sms})
    turn = await at.act()
    for _ in range(10):
        if turn.action != "reconcile":
            break
        turn = await at.act()
    assert turn.action == "send"
    await at.act()
    assert (len(email.taken), len(sms.taken)) == (0, 1)
    assert at.steps() == ["reminder? email,sms"]
    assert at.tasks() == ["settle_send"]


async def test_who_was_told_something_records_it_in_his_own_turn(tmp_path: Path) -> None:
    """Recorded by another case's step it would look delivered, and after a crash nobody would wake the case."""
    at = Workplace(tmp_path, TOGETHER, numbers=("F-1", "F-2"))
    await at.advance()
    with at.file.write() as transaction:
        raw = b'{"id": "p1", "amount": "1000.00"}'
        transaction.inbox.accept(at.case("F-2"), "p1", "payment_received", raw, at.now)
    await at.act("F-1")
    with at.file.read() as transaction:
        assert transaction.inbox.undelivered() == (at.case("F-2"),)
        assert [delivery.key.count("bundle:") for delivery in transaction.deliveries.of_case(at.case("F-1"))] == [0]
        assert transaction.deliveries.of_case(at.case("F-2")) == ()


async def test_what_a_bundle_left_behind_goes_out_under_its_own_key(tmp_path: Path) -> None:
    """The text message of two cases was not taken; one is paused while the other sends it; then it resumes."""
    sms = Scripted(NotTaken("busy"))
    at = Workplace(tmp_path, BOTH, numbers=("F-1", "F-2"), gateways={"sms": sms})
    await at.act("F-1")
    await at.tell("pause", number="F-2")
    await at.act("F-1")
    assert len(sms.taken) == 1 and at.steps("F-1") == ["reminder email,sms"]
    at.later(days=1)
    await at.tell("resume", number="F-2")
    for _ in range(5):
        if not at.steps("F-2"):
            await at.act("F-2")
    assert at.steps("F-2") == ["reminder email,sms"]
    assert len(sms.taken) == 2 and len(set(sms.taken)) == 2
    assert len([taken for taken in at.taken() if taken.channel == "email"]) == 1
