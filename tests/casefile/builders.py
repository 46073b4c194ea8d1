"""A case file with one creditor, one debtor and a policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Concatenate, ParamSpec

from casefile.case_file import CaseFile, Transaction
from casefile.database import Database
from casefile.deliveries import Letter
from domain.opening import open_case
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from domain.policy import Policy
from tests.domain.builders import invoice, policy, send

CASE = "case:devaart:2026-F-1"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

CREDITOR = Creditor(
    id="devaart",
    name="De Vaart BV",
    address=("Kade 1", "1000 AA Stad"),
    iban="NL91ABNA0417164300",
    email="debiteuren@devaart.example",
    policies=(PolicyRule(policy="test"),),
)
DEBTOR = Debtor(
    id="bakker",
    name="Bakkerij Ochtend",
    address=("Weg 2", "1000 AB Dorp"),
    contacts=(Contact(name="Els Ochtend", email="els@ochtend.example", phone="+31612345678"),),
)


def reminders() -> Policy:
    """Two reminders by e-mail."""
    return policy(send("reminder", {"after_due": "5d"}), send("second_reminder", {"after_due": "12d"}))


P = ParamSpec("P")

_URL_FILE = "postgresql.url"
_opened: list[Database] = []


def opened(path: Path) -> CaseFile:
    """A case file at this path, as the migrations make it; whoever opens it again finds what is there.

    Where the test keeps its case file in PostgreSQL, the path stands for the folder's database.
    """
    database = Database(url_of(path))
    _opened.append(database)
    return CaseFile(database)


def prepared(
    path: Path, prepare: Callable[Concatenate[CaseFile, P], object], *args: P.args, **kwargs: P.kwargs
) -> CaseFile:
    """A new case file in which `prepare` has done its work: once, and copied; in PostgreSQL each time.

    Args:
        path: Where it is.
        prepare: A function of a module; what it draws by lot, all copies share.
        args: What it takes beside the file.
        kwargs: And what of that has names.
    """
    if is_elsewhere(path):
        file = opened(path)
        prepare(file, *args, **kwargs)
        return file
    path.write_bytes(_prepared(prepare, args, tuple(kwargs.items())))
    return opened(path)


@cache
def _prepared(
    prepare: Callable[..., object], args: tuple[object, ...], kwargs: tuple[tuple[str, object], ...]
) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "prepared.sqlite3"
        file = opened(path)
        prepare(file, *args, **dict(kwargs))
        file.database.close()
        return path.read_bytes()


def url_of(path: Path) -> str:
    """The URL under which any process opens the case file at this path."""
    if is_elsewhere(path):
        return (path.parent / _URL_FILE).read_text()
    if not path.exists():
        path.write_bytes(_empty())
    return f"sqlite:///{path}"


def is_elsewhere(path: Path) -> bool:
    """Whether the path stands for a database of a server."""
    return (path.parent / _URL_FILE).exists()


def keep_in_postgresql(folder: Path, url: str) -> None:
    """Let the case file of a folder be in this database, which has our tables."""
    (folder / _URL_FILE).write_text(url)


def close_all() -> None:
    """Close what was opened here: a server has only so many connections."""
    while _opened:
        _opened.pop().close()


@cache
def _empty() -> bytes:
    """A migrated file: migrating takes longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        database = Database(f"sqlite:///{path}")
        database.migrate()
        database.close()
        return path.read_bytes()


def furnish(transaction: Transaction, of: Policy | None = None, case_id: str = CASE, number: str = "F-1") -> None:
    """Creditor, debtor, policy and one case."""
    rules = of or reminders()
    transaction.parties.save_creditor(CREDITOR)
    transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
    transaction.parties.save_policy(rules)
    transaction.cases.open(case_id, CREDITOR.id, open_case(invoice(number=number), rules, NOW), NOW)


def letter(key: str = f"{CASE}/reminder/1/email/finance", content: bytes = b"Beste Els") -> Letter:
    return Letter(
        key=key,
        message="F-1/reminder/1",
        step="reminder",
        issue=1,
        letter="reminder",
        channel="email",
        recipient="els@ochtend.example",
        subject="Herinnering",
        media_type="message/rfc822",
        content=content,
        filename_hint="2026-03-06 reminder F-1",
    )
