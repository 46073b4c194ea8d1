"""What would come of telling a case something: judged as a worker would judge it now, and nothing is written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.inbox import InboxRow
from casefile.surroundings import surroundings_of
from domain.claims.claim import shown_open
from domain.money import Money
from domain.planning.decision import Action
from domain.reactions.react import react
from domain.tasks import task_text
from domain.views.explain import because
from services.current_case import CurrentCase, current_case
from services.desk.case_story import worded

__all__ = ["Effect", "Stand", "effect_of", "effect_of_all", "stand_after"]

_ID = "desk:before"
"""Under which a message is judged that nobody has sent."""
_UNKNOWN = re.compile(rf" ?\b{_ID}(:\d+)?")


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a case stands.

    Attributes:
        next: What comes next.
        step: Which rung it concerns.
        on: Its local day; None when it waits for a person or a message.
        why: Why it is not done now.
        open: What is owed of the invoice.
        holds: The kinds of holds in force, with the first free day of each.
        tasks: What people are asked to do.
        closed: Why it is closed; None while it is open.
    """

    next: Action
    step: str | None
    on: date | None
    why: tuple[str, ...]
    open: Money
    holds: tuple[tuple[str, date | None], ...]
    tasks: tuple[str, ...]
    closed: str | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What would come of it.

    Attributes:
        refusal: Why a rule forbids it, in English; None where none does.
        happens: What would be noted, a line each.
        before: Where the case stands without it.
        after: Where it would stand.
    """

    refusal: str | None
    happens: tuple[str, ...]
    before: Stand
    after: Stand


def effect_of(
    transaction: Transaction, case_id: str, name: str, content: Mapping[str, object], now: datetime, by: str
) -> Effect:
    """What would come of telling a case something at this moment.

    Args:
        transaction: A reading transaction on the case file.
        case_id: The case.
        name: Name of the message.
        content: Its fields.
        now: The present moment.
        by: Who is known to tell it.

    Raises:
        UnknownCase: when there is no such case.
    """
    return effect_of_all(transaction, case_id, ((name, content),), now, by)


def effect_of_all(
    transaction: Transaction,
    case_id: str,
    messages: Sequence[tuple[str, Mapping[str, object]]],
    now: datetime,
    by: str,
) -> Effect:
    """The same of several messages, told one after the other; the first refusal counts.

    Raises:
        UnknownCase: when there is no such case.
    """
    without = current_case(transaction, case_id, now)
    rows = tuple(
        InboxRow(0, f"{_ID}:{place}", name, json.dumps(dict(content)).encode(), None, answered=True, by=by)
        for place, (name, content) in enumerate(messages)
    )
    told = current_case(transaction, case_id, now, also=rows)
    before, known = _stand(transaction, without, now)
    after, follows = _stand(transaction, told, now)
    new = told.pending_facts[len(without.pending_facts) :]
    # What nobody has sent has no number that anybody would know it by.
    lines = [_UNKNOWN.sub("", worded(fact, bare=True)) for fact in new]
    lines += [each for each in follows if each not in known]
    refusal = next((told.refusals[row.id] for row in rows if row.id in told.refusals), None)
    return Effect(refusal, tuple(dict.fromkeys(lines)), before, after)


def stand_after(
    transaction: Transaction, case_id: str, name: str, content: Mapping[str, object], now: datetime, by: str
) -> Stand | str:
    """Where a case would stand after it was told something, or why a rule forbids it; the arguments as of `effect_of`.

    Raises:
        UnknownCase: when there is no such case.
    """
    row = InboxRow(0, _ID, name, json.dumps(dict(content)).encode(), None, answered=True, by=by)
    told = current_case(transaction, case_id, now, also=(row,))
    refusal = told.refusals.get(_ID)
    return _stand(transaction, told, now)[0] if refusal is None else refusal


def _stand(transaction: Transaction, current: CurrentCase, now: datetime) -> tuple[Stand, tuple[str, ...]]:
    """Where a case stands, and what follows by itself."""
    policy = current.policy
    surroundings = surroundings_of(transaction, current.as_loaded)
    going = react(current.case, policy, surroundings, now)
    case, decision = going.case, going.decision
    calendar = policy.sending_calendar
    today = calendar.local_date(now)
    stand = Stand(
        next=decision.action,
        step=decision.step,
        on=None if decision.at is None or decision.action == "close" else calendar.local_date(decision.at),
        why=tuple(dict.fromkeys(because(blocker) for blocker in decision.blockers)),
        open=shown_open(case, policy, today, surroundings),
        holds=tuple((hold.kind.value, hold.end) for hold in case.holds_on(today)),
        tasks=tuple(dict.fromkeys(task_text(task.kind) for task in case.tasks if task.done_on is None)),
        closed=None if case.closed is None else case.closed.value,
    )
    return stand, tuple(worded(fact, bare=True) for fact in going.facts)
