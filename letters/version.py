"""Which edition of its wording and layout a letter was made with: stored with the letter, as part of its proof."""

from collections.abc import Iterator
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
    return mark_over(files("letters"), letter, language)


def mark_over(room: Traversable, letter: str, language: str) -> str:
    """Return the mark of a letter that is made by what stands in a folder.

    A file counts by its place in the folder and its bytes, however deep it stands.

    Args:
        room: The folder: this package, or a copy of it.
        letter: Name of a letter that has its wording there.
        language: Code of the language.

    Returns:
        Sixteen hexadecimal digits.
    """
    templates = room / "templates"
    wording = (f"{letter}.{language}.txt.j2", f"_base.{language}.txt.j2", f"labels.{language}.yaml")
    shaping = {f"templates/{name}": templates / name for name in (*wording, "mail.html.j2", "letter.typ")}
    shaping.update((name, file) for name, file in _files(room) if name.endswith((".py", ".ttf", ".otf")))
    digest = sha256()
    for name, file in sorted(shaping.items()):
        digest.update(f"{name}\0".encode())
        digest.update(sha256(file.read_bytes()).digest())
    for library in _SHAPING:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()[:16]


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    """All files in a folder and the folders in it, each with its place."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{above}{entry.name}/")
        else:
            yield f"{above}{entry.name}", entry
