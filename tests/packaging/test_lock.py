"""The lock file pins everything, for every machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
HOST_OR_OPTION = re.compile(r"[a-z]://|^\s*-(i|f|-index-url|-extra-index-url|-find-links|-trusted-host)\b")
ABSOLUTE_PATH = re.compile(r"""(^|[\s=@"'(])(/[A-Za-z]|~/|[A-Za-z]:\\)""")


def pins() -> dict[str, tuple[str, int]]:
    """Version and number of hashes of every pinned package, by canonical name."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if pin := PIN.match(line):
            name = canonicalize_name(pin["name"])
            found[name] = (pin["version"], 0)
        if HASH.search(line):
            version, hashes = found[name]
            found[name] = (version, hashes + 1)
    return found


def requirements(*, dev: bool) -> list[Requirement]:
    """What pyproject.toml asks for."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    listed = project["optional-dependencies"]["dev"] if dev else project["dependencies"]
    return [Requirement(line) for line in listed]


@pytest.mark.parametrize("file", [LOCK, PROJECT], ids=lambda file: file.name)
@pytest.mark.parametrize("forbidden", [HOST_OR_OPTION, ABSOLUTE_PATH], ids=["host", "path"])
def test_no_host_and_no_absolute_path_is_written_down(file: Path, forbidden: re.Pattern[str]) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [f"{file.name}:{n}: {line}" for n, line in enumerate(lines, 1) if forbidden.search(line)] == []


@pytest.mark.parametrize("dev", [False, True], ids=["runtime", "dev"])
def test_every_dependency_is_pinned_within_its_range_and_with_hashes(dev: bool) -> None:
    pinned = pins()
    asked = requirements(dev=dev)
    assert asked
    for requirement in asked:
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} is not in requirements.lock: make lock"
        version, hashes = pinned[name]
        assert requirement.specifier.contains(version), f"{name} {version} is outside {requirement.specifier}"
        assert hashes > 0, f"{name} has no hash"


def test_nothing_is_pinned_without_a_hash_or_to_a_local_build() -> None:
    for name, (version, hashes) in pins().items():
        assert hashes > 0, f"{name} has no hash"
        assert "+" not in version, f"{name} {version} is a local build that no registry has"
