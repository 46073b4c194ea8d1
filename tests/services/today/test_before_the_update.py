"""Cases that a worker of the version before decided about: what its views tell is shown, and what is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from casefile.morning import kept_cases
from casefile.session import reading
from services.today.morning import morning_of
from tests.casefile.builders import CREDITOR
from tests.domain.builders import local
from tests.services.today.world import NOW, World


def test_the_migration_fills_what_leaves_next_from_the_views(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.case("F-1", due="2026-05-08")
    waits = world.case("F-2", due="2026-05-07", debtor="loef")
    world.decide()
    with world.file.write() as transaction:
        transaction.parties.set_bank_coverage(CREDITOR.id, date(2026, 5, 11))
    # At noon on its day the second one is held back by the bank; the first is decided before.
    world.decide_one(waits, local("2026-05-13", "12:30"))
    before = morning_of(world.file, NOW)
    world.file.database.migrate_down("0024")
    world.file.database.migrate()
    after = morning_of(world.file, NOW)
    assert [row.kind for row in after.going_out.steps] == [row.kind for row in before.going_out.steps] == ["reminder"]
    assert after.going_out.number == before.going_out.number
    with reading(world.file.database) as session:
        assert [(row.kept_by, row.number) for row in kept_cases(session)] == [("bank_not_covering", 1)]
    assert (before.dates.unknown, after.dates.unknown) == (0, 2), "days are worked out by a worker"
