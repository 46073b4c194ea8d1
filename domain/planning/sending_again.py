"""A reminder that came back goes again once the contact is mended: it reached nobody, and nobody is to wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.case import Case
from domain.case_parts import CASE_CLOSED
from domain.policy import Policy
from domain.sent import TakenStep
from domain.tasks import TaskKind


@dataclass(frozen=True, slots=True)
class SentAgain:
    """A reminder that goes again, and the first day on which it may."""

    taken: TakenStep
    on: date


def sent_again(case: Case, policy: Policy) -> SentAgain | None:
    """The last message to the debtor, if it goes again as its step's next issue.

    It is a reminder that came back over every channel, and a person finished the task to mend the contact within the
    days that the policy gives; later the ladder goes on with its next step. What starts a term is given again by a
    person (`reissue_notice`), for rights hang on it; but for the free first reminder of a Belgian consumer. It reached
    nobody, so no term began and nothing hangs on it; the next issue starts a full term of its own, and costs as little.
    """
    if not case.bounced or not policy.send_again_within:
        return None
    last = next((taken for taken in reversed(case.taken) if taken.kind == "send"), None)
    if last is None or last.void or not last.keys:
        return None
    if last.legal != "first_reminder" and (not last.reminds or last.legal is not None):
        return None
    if not all(key in case.bounced for key in last.keys):
        return None
    mended = next((t for t in reversed(case.tasks) if t.kind == TaskKind.FIX_CONTACT), None)
    if mended is None or mended.done_on is None or mended.done_on < last.on or mended.outcome == CASE_CLOSED:
        return None
    if mended.done_on > last.on + timedelta(days=policy.send_again_within):
        return None
    # Never two on one day: the messages of a debtor and a day are one.
    return SentAgain(last, max(mended.done_on, last.on + timedelta(days=1)))
