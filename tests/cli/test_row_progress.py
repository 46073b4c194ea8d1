"""The bar over many rows: on a terminal alone, and with the right number from its first moment on."""

import pytest

from cli.row_progress import row_progress


def shown(capsys: pytest.CaptureFixture[str], total: int) -> str:
    with row_progress("playing") as progress:
        progress(0, total)
    return capsys.readouterr().err


def test_the_first_that_is_seen_has_the_whole_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    said = shown(capsys, 30_000)
    assert "0/30000" in said
    assert "/100\n" not in said and "0/100 " not in said and "0/100\x1b" not in said


def test_where_there_is_no_terminal_nothing_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert shown(capsys, 30_000) == ""
