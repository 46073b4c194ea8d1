"""How much may be given back of what was paid where costs are counted once over several invoices (BW 6:96 lid 7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from simulation.events import Payment
from simulation.money_events import Refund
from simulation.outcome import Outcome
from simulation.pure import run
from simulation.scenario import Scenario
from simulation.scenario_file import load_scenario, shipped_scenarios
from tests.domain.builders import eur

# practice.md, S6: three times 100.00, one letter, costs 15 % of 300.00, so 15.00 each (alone 40.00),
# due from 11-19. 160.00 on C-1, due 10-01, credited on 11-20: 50 days at 4 % are 0.55. Owed 115.55, too much 44.45.
# Nothing is let go by this policy, else some of that might go back with it.
ON = date(2026, 11, 20)
LIMIT = "44.45"


@pytest.mark.parametrize(("amount", "refused"), [(LIMIT, []), ("44.46", ["C-1"])])
def test_it_is_what_nothing_of_the_joint_letter_asks_of_this_invoice(
    amount: str, refused: list[str], play: Callable[[Scenario], Outcome], tmp_path: Path
) -> None:
    shipped = next(path for path in shipped_scenarios() if path.endswith("/s6-one-letter.yaml"))
    strict = 'policy: pc\n  remainder: {interest_only: claim, extras_below: "0.00"}\n'
    path = tmp_path / "s6.yaml"
    path.write_text(Path(shipped).read_text().replace("policy: pc\n", strict))
    events = (
        Payment(ON, "p1", "C-1", eur("160.00")),
        Refund(ON, "r1", "C-1", eur(amount), None, "p1"),
    )
    # What comes of it hangs on nothing that the ladder does later.
    scenario = replace(load_scenario(path), events=events, until=date(2026, 11, 24))
    outcome = run(scenario)
    rows = outcome.as_json()["refused"]
    assert [row["invoice"] for row in rows] == refused
    assert all(f"only {LIMIT} was paid too much" in row["reason"] for row in rows)
    assert play(scenario).as_json() == outcome.as_json()
