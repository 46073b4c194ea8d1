"""What the tests of the command line share."""

import pytest

from tests.cli.running import Run, runner


@pytest.fixture
def maanwerk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `maanwerk` with arguments, and gives its exit code and what it printed."""
    return runner(monkeypatch, capsys)
