"""What becomes of one payload: encrypted under the newest key, opened by any, left alone where none fits."""

from __future__ import annotations

import json

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.common import RawValue
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from activities.contracts import CodesOnly, Turn
from domain.views.details import CODES_HEAD
from engine.encryption import PayloadEncryption
from engine.plugin import CannotDecrypt, data_converter
from tests.engine.secret_office import ring

PLAIN = Payload(metadata={"encoding": b"json/plain", "own": b"1"}, data=b'{"amount": "4321.09"}')


async def sealed(key: str = "k1", payload: Payload = PLAIN) -> Payload:
    (found,) = await PayloadEncryption(ring(key)).encode([payload])
    return found


async def opened(payload: Payload, *keys: str) -> Payload:
    (found,) = await PayloadEncryption(ring(*keys)).decode([payload])
    return found


async def test_a_payload_comes_back_whole_and_nothing_of_it_is_seen_between() -> None:
    encrypted = await sealed()
    assert dict(encrypted.metadata) == {"encoding": b"binary/encrypted", "encryption-key-id": b"k1"}
    assert b"4321" not in encrypted.SerializeToString()
    assert await opened(encrypted, "k1") == PLAIN
    assert await opened(encrypted, "n2", "k1") == PLAIN, "an older key opens what it closed"


async def test_no_two_encryptions_are_the_same() -> None:
    """A nonce that comes twice under one key gives both contents away."""
    nonces = {(await sealed()).data[:12] for _ in range(500)}
    assert len(nonces) == 500


async def test_plain_payloads_are_read_as_they_are() -> None:
    for payload in (PLAIN, Payload(), Payload(metadata={"encoding": b"x/\xff"}, data=b"\x00")):
        assert await opened(payload, "k1") == payload


def changed(payload: Payload, **metadata: bytes) -> Payload:
    other = Payload()
    other.CopyFrom(payload)
    for name, value in metadata.items():
        other.metadata[name.replace("_", "-")] = value
    return other


async def test_what_was_changed_or_has_no_key_stays_as_it_is() -> None:
    encrypted = await sealed()
    damaged = [Payload(metadata=encrypted.metadata, data=encrypted.data[:length]) for length in (0, 5, 12, 13, 27, 40)]
    for place in (0, 11, 12, 30, -16, -1):
        data = bytearray(encrypted.data)
        data[place] ^= 1
        damaged.append(Payload(metadata=encrypted.metadata, data=bytes(data)))
    damaged.append(changed(encrypted, encryption_key_id=b"n2"))
    damaged.append(changed(encrypted, encryption_key_id=b"\xff"))
    damaged.append(Payload(metadata={"encoding": b"binary/encrypted"}, data=encrypted.data))
    for each in damaged:
        assert await opened(each, "k1", "n2") == each


@given(
    metadata=st.dictionaries(st.sampled_from(["encoding", "encryption-key-id", "maanwerk-plain", "x"]), st.binary()),
    encoding=st.sampled_from([b"binary/encrypted", b"json/plain", b""]),
    key=st.sampled_from([b"k1", b"n2", b"\xff", b""]),
    data=st.binary(max_size=200),
)
@settings(max_examples=300, deadline=None)
async def test_decoding_never_fails(metadata: dict[str, bytes], encoding: bytes, key: bytes, data: bytes) -> None:
    """A codec that fails makes the task of a case fail, for ever."""
    payload = Payload(metadata={**metadata, "encoding": encoding, "encryption-key-id": key}, data=data)
    assert await opened(payload, "k1") == payload


async def test_the_id_of_the_key_is_sealed_with_the_content() -> None:
    """The same 32 bytes under another id open nothing: what stands readable beside it can't be exchanged."""
    from config.keys import Key, KeyRing

    renamed = KeyRing((Key("k2", ring("k1").newest.secret),))
    moved = changed(await sealed(), encryption_key_id=b"k2")
    assert await PayloadEncryption(renamed).decode([moved]) == [moved]


async def test_what_is_needed_names_the_key_and_what_to_do() -> None:
    for converter in (data_converter(), data_converter(ring("n2"))):
        with pytest.raises(CannotDecrypt, match=r"'k1'.*MAANWERK_KEYS"):
            await converter.decode([await sealed()], [Turn])
        with pytest.raises(CannotDecrypt):
            await converter.decode([await sealed()])
        (raw,) = await converter.decode([await sealed()], [RawValue])
        assert raw.payload.metadata["encryption-key-id"] == b"k1", "what is told stays as it came, for the quarantine"


async def test_codes_stay_readable_and_leave_without_their_mark() -> None:
    payloads = await data_converter(ring("k1")).encode([CodesOnly("reminder at Tue"), "F-1: reminder at Tue"])
    assert payloads[0] == Payload(metadata={"encoding": b"json/plain"}, data=b'"reminder at Tue"')
    assert payloads[1].metadata["encoding"] == b"binary/encrypted"
    (unencrypted,) = await data_converter().encode([CodesOnly("reminder at Tue")])
    assert unencrypted == payloads[0]


@pytest.mark.parametrize(
    ("details", "readable"),
    [
        (f"{CODES_HEAD}\n\nNext", True),
        ("", True),
        ("### case:a:F-1\n\nOpen 4321.09", False),
        ("x\n" + CODES_HEAD, False),
    ],
)
async def test_the_details_of_a_case_stay_readable_when_they_hold_codes_only(details: str, readable: bool) -> None:
    data = json_format.MessageToJson(WorkflowMetadata(current_details=details)).encode()
    metadata = {"encoding": b"json/protobuf", "messageType": b"temporal.api.sdk.v1.WorkflowMetadata"}
    shown = await sealed(payload=Payload(metadata=metadata, data=data))
    assert (shown.metadata["encoding"] == b"json/protobuf") is readable
    nonsense = await sealed(payload=Payload(metadata=metadata, data=b"no JSON, 4321.09"))
    assert nonsense.metadata["encoding"] == b"binary/encrypted"


async def failure_of(converter: DataConverter, error: Exception) -> tuple[str, str]:
    """What a failure says to a stranger, and to who has the key."""
    from temporalio.api.failure.v1 import Failure

    failure = Failure()
    await converter.encode_failure(error, failure)
    seen = str(failure)
    return seen, str(await converter.decode_failure(failure))


@pytest.mark.parametrize("kind", ["Refused", "Unreadable", "other"])
async def test_a_failure_tells_a_stranger_nothing_and_its_reader_all(kind: str) -> None:
    try:
        raise ApplicationError("4321.09 is too much", {"note": "kletskoek"}, type=kind)
    except ApplicationError as error:
        stranger, reader = await failure_of(data_converter(ring("k1")), error)
    assert "4321" not in stranger and "kletskoek" not in stranger and "test_encryption.py" not in stranger
    assert "4321.09 is too much" in reader


async def test_a_refusal_is_told_without_program_text() -> None:
    from temporalio.api.failure.v1 import Failure

    converter, failure = data_converter(ring("k1")), Failure()
    try:
        raise ApplicationError("no", type="Refused")
    except ApplicationError as error:
        await converter.encode_failure(error, failure)
    (said,) = await converter.decode([failure.encoded_attributes])
    assert said == {"message": "no", "stack_trace": ""}


async def test_a_missing_key_is_told_to_everybody() -> None:
    stranger, _ = await failure_of(data_converter(ring("n2")), CannotDecrypt("under the key k1"))
    assert "under the key k1" in stranger


# Temporal's remote codec protocol --------------------------------------------------------------------------------


def body(*payloads: Payload) -> bytes:
    return json_format.MessageToJson(Payloads(payloads=payloads)).encode()


async def test_the_protocol_of_the_web_page_there_and_back() -> None:
    encryption = PayloadEncryption(ring("k1"))
    there = encryption.encrypted(body(PLAIN, Payload()))
    assert b"4321" not in there and len(json.loads(there)["payloads"]) == 2
    assert json_format.Parse(encryption.decrypted(there), Payloads()).payloads[:] == [PLAIN, Payload()]
    assert encryption.encrypted(there) == encryption.encrypted(there), "what is encrypted is not encrypted again"


@pytest.mark.parametrize("wrong", [b"", b"[]", b"null", b"\xff", b'{"payloads": 5}', b'{"payloads": [{"data": 5}]}'])
async def test_what_is_no_body_is_refused(wrong: bytes) -> None:
    for transform in (PayloadEncryption(ring("k1")).encrypted, PayloadEncryption(ring("k1")).decrypted):
        with pytest.raises(ValueError, match="no payloads") as raised:
            transform(wrong)
        assert raised.value.__cause__ is None
