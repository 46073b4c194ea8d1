"""What a random test tries beside what it draws hangs on no test that ran before it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider


def tried() -> set[object]:
    return set(HypothesisProvider(None)._local_constants.set_for_type("string"))


def test_what_is_imported_meanwhile_adds_no_constant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tried()
    (source := tmp_path / "meanwhile.py").write_text("SAID = 'meanwhile!'\n", "utf-8")
    module = ModuleType("meanwhile")
    module.__file__ = str(source)
    monkeypatch.setitem(sys.modules, "meanwhile", module)
    assert tried() == before


def test_constants_of_the_rules_and_of_what_reads_files_are_tried() -> None:
    assert tried() > {"payment_received", "cbc:ID"}
