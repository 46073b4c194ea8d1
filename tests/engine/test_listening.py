"""Whether anybody listens is known before the SDK is imported, and said as the SDK's own way would say it."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from engine.client import connect
from engine.embedded import free_port
from engine.listening import TemporalUnreachable, look_first


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One without a file of the SDK."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


async def test_where_nobody_listens_both_ways_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    with pytest.raises(TemporalUnreachable) as quickly:
        look_first(1)
    with pytest.raises(TemporalUnreachable) as otherwise:
        await connect(keys=None, seconds=1)
    assert str(quickly.value) == str(otherwise.value)
    assert "connection refused" in str(quickly.value)


def test_where_somebody_listens_the_sdk_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{listener.getsockname()[1]}")
        look_first(1)


@pytest.mark.parametrize("address", ["temporal.example:7233", "no address", "127.0.0.1:99999999"])
def test_what_is_no_number_of_a_machine_is_left_to_the_sdk(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name may take seconds to look up, and nobody can give that up."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    look_first(1)


def test_where_a_file_of_the_sdk_may_name_another_server_it_is_left_to_that(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    file = home / ".config" / "temporalio" / "temporal.toml"
    file.parent.mkdir(parents=True)
    file.write_text("")
    look_first(1)


def test_looking_and_telling_import_nothing_of_the_sdk_before_somebody_listens() -> None:
    looking = "engine.listening, cli.case.engine, cli.same_case_file, cli.case.asking_beside"
    telling = "cli.case.telling, cli.case.arranging, cli.case.credits, cli.pay.commands, cli.nudging"
    others = "cli.importing, cli.remittances, cli.today, cli.api_keys"
    asked = f"import sys, {looking}, {telling}, {others}\n"
    said = subprocess.run(
        [sys.executable, "-c", asked + "print('temporalio' in sys.modules)"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout == "False\n"
