"""Words that we ship as YAML mean what they say, and a file that is none is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from speech import shipped_words as module
from speech.shipped_words import shipped_words


def kept(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "words.xx.yaml"
    file.write_text(text, "utf-8")
    return file


def test_numbers_are_numbers_and_words_keep_their_letters(tmp_path: Path) -> None:
    file = kept(tmp_path, 'ordinals: {2: tweede}\ntold: "één\\u00a0dag"\nlines:\n  - [a, b]\n')
    assert shipped_words(file) == {"ordinals": {2: "tweede"}, "told": "één\u00a0dag", "lines": [["a", "b"]]}


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    ("text", "line"), [("one: een\ntwo: [a\n", 3), ("one: een\n\ttwo: b\n", 2), ("one: *een\n", 1), ("- een\n", 1)]
)
def test_what_is_no_file_of_words_is_named_with_its_line(
    text: str, line: int, loader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOADER", getattr(yaml, loader))
    with pytest.raises(ValueError, match=rf"words\.xx\.yaml, line {line}: no file of words"):
        shipped_words(kept(tmp_path, text))
