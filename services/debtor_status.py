"""What a debtor is in, told to all his cases: kept with him first, then recorded by each in a transaction of its own.

All under the same id, so that it counts once. A case that is not reached, or opened later, finds it with the debtor at
its next turn (`domain/reactions/statuses.py`): nothing leaves before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.debtor_statuses import statuses_of, tell_status
from domain.debtor_status import StatusFact, lasting
from domain.facts import CloseReason, DebtorStatusEnded, DebtorStatusProven, DebtorStatusReported
from domain.handling.statuses import NEEDS_PROOF, ON_RECORD, STILL_TO_COME, was_never_proven
from domain.statuses import StatusKind

__all__ = ["CannotKeep", "StatusReport", "cases_to_tell", "keep"]


class CannotKeep(ValueError):
    """What was told of a debtor can't be so; the text says why, in a line."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What somebody tells of a debtor.

    Attributes:
        id: Its id, the same for all his cases.
        since: Day from which it counts; None: today.
        ended: Whether it is over.
    """

    id: str
    status: StatusKind
    since: date | None = None
    proven: bool = False
    ended: bool = False
    actor: str = ""
    note: str = ""


def cases_to_tell(transaction: Transaction, creditor: str, debtor: str) -> tuple[str, ...]:
    """Ids of the debtor's cases that are open, or that an agency works on."""
    return tuple(
        case_id
        for case_id in transaction.cases.siblings(creditor, debtor, "")
        if transaction.cases.fold_of(case_id)[1].closed in (None, CloseReason.HANDED_OFF)
    )


def keep(transaction: Transaction, creditor: str, debtor: str, report: StatusReport, at: datetime, on: date) -> None:
    """Keep it with the debtor: it holds from now on, also for a case that begins later.

    Args:
        transaction: One that may write.
        creditor: Whose debtor he is.
        debtor: His number.
        report: What is told.
        at: Now.
        on: The local day.

    Raises:
        CannotKeep: its day is still to come, it is to end and he is not in it, or it needs proof by now.
    """
    since = report.since or on
    if since > on:
        raise CannotKeep(STILL_TO_COME.format(since=since, today=on))
    before = statuses_of(transaction.session, creditor, debtor)
    known = lasting(before, report.status)
    told = {"at": at, "on": on, "status": report.status, "actor": report.actor, "note": report.note}
    fact: StatusFact
    if report.ended:
        if known is None:
            names = ", ".join(each.status.value for each in before if each.lasts) or "none"
            raise CannotKeep(f"the debtor is not in {report.status.value}; in force: {names}")
        fact = DebtorStatusEnded.model_validate({"id": f"status-ended:{known.report}", "report": known.report, **told})
    elif known is None:
        if not report.proven and was_never_proven(before, report.status):
            raise CannotKeep(NEEDS_PROOF.format(status=report.status.value))
        own = {"id": f"status:{report.id}", "report": report.id, "since": since, "proven": report.proven}
        fact = DebtorStatusReported.model_validate({**own, **told})
    elif report.since is not None and report.since != known.since:
        raise CannotKeep(ON_RECORD.format(status=report.status.value, since=known.since, other=report.since))
    elif report.proven:
        own = {"id": f"status-proven:{known.report}", "report": known.report}
        fact = DebtorStatusProven.model_validate({**own, **told})
    else:
        return
    tell_status(transaction.session, creditor, debtor, (fact,))
