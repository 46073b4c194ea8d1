"""What a test run keeps of a template is what Jinja makes of it, and never that of another of the same name."""

from __future__ import annotations

from pathlib import Path

from jinja2 import DictLoader, Environment

from tests.templates import _OfThisRun


def read(folder: Path, source: str, *, autoescape: bool = False) -> str:
    """The same template by who has not read it before."""
    environment = Environment(loader=DictLoader({"base.html": source}), autoescape=autoescape)
    environment.bytecode_cache = _OfThisRun(str(folder))
    return environment.get_template("base.html").render(name="<b>")


def test_what_is_kept_is_taken_by_who_reads_the_same_in_the_same_way(tmp_path: Path) -> None:
    said = [read(tmp_path, "1 {{ name }}"), read(tmp_path, "1 {{ name }}"), read(tmp_path, "2 {{ name }}")]
    assert said == ["1 <b>", "1 <b>", "2 <b>"]
    assert read(tmp_path, "1 {{ name }}", autoescape=True) == "1 &lt;b&gt;"
    assert read(tmp_path, "1 {{ name }}") == "1 <b>"
    assert len(list(tmp_path.iterdir())) == 3
