"""How the program begins and ends."""

import gc
import sys

import pytest

from cli.main import main


def test_a_command_ends_with_its_code_and_looks_through_nothing_that_it_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python's last look for what could go took a quarter of a short command."""
    kept: list[str] = []
    monkeypatch.setattr(sys, "argv", ["maanwerk", "case", "list"])
    monkeypatch.setattr("cli.app.run", lambda: sys.exit(3))
    monkeypatch.setattr(gc, "freeze", lambda: kept.append("all"))
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, kept) == (3, ["all"])
