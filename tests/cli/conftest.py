"""What the tests of the command line share."""

import pytest

from tests.cli.running import Run, runner
from tests.migrated import copied_instead_of_migrated


@pytest.fixture(autouse=True)
def migrated_case_files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands of this process begin is a copy of a migrated case file, but where migrating is the matter."""
    if request.path.stem != "test_migrate":
        copied_instead_of_migrated(monkeypatch)


@pytest.fixture
def maanwerk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `maanwerk` with arguments, and gives its exit code and what it printed."""
    return runner(monkeypatch, capsys)
