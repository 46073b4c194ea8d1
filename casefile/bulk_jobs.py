"""Jobs over many cases: which, what is done to them, and what came of each; so that one goes on after a crash.

A job begins as a draft, whose cases are those that were previewed: what is chosen later has no part in it. A process
that works on one says so again and again; where it has said nothing for a while, another may take it up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, delete, func, insert, or_, select, update

from casefile import list_tables as tl
from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.session import Session, moment_text, storable

__all__ = [
    "LEFT_OUT",
    "BulkCase",
    "BulkJob",
    "claim_job",
    "conclude_cases",
    "counts_of",
    "draft_job",
    "end_job",
    "job_cases",
    "job_of",
    "jobs",
    "last_told",
    "next_cases",
    "previewed",
    "start_job",
    "stop_job",
    "unfinished_jobs",
    "was_told",
]

LEFT_OUT = "left_out"
"""Outcome of a case that has no part in it."""
SILENT = timedelta(seconds=60)
"""After how long without a word a process counts as gone."""
_KEPT_DRAFTS = timedelta(days=1)
_CHUNK = 1000

JobState = Literal["draft", "under_way", "done", "stopped"]


@dataclass(frozen=True, slots=True)
class BulkJob:
    """A job over many cases.

    Attributes:
        id: Its id, in its address.
        user_id: Who made it.
        actor: His name.
        act: What is done: the key of an act.
        content: What it says, as it was typed.
        query: What chose its cases: the query of a list, or empty where rows were ticked.
        begun_at: When it was drafted, or begun.
        ended_at: When it ended; None while it goes on.
        stopped_by: Who stopped it.
        audit_seq: Its row in the log; 0 of a draft.
        seen: What its preview said, as JSON values.
        alive_at: When a process said last that it works on it.
    """

    id: str
    user_id: str
    actor: str
    act: str
    content: Mapping[str, str]
    query: str
    begun_at: datetime
    ended_at: datetime | None
    stopped_by: str | None
    audit_seq: int
    seen: Mapping[str, Any]
    alive_at: datetime | None

    @property
    def state(self) -> JobState:
        """How far it is."""
        if self.audit_seq == 0:
            return "draft"
        if self.ended_at is None:
            return "under_way"
        return "stopped" if self.stopped_by is not None else "done"

    def is_silent(self, now: datetime) -> bool:
        """Whether nobody works on it, though it is not done."""
        return self.state == "under_way" and (self.alive_at or self.begun_at) < now - SILENT


@dataclass(frozen=True, slots=True)
class BulkCase:
    """A case of a job; `outcome` is empty until something was done."""

    position: int
    case_id: str
    mark: str | None
    outcome: str | None
    says: str
    number: str = ""
    debtor: str = ""
    open_minor: int = 0
    currency: str = ""


def draft_job(
    file: CaseFile, job: str, user_id: str, actor: str, act: str, query: str, cases: Sequence[str], at: datetime
) -> None:
    """Keep a draft: an act, and the cases it is for; once, whatever comes twice.

    Args:
        file: The case file.
        job: Its id.
        user_id: Who makes it.
        actor: His name.
        act: Key of the act.
        query: What chose the cases.
        cases: Their ids, in the order in which they are dealt with.
        at: Now.
    """
    j = tl.bulk_jobs.c
    row = {
        "id": job, "user_id": user_id, "actor": storable(actor), "act": act, "content": "{}", "query": storable(query),
        "begun_at": moment_text(at), "audit_seq": 0, "seen": "{}",
    }  # fmt: skip
    with file.database.write(whole=False) as connection:
        old = select(j.id).where(j.audit_seq == 0, j.begun_at < moment_text(at - _KEPT_DRAFTS))
        connection.execute(delete(tl.bulk_cases).where(tl.bulk_cases.c.job.in_(old)))
        connection.execute(delete(tl.bulk_jobs).where(j.audit_seq == 0, j.begun_at < moment_text(at - _KEPT_DRAFTS)))
        if connection.scalar(select(j.id).where(j.id == job)) is not None:
            return
        connection.execute(insert(tl.bulk_jobs), row)
        of_it = [{"job": job, "position": place, "case_id": case_id} for place, case_id in enumerate(cases)]
        if of_it:
            connection.execute(insert(tl.bulk_cases), of_it)


def previewed(
    file: CaseFile,
    job: str,
    content: Mapping[str, str],
    seen: Mapping[str, Any],
    left_out: Mapping[str, str],
    marks: Mapping[str, str],
) -> None:
    """Keep what the preview of a draft said.

    Args:
        file: The case file.
        job: Its id.
        content: What was typed.
        seen: What the preview shows, as JSON values.
        left_out: Cases without part in it, and why.
        marks: How far each case was.
    """
    j, c = tl.bulk_jobs.c, tl.bulk_cases.c
    with file.database.write(whole=False) as connection:
        drafted = update(tl.bulk_jobs).where(j.id == job, j.audit_seq == 0)
        if not connection.execute(drafted.values(content=json.dumps(content), seen=json.dumps(seen))).rowcount:
            return
        of_it = connection.execute(select(c.position, c.case_id).where(c.job == job)).all()
        for row in of_it:
            why = left_out.get(row.case_id)
            connection.execute(
                update(tl.bulk_cases)
                .where(c.job == job, c.position == row.position)
                .values(
                    outcome=None if why is None else LEFT_OUT,
                    says=None if why is None else storable(why),
                    mark=marks.get(row.case_id),
                )
            )


def start_job(file: CaseFile, job: str, audit_seq: int, at: datetime) -> bool:
    """A draft is to be done; False where it was begun already."""
    j = tl.bulk_jobs.c
    begun = update(tl.bulk_jobs).where(j.id == job, j.audit_seq == 0)
    with file.database.write(whole=False) as connection:
        return connection.execute(begun.values(audit_seq=audit_seq, begun_at=moment_text(at))).rowcount == 1


def job_of(session: Session, job: str) -> BulkJob | None:
    """A job; None when there is none of this id."""
    row = session.connection.execute(select(tl.bulk_jobs).where(tl.bulk_jobs.c.id == job)).first()
    return None if row is None else _job(row)


def jobs(session: Session, most: int = 50) -> tuple[BulkJob, ...]:
    """The last jobs that were begun, the newest first."""
    j = tl.bulk_jobs.c
    rows = session.connection.execute(
        select(tl.bulk_jobs).where(j.audit_seq > 0).order_by(j.begun_at.desc(), j.id).limit(most)
    )
    return tuple(map(_job, rows))


def unfinished_jobs(session: Session, now: datetime) -> tuple[str, ...]:
    """Ids of the jobs that were begun, and that nobody works on."""
    j = tl.bulk_jobs.c
    silent = or_(j.alive_at.is_(None), j.alive_at < moment_text(now - SILENT))
    return tuple(session.connection.scalars(select(j.id).where(j.ended_at.is_(None), j.audit_seq > 0, silent)))


def claim_job(file: CaseFile, job: str, at: datetime, *, again: bool = False) -> bool:
    """Say that this process works on a job; False where another does, or it is done or stopped.

    Args:
        file: The case file.
        job: Its id.
        at: Now.
        again: This process said so before.
    """
    j = tl.bulk_jobs.c
    mine = update(tl.bulk_jobs).where(j.id == job, j.ended_at.is_(None), j.audit_seq > 0)
    if not again:
        mine = mine.where(or_(j.alive_at.is_(None), j.alive_at < moment_text(at - SILENT)))
    with file.database.write(whole=False) as connection:
        return connection.execute(mine.values(alive_at=moment_text(at))).rowcount == 1


def stop_job(file: CaseFile, job: str, actor: str, at: datetime) -> bool:
    """Do no more of it; what was done stays. False where it was over."""
    return _ended(file, job, at, actor)


def end_job(file: CaseFile, job: str, at: datetime) -> bool:
    """All of it was done."""
    return _ended(file, job, at, None)


def _ended(file: CaseFile, job: str, at: datetime, stopped_by: str | None) -> bool:
    j = tl.bulk_jobs.c
    over = update(tl.bulk_jobs).where(j.id == job, j.ended_at.is_(None), j.audit_seq > 0)
    with file.database.write(whole=False) as connection:
        return connection.execute(over.values(ended_at=moment_text(at), stopped_by=stopped_by)).rowcount == 1


def next_cases(session: Session, job: str, most: int) -> tuple[BulkCase, ...]:
    """Cases of a job that are to be done yet, in their order."""
    c = tl.bulk_cases.c
    query = select(c.position, c.case_id, c.mark, c.outcome, c.says).where(c.job == job, c.outcome.is_(None))
    rows = session.connection.execute(query.order_by(c.position).limit(most))
    return tuple(BulkCase(row.position, row.case_id, row.mark, row.outcome, row.says or "") for row in rows)


def conclude_cases(file: CaseFile, job: str, results: Mapping[str, tuple[str, str]], at: datetime) -> None:
    """Keep what came of cases: outcome and what it says, by their ids."""
    c = tl.bulk_cases.c
    with file.database.write(whole=False) as connection:
        for case_id, (outcome, says) in results.items():
            connection.execute(
                update(tl.bulk_cases)
                .where(c.job == job, c.case_id == case_id, c.outcome.is_(None))
                .values(outcome=outcome, says=storable(says), done_at=moment_text(at))
            )


def counts_of(session: Session, job: str) -> dict[str, int]:
    """How many cases of a job came to what; those that are to be done yet under an empty name."""
    c = tl.bulk_cases.c
    rows = session.connection.execute(select(c.outcome, func.count()).where(c.job == job).group_by(c.outcome))
    return {outcome or "": number for outcome, number in rows}


def job_cases(session: Session, job: str, outcome: str | None, *, offset: int, limit: int) -> tuple[BulkCase, ...]:
    """Cases of a job with their number, debtor and what is open, of one outcome (empty: to be done yet), or all."""
    b, c = tl.bulk_cases.c, t.cases.c
    query = (
        select(
            b.position, b.case_id, b.mark, b.outcome, b.says, c.number, c.creditor, c.debtor, c.open_minor, c.currency,
            t.debtors.c.body,
        )
        .join(t.cases, c.id == b.case_id)
        .outerjoin(t.debtors, (t.debtors.c.creditor == c.creditor) & (t.debtors.c.id == c.debtor))
        .where(b.job == job)
    )  # fmt: skip
    if outcome is not None:
        query = query.where(b.outcome == outcome if outcome else b.outcome.is_(None))
    return tuple(
        BulkCase(
            row.position,
            row.case_id,
            row.mark,
            row.outcome,
            row.says or "",
            row.number,
            row.debtor if row.body is None else str(json.loads(row.body)["name"]),
            row.open_minor,
            row.currency,
        )
        for row in session.connection.execute(query.order_by(b.position).offset(offset).limit(limit))
    )


def last_told(session: Session, cases: Sequence[str]) -> dict[str, str]:
    """How far cases are, as others tell them things: the number of the last message of each, as a text."""
    i = t.inbox.c
    found = {case_id: "0" for case_id in cases}
    for begin in range(0, len(cases), _CHUNK):
        some = list(cases[begin : begin + _CHUNK])
        rows = session.connection.execute(
            select(i.case_id, func.max(i.seq)).where(i.case_id.in_(some)).group_by(i.case_id)
        )
        found |= {case_id: str(seq) for case_id, seq in rows}
    return found


def was_told(session: Session, messages: Mapping[str, str]) -> frozenset[str]:
    """The cases that have a message of this id, by the id of the case."""
    i = t.inbox.c
    rows = session.connection.execute(select(i.case_id, i.id).where(i.case_id.in_(list(messages))))
    return frozenset(case_id for case_id, own in rows if messages[case_id] == own)


def _job(row: Row[Any]) -> BulkJob:
    return BulkJob(
        id=row.id,
        user_id=row.user_id,
        actor=row.actor,
        act=row.act,
        content=json.loads(row.content),
        query=row.query,
        begun_at=datetime.fromisoformat(row.begun_at),
        ended_at=None if row.ended_at is None else datetime.fromisoformat(row.ended_at),
        stopped_by=row.stopped_by,
        audit_seq=row.audit_seq,
        seen=json.loads(row.seen),
        alive_at=None if row.alive_at is None else datetime.fromisoformat(row.alive_at),
    )
