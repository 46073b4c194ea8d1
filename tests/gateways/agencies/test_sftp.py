"""Partners on whose server files are put: whole or not at all, once, and on the right server only."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pydantic import SecretStr

from domain.send_key import opaque_key
from gateways.agencies.claim_csv import COLUMNS
from gateways.agencies.sftp import BadKeyFile, SftpAgency, private_key
from services.ports import CannotTell, Found, NotTaken, NotThere, OutcomeUnknown
from tests.gateways.agencies.sftp_server import PASSWORD, Server, sftp_server
from tests.gateways.agencies.test_rest import CASE, KEY, NOW, file, notice

OWN = opaque_key(KEY)
FOUND = Found(f"{OWN}.zip")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with sftp_server(tmp_path) as serving:
        yield serving


def partner(server: Server, password: str | None = PASSWORD, **changes: Any) -> SftpAgency:
    place = server.place.model_copy(update=changes)
    secret = None if password is None else SecretStr(password)
    key = server.key if password is None else None
    return SftpAgency("noordkade", place, password=secret, key=key, timeout=5, now=lambda: datetime.now(UTC))


async def test_zip_and_csv_stand_there_under_our_key_and_nothing_unfinished(server: Server) -> None:
    assert (await partner(server).send(file())).reference == f"{OWN}.zip"
    assert server.names() == [f"{OWN}.csv", f"{OWN}.zip"]
    assert (server.root / "in" / f"{OWN}.zip").read_bytes() == file().content
    header, row = csv.reader(io.StringIO((server.root / "in" / f"{OWN}.csv").read_text("utf-8")), delimiter=";")
    assert tuple(header) == COLUMNS
    told = dict(zip(header, row, strict=True))
    assert (told["submission"], told["file"], told["case"], told["total"], told["currency"]) == (
        OWN, f"{OWN}.zip", CASE, "1210.00", "EUR",
    )  # fmt: skip
    assert await partner(server).find(KEY, since=NOW) == FOUND


async def test_a_key_signs_in_as_a_password_does(server: Server) -> None:
    await partner(server, None).send(file())
    assert await partner(server).find(KEY, since=NOW) == FOUND


async def test_what_he_has_taken_is_found_where_he_puts_it_and_never_put_there_again(server: Server) -> None:
    await partner(server).send(file())
    for name in server.names():
        (server.root / "in" / name).rename(server.root / "taken" / name)
    assert await partner(server).find(KEY, since=NOW) == FOUND


async def test_that_nothing_stands_there_says_something_only_where_nothing_is_taken_away(server: Server) -> None:
    assert await partner(server).find(KEY, since=NOW) == NotThere()
    assert isinstance(await partner(server, taken=None).find(KEY, since=NOW), CannotTell)


@pytest.mark.parametrize(
    ("which", "when", "failure", "found"),
    [
        # The ZIP alone is nothing to him: he waits for its CSV.
        (".zip", "before", NotTaken, NotThere()),
        (".zip", "after", NotTaken, NotThere()),
        (".csv", "before", OutcomeUnknown, NotThere()),
        (".csv", "after", OutcomeUnknown, FOUND),
    ],
)
async def test_a_connection_that_breaks_at_a_rename_tells_what_became_of_it(
    server: Server, which: str, when: str, failure: type[Exception], found: object
) -> None:
    server.broken = lambda name: when if name.endswith(which) else ""
    with pytest.raises(failure):
        await partner(server, taken=None).send(file())
    server.broken = lambda name: ""
    assert await partner(server, taken=None).find(KEY, since=NOW) == found
    await partner(server).send(file())
    assert server.names() == [f"{OWN}.csv", f"{OWN}.zip"]


async def test_a_notice_stands_there_as_json_with_our_key_of_its_file(server: Server) -> None:
    recall = notice("recall/1", "recall", reason="settled")
    assert await partner(server).told(KEY, "recall/1") == NotThere()
    for _ in range(2):
        await partner(server).tell(KEY, recall)
    assert await partner(server).told(KEY, "recall/1") == Found(f"{opaque_key('recall/1')}.json")
    (name,) = server.names()
    told = json.loads((server.root / "in" / name).read_bytes())
    assert (told["submission"], told["kind"], told["reason"]) == (OWN, "recall", "settled")


async def test_another_host_key_gets_neither_password_nor_file(server: Server) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    with pytest.raises(NotTaken, match="host key is not the one of the profile") as refused:
        await partner(server, host_key=other).send(file())
    assert refused.value.retry_after is not None and server.names() == []
    assert isinstance(await partner(server, host_key=other).find(KEY, since=NOW), CannotTell)


async def test_a_wrong_password_and_a_missing_folder_are_said_and_nothing_is_taken(server: Server) -> None:
    with pytest.raises(NotTaken, match="sign-in is refused") as refused:
        await partner(server, "another-password").send(file())
    assert "another-password" not in str(refused.value)
    with pytest.raises(NotTaken, match="SFTPNoSuchFile"):
        await partner(server, folder="nowhere").send(file())
    with pytest.raises(NotTaken, match="no folder nowhere"):
        await partner(server, folder="nowhere").check()
    assert "folders are there" in await partner(server).check()


async def test_return_files_are_read_once_they_stand_still(server: Server) -> None:
    for name, age in (("r1.csv", 3600), ("r2.csv", 0), (".r3.csv", 3600), ("r4.csv.part", 3600)):
        path = server.root / "returns" / name
        path.write_bytes(b"status;reference\n")
        moment = datetime.now(UTC).timestamp() - age
        os.utime(path, (moment, moment))
    assert [each.name for each in await partner(server).returned()] == ["r1.csv"]


def test_a_file_without_a_private_key_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "key"
    empty.write_text("no key")
    with pytest.raises(BadKeyFile, match="holds no private key"):
        private_key(empty)
