"""Messages as people and bad programs send them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import messages as m
from tests.domain.builders import day
from tests.rows import in_rows


def read(name: str, content: Any) -> m.Message:
    return m.read_message(name, json.dumps(content).encode())


def refusal(name: str, raw: bytes | None) -> str:
    with pytest.raises(m.Unreadable) as caught:
        m.read_message(name, raw)
    return str(caught.value)


UNREADABLE: list[tuple[str, bytes | None]] = [
    ("nothing", None),
    ("empty", b""),
    ("spaces", b"  \n"),
    ("null", b"null"),
    ("a word", b'"urgent"'),
    ("a bare word", b"urgent"),
    ("a list", b"[1, 2]"),
    ("a number", b"12"),
    ("yes", b"true"),
    ("bad JSON", b'{"until": '),
    ("two payloads", b'{"amount": "1.00"} {"amount": "1.00"}'),
    ("NaN", b'{"amount": NaN}'),
    ("infinity", b'{"amount": -Infinity}'),
    ("deep nesting", b"[" * 200_000),
    ("deep object", b'{"a":' * 100_000),
    ("invalid UTF-8", b'{"id": "\xff\xfe"}'),
    ("UTF-16", '{"amount": "1.00"}'.encode("utf-16")),
    ("surrogate bytes", b'{"id": "\xed\xa0\x80"}'),
    ("3 MB", b'{"note": "' + b"x" * 3_000_000 + b'"}'),
    ("a huge number", b'{"amount": ' + b"9" * 10_000 + b"}"),
]


@in_rows(("what", "raw"), UNREADABLE, ids=lambda row: row[0])
def test_what_cannot_be_used_is_said_in_words(what: str, raw: bytes | None) -> None:
    assert refusal("payment_received", raw)


@in_rows(("what", "raw"), UNREADABLE, ids=lambda row: row[0])
def test_a_pause_can_always_be_read(what: str, raw: bytes | None) -> None:
    assert isinstance(m.read_message("pause", raw), m.Pause)


def test_an_unknown_name_is_told_the_known_ones() -> None:
    text = refusal("payment_recieved", b"{}")
    assert "payment_recieved" in text and "payment_received" in text


@in_rows(
    "amount",
    [
        1,
        1.0,
        True,
        None,
        "",
        "x",
        "NaN",
        "Infinity",
        "1e3",
        "1,00",
        "1_000.00",
        "-1.00",
        "0.00",
        "1.00001",
        [],
        {},
        [0, [1], 0],
        "1" * 30,
        "١٢",
    ],
)
def test_an_amount_is_a_plain_positive_text(amount: object) -> None:
    assert "amount" in refusal("payment_received", json.dumps({"amount": amount}).encode())


def test_an_amount_may_bring_its_currency_inside() -> None:
    message = read("payment_received", {"amount": {"amount": "1.00", "currency": "EUR"}})
    assert isinstance(message, m.PaymentReceived) and message.currency == "EUR"


@pytest.mark.parametrize("written", [20260309, 1700000000, "1700000000", "9.3.2026", "2026-13-01", "9999-12-31", True])
def test_a_day_is_written_as_a_day(written: object) -> None:
    content = {"amount": "1.00", "credited_on": written}
    assert "credited_on" in refusal("payment_received", json.dumps(content).encode())


def test_a_field_called_name_is_not_the_name_of_the_message() -> None:
    message = read("payment_received", {"amount": "1.00", "name": "J. Jansen"})
    assert isinstance(message, m.PaymentReceived) and message.name == "payment_received"
    assert isinstance(read("pause", {"name": "J. Jansen"}), m.Pause)


def test_unknown_fields_are_left_out() -> None:
    assert isinstance(read("payment_received", {"amount": "1.00", "colour": "red"}), m.PaymentReceived)


@pytest.mark.parametrize("text", ["\ud800", "a\0b"])
def test_text_that_no_database_takes_is_refused(text: str) -> None:
    assert "payment_received" in refusal("payment_received", json.dumps({"id": text, "amount": "1.00"}).encode())


def test_windows_may_put_its_mark_before_the_content() -> None:
    assert isinstance(m.read_message("payment_received", b'\xef\xbb\xbf{"amount": "1.00"}'), m.PaymentReceived)


PAUSES = [
    (None, None, ""),
    ("urgent", None, "urgent"),
    ("2026-04-12", "2026-04-12", ""),
    ({"until": "2026-04-12", "reason": "asks for time"}, "2026-04-12", "asks for time"),
    ({"until": " 2026-04-12 "}, "2026-04-12", ""),
    ({"until": None}, None, ""),
]


@pytest.mark.parametrize(("content", "until", "reason"), PAUSES)
def test_a_pause_in_the_forms_people_type(content: object, until: str | None, reason: str) -> None:
    pause = read("pause", content)
    assert isinstance(pause, m.Pause)
    assert (pause.until, pause.reason, pause.notes) == (day(until) if until else None, reason, ())


@in_rows(
    "content",
    [
        {"until": "next week"},
        {"until": 5},
        {"until": "9999-12-31"},
        {"reason": "\ud800"},
        {"reason": ["x"]},
        {"actor": {}},
        {"id": ""},
        "\ud800",
        "a\0b",
        ["2026-04-12"],
        7,
    ],
)
def test_what_cannot_be_read_of_a_pause_is_noted(content: object) -> None:
    pause = read("pause", content)
    assert isinstance(pause, m.Pause) and pause.notes and pause.until is None


def test_a_readable_field_of_a_pause_counts_beside_an_unreadable_one() -> None:
    pause = read("pause", {"until": "2026-04-12", "reason": 5})
    assert isinstance(pause, m.Pause)
    assert (pause.until, len(pause.notes)) == (day("2026-04-12"), 1)


@pytest.mark.parametrize("raw", [None, b"", b"null", b'"x"', b"{", b'{"id": 5}', b'{"name": "x"}', b"\xff"])
def test_a_resume_needs_no_content(raw: bytes | None) -> None:
    assert isinstance(m.read_message("resume", raw), m.Resume)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(m.MESSAGES)) | st.text(max_size=20), st.none() | st.binary(max_size=200))
def test_bytes_are_read_or_unreadable_and_nothing_else(name: str, raw: bytes | None) -> None:
    try:
        m.read_message(name, raw)
    except m.Unreadable as error:
        assert str(error)


@given(st.sampled_from(sorted(m.MESSAGES)), st.data())
def test_any_content_in_the_right_fields_is_read_or_unreadable(name: str, data: st.DataObject) -> None:
    fields = sorted(m.MESSAGES[name].model_fields)
    content = data.draw(st.dictionaries(st.sampled_from(fields), json_values, max_size=4))
    try:
        m.read_message(name, json.dumps(content).encode())
    except m.Unreadable as error:
        assert str(error)
