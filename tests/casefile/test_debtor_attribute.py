"""How Temporal names a debtor: a hash that says nothing without the case file."""

from __future__ import annotations

import re
from pathlib import Path

from casefile.case_file import CaseFile
from casefile.database import Database
from tests.casefile.builders import opened


def named(path: Path, creditor: str, debtor: str) -> str:
    with opened(path).read() as transaction:
        return transaction.parties.debtor_attribute(creditor, debtor)


def test_it_is_opaque_and_the_same_for_every_process(kept_in: str, tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite3"
    first = named(path, "devaart", "bakker")
    assert re.fullmatch(r"[0-9a-f]{20}", first)
    assert named(path, "devaart", "bakker") == first


def test_creditor_and_debtor_both_count_and_can_not_be_shifted(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite3"
    pairs = [("a", "bc"), ("ab", "c"), ("a", "b"), ("A", "bc"), ("a", "bc "), ("b", "ac"), ('a","b', "c")]
    assert len({named(path, *pair) for pair in pairs}) == len(pairs)


def test_another_case_file_names_him_otherwise(tmp_path: Path) -> None:
    """Numbers of debtors are short: whoever could hash them himself had them all in a minute."""
    names = set()
    for name in ("one", "two"):
        database = Database(f"sqlite:///{tmp_path / name}.sqlite3")
        database.migrate()
        with CaseFile(database).read() as transaction:
            names.add(transaction.parties.debtor_attribute("devaart", "bakker"))
        database.close()
    assert len(names) == 2
