"""What processes of a test run share of templates is what each of them would have made."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import BytecodeCache, DictLoader, Environment

from tests.templates import KEPT, KeptTemplates

TEXT = "{% if a %}\n  <{{ a }}>\n{% endif %}\n"


@pytest.fixture
def kept(tmp_path: Path) -> KeptTemplates:
    made = KeptTemplates()
    made.keep_in(tmp_path / "templates")
    return made


def shown(cache: BytecodeCache, text: str = TEXT, *, escaped: bool = True, trimmed: bool = True) -> str:
    """What a process shows that has compiled nothing yet."""
    made = Environment(loader=DictLoader({"page": text}), autoescape=escaped, trim_blocks=trimmed, bytecode_cache=cache)
    return made.get_template("page").render(a="&")


def files(kept: KeptTemplates) -> set[Path]:
    assert kept.folder is not None
    return set(kept.folder.iterdir())


def test_what_one_compiled_another_takes(kept: KeptTemplates, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shown(kept)
    assert first == "  <&amp;>\n" and len(files(kept)) == 1

    def compiled(*_: object, **__: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(Environment, "compile", compiled)
    assert shown(kept) == first
    with pytest.raises(AssertionError, match="again"):
        shown(kept, "another text")


def test_another_text_or_other_ways_are_compiled_for_themselves(kept: KeptTemplates) -> None:
    assert shown(kept) == "  <&amp;>\n"
    assert shown(kept, escaped=False) == "  <&>\n"
    assert shown(kept, trimmed=False) == "\n  <&amp;>\n"
    assert shown(kept, "{{ a }}") == "&amp;"
    assert shown(kept) == "  <&amp;>\n"
    assert len(files(kept)) == 4


def test_without_a_folder_nothing_is_kept() -> None:
    assert shown(KeptTemplates()) == "  <&amp;>\n"


def test_every_environment_of_a_test_run_keeps_what_it_compiled() -> None:
    assert Environment().bytecode_cache is KEPT
    assert KEPT.folder is not None
