"""The case file alone speaks SQL: no other room has a table, a statement or a connection to its database.

Held by reading the code. Other rooms may know the errors of SQLAlchemy and Alembic, and how a URL is written.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import casefile

ROOT = Path(casefile.__file__).parents[1]
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["root_packages"]
DRIVERS = {"sqlalchemy", "alembic", "psycopg"}
ALLOWED = ("sqlalchemy.exc", "alembic.util.exc", "sqlalchemy.engine.make_url")
INSIDE = ("casefile.tables", "casefile.migrations")
RUNS = {"execute", "executemany", "exec_driver_sql", "scalar", "scalars"}
OWN_INDEX = "gateways/outbox.py"
"""The embedded outbox keeps an index in a SQLite file of its own: it runs statements, on nothing of the case file."""


def sources() -> list[Path]:
    return sorted(path for room in ROOMS if room != "casefile" for path in (ROOT / room).rglob("*.py"))


def imported(node: ast.AST) -> list[str]:
    """Full names of what a statement imports."""
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{each.name}" for each in node.names]
    return []


def within(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


SAID_IN_EACH = re.compile(
    r"sqlalchemy|alembic|psycopg|casefile\b.*\b(?:tables|migrations)|execute|exec_driver_sql|scalar"
    r"|database\b.*\.\s*(?:read|write|engine)\b|\.\s*connection\b",
    re.DOTALL,
)
"""A source in which none of this stands has nothing that is forbidden: its tree need not be made."""


def found(source: str, *, own_index: bool = False) -> list[str]:
    """What is forbidden outside the case file, each with its line."""
    problems: list[str] = []
    if not SAID_IN_EACH.search(source):
        return problems
    for node in ast.walk(ast.parse(source)):
        for name in imported(node):
            if (name.split(".")[0] in DRIVERS and not within(name, ALLOWED)) or within(name, INSIDE):
                problems.append(f"{node.lineno}: imports {name}")  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of, called = last_name(node.func.value), node.func.attr
            if called in RUNS and not own_index:
                problems.append(f"{node.lineno}: runs a statement with .{called}()")
            if of.lstrip("_") == "database" and called in ("read", "write"):
                problems.append(f"{node.lineno}: takes a connection with {of}.{called}()")
        if isinstance(node, ast.Attribute):
            of = last_name(node.value).lstrip("_")
            if (of, node.attr) in {("session", "connection"), ("transaction", "connection"), ("database", "engine")}:
                problems.append(f"{node.lineno}: takes {of}.{node.attr}")
    return problems


def test_no_other_room_speaks_sql() -> None:
    paths = sources()
    assert len(paths) > 800
    assert [
        f"{path.relative_to(ROOT)}:{problem}"
        for path in paths
        for problem in found(path.read_text(encoding="utf-8"), own_index=path == ROOT / OWN_INDEX)
    ] == []


BAD = {
    "a statement": "from sqlalchemy import select\n",
    "the whole package": "import sqlalchemy as sa\n",
    "text": "def look():\n    from sqlalchemy import text\n",
    "a connection": "from sqlalchemy.engine import Connection\n",
    "the driver": "import psycopg\n",
    "a migration": "from alembic import command\n",
    "the tables": "from casefile import tables as t\n",
    "one table": "from casefile.tables import deliveries\n",
    "run": 'def look(transaction):\n    transaction.session.connection.execute("SELECT 1")\n',
    "run by name": 'def look(connection):\n    return connection.exec_driver_sql("SELECT 1")\n',
    "a session's connection": "def look(session):\n    return ask(session.connection)\n",
    "the database's connection": "def look(file):\n    with file.database.read() as it:\n        ask(it)\n",
    "the engine": "def look(file):\n    return file.database.engine.connect()\n",
    "what stood in the wiring of gateways": """
from sqlalchemy import select
from casefile import tables as t

def sought(transaction, key):
    return transaction.connection.scalars(select(t.deliveries.c.reference).where(t.deliveries.c.key != key))
""",
}


@pytest.mark.parametrize("kind", BAD)
def test_each_way_to_do_so_is_found(kind: str) -> None:
    assert found(BAD[kind])


def test_errors_urls_and_the_rooms_own_words_are_free() -> None:
    assert not found(
        "from sqlalchemy.engine import make_url\n"
        "from sqlalchemy.exc import OperationalError\n"
        "from casefile.session import reading\n"
        "def look(file):\n    with file.read() as transaction:\n        return transaction.cases.ids()\n"
    )
