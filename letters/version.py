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
    return _mark(_shared_here(), files("letters"), letter, language)


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
    return _mark(_shared(room), room, letter, language)


@cache
def _shared_here() -> dict[str, bytes]:
    """Of this package: it does not change while it runs, and is read once for all its letters."""
    return _shared(files("letters"))


def _shared(room: Traversable) -> dict[str, bytes]:
    """What shapes every letter: the digest of each file by its place."""
    shaping = {f"templates/{name}": room / "templates" / name for name in ("mail.html.j2", "letter.typ")}
    shaping.update((name, file) for name, file in _files(room) if name.endswith((".py", ".ttf", ".otf")))
    return {name: sha256(file.read_bytes()).digest() for name, file in shaping.items()}


def _mark(shared: dict[str, bytes], room: Traversable, letter: str, language: str) -> str:
    wording = (f"{letter}.{language}.txt.j2", f"_base.{language}.txt.j2", f"labels.{language}.yaml")
    own = {f"templates/{name}": sha256((room / "templates" / name).read_bytes()).digest() for name in wording}
    digest = sha256()
    for name, of_file in sorted((shared | own).items()):
        digest.update(f"{name}\0".encode())
        digest.update(of_file)
    for library, number in _versions():
        digest.update(f"{library} {number}\0".encode())
    return digest.hexdigest()[:16]


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((library, version(library)) for library in _SHAPING)


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    """All files in a folder and the folders in it, each with its place."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{above}{entry.name}/")
        else:
            yield f"{above}{entry.name}", entry
