"""What becomes of an encrypted message on its arrival: the same for later ones, whether or not its key is there."""

from __future__ import annotations

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from tests.worker.secret_office import ring
from worker.encryption import PayloadEncryption
from workflows.reception import Reception, unopened


async def sealed(content: bytes) -> Payload:
    """A payload under the key x9."""
    plain = Payload(metadata={"encoding": b"json/plain"}, data=content)
    (payload,) = await PayloadEncryption(ring("x9")).encode([plain])
    return payload


async def received(payload: Payload, name: str, *keys: str) -> tuple[str, list[str | None]]:
    """The id of an update that comes after a signal, and the problems of that signal's messages.

    Args:
        payload: Of the signal.
        name: Of the signal.
        keys: Which keys the worker has.
    """
    (content,) = await PayloadEncryption(ring(*keys)).decode([payload])
    reception = Reception("run")
    messages = reception.first(name, RawValue(content))
    return reception.request("log_call", RawValue(Payload(data=b"{}"))).id, [each.problem for each in messages]


@pytest.mark.parametrize("name", ["pause", "nudge", "payment_received", "zork"])
@pytest.mark.parametrize("content", [b"null", b'{"id": "p1"}', b"", b"no JSON"])
async def test_a_key_that_comes_or_goes_changes_no_number_of_a_later_update(name: str, content: bytes) -> None:
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


async def test_what_came_plain_is_counted_as_ever() -> None:
    """The numbers in histories of before must stay."""
    for name, content, number in (("pause", b"null", 2), ("nudge", b"null", 1), ("nudge", b"1", 2), ("zork", b"", 2)):
        payload = Payload(metadata={"encoding": b"json/plain"}, data=content)
        assert (await received(payload, name, "k1"))[0] == f"run:{number}"
