import asyncio
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest

from gateways.outbox import BadFaultFile, Fault, FaultsInTurn, FileOutbox
from services.ports import (
    CannotTell,
    Channel,
    Found,
    Gateway,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    Refused,
)
from tests.at_once import begun, ended

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
MAIL = Outgoing(
    key="case:devaart:F-1/reminder/1/email/els",
    channel="email",
    to="els@bakker.example",
    subject="Herinnering",
    media_type="message/rfc822",
    content=b"From: x\r\n\r\nHallo",
    filename_hint="2026-03-10 reminder email",
)


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.glob("*/*"))


def many(root: str, start: int) -> None:
    """Send the same twenty messages as the other processes do, from another start."""

    async def send_all() -> None:
        outbox = FileOutbox(Path(root))
        for number in range(20):
            await outbox.send(replace(MAIL, key=f"k{(number + start) % 20}"))

    asyncio.run(send_all())


async def test_a_message_becomes_a_file_that_a_person_can_find(tmp_path: Path) -> None:
    outbox: Gateway = FileOutbox(tmp_path)
    sent = await outbox.send(MAIL)
    (name,) = files(tmp_path)
    assert name == f"emails/2026-03-10 reminder email {sent.reference.removeprefix('outbox-')[:8]}.eml"
    assert (tmp_path / name).read_bytes() == MAIL.content
    assert await outbox.find(MAIL.key, since=SINCE) == Found(sent.reference)


@pytest.mark.parametrize(
    ("channel", "folder", "extension"),
    [
        ("email", "emails", ".eml"),
        ("sms", "texts", ".txt"),
        ("post", "letters", ".pdf"),
        ("registered", "letters", ".pdf"),
        ("agency", "agency", ".zip"),
    ],
)
async def test_each_channel_has_its_folder(tmp_path: Path, channel: Channel, folder: str, extension: str) -> None:
    outbox = FileOutbox(tmp_path)
    await outbox.send(replace(MAIL, channel=channel))
    (taken,) = outbox.taken()
    assert taken.file.parent == tmp_path / folder
    assert taken.file.suffix == extension
    assert (taken.channel, taken.to, taken.sha256) == (channel, MAIL.to, sha256(MAIL.content).hexdigest())


async def test_the_same_key_is_taken_once_and_its_first_bytes_stand(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    first = await outbox.send(MAIL)
    again = await FileOutbox(tmp_path).send(replace(MAIL, content=b"other", filename_hint="other"))
    assert again == first
    assert len(files(tmp_path)) == 1
    assert outbox.taken()[0].file.read_bytes() == MAIL.content


async def test_a_key_never_sent_is_not_there(tmp_path: Path) -> None:
    assert await FileOutbox(tmp_path).find(MAIL.key, since=SINCE) == NotThere()


async def test_an_index_that_vanished_swears_nothing(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    await outbox.send(MAIL)
    for path in tmp_path.glob("index.sqlite3*"):
        path.unlink()
    assert isinstance(await outbox.find(MAIL.key, since=SINCE), CannotTell)
    with pytest.raises(OutcomeUnknown):
        await outbox.send(MAIL)


def test_many_threads_and_instances_take_each_message_once(tmp_path: Path) -> None:
    outboxes = [FileOutbox(tmp_path) for _ in range(2)]
    messages = [replace(MAIL, key=f"k{number % 10}") for number in range(80)]
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda job: asyncio.run(outboxes[job[0] % 2].send(job[1])), enumerate(messages)))
    assert len({answer.reference for answer in sent}) == 10
    assert len(outboxes[0].taken()) == len(files(tmp_path)) == 10


def test_several_processes_take_each_message_once(tmp_path: Path) -> None:
    assert ended(begun(many, [(str(tmp_path / "new"), start) for start in (0, 7)])) == [0, 0]
    assert len(FileOutbox(tmp_path / "new").taken()) == len(files(tmp_path / "new")) == 20


async def test_a_file_without_a_row_was_never_taken_and_is_replaced(tmp_path: Path) -> None:
    # What a kill between the file and the commit leaves: the file is complete, the index knows nothing of it.
    outbox = FileOutbox(tmp_path)
    await outbox.send(MAIL)
    (orphan,) = files(tmp_path)
    with sqlite3.connect(tmp_path / "index.sqlite3") as index:
        index.execute("DELETE FROM messages")
    index.close()
    (tmp_path / orphan).write_bytes(b"half")
    assert await outbox.find(MAIL.key, since=SINCE) == NotThere()
    await outbox.send(MAIL)
    assert files(tmp_path) == [orphan]
    assert (tmp_path / orphan).read_bytes() == MAIL.content


async def test_two_keys_with_one_file_name_get_two_files(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    await outbox.send(MAIL)
    other = replace(MAIL, key="other", content=b"other")
    # Force the short hashes to meet: give the first message the name that the second would get.
    name = f"emails/{MAIL.filename_hint} {sha256(b'other').hexdigest()[:8]}.EML"
    with sqlite3.connect(tmp_path / "index.sqlite3") as index:
        index.execute("UPDATE messages SET file = ?", (name,))
    index.close()
    await outbox.send(other)
    first, second = outbox.taken()
    assert first.file.name.casefold() != second.file.name.casefold()


@pytest.mark.parametrize("hint", ["../../x", "/etc/x", "a/b\\c", "\x00\n", "", "." * 9, "é" * 400, "CON", "x" * 999])
async def test_no_hint_leads_out_of_the_folder(tmp_path: Path, hint: str) -> None:
    outbox = FileOutbox(tmp_path / "box")
    await outbox.send(replace(MAIL, filename_hint=hint))
    (taken,) = outbox.taken()
    assert taken.file.parent == tmp_path / "box" / "emails"
    assert taken.file.read_bytes() == MAIL.content
    assert [path.name for path in tmp_path.iterdir()] == ["box"]


# For its owner alone ----------------------------------------------------------------------------------------


def modes(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root.parent)): stat.S_IMODE(path.stat().st_mode) for path in (root, *root.rglob("*"))}


def of_the_owner(root: Path) -> dict[str, int]:
    return {name: 0o700 if (root.parent / name).is_dir() else 0o600 for name in modes(root)}


@pytest.fixture
def _careless() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_careless")
async def test_everything_in_an_outbox_is_its_owners_alone(tmp_path: Path) -> None:
    root = tmp_path / "box"
    outbox = FileOutbox(root)
    with sqlite3.connect(root / "index.sqlite3") as reader:
        reader.execute("SELECT * FROM messages").fetchall()
        for channel in ("email", "sms", "post", "registered", "agency"):
            await outbox.send(replace(MAIL, key=channel, channel=channel))
        assert {"box/index.sqlite3-wal", "box/index.sqlite3-shm"} <= modes(root).keys()
        assert modes(root) == of_the_owner(root)
    reader.close()


@pytest.mark.usefixtures("_careless")
async def test_an_outbox_that_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "box"
    await FileOutbox(root).send(MAIL)
    (root / "faults.json").write_text("[]")
    for path in (root, *root.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    FileOutbox(root)
    (root / "faults.json").chmod(0o600)  # A person's own file, in a folder that nobody else can enter.
    assert modes(root) == of_the_owner(root)


@pytest.mark.usefixtures("_careless")
async def test_a_folder_that_holds_other_things_is_left_open_and_what_is_ours_in_it_is_closed(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir(mode=0o755)
    (tmp_path / "share" / "minutes.txt").write_text("of the meeting")
    await FileOutbox(tmp_path / "share").send(MAIL)
    found = modes(tmp_path / "share")
    assert (found.pop("share"), found.pop("share/minutes.txt")) == (0o755, 0o666)
    assert {mode & 0o077 for mode in found.values()} == {0}


async def test_a_pipe_in_the_place_of_the_faults_is_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "faults.json")
    with pytest.raises(BadFaultFile, match=r"faults\.json: cannot be read: it is a pipe"):
        FileOutbox(tmp_path)


@pytest.mark.parametrize("to", ["+31 900 1234", "+32 70 12 34 56", "+88 16 23456789", "0900-1234"])
async def test_a_text_to_a_number_that_costs_is_refused_without_quoting_it(tmp_path: Path, to: str) -> None:
    with pytest.raises(Refused, match=r"^number_not_usable: it is a [a-z -]+$"):
        await FileOutbox(tmp_path).send(replace(MAIL, channel="sms", to=to))
    assert files(tmp_path) == []


@pytest.mark.parametrize("message", [replace(MAIL, channel="call"), replace(MAIL, to="  ")])
async def test_a_call_or_a_message_to_nobody_is_refused(tmp_path: Path, message: Outgoing) -> None:
    with pytest.raises(Refused):
        await FileOutbox(tmp_path).send(message)
    assert files(tmp_path) == []


async def test_a_time_out_before_took_nothing_and_one_after_took_the_message(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path, FaultsInTurn({"before": ["time_out_before"], "after": ["time_out_after"]}))
    for key in ("before", "after"):
        with pytest.raises(OutcomeUnknown, match="timed_out"):
            await outbox.send(replace(MAIL, key=key))
    assert await outbox.find("before", since=SINCE) == NotThere()
    found = await outbox.find("after", since=SINCE)
    assert isinstance(found, Found)
    sent = await outbox.send(replace(MAIL, key="after"))
    assert sent.reference == found.reference
    await outbox.send(replace(MAIL, key="before"))
    assert len(files(tmp_path)) == 2


async def test_told_not_to_take_and_to_refuse_it_does_so_and_takes_nothing(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path, FaultsInTurn({MAIL.key: ["not_taken", "refused", None]}))
    with pytest.raises(NotTaken) as passing:
        await outbox.send(MAIL)
    assert passing.value.retry_after is not None
    with pytest.raises(Refused):
        await outbox.send(MAIL)
    assert files(tmp_path) == []
    await outbox.send(MAIL)


async def test_what_was_taken_stays_taken_whatever_the_faults_say(tmp_path: Path) -> None:
    sent = await FileOutbox(tmp_path).send(MAIL)
    for fault in get_args(Fault):
        assert await FileOutbox(tmp_path, FaultsInTurn({MAIL.key: [fault]})).send(MAIL) == sent


async def test_faults_from_a_file_are_used_up_once_across_restarts(tmp_path: Path) -> None:
    entry = {"match": "case:*:F-1/*", "fault": "not_taken", "times": 2}
    (tmp_path / "faults.json").write_text(json.dumps([entry, {"match": "nobody", "fault": "refused"}]))
    for _ in range(2):
        with pytest.raises(NotTaken):
            await FileOutbox(tmp_path).send(MAIL)
    await FileOutbox(tmp_path).send(MAIL)
    await FileOutbox(tmp_path).send(replace(MAIL, key="case:devaart:F-2/reminder"))
    # Raising `times` makes it happen again.
    (tmp_path / "faults.json").write_text(json.dumps([entry | {"times": 3}]))
    with pytest.raises(NotTaken):
        await FileOutbox(tmp_path).send(replace(MAIL, key="case:devaart:F-1/notice"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[\n{", "line 2"),
        ("{}", "give a list"),
        (
            '[{"match": "*", "fault": "refused"}, {"match": "*", "fault": "boom"}]',
            'entry 2: "fault" must be one of',
        ),
        ('[{"match": "*", "fault": "refused", "times": 0}]', '"times" must be'),
        ('[{"match": "", "fault": "refused"}]', '"match" must be'),
        ('[{"match": "*", "fault": "refused", "tmes": 1}]', "nothing else"),
    ],
)
async def test_a_bad_fault_file_is_named_and_stops_the_send(tmp_path: Path, text: str, says: str) -> None:
    outbox = FileOutbox(tmp_path)
    (tmp_path / "faults.json").write_text(text)
    with pytest.raises(BadFaultFile, match=says):
        FileOutbox(tmp_path)
    with pytest.raises(NotTaken, match=says):
        await outbox.send(MAIL)
    assert files(tmp_path) == []


async def test_a_disk_that_does_not_work_is_certainly_not_taken(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    (tmp_path / "emails").rmdir()
    with pytest.raises(NotTaken, match="outbox_disk: ENOENT"):
        await outbox.send(MAIL)
    assert await outbox.find(MAIL.key, since=SINCE) == NotThere()
