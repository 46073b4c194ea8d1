"""What each of Twilio's statuses means: the table of integrations.md §1.6, code by code."""

from __future__ import annotations

import pytest

from gateways.twilio.callbacks import RANKS, Meaning, callback_url, meaning_of, read_callback

SID = "SM" + "a" * 32
BOTH, TEXTS = ("sms", "call"), ("sms",)


@pytest.mark.parametrize(
    ("code", "status", "blocks", "stops"),
    [
        (21211, "failed", BOTH, False),
        (21214, "failed", BOTH, False),
        (21217, "failed", BOTH, False),
        (21401, "failed", BOTH, False),
        (30005, "failed", BOTH, False),
        (21610, "failed", TEXTS, False),
        (21614, "failed", TEXTS, False),
        (30004, "failed", TEXTS, False),
        (30006, "failed", TEXTS, False),
        (30001, "unreached", (), False),
        (30003, "unreached", (), False),
        (30008, "unreached", (), False),
        (30036, "unreached", (), False),
        (30410, "unreached", (), False),
        (None, "unreached", (), False),
        (99999, "unreached", (), False),
        (20003, "sender_refused", (), True),
        (21603, "sender_refused", (), True),
        (21606, "sender_refused", (), True),
        (21608, "sender_refused", (), True),
        (21612, "sender_refused", (), True),
        (21617, "sender_refused", (), True),
        (21659, "sender_refused", (), True),
        (30002, "sender_refused", (), True),
        (30007, "sender_refused", (), False),
    ],
)
@pytest.mark.parametrize("ended", ["undelivered", "failed"])
def test_a_text_that_did_not_arrive(
    code: int | None, status: str, blocks: tuple[str, ...], stops: bool, ended: str
) -> None:
    found = meaning_of("sms", ended, code, None)
    assert found is not None
    assert (found.status, found.blocks, found.stops) == (status, blocks, stops)
    assert (str(code) if code else ended) in found.reason


@pytest.mark.parametrize(
    ("status", "answered_by", "means"),
    [
        ("completed", None, Meaning("delivered")),
        ("completed", "human", Meaning("delivered")),
        ("completed", "unknown", Meaning("delivered")),
        ("completed", "machine_end_beep", Meaning("delivered", "twilio: it is on the answering machine")),
        ("completed", "fax", Meaning("failed", "twilio: a fax answered", ("call",))),
        ("busy", None, Meaning("unreached", "twilio: busy")),
        ("no-answer", None, Meaning("unreached", "twilio: no-answer")),
        ("canceled", None, Meaning("unreached", "twilio: canceled")),
        ("failed", None, Meaning("failed", "twilio: failed")),
    ],
)
def test_a_call(status: str, answered_by: str | None, means: Meaning) -> None:
    assert meaning_of("call", status, None, answered_by) == means


@pytest.mark.parametrize("status", [name for name, rank in RANKS.items() if rank < 4])
def test_what_is_under_way_means_nothing_yet(status: str) -> None:
    assert meaning_of("sms", status, 30003, None) is None


def test_what_is_read_of_a_callback() -> None:
    form = (("MessageSid", SID), ("MessageStatus", "undelivered"), ("ErrorCode", "30003"), ("To", "+31612345678"))
    found = read_callback("sms", form)
    assert found is not None
    assert (found.sid, found.status, found.code) == (SID, "undelivered", 30003)
    assert "+31612345678" not in repr(found)


@pytest.mark.parametrize(
    "form",
    [
        (),
        (("MessageSid", SID),),
        (("MessageStatus", "sent"),),
        (("MessageSid", "SM1"), ("MessageStatus", "sent")),
        (("MessageSid", SID), ("MessageStatus", "teleported")),
        (("CallSid", "CA" + "a" * 32), ("CallStatus", "completed")),
    ],
)
def test_what_names_no_message_or_no_status_is_nothing(form: tuple[tuple[str, str], ...]) -> None:
    assert read_callback("sms", form) is None


@pytest.mark.parametrize("code", ["", "x", "0", "-1", "1" * 40, "٣"])
def test_an_error_code_that_is_none_is_left_out(code: str) -> None:
    found = read_callback("sms", (("MessageSid", SID), ("MessageStatus", "failed"), ("ErrorCode", code)))
    assert found is not None and found.code is None


def test_the_hash_of_the_send_key_stands_in_the_query_and_what_repeats_it_behind_the_sign() -> None:
    url = callback_url("https://pay.example.nl", "sms", "a" * 64)
    assert url == f"https://pay.example.nl/webhooks/twilio/message?k={'a' * 64}#rc=5&rp=all"
