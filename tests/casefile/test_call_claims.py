"""Who calls whom: one of two who come at once has the debtor, and nobody has him for ever."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from casefile.call_claims import HELD_FOR, claim_call, claims, release_call
from casefile.case_file import CaseFile
from casefile.session import reading
from tests.casefile.builders import NOW, opened

BAKER, BUTCHER = ("devaart", "bakker"), ("devaart", "slager")


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> Iterator[CaseFile]:
    found = opened(tmp_path / "f.sqlite3")
    yield found
    found.database.close()


def held(file: CaseFile, at: timedelta = timedelta()) -> dict[tuple[str, str], str]:
    with reading(file.database) as session:
        return {key: each.user_id for key, each in claims(session, NOW + at).items()}


def test_of_two_who_come_at_once_one_has_him(file: CaseFile) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: claim_call(file, BAKER, f"u{n}", f"Name {n}", NOW), range(4)))
    assert len({each.user_id for each in found}) == 1
    assert held(file) == {BAKER: found[0].user_id}


def test_one_has_one_debtor_and_gives_him_back(file: CaseFile) -> None:
    claim_call(file, BAKER, "u1", "Mies", NOW)
    claim_call(file, BUTCHER, "u1", "Mies", NOW)
    assert held(file) == {BUTCHER: "u1"}
    release_call(file, "u1")
    assert held(file) == {}


def test_it_lapses_by_itself_unless_he_is_looked_at_again(file: CaseFile) -> None:
    claim_call(file, BAKER, "u1", "Mies", NOW)
    assert held(file, HELD_FOR) == {}
    claim_call(file, BAKER, "u1", "Mies", NOW + HELD_FOR / 2)
    assert held(file, HELD_FOR) == {BAKER: "u1"}
    assert claim_call(file, BAKER, "u2", "Bas", NOW + 2 * HELD_FOR).user_id == "u2"
