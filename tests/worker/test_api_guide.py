"""docs/api.md is a walk: its commands are run against a served application."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from api.operator.problems import refusal
from api.operator.telling import ADMIN
from api.serving.server import listener_at, served_by
from casefile.api_keys import Role
from config.connection_limits import API
from engine.embedded import free_port
from tests.api.operator.standing import standing
from tests.casefile.builders import furnish, opened

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "api.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.S) for line in block.splitlines()]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
async def test_every_command_of_the_guide_works_as_written(tmp_path: Path) -> None:
    assert len(COMMANDS) >= 12
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction, case_id="case:devaart:2026-261041", number="261041")
    api, address = standing(file), f"127.0.0.1:{free_port()}"
    environment = {**os.environ, "API": f"http://{address}", "KEY": api.secrets[Role.ADMIN], "no_proxy": "127.0.0.1"}
    async with served_by(api.app, listener_at(address, "it", "IT"), API, refusal=refusal):
        for command in COMMANDS:
            process = await asyncio.create_subprocess_shell(
                command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
            out, err = await process.communicate()
            assert process.returncode == 0, f"{command}\n{out.decode()}\n{err.decode()}"
            assert json.loads(out), command
    with file.read() as transaction:
        case = transaction.cases.load("case:devaart:2026-261041").case
        assert case.promises and any(entry.id == "tr_1" for entry in case.ledger.entries)
    file.database.close()


def test_the_guide_names_what_only_an_admin_may() -> None:
    row = next(line for line in GUIDE.splitlines() if line.startswith("| `admin` |"))
    assert set(re.findall(r"`([a-z_]+)`", row)) == {"admin", *ADMIN}
