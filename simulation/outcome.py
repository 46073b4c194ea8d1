"""What a scenario came to: the JSON of docs/scenarios.md, made of the facts of the cases and of nothing else.

Both runners hand their cases to `outcome`, so that what they print can only differ where the facts differ.
"""

from collections.abc import Mapping, Sequence
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

__all__ = ["Outcome", "Played", "outcome"]


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
    """

    name: str
    until: date
    played: tuple[Played, ...]
    refusals: tuple[Refusal, ...] = ()
    loose: Mapping[str, tuple[LooseMoney, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As `maanwerk simulate --json` prints it."""
        made = outcome(self.played, self.refusals)
        loose = [_loose(debtor, each) for debtor in sorted(self.loose) for each in self.loose[debtor]]
        # Only where there is any: who reads these files need not know of it.
        return {**made, "on_no_invoice": loose} if loose else made


def outcome(played: Sequence[Played], refusals: Sequence[Refusal] = ()) -> dict[str, Any]:
    """Make the JSON of a scenario of the facts of its cases.

    Args:
        played: The cases, in the order of the invoices.
        refusals: Events that reached no case.

    Returns:
        `steps`, `passed_over` and `refused`, each sorted by day, invoice and ladder, and `cases` by number; `letters`
        beside the ladder, where there are any.
        Amounts are texts with two decimals.
    """
    steps: list[tuple[tuple[date, int, int, int], dict[str, Any]]] = []
    passed: list[tuple[tuple[date, int, int, int], dict[str, Any]]] = []
    refused: list[tuple[tuple[date, int], dict[str, Any]]] = []
    letters: list[tuple[tuple[date, int, int], dict[str, Any]]] = []
    cases: dict[str, dict[str, Any]] = {}
    messages = _message_names(played)
    event_of = message_names()
    for index, each in enumerate(played):
        rungs = each.policy.positions
        for fact in each.facts:
            if isinstance(fact, f.StepTaken):
                if fact.step_kind == "answer":
                    asked = next(
                        (n for n, o in enumerate(each.case.owing) if (o.letter, o.issue) == (fact.step, fact.issue)), 0
                    )
                    key_of = (fact.on, index, asked)
                    letters.append((key_of, _letter(each.number, fact, messages.get(fact.message, ""))))
                elif not fact.imported:
                    key = (fact.on, index, rungs.get(fact.step, 0), fact.issue)
                    # Only what goes to a debtor is shared between cases.
                    shared = messages.get(fact.message) if fact.step_kind == "send" else None
                    steps.append((key, _step(each.number, fact, shared or _own_name(each.number, fact))))
            elif isinstance(fact, f.StepPassedOver):
                key = (fact.on, index, rungs.get(fact.step, 0), fact.issue)
                row = {"on": fact.on.isoformat(), "invoice": each.number, "step": fact.step}
                passed.append((key, {**row, "reason": fact.reason}))
            elif isinstance(fact, f.MessageQuarantined):
                event = event_of.get(fact.name, fact.name)
                row = {"on": fact.on.isoformat(), "invoice": each.number, "event": event}
                refused.append(((fact.on, index), {**row, "reason": fact.error}))
        cases[each.number] = _end(each)
    for refusal in refusals:
        nowhere = {"on": refusal.on.isoformat(), "invoice": None, "event": refusal.event}
        refused.append(((refusal.on, len(played)), {**nowhere, "reason": refusal.reason}))
    beside = {"letters": [row for _, row in sorted(letters, key=lambda pair: pair[0])]} if letters else {}
    return {
        "steps": [row for _, row in sorted(steps, key=lambda pair: pair[0])],
        "passed_over": [row for _, row in sorted(passed, key=lambda pair: pair[0])],
        "refused": [row for _, row in sorted(refused, key=lambda pair: pair[0])],
        **beside,
        "cases": cases,
    }


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
