"""What partners reported, and passed on, of which nobody knows whose it is, until a person says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from casefile.agency_reports import KeptReport, open_reports, report_of, settle_report, submission_of
from casefile.case_file import CaseFile, Transaction
from casefile.session import Session, reading
from domain.handoffs.reports import Report, UnreadableReport, told_of
from domain.messages import inbox_id
from domain.tasks import TaskKind

__all__ = ["CannotGive", "NoSuchReport", "UnmatchedReport", "dismiss_report", "give_report", "unmatched_reports"]

MESSAGE = "agency_reported"


class CannotGive(ValueError):
    """A report can't be given to a case; the text says why and what would be accepted."""


class NoSuchReport(CannotGive):
    """There is none of this number that waits."""


@dataclass(frozen=True, slots=True)
class UnmatchedReport:
    """A report, or a line of a remittance, of which nobody could be told.

    Attributes:
        number: What lists call it.
        partner: Id of the partner whose it is.
        received_at: When it came.
        came_by: By which door: `webhook`, `polling`, `file`, `import`, or `remittance` for a line of one.
        says: What it says: the fields of a report, or of a line of a remittance; what is none as its text.
        why: Why nobody was told, in English; empty before the first look.
        guesses: Ids of cases that it may be of: those of the file that it names, where they are several.
    """

    number: int
    partner: str
    received_at: datetime
    came_by: str
    says: Mapping[str, object]
    why: str
    guesses: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """What is reported, by its code; empty where it says none."""
        said = self.says.get("status")
        return said if isinstance(said, str) else ""

    @property
    def is_readable(self) -> bool:
        """Whether it can be given to a case."""
        return self.came_by == "remittance" or _report_in(self.says) is not None


def unmatched_reports(session: Session) -> tuple[UnmatchedReport, ...]:
    """All that wait, in order of arrival."""
    return tuple(_shown(session, each) for each in open_reports(session))


def give_report(file: CaseFile, seq: int, case_id: str, at: datetime) -> None:
    """Tell a case what nobody knows whose it is, because a person says that it is its.

    Of a line of a remittance it is told by a task: what was passed on is no report, and books nothing.

    Args:
        file: The case file.
        seq: The number of the report in the list.
        case_id: The case.
        at: Now.

    Raises:
        NoSuchReport: it is no open report.
        CannotGive: it can't be read; or the case was never handed to this partner.
    """
    kept = _open(file, seq)
    with file.write(case_id) as transaction:
        name, content, own = (_line if kept.came_by == "remittance" else _told)(transaction, kept, case_id)
        if not settle_report(transaction.session, seq, "told", at):
            raise _gone(seq)
        transaction.inbox.accept(case_id, own, name, content, at, by=f"agency:{kept.partner}")


def dismiss_report(file: CaseFile, seq: int, reason: str, at: datetime) -> None:
    """Say that it is none of ours: it is kept, and told to nobody.

    Raises:
        NoSuchReport: it is no open report.
    """
    _open(file, seq)
    with file.write() as transaction:
        if not settle_report(transaction.session, seq, "dismissed", at, reason):
            raise _gone(seq)


def _told(transaction: Transaction, kept: KeptReport, case_id: str) -> tuple[str, bytes, str]:
    """The message of a report: its name, content and id."""
    try:
        report = Report.of(_fields(kept.body))
    except UnreadableReport as problem:
        raise CannotGive(f"report {kept.seq} can't be read: {problem}; dismiss it") from None
    files = [each for each in transaction.deliveries.of_case(case_id) if each.partner == kept.partner]
    if not files:
        raise CannotGive(f"{case_id} was never handed to {kept.partner}: name a case that was")
    content = json.dumps(told_of(report, kept.partner, files[-1].reference or "")).encode()
    return MESSAGE, content, inbox_id(MESSAGE, content, kept.id)


def _line(transaction: Transaction, kept: KeptReport, case_id: str) -> tuple[str, bytes, str]:
    """The task of a line of a remittance."""
    line = _fields(kept.body)
    creditor = transaction.cases.load(case_id).creditor
    if creditor != line["creditor"]:
        raise CannotGive(f"the remittance is for {line['creditor']}, and {case_id} is of {creditor}")
    task = {"id": f"remittance:{kept.partner}:{line['remittance']}", "task": TaskKind.CHECK_REMITTANCE}
    content = json.dumps(task).encode()
    return "raise_task", content, inbox_id("raise_task", content, "")


def _open(file: CaseFile, seq: int) -> KeptReport:
    with reading(file.database) as session:
        kept = report_of(session, seq)
    if kept is None:
        raise _gone(seq)
    return kept


def _gone(seq: int) -> NoSuchReport:
    return NoSuchReport(f"there is no report {seq} that waits: it may have been dealt with already")


def _shown(session: Session, kept: KeptReport) -> UnmatchedReport:
    says = _fields(kept.body)
    report = None if kept.came_by == "remittance" else _report_in(says)
    found = None if report is None else submission_of(session, kept.partner, report.submission, report.reference)
    guesses = () if found is None else found.cases
    return UnmatchedReport(kept.seq, kept.partner, kept.received_at, kept.came_by, says, kept.problem, guesses)


def _fields(body: str) -> Mapping[str, object]:
    try:
        read = json.loads(body)
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {"text": body}


def _report_in(says: Mapping[str, object]) -> Report | None:
    try:
        return Report.of(says)
    except UnreadableReport:
        return None
