"""What is compiled before a run of the tests is what pytest would make itself, where it looks for it."""

from __future__ import annotations

import marshal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from _pytest.assertion import rewrite
from _pytest.assertion.rewrite import assertstate_key

from tests import compiled


def test_a_compiled_test_file_is_taken_as_it_is(
    tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "ROOT", tmp_path)
    (folder := tmp_path / "tests").mkdir()
    (file := folder / "test_one.py").write_text("def test_one() -> None:\n    assert len('ab') == 2, 'no'\n", "utf-8")
    (folder / "builders.py").write_text("A = 1\n", "utf-8")
    compiled.compile_files(compiled.ours())
    kept = {each.name: each.stat().st_ino for each in (folder / "__pycache__").iterdir()}
    assert len(kept) == 2
    hook = pytestconfig.stash[assertstate_key].hook
    assert hook is not None
    spec = spec_from_file_location("test_one_of_compiled", file, loader=hook)
    assert spec is not None
    hook.exec_module(module_from_spec(spec))
    compiled.compile_files(compiled.ours())
    assert {each.name: each.stat().st_ino for each in (folder / "__pycache__").iterdir()} == kept
    assert marshal.dumps(rewrite._rewrite_test(file, pytestconfig)[1]) == marshal.dumps(
        rewrite._rewrite_test(file, None)[1]  # type: ignore[arg-type]
    )
