"""Who stays connected when there are more than places: nobody keeps the others out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from api.serving.gate import Gate
from config.connection_limits import WEBHOOKS

LIMITS = replace(WEBHOOKS, connections=6, connections_of_one=3, held_bytes=100)


@dataclass(eq=False)
class Guest:
    """A connection that notes when it was closed."""

    client: str
    closed: bool = False
    held: int = 0

    def give_up(self) -> None:
        self.closed = True


def let_in(gate: Gate, client: str) -> Guest:
    guest = Guest(client)
    assert gate.enter(guest, client)
    return guest


def test_of_one_client_the_oldest_goes() -> None:
    gate = Gate(LIMITS)
    first, second, third = (let_in(gate, "a") for _ in range(3))
    let_in(gate, "a")
    assert [each.closed for each in (first, second, third)] == [True, False, False]


def test_who_begins_to_wait_anew_is_the_youngest() -> None:
    gate = Gate(LIMITS)
    first, second, _ = (let_in(gate, "a") for _ in range(3))
    gate.works(first)
    gate.waits(first)
    let_in(gate, "a")
    assert (first.closed, second.closed) == (False, True)


def test_in_a_full_house_one_of_the_client_with_most_goes() -> None:
    gate = Gate(LIMITS)
    one = let_in(gate, "a")
    many = [let_in(gate, "b") for _ in range(3)]
    two = [let_in(gate, "c") for _ in range(2)]
    newcomer = let_in(gate, "d")
    assert many[0].closed
    assert not any(each.closed for each in (one, *many[1:], *two, newcomer))


def test_where_all_are_being_answered_the_new_one_is_refused() -> None:
    gate = Gate(LIMITS)
    for client in "aabbcc":
        gate.works(let_in(gate, client))
    assert not gate.enter(Guest("d"), "d")
    assert len(gate) == 6


Step = tuple[str, int]


@given(
    st.lists(st.tuples(st.sampled_from(["enter", "works", "waits", "hold", "release", "leave"]), st.integers(0, 40)))
)
def test_whatever_comes_the_limits_hold_and_no_place_is_lost(steps: list[Step]) -> None:
    gate, known = Gate(LIMITS), [Guest("a")]
    inside: set[Guest] = set()
    for step, number in steps:
        guest = known[number % len(known)]
        if step == "enter":
            guest = Guest("abcd"[number % 4])
            known.append(guest)
            if gate.enter(guest, guest.client):
                inside.add(guest)
        elif step == "hold":
            gate.hold(guest, number)
            if guest in inside:
                guest.held += number
        elif step == "release":
            gate.release(guest)
            guest.held = 0
        elif step == "leave":
            gate.leave(guest)
            inside.discard(guest)
        else:
            (gate.works if step == "works" else gate.waits)(guest)
        inside -= {each for each in inside if each.closed}
        assert len(gate) == len(inside) <= LIMITS.connections
        for client in "abcd":
            assert sum(each.client == client for each in inside) <= LIMITS.connections_of_one
        assert sum(each.held for each in inside) <= LIMITS.held_bytes
    for guest in known:
        gate.leave(guest)
    assert len(gate) == 0
    for client in "aaabbb":
        let_in(gate, client)
