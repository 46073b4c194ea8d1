"""Telling cases what partners reported of them; what is nobody's is kept, looked at again, and shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from casefile.agency_reports import (
    KeptReport,
    Submission,
    due_reports,
    put_off_report,
    settle_report,
    submission_of,
)
from casefile.case_file import CaseFile
from casefile.session import Session, reading
from domain.handoffs.reports import Report, UnreadableReport, told_of, which_cases
from domain.messages import inbox_id

__all__ = ["tell_reported"]

MESSAGE = "agency_reported"
_AT_ONCE = 100
_FIRST_AGAIN, _LAST_AGAIN = timedelta(seconds=15), timedelta(hours=6)

Moments = Callable[[], datetime]


def tell_reported(file: CaseFile, real_now: Moments, of_cases: Moments | None = None) -> tuple[str, ...]:
    """Tell the cases whatever partners reported that may be looked at now; returns the ids of those told.

    Args:
        file: The case file.
        real_now: The real clock.
        of_cases: The clock of the cases, where it is another one.
    """
    told: dict[str, None] = {}
    with reading(file.database) as session:
        due = due_reports(session, real_now(), _AT_ONCE)
        found = [(each, *_sought(session, each)) for each in due]
    for each, submission, problem in found:
        if submission is None:
            _put_off(file, each, problem, real_now())
            continue
        for case_id in _told(file, each, submission, real_now(), (of_cases or real_now)()):
            told[case_id] = None
    return tuple(told)


def _sought(session: Session, kept: KeptReport) -> tuple[Submission | None, str]:
    """The file that a report is about; else why nobody can be told."""
    try:
        report = Report.of(json.loads(kept.body))
    except (UnreadableReport, ValueError) as problem:
        told = json.loads(kept.body) if kept.id.startswith("file:") else {}
        why = f"{told['file']}: {told['problem']}" if told else str(problem)
        return None, f"it can't be read: {why}"
    found = submission_of(session, kept.partner, report.submission, report.reference)
    if found is None:
        return None, f"nothing that went to {kept.partner} has this key or reference"
    if found.status != "sent":
        # It shows that he has it; the case is told once it knows that itself.
        return None, f"the file is {found.status}: the case does not know yet that it was handed off"
    if not which_cases(report, found.cases):
        return None, "the file is of several invoices, and the report does not say of which of ours it is (case)"
    return found, ""


def _told(file: CaseFile, kept: KeptReport, submission: Submission, now: datetime, at: datetime) -> tuple[str, ...]:
    report = Report.of(json.loads(kept.body))
    cases = which_cases(report, submission.cases)
    content = json.dumps(told_of(report, kept.partner, submission.reference)).encode()
    own = inbox_id(MESSAGE, content, kept.id)
    # The cases of one file are of one debtor: one lock covers them.
    with file.write(cases[0]) as transaction:
        if not settle_report(transaction.session, kept.seq, "told", now):
            return ()
        for case_id in cases:
            transaction.inbox.accept(case_id, own, MESSAGE, content, at, by=f"agency:{kept.partner}")
    return cases


def _put_off(file: CaseFile, kept: KeptReport, problem: str, now: datetime) -> None:
    again = min(_FIRST_AGAIN * (1 << min(kept.tries, 12)), _LAST_AGAIN)
    put_off_report(file, kept.seq, now + again, problem)
