"""Letters that say something else than their templates: what is left out, or said too much, must be refused."""

from functools import cache

import pytest
from jinja2 import Template

from letters import wording
from letters.wording import environment


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
