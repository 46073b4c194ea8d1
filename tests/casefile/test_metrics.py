"""What those who watch over the engine count, on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.metrics import CaseMetrics, case_metrics
from tests.casefile.builders import CASE, NOW

LATER = timedelta(hours=1, seconds=1)


def due_at(file: CaseFile, moment: datetime) -> None:
    text = moment.astimezone(UTC).isoformat(timespec="microseconds")
    with file.database.write() as connection:
        connection.execute(update(t.cases).values(next_action_at=text))


def test_an_open_case_waits_at_its_stage_and_was_not_started_yet(file: CaseFile) -> None:
    numbers = case_metrics(file, NOW)
    assert numbers == CaseMetrics({"new": 1}, unknown=0, quarantined=0, overdue=0, undelivered=0, unstarted=1)


def test_a_closed_case_does_not_wait(file: CaseFile) -> None:
    with file.database.write() as connection:
        connection.execute(update(t.cases).values(closed="paid", stage="closed"))
    assert case_metrics(file, NOW).waiting == {}


def test_a_decision_is_overdue_when_its_moment_passed_more_than_an_hour_ago(file: CaseFile) -> None:
    due_at(file, NOW)
    assert case_metrics(file, NOW + timedelta(hours=1)).overdue == 0
    assert case_metrics(file, NOW + LATER).overdue == 1
    elsewhere = (NOW + LATER).astimezone(datetime.fromisoformat("2026-01-01T00:00:00+09:00").tzinfo)
    assert case_metrics(file, elsewhere).overdue == 1


def test_a_message_counts_until_its_case_has_recorded_it(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.inbox.accept(CASE, "m1", "pause", b"{}", NOW)
    assert case_metrics(file, NOW).undelivered == 1


def test_an_unusable_message_counts_until_a_person_settled_it(file: CaseFile) -> None:
    with file.write() as transaction:
        transaction.quarantine.keep(CASE, "q1", "zork", b"{", "not JSON", NOW)
    assert case_metrics(file, NOW).quarantined == 1
