"""Letters whose content is changed, and letters that say something else, for the tests of requirements."""

from functools import cache
from typing import Any

import pytest
from jinja2 import Template

from letters import wording
from letters.content import LetterContent
from letters.wording import environment


def changed(content: LetterContent, **changes: Any) -> LetterContent:
    return LetterContent.model_validate(content.model_dump() | changes)


def rewritten(monkeypatch: pytest.MonkeyPatch, **blocks: str) -> None:
    """Let every letter say something else in these blocks."""
    real = wording.template

    def template(letter: str, language: str) -> Template:
        real(letter, language)
        return saying(letter, language, *blocks.items())

    monkeypatch.setattr(wording, "template", template)


@cache
def saying(letter: str, language: str, *blocks: tuple[str, str]) -> Template:
    """A letter that says something else in these blocks; a letter and its variants lose the same ones."""
    text = "".join(f"{{% block {name} %}}{said}{{% endblock %}}" for name, said in blocks)
    return environment().from_string(f'{{% extends "{letter}.{language}.txt.j2" %}}{text}')
