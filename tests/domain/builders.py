"""Builders for the tests of the domain: policies as they stand in files, and a case that lives day by day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain import facts as f
from domain.case import Case, apply, fold
from domain.handling import Envelope, Handled, handle
from domain.invoice import Invoice, Kind, LegalStatus
from domain.money import Money
from domain.opening import open_case
from domain.planning.decision import Decision
from domain.planning.planner import plan
from domain.policy import Policy
from domain.reactions.react import react
from domain.reactions.sending import step_taken
from domain.surroundings import NOTHING_SPECIAL, Surroundings

ZONE = ZoneInfo("Europe/Amsterdam")


def day(text: str) -> date:
    """A calendar day, as written."""
    return date.fromisoformat(text)


def local(on: date | str, at: str = "00:00") -> datetime:
    """A moment on the Amsterdam clock, in UTC."""
    on = day(on) if isinstance(on, str) else on
    return datetime.combine(on, time.fromisoformat(at), tzinfo=ZONE).astimezone(UTC)


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def send(step: str, when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": step, "when": when, "send": ["email"], **more}


def call(step: str, when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": step, "when": when, "task": "call", **more}


def hand_off(when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "handoff", "when": when, "hand_off": "agency", "claims": "all", **more}


def policy(*steps: dict[str, Any], **fields: Any) -> Policy:
    """A policy of these steps; without `calendar` any day at 12:00."""
    return Policy.model_validate({"policy": "test", "steps": list(steps), **fields})


def invoice(
    invoice_date: str = "2026-02-01",
    due: str = "2026-03-01",
    amount: str = "1000.00",
    kind: Kind = Kind.BUSINESS,
    number: str = "F-1",
    currency: str = "EUR",
) -> Invoice:
    return Invoice(
        number=number,
        debtor="bakker",
        invoice_date=day(invoice_date),
        due=day(due),
        amount=Money.parse(amount, currency),
        legal_status=LegalStatus.of_kind(kind),
    )


def without_proof(case: Case) -> Case:
    """The case as it is when the sending of its steps stayed unproven."""
    return replace(case, taken=tuple(replace(step, proven=False) for step in case.taken))


class FakeLookup:
    """Knows these policies, and these messages in quarantine."""

    def __init__(self, *policies: Policy) -> None:
        self.policies = {(p.policy, p.version): p for p in policies}
        self.kept: dict[str, tuple[str, bytes]] = {}
        self.around: Surroundings = NOTHING_SPECIAL

    def policy(self, name: str, version: int | None) -> Policy | None:
        versions = [p for (known, _), p in self.policies.items() if known == name]
        if version is None:
            return max(versions, key=lambda p: p.version, default=None)
        return self.policies.get((name, version))

    def quarantined(self, quarantine_id: str) -> tuple[str, bytes] | None:
        return self.kept.get(quarantine_id)

    def surroundings(self, case: Case, policy: Policy) -> Surroundings:
        return self.around


class Life:
    """A case that is told things and lives through days, with every send succeeding at once.

    It takes what the planner decides literally: it jumps to the decision's moment, never further.
    """

    def __init__(self, policy: Policy, inv: Invoice | None = None, opened: str = "2026-02-01", **opening: Any) -> None:
        self.policy = policy
        self.lookup = FakeLookup(policy)
        self.now = local(opened)
        self.surroundings: Surroundings = NOTHING_SPECIAL
        self.case: Case = fold(open_case(inv or invoice(), policy, self.now, **opening))
        self.facts: list[f.Fact] = []
        self.told = 0

    @property
    def today(self) -> date:
        return self.policy.sending_calendar.local_date(self.now)

    @property
    def decision(self) -> Decision:
        return plan(self.case, self.policy, self.surroundings, self.now)

    @property
    def steps(self) -> list[str]:
        """What was taken: `2026-03-06 reminder`, with the issue when it is not the first."""
        return [f"{s.on} {s.step}" + (f" #{s.issue}" if s.issue > 1 else "") for s in self.case.taken]

    @property
    def passed(self) -> list[tuple[str, str]]:
        return [(str(x.on), x.step) for x in self.facts if isinstance(x, f.StepPassedOver)]

    def open_tasks(self) -> list[str]:
        return [t.kind for t in self.case.tasks if t.done_on is None]

    def add(self, *facts: f.Fact) -> None:
        for fact in facts:
            self.case = apply(self.case, fact)
            self.facts.append(fact)

    def hear(
        self, name: str, content: Any = None, *, raw: bytes | None = None, answered: bool = False, by: str = ""
    ) -> Handled:
        """Tell the case one message now; `content` as JSON, or the bytes themselves."""
        self.told += 1
        envelope = Envelope(f"m{self.told}", self.now, self.today, by=by)
        payload = raw if raw is not None else None if content is None else json.dumps(content).encode()
        handled = handle(self.case, self.policy, name, payload, envelope, self.lookup, answered=answered)
        for fact in handled.facts:
            if isinstance(fact, f.MessageQuarantined):
                self.lookup.kept[fact.id] = (name, payload or b"")
        self.add(*handled.facts)
        return handled

    def ask(self, name: str, content: Any = None, *, by: str = "") -> Handled:
        """Ask the case something; refusals come back as the answer."""
        return self.hear(name, content, answered=True, by=by)

    def at(self, on: str, at: str = "00:00") -> Life:
        """Let time pass without anybody awake (an outage), up to this moment."""
        self.now = local(on, at)
        return self

    def live(self, until: str) -> Life:
        """Do what is decided, when it is decided, up to and including this day."""
        end = local(day(until) + timedelta(days=1))
        for _ in range(2000):
            wake_at = self._work_now()
            at = None if self.decision.action == "close" else wake_at
            if at is None or at >= end:
                self.now = end - timedelta(seconds=1)
                return self
            self.now = max(at, self.now)
        raise AssertionError("the case never comes to rest")

    def _work_now(self) -> datetime | None:
        """Do all that is due now; when the case is to be looked at again."""
        for _ in range(500):
            done = react(self.case, self.policy, self.surroundings, self.now)
            self.case = done.case
            self.facts.extend(done.facts)
            decision = done.decision
            assert decision == self.decision, "what followed from it has changed what is decided"
            if decision.action not in ("send", "hand_off") or decision.at is None or decision.at > self.now:
                return done.wake_at
            step = self.policy.step(decision.step or "")
            assert step is not None
            message = f"F-1/{step.id}/{decision.issue}"
            if step.send:
                keys = tuple((channel, f"{message}/{channel}") for channel in step.send)
                intended = f.StepIntended(
                    id=f"intent:{message}:{len(self.facts)}",
                    at=self.now,
                    on=self.today,
                    step=step.id,
                    issue=decision.issue,
                    message=message,
                    deliveries=keys,
                )
                self.add(intended)
            self.add(
                step_taken(
                    self.case,
                    self.policy,
                    step,
                    decision.issue,
                    self.now,
                    channels=step.channels,
                    message=message,
                    surroundings=self.surroundings,
                )
            )
        raise AssertionError("the case never comes to rest on one day")


def business_ladder(**fields: Any) -> Policy:
    """Policy PB of the worked cases in practice.md."""
    return policy(
        send("reminder", {"after_due": "7d"}),
        send("second", {"after_due": "14d"}),
        call("call", {"after_due": "21d"}, wait_for_task="3d"),
        send("notice", {"after_due": "28d", "after_previous": "5d"}, send=["post"], term="14d"),
        hand_off({"term_expired": "notice"}, approval="required"),
        **{
            "law": "NL",
            "kind": "business",
            "calendar": {
                "holidays": "NL",
                "days": ["tue", "wed", "thu", "fri"],
                "from": "09:00",
                "until": "16:00",
            },
            "spacing": "3d",
            **fields,
        },
    )


def consumer_ladder(**fields: Any) -> Policy:
    """Policy PC of the worked cases in practice.md."""
    return policy(
        send("reminder", {"after_due": "5d"}),
        send("notice", {"after_due": "14d"}, send=["post"], term="14d"),
        send("final", {"term_expired": "notice"}, claims="all"),
        hand_off({"after_previous": "10d", "term_expired": "notice"}),
        **{
            "law": "NL",
            "kind": "consumer",
            "calendar": {
                "holidays": "NL",
                "days": ["tue", "wed", "thu", "fri"],
                "from": "09:00",
                "until": "16:00",
            },
            **fields,
        },
    )
