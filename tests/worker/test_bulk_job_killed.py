"""A job over many cases against a real worker: the process that does it is killed half-way, another goes on."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.desk.bulk.bulk_acts import told_as
from api.desk.bulk.bulk_running import AT_ONCE, BulkRunning
from api.desk.jobs import Jobs
from api.operator.inside import Inside
from casefile import tables as t
from casefile.acts import Act, Begun, Repeat, acts, begin
from casefile.bulk_jobs import counts_of, draft_job, job_of, last_told, previewed, start_job
from casefile.case_file import CaseFile
from casefile.people import DeskRole, create_user
from casefile.session import reading
from config.settings import Settings
from domain.opening import open_case
from engine.embedded import free_port
from engine.submit import Desk
from services.reports.case_report import report_of
from tests.casefile.builders import CREDITOR, DEBTOR, opened, reminders
from tests.domain.builders import invoice
from tests.engine.server import as_environment, quick_server
from tests.forking import Forked
from tests.worker.test_api_process import worker_of
from tests.worker.test_door import until
from worker.api_process import asking, asking_many

CASES = tuple(f"case:devaart:B-{number}" for number in range(AT_ONCE + 4))
"""More than one batch of a job."""
JOB = "0f9f1d32-0000-4000-8000-000000000001"


def file_with_a_job(folder: Path, now: datetime) -> CaseFile:
    """Cases that no worker has seen, and a job that holds them all, begun and taken up by nobody."""
    file = opened(folder / "f.sqlite3")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(reminders())
        for case_id in CASES:
            owed = invoice(number=case_id.rpartition(":")[2], due=f"{now.date() + timedelta(days=30)}")
            transaction.cases.open(case_id, CREDITOR.id, open_case(owed, reminders(), now), now)
    user = create_user(file, "els@devaart.example", "Els", DeskRole.WORK, now)
    draft_job(file, JOB, user.id, user.name, "aanhouden", "", CASES, now)
    with reading(file.database) as session:
        marks = last_told(session, CASES)
    previewed(file, JOB, {}, {"content": {}, "number": len(CASES)}, {}, marks)
    begun = begin(file, Act(user.id, user.name, "bulk aanhouden", f"{len(CASES)} cases", JOB), now, Repeat(JOB, "desk"))
    assert isinstance(begun, Begun) and start_job(file, JOB, begun.seq, now)
    return file


def told(file: CaseFile) -> Counter[str]:
    """How often each case was told to pause."""
    c = t.inbox.c
    with reading(file.database) as session:
        rows = session.connection.execute(
            select(c.case_id, func.count()).where(c.name == "pause_case").group_by(c.case_id)
        )
        return Counter({case_id: number for case_id, number in rows})


async def test_a_job_goes_on_after_its_process_was_killed_and_each_case_is_paused_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = file_with_a_job(tmp_path, datetime.now(UTC))
    async with quick_server() as temporal:
        for name, value in as_environment(temporal).items():
            monkeypatch.setenv(name, value)
        settings = Settings(
            database=file.database.url, outbox=tmp_path / "outbox", task_queue="bulk", api=f"127.0.0.1:{free_port()}"
        )
        environment = {
            **os.environ,
            "MAANWERK_DATABASE": settings.database,
            "MAANWERK_OUTBOX": str(settings.outbox),
            "MAANWERK_TASK_QUEUE": settings.task_queue,
            "MAANWERK_API": settings.api,
        }
        async with worker_of(temporal, file, settings):
            with (tmp_path / "api.log").open("wb") as log:
                api = Forked("cli.main", "api", environment=environment, stdout=log, stderr=log)
                try:
                    # It takes up what nobody works on as soon as it lives.
                    await until(lambda: len(told(file)) >= 3, "the job is under way")
                finally:
                    api.kill()
                await api.ended()
            with reading(file.database) as session:
                job, before = job_of(session, JOB), counts_of(session, JOB)
            assert job is not None and job.state == "under_way" and before.get("", 0) > 0, before

            def later() -> datetime:
                return datetime.now(UTC) + timedelta(minutes=2)

            inside = Inside(file, asking(file, Desk(file, settings)), asking_many(file, settings), later)
            jobs = Jobs()
            await BulkRunning(inside, jobs).take_up()
            await jobs.finished()
            with reading(file.database) as session:
                job, after = job_of(session, JOB), counts_of(session, JOB)
            assert job is not None and (job.state, after) == ("done", {"accepted": len(CASES)})
            assert told(file) == Counter(dict.fromkeys(CASES, 1))
            with file.read() as transaction:
                for case_id in CASES:
                    assert transaction.inbox.body(case_id, told_as(JOB, case_id)) is not None
                    assert [hold.kind for hold in report_of(transaction, case_id, later()).holds] == ["pause"], case_id
    (row,) = acts(file, name="bulk aanhouden")
    assert row.outcome == "done" and json.loads(row.detail)["accepted"] == len(CASES)
    file.database.close()
