"""A case that a partner has goes on in run after run, for years, and ends when nothing is to come any more."""

from __future__ import annotations

import asyncio
from pathlib import Path

from domain.facts import CloseReason
from domain.reactions.sending import step_taken
from tests.domain.builders import hand_off, local, policy, send
from tests.engine.bench import PATIENCE
from tests.engine.server import quick_server
from tests.workflows.office import Office, office

RULES = policy(send("reminder", {"after_due": "300d"}), hand_off({"after_due": "400d"}))
REPORTS = 200


def give_to_partner(at: Office) -> None:
    step = RULES.steps[1]
    with at.file.write() as transaction:
        case = transaction.cases.load(at.case_id).case
        taken = step_taken(
            case, RULES, step, 1, local("2026-03-01", "09:30"), channels=("agency",), message="m", partner="noordkade"
        )
        transaction.cases.append(at.case_id, (taken,))


async def test_hundreds_of_reports_go_through_many_small_runs_and_each_counts_once(
    tmp_path: Path,
) -> None:
    async with quick_server() as client, office(client, tmp_path, policy=RULES, events_per_run=60) as at:
        give_to_partner(at)
        await at.handle.signal("nudge")
        await at.until(lambda: at.case().closed is CloseReason.HANDED_OFF, "the hand-off")
        first = (await at.handle.describe()).run_id

        async def report(number: int) -> None:
            content = {"id": f"r{number}", "partner": "noordkade", "status": "payment", "amount": "4.00"}
            await at.handle.signal("agency_reported", content)
            if number % 20 == 0:
                await at.handle.signal("agency_reported", content)

        for start in range(0, REPORTS, 50):
            await asyncio.gather(*(report(number) for number in range(start, start + 50)))
        await at.until(lambda: at.case().open.text == "200.00", "all reports")
        assert (len(at.case().reports), at.quarantine()) == (REPORTS, {})

        async def in_another_run() -> bool:  # Counted is counted before the run goes over into the next.
            return (await at.handle.describe()).run_id != first

        await at.until(in_another_run, "the next run")
        assert (await at.handle.describe()).history_length < 250
        await at.handle.execute_update(
            "report_agency", {"id": "last", "status": "payment", "amount": "200.00", "actor": "els"}
        )
        # He knows of it, so nothing is asked of him any more.
        await asyncio.wait_for(at.handle.result(), PATIENCE)
        assert at.case().closed is CloseReason.PAID
        assert at.shelf.taken == []
