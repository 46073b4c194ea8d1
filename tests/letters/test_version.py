"""The mark of a letter changes with whatever shapes it, in whichever folder of the room that stands."""

from importlib.resources import files
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from letters.render import template_version
from letters.version import mark_over


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A copy of the room, without what Python compiled of it."""
    return copytree(str(files("letters")), tmp_path / "letters", ignore=ignore_patterns("__pycache__"))


def of_notice(room: Path) -> str:
    return mark_over(room, "notice", "nl")


def test_a_copy_of_the_room_has_the_mark_of_the_room(room: Path) -> None:
    assert of_notice(room) == template_version("notice", "nl")


@pytest.mark.parametrize(
    "place",
    [
        "render.py",
        "requirements/required.py",
        "requirements/forbidden.py",
        "fonts/SourceSansPro-Bold.otf",
        "templates/letter.typ",
        "templates/mail.html.j2",
        "templates/_base.nl.txt.j2",
        "templates/labels.nl.yaml",
        "templates/notice.nl.txt.j2",
    ],
)
def test_a_change_in_a_file_that_shapes_the_letter_changes_its_mark(room: Path, place: str) -> None:
    before = of_notice(room)
    file = room / place
    file.write_bytes(file.read_bytes() + b"\n")
    assert of_notice(room) != before


@pytest.mark.parametrize("place", ["new.py", "requirements/new.py", "requirements/deep/er/new.py", "fonts/new.ttf"])
def test_a_file_that_comes_or_moves_changes_the_mark(room: Path, place: str) -> None:
    before = of_notice(room)
    file = room / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"")
    with_it = of_notice(room)
    file.rename(room / "moved.py")
    assert len({before, with_it, of_notice(room)}) == 3


@pytest.mark.parametrize(
    "place",
    [
        "templates/reminder.nl.txt.j2",
        "templates/notice.fr.txt.j2",
        "templates/labels.fr.yaml",
        "fonts/OFL.txt",
        "__pycache__/render.cpython-311.pyc",
        "requirements/__pycache__/required.cpython-311.pyc",
    ],
)
def test_what_does_not_shape_the_letter_leaves_its_mark(room: Path, place: str) -> None:
    before = of_notice(room)
    file = room / place
    file.parent.mkdir(exist_ok=True)
    file.write_bytes((file.read_bytes() if file.exists() else b"") + b"\n")
    assert of_notice(room) == before
