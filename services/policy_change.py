"""What an edited policy would change over the open portfolio, before anybody adopts it: nothing is recorded.

Each open case under the policy is judged twice by the rules that a worker judges by, at the same moment and with the
same surroundings: as it stands, and as if it had just been moved to the edited policy (`change_policy`).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from casefile.case_file import CaseFile, Transaction
from casefile.surroundings import surroundings_of
from domain.case import Case, apply
from domain.claims.claim import claim_of
from domain.facts import PolicyChanged
from domain.letter_classes import standing_for
from domain.money import Money
from domain.planning.decision import Action
from domain.policy import Policy
from domain.reactions.react import react
from domain.surroundings import Surroundings, looks_at_siblings
from domain.views.explain import because
from services.current_case import CurrentCase, current_case

__all__ = ["KINDS", "ChangedCase", "Kind", "Point", "PolicyChange", "Sum", "policy_change"]

Kind = Literal[
    "closes", "reopens", "other_step", "ends", "earlier", "later", "other_channel", "more_costs", "less_costs"
]
KINDS: tuple[Kind, ...] = (
    "closes", "reopens", "other_step", "ends", "earlier", "later", "other_channel", "more_costs", "less_costs",
)  # fmt: skip
"""Kinds of change, in the order in which they are told; one case may change in several ways."""

_AT_ONCE = 100
"""Cases that are read in one transaction: a long one would keep the log of SQLite from being emptied."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Point(_Value):
    """What comes next under one policy.

    Attributes:
        next: What comes next.
        step: Which rung it concerns.
        on: Its local day; None when it waits for a person or a message.
        channels: How it goes.
        costs: Collection costs that are due on that day, or today.
        why: Why it is not done now.
    """

    next: Action
    step: str | None
    on: date | None
    channels: tuple[str, ...]
    costs: Money
    why: tuple[str, ...]


class ChangedCase(_Value):
    """A case for which something would change, and what."""

    case: str
    number: str
    debtor: str
    open: Money
    kinds: tuple[Kind, ...]
    before: Point
    after: Point


class Sum(_Value):
    """So many cases, and what is open on them; `kind` says of what. A step that changes is `FROM > TO`."""

    kind: str
    number: int
    open: tuple[Money, ...]


class PolicyChange(_Value):
    """What an edited policy would change.

    Attributes:
        policy: Its name, and `version` its version; `instead_of` the policy of the cases that are looked at.
        versions: Versions that those cases are under now.
        same_version: Whether the edited policy has the number of one that is stored with another content: it could not
            be imported so.
        open_cases: How many open cases are under the policy; `looked_at` how many of them were judged.
        changed: For how many of those something would change.
        kinds: By kind of change; `steps` by rung now and then.
        costs_before, costs_after: Collection costs due at the next step, now and then, by currency.
        days: How many days later the next steps would come, all together; below 0: earlier.
        cases: Those for which something would change, the most money first; as many as were asked for.
    """

    policy: str
    version: int
    instead_of: str
    versions: tuple[int, ...]
    same_version: bool
    open_cases: int
    looked_at: int
    changed: int
    kinds: tuple[Sum, ...]
    steps: tuple[Sum, ...]
    costs_before: tuple[Money, ...]
    costs_after: tuple[Money, ...]
    days: int
    cases: tuple[ChangedCase, ...]


Progress = Callable[[int, int], None]


def policy_change(
    file: CaseFile,
    edited: Policy,
    now: datetime,
    *,
    instead_of: str | None = None,
    sample: int | None = None,
    most: int = 500,
    progress: Progress = lambda done, total: None,
) -> PolicyChange:
    """What an edited policy would change over the open cases.

    Args:
        file: The case file; it is only read.
        edited: The edited policy.
        now: The moment at which everything is judged.
        instead_of: Name of the policy whose cases are looked at; None for that of the edited one.
        sample: Look at so many of them only, drawn evenly and always the same ones; None looks at all.
        most: How many changed cases are told one by one.
        progress: Told how many are done of how many.
    """
    name = instead_of or edited.policy
    with file.read() as transaction:
        stored = transaction.parties.policy(edited.policy, edited.version)
        ids = transaction.cases.open_ids()
    chosen = _drawn(ids, sample)
    found = _Found(name)
    done = 0
    for begin in range(0, len(chosen), _AT_ONCE):
        with file.read() as transaction:
            for case_id in chosen[begin : begin + _AT_ONCE]:
                found.take(_judged(transaction, case_id, edited, name, now))
                done += 1
        progress(done, len(chosen))
    whole = len(ids) == len(chosen)
    return PolicyChange(
        policy=edited.policy,
        version=edited.version,
        instead_of=name,
        versions=tuple(sorted(found.versions)),
        same_version=stored is not None and stored != edited,
        # Of a sample the rest is not read: how many are under the policy is told in proportion.
        open_cases=found.looked_at if whole else round(found.looked_at * len(ids) / len(chosen)),
        looked_at=found.looked_at,
        changed=len(found.changed),
        kinds=_sums((kind, each.open) for each in found.changed for kind in each.kinds),
        steps=_sums((_move(each), each.open) for each in found.changed if "other_step" in each.kinds),
        costs_before=_by_currency(found.before),
        costs_after=_by_currency(found.after),
        days=found.days,
        cases=tuple(sorted(found.changed, key=lambda each: (-each.open.minor, each.case))[:most]),
    )


def _drawn(ids: Sequence[str], sample: int | None) -> tuple[str, ...]:
    """So many ids, drawn by what their names hash to: evenly, and the same ones each time."""
    if sample is None or len(ids) <= sample:
        return tuple(ids)
    return tuple(sorted(ids, key=lambda each: hashlib.sha256(each.encode()).digest())[:sample])


@dataclass(frozen=True, slots=True)
class _Judged:
    version: int
    case: ChangedCase


class _Found:
    def __init__(self, name: str) -> None:
        self.name = name
        self.versions: set[int] = set()
        self.looked_at = 0
        self.days = 0
        self.changed: list[ChangedCase] = []
        self.before: dict[str, int] = defaultdict(int)
        self.after: dict[str, int] = defaultdict(int)

    def take(self, judged: _Judged | None) -> None:
        if judged is None:
            return
        self.looked_at += 1
        self.versions.add(judged.version)
        case = judged.case
        self.before[case.before.costs.currency] += case.before.costs.minor
        self.after[case.after.costs.currency] += case.after.costs.minor
        if case.kinds:
            self.changed.append(case)
        if case.before.on is not None and case.after.on is not None:
            self.days += (case.after.on - case.before.on).days


def _judged(transaction: Transaction, case_id: str, edited: Policy, name: str, now: datetime) -> _Judged | None:
    current = current_case(transaction, case_id, now)
    if current.policy.policy != name or current.case.closed is not None:
        return None
    case, policy = current.case, current.policy
    around = surroundings_of(transaction, current.as_loaded)
    moved = _moved(current, edited, now)
    if _asks(case, policy) == _asks(moved, edited):
        then = around
    else:
        then = surroundings_of(transaction, replace(current.as_loaded, case=moved, policy=edited))
    before = _point(case, policy, around, now)
    after = _point(moved, edited, _all_moved(then, edited, name), now)
    return _Judged(
        current.policy.version,
        ChangedCase(
            case=case_id,
            number=case.invoice.number,
            debtor=case.invoice.debtor,
            open=case.open,
            kinds=_kinds(before, after),
            before=before,
            after=after,
        ),
    )


def _moved(current: CurrentCase, edited: Policy, now: datetime) -> Case:
    """The case as `change_policy` would leave it."""
    case, policy = current.case, current.policy
    changed = PolicyChanged(
        id="policy:edited",
        at=now,
        on=policy.sending_calendar.local_date(now),
        policy=edited.policy,
        policy_version=edited.version,
        actor="",
        renamed=standing_for(case, policy, edited),
    )
    return apply(case, changed)


def _asks(case: Case, policy: Policy) -> tuple[object, ...]:
    """What decides what is asked of the case file about a case: where it is the same, so is the answer."""
    return policy.law is None, policy.bundle == "debtor", policy.debtor_spacing > 0, looks_at_siblings(case, policy)


def _all_moved(found: Surroundings, edited: Policy, name: str) -> Surroundings:
    """What surrounds it then: the debtor's other cases under the same policy would be moved as well."""
    siblings = tuple(replace(each, policy=edited) if each.policy.policy == name else each for each in found.siblings)
    return replace(found, siblings=siblings)


def _point(case: Case, policy: Policy, surroundings: Surroundings, now: datetime) -> Point:
    going = react(case, policy, surroundings, now)
    decision, calendar = going.decision, policy.sending_calendar
    closes = decision.action == "close"
    on = None if decision.at is None or closes else calendar.local_date(decision.at)
    step = policy.step(decision.step) if decision.step else None
    claim = claim_of(going.case, policy, on or calendar.local_date(now), surroundings, taking=step)
    return Point(
        next=decision.action,
        step=decision.step,
        on=on,
        channels=() if step is None else step.channels,
        costs=claim.costs,
        why=tuple(dict.fromkeys(because(blocker) for blocker in decision.blockers)),
    )


def _kinds(before: Point, after: Point) -> tuple[Kind, ...]:
    found: set[Kind] = set()
    if before.next != after.next and "close" in (before.next, after.next):
        found.add("closes" if after.next == "close" else "reopens")
    elif before.step != after.step:
        found.add("ends" if after.step is None else "other_step")
    elif before.channels != after.channels:
        found.add("other_channel")
    if before.on is not None and after.on is not None and before.on != after.on:
        found.add("earlier" if after.on < before.on else "later")
    if after.costs.minor != before.costs.minor:
        found.add("more_costs" if after.costs.minor > before.costs.minor else "less_costs")
    return tuple(kind for kind in KINDS if kind in found)


def _move(each: ChangedCase) -> str:
    return f"{each.before.step or ''} > {each.after.step or ''}"


def _sums(rows: Iterable[tuple[str, Money]]) -> tuple[Sum, ...]:
    number: Counter[str] = Counter()
    amounts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, amount in rows:
        number[kind] += 1
        amounts[kind][amount.currency] += amount.minor
    order = {kind: place for place, kind in enumerate(KINDS)}
    kinds = sorted(number, key=lambda kind: (order.get(kind, 99), -number[kind], kind))  # type: ignore[call-overload]
    return tuple(Sum(kind=kind, number=number[kind], open=_by_currency(amounts[kind])) for kind in kinds)


def _by_currency(minor: Mapping[str, int]) -> tuple[Money, ...]:
    order = sorted(minor, key=lambda currency: (currency != "EUR", currency))
    return tuple(Money.from_minor(minor[currency], currency) for currency in order)
