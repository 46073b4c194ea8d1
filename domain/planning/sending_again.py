"""What came back goes again: it reached nobody, and nobody is to wait for it.

A reminder once the contact is mended, or a day later by itself where the address is good and it only did not get
through; a notice once the contact is mended, with a full new term.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.case import Case
from domain.case_parts import CASE_CLOSED, Task
from domain.policy import Policy
from domain.sent import TakenStep, all_came_back
from domain.tasks import TaskKind

TRIES_AGAIN = 2
"""How often a message that did not get through goes again by itself, a day apart each (integrations: at most two, at
least half an hour apart)."""

_MENDED = (TaskKind.FIX_CONTACT, TaskKind.MEND_SENDER)
"""Tasks after which what came back may arrive."""


@dataclass(frozen=True, slots=True)
class SentAgain:
    """A reminder that goes again.

    Attributes:
        taken: What came back.
        on: The first day on which it may go again.
        before: Earlier issues that did not get through either, in whose place it went.
    """

    taken: TakenStep
    on: date
    before: tuple[TakenStep, ...] = ()

    def replaces(self, taken: TakenStep) -> bool:
        """Whether what goes now goes in the place of this message."""
        return taken is self.taken or any(taken is each for each in self.before)


def sent_again(case: Case, policy: Policy) -> SentAgain | None:
    """The last message to the debtor, if it goes again as its step's next issue.

    It is a reminder that came back over every channel, and a person finished the task to mend the contact within the
    days that the policy gives, or only did not get through; later the ladder goes on with its next step. What starts a
    term is given again otherwise (`notice_again`), for rights hang on it; but for the free first reminder of a Belgian
    consumer. It reached nobody, so no term began and nothing hangs on it; the next issue starts a full term of its own,
    and costs as little.
    """
    if not case.bounced or not policy.send_again_within:
        return None
    last = next((taken for taken in reversed(case.taken) if taken.kind == "send"), None)
    if last is None or last.void or not _may_go_again(last):
        return None
    if not all_came_back(last.keys, case.bounced):
        return None
    before = tuple(t for t in case.taken if t is not last and t.step == last.step and _was_unreached(case, t))
    if _was_unreached(case, last) and len(before) < TRIES_AGAIN:
        return SentAgain(last, last.on + timedelta(days=1), before)
    task = _mended(case, last, TaskKind.FIX_CONTACT)
    mended = None if task is None else task.done_on
    if mended is None or mended > last.on + timedelta(days=policy.send_again_within):
        return None
    # Never two on one day: the messages of a debtor and a day are one.
    return SentAgain(last, max(mended, last.on + timedelta(days=1)), before)


def goes_again_by_itself(case: Case, policy: Policy, key: str) -> bool:
    """Whether nobody must do anything about a message that is now told not to have got through.

    Another channel may still bring it, or it goes again a day later.

    Args:
        case: The case, before the report.
        policy: Its policy.
        key: Send key of the delivery.
    """
    taken = next((each for each in reversed(case.taken) if key in each.keys), None)
    if taken is None:
        # It is told sooner than that it was taken.
        return bool(policy.send_again_within)
    if any(other != key and other not in case.bounced for other in taken.keys):
        return True
    if not policy.send_again_within or not _may_go_again(taken):
        return False
    before = [t for t in case.taken if t is not taken and t.step == taken.step and _was_unreached(case, t)]
    return len(before) < TRIES_AGAIN


def notice_to_give_again(case: Case, policy: Policy) -> tuple[TakenStep, Task] | None:
    """The notice that came back over every channel and whose contact was mended since, and the task that was done."""
    if policy.notice_again == "never" or not case.bounced or case.closed is not None:
        return None
    notice = next(
        (t for t in reversed(case.taken) if t.kind == "send" and t.term_days is not None and not t.void), None
    )
    if notice is None or notice.imported or notice.legal in ("first_reminder", "default_notice"):
        return None
    if not all_came_back(notice.keys, case.bounced):
        return None
    mended = _mended(case, notice, *_MENDED)
    return None if mended is None else (notice, mended)


def _may_go_again(taken: TakenStep) -> bool:
    return taken.legal == "first_reminder" or (taken.reminds and taken.legal is None)


def _was_unreached(case: Case, taken: TakenStep) -> bool:
    return any(key in case.unreached for key in taken.keys)


def _mended(case: Case, taken: TakenStep, *kinds: TaskKind) -> Task | None:
    """The last task of these kinds, if a person did it since a message."""
    mended = next((task for task in reversed(case.tasks) if task.kind in kinds), None)
    if mended is None or mended.done_on is None or mended.done_on < taken.on or mended.outcome == CASE_CLOSED:
        return None
    return mended
