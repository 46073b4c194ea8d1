"""The view of a case: what API, CLI, lists and the Temporal UI show of it, also while no worker runs."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.case import Case
from domain.claims.claim import shown_open
from domain.facts import CloseReason
from domain.handoffs.partner_state import PartnerState
from domain.handoffs.with_partner import file_of, stands_as
from domain.money import Money
from domain.planning.decision import Action, Blocker, Decision
from domain.planning.settlement import overpaid
from domain.policy import Policy
from domain.surroundings import NOTHING_SPECIAL, Surroundings


class HoldView(BaseModel):
    """A hold in force; `until` is its first free day."""

    model_config = ConfigDict(frozen=True)

    kind: str
    until: date | None = None


class CaseView(BaseModel):
    """Where a case stands, why nothing is sent now, and what comes next.

    Attributes:
        stage: `new`, the last step taken, `handed_off` or `closed`.
        open: Open principal.
        next: What comes next: `send`, `task`, `hand_off`, `reconcile`, `wait` or `close`.
        step: Which rung it concerns.
        task: What a person is asked for, when the next thing is a task.
        at: When, aware; None when it waits for a message.
        why: Why it is not done now.
        tasks: Kinds of the open tasks.
        quarantined: Ids of messages that nobody has looked at yet.
        more_quarantined: How many more there are than are named, where a history is to stay small.
        codes_only: Whether what Temporal shows without a key tells codes and days only: no amount, no number, no word
            that a person typed.
        partner: The collection partner who has the case, by his id in the profile.
        partner_state: How the file stands with him; None of a case that nobody has.
        debtor_attribute: The debtor as the search attribute names him: a keyed hash.
    """

    model_config = ConfigDict(frozen=True)

    stage: str
    open: Money
    overpaid: Money | None = None
    due: date
    debtor: str
    policy: str
    zone: str
    closed: CloseReason | None = None
    holds: tuple[HoldView, ...] = ()
    next: Action
    step: str | None = None
    task: str | None = None
    at: AwareDatetime | None = None
    why: tuple[Blocker, ...] = ()
    tasks: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()
    more_quarantined: int = 0
    failing: bool = False
    codes_only: bool = False
    debtor_attribute: str | None = None
    partner: str | None = None
    partner_state: PartnerState | None = None

    @property
    def decision(self) -> Decision:
        """The decision that the view shows, for explaining it."""
        return Decision(
            action=self.next, at=self.at, step=self.step, task=self.task, close=self.closed, blockers=self.why
        )

    @property
    def needs_attention(self) -> bool:
        """Whether a person should look at the case."""
        return bool(self.tasks or self.quarantined or self.failing)


def view_of(
    case: Case,
    policy: Policy,
    decision: Decision,
    now: datetime,
    *,
    surroundings: Surroundings = NOTHING_SPECIAL,
    failing: bool = False,
    codes_only: bool = False,
    debtor_attribute: str | None = None,
) -> CaseView:
    """The view of a case after a decision taken at `now`; the last two as the view has them."""
    today = policy.sending_calendar.local_date(now)
    fields: dict[str, object] = {
        "stage": case.stage,
        "open": shown_open(case, policy, today, surroundings),
        "due": case.due,
        "debtor": case.invoice.debtor,
        "policy": f"{case.policy} v{case.policy_version}",
        "zone": policy.sending_calendar.zone,
        "next": decision.action,
    }
    optional: dict[str, object] = {
        "overpaid": overpaid(case, policy, today, surroundings) or None,
        "closed": case.closed,
        "holds": tuple(HoldView(kind=h.kind.value, until=h.end) for h in case.holds_on(today)),
        "step": decision.step,
        "task": decision.task,
        "at": decision.at if decision.action != "close" else None,
        "why": tuple(b.model_copy(update={"detail": None}) if b.detail else b for b in decision.blockers)
        if codes_only
        else decision.blockers,
        "tasks": tuple(task.kind for task in case.tasks if task.done_on is None),
        "quarantined": case.quarantined,
        "failing": failing,
        "codes_only": codes_only,
        "debtor_attribute": debtor_attribute,
        **_with_partner(case),
    }
    # Only what says something is set: the view travels in every workflow event.
    return CaseView.model_validate({**fields, **{name: value for name, value in optional.items() if value}})


def _with_partner(case: Case) -> dict[str, object]:
    """The partner who has the case, and how its file stands; nothing where nobody has it."""
    file = file_of(case)
    if file is None or file.returned_on is not None:
        return {}
    return {"partner": file.partner, "partner_state": stands_as(case)}
