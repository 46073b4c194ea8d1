"""Whether the case file at hand is the one that a case lives on; if not, nothing is recorded, sent or ended.

A database that was swapped, emptied or restored without a word would make cases look paid, unsent or unknown. The
workflow remembers what its last turn saw of the file, and this compares. The error is one to be tried again: put the
right file back, and the case goes on as if nothing had been.
"""

from __future__ import annotations

from temporalio.exceptions import ApplicationError

from activities.contracts import AdvanceRequest, FileMark, StepRequest
from casefile.case_file import Transaction
from casefile.identity import Mark, mark_of

__all__ = ["check_file", "seen_in"]


def check_file(transaction: Transaction, request: AdvanceRequest | StepRequest) -> None:
    """Compare the file with what the case has seen before.

    Raises:
        ApplicationError: it is another one, an older one, or does not have the case any more; to be tried again.
    """
    found = mark_of(transaction, request.case_id)
    # A step follows from a decision. So does a later question of a run that began before marks were kept.
    decided = isinstance(request, StepRequest) or not request.all_of_timeline
    seen = request.seen
    if seen is None:
        seen = FileMark(file=found.file, last=1 if decided else 0)
    problem = _problem(found, seen, request.case_id)
    if problem is None and found.last == 0 and isinstance(request, StepRequest):
        problem = f"the case file {found.file} does not hold {request.case_id}"
    if problem is not None:
        raise ApplicationError(f"{problem}; nothing was done (docs/runbook.md, Restore)", type="WrongCaseFile")


def seen_in(transaction: Transaction, case_id: str) -> FileMark:
    """What the file shows of itself to a case, at the end of a transaction."""
    found = mark_of(transaction, case_id)
    return FileMark(file=found.file, epoch=found.epoch, last=found.last, facts=found.facts, upto=found.upto)


def _problem(found: Mark, seen: FileMark, case_id: str) -> str | None:
    if found.epoch > seen.epoch:
        return None  # Somebody accepted it since.
    if found.file != seen.file:
        return f"this is the case file {found.file}, and {case_id} lives on {seen.file}"
    if found.epoch < seen.epoch:
        return f"this copy of the case file {found.file} is from before it was last accepted"
    if found.last < seen.last and found.last == 0:
        return f"the case file {found.file} no longer holds {case_id}"
    if found.last < seen.last or found.upto < seen.upto:
        behind = (found.last, seen.last) if found.last < seen.last else (found.upto, seen.upto)
        return f"this copy of the case file {found.file} is at {behind[0]}, and {case_id} has seen it at {behind[1]}"
    if found.facts < seen.facts:
        return f"the case file {found.file} lacks {seen.facts - found.facts} of the facts of {case_id}"
    return None
