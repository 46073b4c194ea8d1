"""What a scenario came to: the JSON of docs/scenarios.md, made of the facts of the cases and of nothing else.

Both runners hand their cases to `Outcome`, so that what they print can only differ where the facts differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain import facts as f
from domain.case import Case
from domain.debtor_money import LooseMoney
from domain.money import Money
from domain.planning.decision import Decision
from domain.policy import Policy
from simulation.event_messages import Refusal, message_names

__all__ = ["Outcome", "Played", "Rows", "as_json"]


@dataclass(frozen=True, slots=True)
class Played:
    """One case after a scenario.

    Attributes:
        number: Number of its invoice.
        policy: The policy it was collected under.
        facts: All its facts, in order.
        case: The fold of those facts.
        open: What is open at the end, as the law and the policy book payments.
        decision: What was decided last; None when the runner does not tell.
    """

    number: str
    policy: Policy
    facts: tuple[f.Fact, ...]
    case: Case
    open: Money
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario came to.

    Attributes:
        name: What the scenario is about.
        until: Its last day.
        played: The cases, in the order of the invoices.
        refusals: Events that reached no case.
        loose: What stands on no invoice at the end, by debtor.
        places: Of each case, where a part of a scenario was played: the place of its invoice in the whole.
        refused: Of each refusal the place of its event in the whole, likewise.
    """

    name: str
    until: date
    played: tuple[Played, ...]
    refusals: tuple[Refusal, ...] = ()
    loose: Mapping[str, tuple[LooseMoney, ...]] = field(default_factory=dict)
    places: tuple[int, ...] | None = None
    refused: tuple[int, ...] | None = None

    def rows(self) -> Rows:
        """What was done and refused, in rows that may be put beside those of other parts."""
        return _rows(self)

    def as_json(self) -> dict[str, Any]:
        """As `maanwerk simulate --json` prints it."""
        return as_json((self.rows(),))


_Sorted = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """What came of some cases, as rows of the JSON, each with what it is sorted by.

    Attributes:
        steps: What was done.
        passed_over: What was left out.
        refused: What was refused.
        letters: What was sent beside the ladder.
        cases: How each case ended.
        loose: What stands on no invoice.
    """

    steps: list[_Sorted] = field(default_factory=list)
    passed_over: list[_Sorted] = field(default_factory=list)
    refused: list[_Sorted] = field(default_factory=list)
    letters: list[_Sorted] = field(default_factory=list)
    cases: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    loose: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def as_json(parts: Iterable[Rows]) -> dict[str, Any]:
    """The JSON of a scenario, of the rows of its parts in any order.

    Returns:
        `steps`, `passed_over` and `refused`, each sorted by day, invoice and ladder, and `cases` by number; `letters`
        beside the ladder and `on_no_invoice`, where there are any: who reads these files need not know of them.
        Amounts are texts with two decimals.
    """
    whole = Rows()
    for part in parts:
        whole.steps.extend(part.steps)
        whole.passed_over.extend(part.passed_over)
        whole.refused.extend(part.refused)
        whole.letters.extend(part.letters)
        whole.cases.extend(part.cases)
        whole.loose.update(part.loose)
    letters, loose = _in_order(whole.letters), [row for debtor in sorted(whole.loose) for row in whole.loose[debtor]]
    return {
        "steps": _in_order(whole.steps),
        "passed_over": _in_order(whole.passed_over),
        "refused": _in_order(whole.refused),
        **({"letters": letters} if letters else {}),
        "cases": {number: end for _, number, end in sorted(whole.cases, key=lambda each: each[0])},
        **({"on_no_invoice": loose} if loose else {}),
    }


def _in_order(rows: list[_Sorted]) -> list[dict[str, Any]]:
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _rows(outcome: Outcome) -> Rows:
    rows = Rows(loose={debtor: [_loose(debtor, each) for each in of] for debtor, of in outcome.loose.items()})
    messages = _message_names(outcome.played)
    event_of = message_names()
    places = range(len(outcome.played)) if outcome.places is None else outcome.places
    for place, each in zip(places, outcome.played, strict=True):
        rungs = each.policy.positions
        for fact in each.facts:
            if isinstance(fact, f.StepTaken):
                if fact.step_kind == "answer":
                    asked = next(
                        (n for n, o in enumerate(each.case.owing) if (o.letter, o.issue) == (fact.step, fact.issue)), 0
                    )
                    key_of = (fact.on, place, asked)
                    rows.letters.append((key_of, _letter(each.number, fact, messages.get(fact.message, ""))))
                elif not fact.imported:
                    key = (fact.on, place, rungs.get(fact.step, 0), fact.issue)
                    # Only what goes to a debtor is shared between cases.
                    shared = messages.get(fact.message) if fact.step_kind == "send" else None
                    rows.steps.append((key, _step(each.number, fact, shared or _own_name(each.number, fact))))
            elif isinstance(fact, f.StepPassedOver):
                key = (fact.on, place, rungs.get(fact.step, 0), fact.issue)
                row = {"on": fact.on.isoformat(), "invoice": each.number, "step": fact.step}
                rows.passed_over.append((key, {**row, "reason": fact.reason}))
            elif isinstance(fact, f.MessageQuarantined):
                event = event_of.get(fact.name, fact.name)
                row = {"on": fact.on.isoformat(), "invoice": each.number, "event": event}
                rows.refused.append(((fact.on, 0, place), {**row, "reason": fact.error}))
        rows.cases.append((place, each.number, _end(each)))
    told = range(len(outcome.refusals)) if outcome.refused is None else outcome.refused
    for place, refusal in zip(told, outcome.refusals, strict=True):
        nowhere = {"on": refusal.on.isoformat(), "invoice": None, "event": refusal.event}
        rows.refused.append(((refusal.on, 1, place), {**nowhere, "reason": refusal.reason}))
    return rows


def _loose(debtor: str, each: LooseMoney) -> dict[str, Any]:
    left = {"amount": each.left.text, "currency": each.left.currency}
    return {"debtor": debtor, "payment": each.id, **left, "credited_on": each.credited_on.isoformat()}


def _letter(number: str, fact: f.StepTaken, message: str) -> dict[str, Any]:
    """A letter beside the ladder: no step, and no reminder; one that several invoices share says which."""
    shared = {"message": message} if "+" in message else {}
    return {
        "on": fact.on.isoformat(),
        "invoice": number,
        "letter": fact.step,
        "channels": list(fact.channels),
        "claimed": fact.claimed.text,
        **shared,
    }


def _step(number: str, fact: f.StepTaken, message: str) -> dict[str, Any]:
    row = {
        "on": fact.on.isoformat(),
        "invoice": number,
        "step": fact.step,
        "channels": list(fact.channels),
        "message": message,
        "open": fact.open.text,
        "interest": fact.interest.text,
        "costs": fact.costs.text,
        "total": fact.total.text,
        "claimed": fact.claimed.text,
    }
    if fact.announced_costs is not None:
        row["announced_costs"] = fact.announced_costs.text
    return row


def _end(played: Played) -> dict[str, Any]:
    case = played.case
    return {
        "stage": case.stage,
        "open": played.open.text,
        "closed": None if case.closed is None else case.closed.value,
    }


def _message_names(played: Sequence[Played]) -> Mapping[str, str]:
    """A name for each message to a debtor that says what is in it, whatever ids the runner gave."""
    parts: dict[str, list[str]] = {}
    for each in played:
        for fact in each.facts:
            if isinstance(fact, f.StepTaken) and fact.step_kind in ("send", "answer"):
                parts.setdefault(fact.message, []).append(_own_name(each.number, fact))
    return {message: "+".join(names) for message, names in parts.items()}


def _own_name(number: str, fact: f.StepTaken) -> str:
    return f"{number}/{fact.step}/{fact.issue}"
