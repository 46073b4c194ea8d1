"""No provider gets more messages a second than it takes, and nobody is sent away twice."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from gateways.pacing import Pace, Paced, paced
from services.ports import Channel, Finding, Gateway, NotTaken, NotThere, Outgoing, Sent


@dataclass
class Time:
    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Provider:
    time: Time
    taken: list[float] = field(default_factory=list)

    async def send(self, message: Outgoing) -> Sent:
        self.taken.append(self.time.seconds)
        return Sent(message.key)

    async def find(self, key: str, *, since: datetime) -> Finding:
        return NotThere()


def mail(key: str) -> Outgoing:
    return Outgoing(key, "email", "a@b.example", "s", "text/plain", b"x", "f")


def counter(longest_wait: float) -> tuple[Time, Provider, Paced]:
    time = Time()
    provider = Provider(time)
    return time, provider, Paced(provider, Pace(2.0, longest_wait, time.now), time.sleep)


async def test_two_a_second_means_one_every_half_second() -> None:
    _, provider, gateway = counter(longest_wait=60)
    for key in "abcd":
        await gateway.send(mail(key))
    assert provider.taken == [0.0, 0.5, 1.0, 1.5]


async def test_who_would_wait_too_long_is_told_when_to_come_and_has_his_turn_then() -> None:
    time, provider, gateway = counter(longest_wait=1)
    turns = [gateway.pace.wait(key) for key in "abc"]
    assert turns == [0.0, 0.5, 1.0]
    with pytest.raises(NotTaken) as told:
        await gateway.send(mail("d"))
    assert told.value.retry_after == timedelta(seconds=1.5)
    with pytest.raises(NotTaken) as told_after:
        await gateway.send(mail("e"))
    assert told_after.value.retry_after == timedelta(seconds=2)
    time.seconds = 1.5
    await gateway.send(mail("d"))
    assert provider.taken == [1.5], "at once: the turn was kept"
    time.seconds = 10.0
    await gateway.send(mail("f"))
    assert provider.taken == [1.5, 10.0], "after a quiet time nobody waits"


async def test_who_comes_before_his_turn_does_not_lose_it() -> None:
    _, _, gateway = counter(longest_wait=0)
    gateway.pace.wait("a")
    for _ in range(3):
        with pytest.raises(NotTaken) as told:
            await gateway.send(mail("b"))
        assert told.value.retry_after == timedelta(seconds=0.5)


async def test_a_turn_that_nobody_comes_for_is_forgotten_after_an_hour() -> None:
    time, _, gateway = counter(longest_wait=0)
    gateway.pace.wait("a")
    with pytest.raises(NotTaken):
        gateway.pace.wait("b")
    time.seconds = 3700.0
    assert gateway.pace.wait("c") == 0.0
    with pytest.raises(NotTaken):
        gateway.pace.wait("d")
    assert "b" not in gateway.pace.kept


async def test_only_channels_with_a_limit_are_held_back_and_letters_share_one() -> None:
    provider = Provider(Time())
    ways: dict[Channel, Gateway] = {"email": provider, "sms": provider, "post": provider, "registered": provider}
    gateways = paced(ways, {"post": 1.0}, step_seconds=60)
    assert gateways["email"] is provider
    post, registered = gateways["post"], gateways["registered"]
    assert isinstance(post, Paced)
    assert isinstance(registered, Paced)
    assert post.pace is registered.pace
    assert post.pace.longest_wait == 10.0
    assert isinstance(await post.find("k", since=datetime(2026, 3, 1, tzinfo=UTC)), NotThere)
