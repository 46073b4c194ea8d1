"""What the kill test expects of an arrangement is what the rules make of it, however late its money is recorded."""

from __future__ import annotations

import pytest

from domain import facts as f
from tests.chaos.answers import outcome_of
from tests.chaos.talks import STORIES
from tests.domain.builders import Life, policy, send

KEPT = f"case:devaart:2026-F-{STORIES.index('arrangement kept')}"
BROKEN = f"case:devaart:2026-F-{STORIES.index('arrangement broken')}"
HALVES = [{"due": "2026-03-16", "amount": "500.00"}, {"due": "2026-04-16", "amount": "500.00"}]
"""Monday 16 March has its three banking days until Thursday 19; Thursday 16 April until Tuesday 21."""


def lived(*days: str, looked: str = "2026-03-05") -> list[f.Fact]:
    """The facts of a case at which a worker looked until a day, and then with what was paid recorded on these days."""
    life = Life(policy(send("reminder", {"after_due": 100})))
    life.live("2026-03-05")
    life.ask("agree_arrangement", {"arrangement": "a", "instalments": HALVES, "actor": "els"})
    life.live(looked)
    for number, day in enumerate(days):
        life.at(day, "12:00").hear("payment_received", {"id": f"p{number}", "amount": "500.00"})
    return life.live(life.today.isoformat()).facts


@pytest.mark.parametrize(
    ("days", "looked", "outcome"),
    [
        (("2026-03-16", "2026-03-20"), "2026-03-05", "arrangement kept"),
        (("2026-03-20", "2026-03-20"), "2026-03-19", "arrangement kept"),
        (("2026-03-20", "2026-03-20"), "2026-03-20", "arrangement broken"),
        (("2026-04-22", "2026-04-22"), "2026-03-19", "arrangement kept"),
    ],
)
def test_instalments_that_nobody_recorded_in_time_are_broken_if_a_worker_looked_first(
    days: tuple[str, ...], looked: str, outcome: str
) -> None:
    assert outcome_of(KEPT, lived(*days, looked=looked)) == outcome


def test_one_that_is_not_judged_at_all_is_a_fault() -> None:
    facts = lived("2026-03-16", looked="2026-03-16")
    with pytest.raises(AssertionError, match=r"arrangement broken, and it ended \[\]"):
        outcome_of(BROKEN, facts)
    later = lived("2026-03-16", "2026-03-17", looked="2026-03-17")
    kept = [each for each in later if not isinstance(each, f.ArrangementKept)]
    with pytest.raises(AssertionError, match=r"arrangement kept, and it ended \[\]"):
        outcome_of(KEPT, kept)
