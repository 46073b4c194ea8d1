"""A file has one subject: one of more than 500 lines has more."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 500
DATA = ("casefile/migrations/versions", "domain/law/nl_tables.py", "domain/law/be_tables.py")
"""Written once, or rows of a table."""


def sources(root: Path) -> list[Path]:
    """The Python files of the rooms, which are the folders with an `__init__.py` at the top, and those of the tests."""
    rooms = sorted(path.parent for path in root.glob("*/__init__.py"))
    return [path for folder in (*rooms, root / "tests") for path in sorted(folder.rglob("*.py"))]


def too_long(root: Path) -> list[str]:
    names = ((path, path.relative_to(root).as_posix()) for path in sources(root))
    return [name for path, name in names if not name.startswith(DATA) and _lines(path) > MOST]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_source_file_has_more_than_500_lines() -> None:
    assert len(sources(ROOT)) > 600
    assert too_long(ROOT) == []


@pytest.mark.parametrize(("lines", "found"), [(MOST, []), (MOST + 1, ["room/long.py", "tests/room/test_long.py"])])
def test_a_longer_one_is_found(tmp_path: Path, lines: int, found: list[str]) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").touch()
    (tmp_path / "tests" / "room").mkdir(parents=True)
    for name in ("room/long.py", "tests/room/test_long.py"):
        (tmp_path / name).write_text("x = 1\n" * lines)
    assert too_long(tmp_path) == found
