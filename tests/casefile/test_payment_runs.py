"""On which day of the month a debtor pays is kept once for him, in step with the facts of his cases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from casefile.surroundings import surroundings_of
from domain.blockers import HoldKind
from domain.facts import HoldLifted, HoldPlaced
from tests.casefile.builders import CASE, NOW, furnish, opened

OTHER = "case:devaart:2026-F-2"


def told(pays_on: int, hours: int, actor: str = "els") -> HoldPlaced:
    at = NOW + timedelta(hours=hours)
    return HoldPlaced(
        id=f"hold:{hours}", at=at, on=at.date(), hold=HoldKind.PAYMENT_RUN, about=str(pays_on), actor=actor
    )


def test_what_one_case_is_told_surrounds_every_other_one_and_the_last_word_counts(tmp_path: Path) -> None:
    file = opened(tmp_path / "file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        transaction.cases.append(CASE, (told(25, hours=2),))
        # One that is opened later finds it; a word that was recorded late, but said before, changes nothing.
        furnish(transaction, case_id=OTHER, number="F-2")
        transaction.cases.append(OTHER, (told(5, hours=1), told(9, hours=3, actor="debtor")))
        run = surroundings_of(transaction, transaction.cases.load(OTHER)).payment_run
    assert run is not None and (run.day, run.fact) == (25, "hold:2")


def test_it_ends_for_all_where_a_person_says_so_on_one(tmp_path: Path) -> None:
    file = opened(tmp_path / "file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        furnish(transaction, case_id=OTHER, number="F-2")
        transaction.cases.append(CASE, (told(25, hours=2),))
        at = NOW + timedelta(hours=4)
        ended = HoldLifted(id="lift:1", at=at, on=at.date(), hold=HoldKind.PAYMENT_RUN, ends_habit=True)
        transaction.cases.append(OTHER, (ended,))
        run = surroundings_of(transaction, transaction.cases.load(CASE)).payment_run
    assert run is not None and run.day is None
