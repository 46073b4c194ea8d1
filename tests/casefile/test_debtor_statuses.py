"""What a debtor is in is kept once for him, in step with the facts of his cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from casefile.debtor_statuses import statuses_of
from casefile.surroundings import surroundings_of
from domain.facts import DebtorStatusEnded, DebtorStatusProven, DebtorStatusReported
from domain.statuses import StatusKind
from tests.casefile.builders import CASE, CREDITOR, DEBTOR, NOW, furnish, opened

OTHER = "case:devaart:2026-F-2"
TODAY = date(2026, 3, 1)
REPORTED = DebtorStatusReported(
    id="status:s1",
    at=NOW,
    on=TODAY,
    report="s1",
    status=StatusKind.DEBT_HELP,
    since=date(2026, 2, 20),
    actor="els",
    note="belde",
)


def test_what_one_case_records_surrounds_every_other_one_of_the_debtor(tmp_path: Path) -> None:
    file = opened(tmp_path / "file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        furnish(transaction, case_id=OTHER, number="F-2")
    with file.write(CASE) as transaction:
        transaction.cases.append(CASE, (REPORTED,))
    with file.read() as transaction:
        (status,) = surroundings_of(transaction, transaction.cases.load(OTHER)).statuses
    assert (status.report, status.status, status.since, status.lasts) == ("s1", "debt_help", date(2026, 2, 20), True)
    assert (status.actor, status.note, status.reported_on) == ("els", "belde", TODAY)


def test_it_is_kept_once_and_its_proof_and_its_end_with_it(tmp_path: Path) -> None:
    file = opened(tmp_path / "file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        furnish(transaction, case_id=OTHER, number="F-2")
        own = {"at": NOW, "on": TODAY, "report": "s1", "status": StatusKind.DEBT_HELP}
        transaction.cases.append(CASE, (REPORTED,))
        transaction.cases.append(OTHER, (REPORTED,))
        transaction.cases.append(OTHER, (DebtorStatusProven.model_validate({"id": "proven", **own}),))
        ended = {"id": "ended", "reason": "ended", "actor": "jan", "note": "afgelopen", **own}
        transaction.cases.append(CASE, (DebtorStatusEnded.model_validate(ended),))
        (status,) = statuses_of(transaction.session, CREDITOR.id, DEBTOR.id)
    assert (status.proven, status.ended_on, status.ended_for) == (True, TODAY, "ended")
    assert (status.ended_by, status.ended_note) == ("jan", "afgelopen")
