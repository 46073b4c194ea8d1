"""Which edition of its wording and layout a letter was made with: stored with the letter, as part of its proof."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from letters.wording import template

# Those of our dependencies that decide over bytes: text, figures, codes, pages.
_SHAPING = ("babel", "jinja2", "segno", "typst")


@cache
def template_version(letter: str, language: str) -> str:
    """Return a short mark that changes whenever the letter could come out differently.

    It is taken over the wording of this letter and language, what all letters share (labels, layout, requirements,
    code of this package, fonts) and the versions of the libraries that shape a letter.

    Args:
        letter: Name of the letter, as it becomes (`kinds.effective_letter`).
        language: Code of the language.

    Returns:
        Sixteen hexadecimal digits.

    Raises:
        UnknownLetter: there is no such letter in this language.
    """
    template(letter, language)
    room = files("letters")
    templates = room / "templates"
    wording = (f"{letter}.{language}.txt.j2", f"_base.{language}.txt.j2", f"labels.{language}.yaml")
    shaping: list[Traversable] = [templates / name for name in (*wording, "mail.html.j2", "letter.typ")]
    shaping += sorted((entry for entry in room.iterdir() if entry.name.endswith(".py")), key=lambda entry: entry.name)
    fonts = (entry for entry in (room / "fonts").iterdir() if entry.name.endswith((".ttf", ".otf")))
    shaping += sorted(fonts, key=lambda entry: entry.name)
    digest = sha256()
    for entry in shaping:
        digest.update(f"{entry.name}\0".encode())
        digest.update(sha256(entry.read_bytes()).digest())
    for library in _SHAPING:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()[:16]
