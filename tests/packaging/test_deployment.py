"""docker-compose.yml and deploy/: there is no Docker engine here, so what can be checked without one is."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.keys import new_key
from config.settings import Settings
from worker.case_worker import shutdown_time

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if each["image"].startswith("maanwerk")}
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
DATA = os.environ.get("CONFORMANCE_DATA")


@pytest.mark.skipif(not DATA, reason="CONFORMANCE_DATA names no folder")
def test_the_compose_file_is_what_the_specification_says() -> None:
    schema = json.loads((Path(DATA or "") / "compose" / "compose-spec.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_or_waits_for_one(name: str) -> None:
    def checked(name: str) -> bool:
        own = SERVICES[name].get("healthcheck", {"disable": True})
        return not own.get("disable") or any(checked(other) for other in SERVICES[name].get("depends_on", {}))

    assert checked(name)


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_is_there_and_can_come_true(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert not SERVICES[other]["healthcheck"].get("disable"), other
        else:
            # What must complete must not be started anew for ever.
            assert how["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"].startswith("on-failure")


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_file(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|PWD|SECRET|TOKEN|KEY", variable):
            assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), variable
        assert not re.search(r"://[^/@]*:[^/@]*@", value), variable


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root(name: str) -> None:
    assert SERVICES[name]["user"].split(":")[0] not in ("", "0", "root")


@pytest.mark.parametrize("name", SERVICES)
def test_data_are_in_named_volumes_and_ports_open_on_this_machine_only(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source, _, rest = volume.partition(":")
        assert source in COMPOSE["volumes"] or (rest.endswith(":ro") and (ROOT / source).is_file()), volume
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_webhooks_are_published_apart_from_the_workers_pages() -> None:
    published = [port.rsplit(":", 2)[1:] for port in SERVICES["worker"]["ports"]]
    inside = {into: out for out, into in published}
    addresses = [SERVICES["worker"]["environment"][f"MAANWERK_{name}"] for name in ("HTTP", "WEBHOOKS", "METRICS")]
    ports = [address.rpartition(":")[2] for address in addresses]
    assert len({inside[port] for port in ports}) == 3
    (exposed,) = [what.split() for name, what in instructions() if name == "EXPOSE"]
    assert set(ports[:2]) <= set(exposed)


def test_every_volume_is_used() -> None:
    used = {volume.partition(":")[0] for each in SERVICES.values() for volume in each.get("volumes", [])}
    assert set(COMPOSE["volumes"]) <= used


def test_a_worker_has_the_time_to_stop_that_its_longest_step_takes() -> None:
    worker = SERVICES["worker"]
    minutes, seconds = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", worker["stop_grace_period"]).groups()  # type: ignore[union-attr]
    grace = timedelta(minutes=int(minutes or 0), seconds=int(seconds or 0))
    assert grace >= shutdown_time(float(worker["environment"]["MAANWERK_STEP_SECONDS"])) + timedelta(seconds=10)


@pytest.mark.parametrize("name", OURS)
def test_our_settings_are_settings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {key: value for key, value in OURS[name]["environment"].items() if key.startswith("MAANWERK_")}
    secrets = {"MAANWERK_KEYS": new_key().line, "MAANWERK_CODEC_TOKEN": "a-token-of-the-codec-endpoint"}
    for key, value in {**given, **{key: secrets[key] for key in given if key in secrets}}.items():
        monkeypatch.setenv(key, value)
        assert key.removeprefix("MAANWERK_").lower() in Settings.model_fields
    settings = Settings()
    assert settings.database == given["MAANWERK_DATABASE"]
    assert settings.key_ring is not None and settings.shown == "codes", "what Temporal keeps is encrypted here"


def test_the_codec_endpoint_is_where_the_web_page_looks_and_is_published_apart() -> None:
    worker, page = SERVICES["worker"], SERVICES["temporal-ui"]
    listens = [str(each).rpartition(":")[2] for each in worker["environment"].values() if "0.0.0.0:" in str(each)]
    assert len(listens) == len(set(listens)) >= 3, "each on a port of its own"
    published = dict(port.removeprefix("127.0.0.1:").split(":")[::-1] for port in worker["ports"])
    port = published[worker["environment"]["MAANWERK_CODEC"].rpartition(":")[2]]
    assert page["environment"]["TEMPORAL_CODEC_ENDPOINT"] == f"http://localhost:{port}/codec"
    assert page["environment"]["TEMPORAL_CODEC_INCLUDE_CREDENTIALS"] == "true"
    origin = worker["environment"]["MAANWERK_CODEC_ORIGIN"]
    assert page["ports"] == [f"127.0.0.1:{origin.removeprefix('http://localhost:')}:8080"]


def instructions() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile, with continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.M).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def test_the_image_runs_as_a_user_with_a_number_and_not_as_root() -> None:
    users = [what for name, what in instructions() if name == "USER"]
    assert users == ["10001:10001"]
    assert SERVICES["worker"]["user"] == users[-1]


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD"])
def test_the_image_starts_the_program_itself_so_that_it_gets_the_signals(name: str) -> None:
    (what,) = [what for found, what in instructions() if found == name]
    assert all(isinstance(word, str) for word in json.loads(what))


def test_the_image_has_a_health_check_on_the_workers_page() -> None:
    (check,) = [what for name, what in instructions() if name == "HEALTHCHECK"]
    command = json.loads(check[check.index("[") :])
    assert "/healthz" in command[-1]


def test_everything_is_installed_with_hashes_or_from_what_was_built() -> None:
    installs = [
        run for name, what in instructions() if name == "RUN" for run in what.split("&&") if "pip install" in run
    ]
    assert installs
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)


def test_the_image_gets_every_room_and_its_ignore_file_lets_them_in() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    rooms = {each.rstrip("*") for each in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    rooms = {room for room in rooms if (ROOT / room / "__init__.py").exists()}
    copied = {
        word for name, what in instructions() if name == "COPY" and "--from" not in what for word in what.split()[:-1]
    }
    assert rooms <= copied
    assert all((ROOT / each).exists() for each in copied)
    ignore = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {f"!{each}" for each in copied} <= set(ignore)


def installed_closure(names: list[str]) -> set[str]:
    """What these packages need, as the installed packages say."""
    found: set[str] = set()
    left = [Requirement(name) for name in names]
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        extras = ["", *requirement.extras]
        fresh = name not in found
        found.add(name)
        for text in importlib.metadata.requires(name) or []:
            needed = Requirement(text)
            wanted = needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras)
            if wanted and (fresh or needed.marker is not None) and canonicalize_name(needed.name) not in found:
                left.append(needed)
    return found


def test_the_runtime_part_of_the_lock_is_what_the_program_needs_and_no_more() -> None:
    script = [sys.executable, str(ROOT / "deploy" / "runtime_lock.py")]
    printed = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    pinned = {canonicalize_name(each) for each in re.findall(r"^([A-Za-z0-9._-]+)==", printed, re.M)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert pinned == installed_closure(project["dependencies"])
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", printed)) >= len(pinned)
    assert "pytest" not in pinned


def test_a_package_that_is_not_in_the_lock_is_an_error() -> None:
    script = [sys.executable, str(ROOT / "deploy" / "runtime_lock.py"), "--only", "no-such-package"]
    assert subprocess.run(script, capture_output=True).returncode != 0
