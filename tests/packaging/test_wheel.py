"""What ships works without the checkout: the wheel, installed into an empty place."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_SOURCE = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "dist", "out", "var", "tests", "docs", "benchmarks"
)
BUILD = "import sys, setuptools.build_meta; setuptools.build_meta.build_wheel(sys.argv[1])"
LIST_FILES = """
import sys
from importlib.resources import files
folder = files(sys.argv[1])
for part in sys.argv[2:]:
    folder = folder / part
print(*sorted(str(file) for file in folder.iterdir() if file.name.endswith(".yaml")), sep="\\n")
"""

# Each as a command of its own would start as one, but in one process: the start costs more than the playing.
PLAY_ALL = """
import contextlib, io, json, sys
from cli.main import main
results = {}
for scenario in sys.argv[1:]:
    sys.argv = ["maanwerk", "simulate", scenario, "--json"]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    results[scenario] = {"code": code, "said": said.getvalue()}
print(json.dumps(results))
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """The wheel, unpacked in a folder of its own, and an empty folder to work in."""

    packages: Path
    workplace: Path

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the installed wheel and its dependencies, and without the checkout.

        `-S` leaves out the .pth files, and with them the editable installation, which would lend what the
        wheel lacks.
        """
        dependencies = sysconfig.get_paths()["purelib"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment["PYTHONPATH"] = os.pathsep.join([str(self.packages), dependencies])
        return subprocess.run(
            [sys.executable, "-S", *arguments],
            cwd=self.workplace,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def shipped(self, package: str, *folder: str) -> list[str]:
        """Paths of the shipped YAML files, as the program itself finds them."""
        listing = self.python("-c", LIST_FILES, package, *folder)
        assert listing.returncode == 0, listing.stderr
        return listing.stdout.split()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel built from a copy of the tree, so that nothing is written into the checkout."""
    place = tmp_path_factory.mktemp("wheel")
    tree, wheels = place / "tree", place / "wheels"
    packages, workplace = place / "packages", place / "workplace"
    shutil.copytree(ROOT, tree, ignore=NOT_SOURCE)
    workplace.mkdir()
    # As pip builds and installs it, which starts three processes for the one and compiles all for the other.
    built = subprocess.run([sys.executable, "-c", BUILD, str(wheels)], cwd=tree, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = wheels.glob("maanwerk-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        assert not any(".data/" in name for name in packed.namelist()), "unpacked is not installed"
        packed.extractall(packages)
    return Installation(packages, workplace)


def test_it_is_built_by_what_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["build-system"]["build-backend"] == "setuptools.build_meta"


def test_the_program_comes_from_the_wheel_and_not_from_the_checkout(installation: Installation) -> None:
    found = installation.python("-c", "import domain, cli; print(domain.__file__, cli.__file__)")
    assert found.returncode == 0, found.stderr
    assert [Path(file).parents[1] for file in found.stdout.split()] == [installation.packages] * 2


def test_tests_and_documents_are_not_shipped(installation: Installation) -> None:
    for room in ("tests", "docs", "benchmarks"):
        assert not (installation.packages / room).exists()


def test_the_shipped_policies_pass_the_check(installation: Installation) -> None:
    policies = installation.shipped("policies")
    assert policies
    checked = installation.python("-m", "cli.main", "policy", "check", *policies)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_shipped_scenarios_can_be_simulated(installation: Installation) -> None:
    scenarios = installation.shipped("samples", "scenarios")
    assert scenarios
    played = installation.python("-c", PLAY_ALL, *scenarios)
    assert played.returncode == 0, played.stdout + played.stderr
    results = json.loads(played.stdout)
    assert list(results) == scenarios
    for scenario, result in results.items():
        assert result["code"] == 0, (scenario, result["said"])
        assert json.loads(result["said"])["steps"], f"{scenario} takes no step"


def test_it_speaks_dutch(installation: Installation) -> None:
    said = "from speech.words import speak, tr; speak('nl'); print(tr('case'))"
    spoken = installation.python("-c", said)
    assert (spoken.stdout, spoken.stderr) == ("zaak\n", "")
