"""What becomes of an encrypted message on its arrival: the same for later ones, whether or not its key is there."""

from __future__ import annotations

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from engine.encryption import PayloadEncryption
from tests.engine.secret_office import ring
from workflows.reception import Reception, unopened


async def sealed(content: bytes) -> Payload:
    """A payload under the key x9."""
    plain = Payload(metadata={"encoding": b"json/plain"}, data=content)
    (payload,) = await PayloadEncryption(ring("x9")).encode([plain])
    return payload


async def received(payload: Payload, name: str, *keys: str) -> tuple[list[str], list[str | None]]:
    """The ids of what comes after a signal, and the problems of that signal's messages.

    Args:
        payload: Of the signal.
        name: Of the signal.
        keys: Which keys the worker has.
    """
    (content,) = await PayloadEncryption(ring(*keys)).decode([payload])
    reception = Reception("run")
    messages = reception.first(name, RawValue(content))
    later = [reception.request("log_call", RawValue(Payload(data=b"{}")), "u1")]
    for _ in range(2):
        later += reception.first("raise_task", RawValue(Payload(data=b'{"task": "look"}')))
    assert len({each.once for each in (*messages, *later)}) == len(messages) + len(later)
    return [f"{each.id} {each.once}" for each in later], [each.problem for each in messages]


@pytest.mark.parametrize("name", ["pause", "nudge", "payment_received", "zork"])
@pytest.mark.parametrize("content", [b"null", b'{"id": "p1"}', b"", b"no JSON"])
async def test_a_key_that_comes_or_goes_changes_no_id_of_what_came_after(name: str, content: bytes) -> None:
    payload = await sealed(content)
    with_key, _ = await received(payload, name, "k1", "x9")
    without, _ = await received(payload, name, "k1")
    assert with_key == without


async def test_what_no_key_opens_names_it_and_a_pause_pauses_all_the_same() -> None:
    payload = await sealed(b'{"until": "2026-03-20"}')
    _, problems = await received(payload, "pause", "k1")
    assert problems[0] is None and "'x9'" in str(problems[1]) and "binary/encrypted" in str(problems[1])
    assert (await received(payload, "pause", "x9"))[1] == [None]
    assert unopened(RawValue(payload)) == problems[1]
