"""Undoing a whole job: each of its cases is told what undoes what it was told, by a job of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import cast
from urllib.parse import parse_qsl, urlencode

from api.desk.bulk.bulk_acts import ASSIGN, told_as
from casefile.assignments import assignees_of
from casefile.bulk_jobs import LEFT_OUT, BulkJob, job_cases, job_of
from casefile.case_file import Transaction
from casefile.session import Session
from services.desk.bulk_preview import Told
from services.desk.undoing import undoing_of, why_it_stays

__all__ = ["cases_to_undo", "job_undone", "query_undoing", "undoing_in", "undone_id", "were_assigned_to"]

_JOB = "opdracht"
_DONE = ("accepted", "written")
_MOST = 5000
_SINCE = "somebody else was given this debtor since: what came later stays"


def query_undoing(job: str) -> str:
    """What chooses the cases of a job that undoes another."""
    return urlencode({_JOB: job})


def undone_id(job: BulkJob) -> str:
    """Id of the job that this one undoes; empty where it undoes none."""
    return dict(parse_qsl(job.query)).get(_JOB, "")


def job_undone(session: Session, job: BulkJob) -> BulkJob | None:
    """The job that this one undoes; None where there is none, or none that is seen."""
    return job_of(session, undone_id(job))


def cases_to_undo(session: Session, job: str) -> list[str]:
    """Cases that had part in a job, in its order."""
    every = job_cases(session, job, None, offset=0, limit=_MOST)
    return [each.case_id for each in every if each.outcome != LEFT_OUT]


def undoing_in(transaction: Transaction, of: BulkJob, own: str, actor: str) -> Callable[[str], Told]:
    """Says what a case is told to undo a job, or why it can't be undone.

    Args:
        transaction: A reading transaction on the case file.
        of: The job that is undone.
        own: Id of the one that undoes it: what it told a case already it tells it again, which counts once.
        actor: Who undoes it.
    """
    outcomes = {e.case_id: e.outcome for e in job_cases(transaction.session, of.id, None, offset=0, limit=_MOST)}
    assigned = _assignments(transaction.session, of, list(outcomes)) if of.act == ASSIGN else {}

    def told(case_id: str) -> Told:
        if outcomes.get(case_id) not in _DONE:
            return why_it_stays(None)
        if of.act == ASSIGN:
            return assigned.get(case_id)
        before = transaction.inbox.body(case_id, told_as(own, case_id))
        if before is not None and before[1] is not None:
            return before[0], cast("dict[str, object]", json.loads(before[1]))
        message = told_as(of.id, case_id)
        found = undoing_of(transaction, case_id, message)
        if found is not None:
            return found[0], {**found[1], "actor": actor}
        said = transaction.inbox.body(case_id, message)
        return why_it_stays(None if said is None else said[0])

    return told


def were_assigned_to(session: Session, debtors: list[tuple[str, str]]) -> dict[str, str]:
    """Who looks after debtors before a job assigns them, as it is kept with its preview."""
    return {"\n".join(debtor): user for debtor, user in assignees_of(session, debtors).items()}


def _assignments(session: Session, of: BulkJob, cases: list[str]) -> Mapping[str, str]:
    """Cases whose debtor somebody else was assigned to since, and why they stay."""
    debtors = {each: found for each in cases if (found := session.debtor_of(each)) is not None}
    now = assignees_of(session, list(debtors.values()))
    gave, were = of.content.get("user", ""), cast("dict[str, str]", of.seen.get("were", {}))
    ours = {"" if gave == "-" else gave}
    kept = {each for each, debtor in debtors.items() if now.get(debtor, "") in {*ours, were.get("\n".join(debtor), "")}}
    return dict.fromkeys((each for each in cases if each not in kept), _SINCE)
