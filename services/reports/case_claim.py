"""The claim of a case on a day: what is owed, how it was counted, which letters carry it, what must not be missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from casefile.case_file import Transaction
from casefile.surroundings import surroundings_of
from domain.case import Case
from domain.claims.claim import Claim, claim_of
from domain.facts import CloseReason, Fact, LegalRole, StepTaken, VoidReason
from domain.law import nl
from domain.notices import (
    default_notice,
    in_force_business_notice,
    in_force_cost_notice,
    in_force_first_reminder,
    is_protected,
    term_of,
)
from domain.policy import Policy
from domain.reactions.deadlines import DeadlineKind, deadlines
from domain.reactions.react import react
from domain.sent import TakenStep
from domain.terms import CreditorTerms
from services.correspondence.calculation import written_claim
from services.current_case import current_case
from speech.words import tr

__all__ = ["DEADLINES", "ROLES", "ClaimReport", "NoticeLine", "read_claim"]

ROLES: dict[LegalRole | None, str] = {
    "cost_notice": "14-day letter",
    "default_notice": "notice of default",
    "first_reminder": "first reminder",
    "notice": "notice",
    None: "letter with a term",
}
"""What a letter is in law, in words."""

_VOID: dict[VoidReason, str] = {
    "corrected": "the invoice was corrected",
    "paid_before": "a payment from before it was learned of later",
    "reversed": "a payment inside its term was taken back",
    "spent": "what it asked was paid in time; what came open since needs its own",
    "together": "another invoice in the same letter made it void",
    "reissue": "a person asked for a new one",
    "came_back": "it came back, and the contact was mended",
    "not_in_default": "the debtor was not in default when it left",
    "disputed": "what it asked was disputed in its term",
    "dispute_upheld": "it asked what turned out not to be owed",
    "arranged": "instalments were agreed in its term; after them it is given again",
}

DEADLINES: dict[DeadlineKind, str] = {
    "limitation": "last day before the claim is barred",
    "complaint_rights": "last day of the right to take the goods back",
    "credit_insurer": "last day to tell the credit insurer",
    "vat_reclaim": "last day to reclaim the VAT",
}
"""What is lost after a deadline, in words."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A letter on which rights hang.

    Attributes:
        role: What it does in law: `cost_notice`, `default_notice`, `first_reminder`, `notice`; None of a plain term.
        received_on: Day on which it reached the debtor; None where the law counts from the sending.
        received: `proven` or `presumed`; `unknown` when nobody knows whether it was sent.
        last_day: Last day on which the debtor is in time (E).
        usable_from: First day on which the end of its term may be acted on (G), the bank statements permitting.
        in_force: Whether the claim rests on it.
        void: Why it carries no costs; None where it stands.
    """

    step: str
    issue: int
    role: LegalRole | None
    sent_on: str
    channels: tuple[str, ...]
    received_on: str | None
    received: str
    last_day: str | None
    usable_from: str | None
    announced_costs: str | None
    in_force: bool
    void: str | None


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """A day after which something is lost."""

    kind: DeadlineKind
    day: str


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """The claim of a case on a day, by what is known now, with what waits in its inbox.

    Attributes:
        law: Law of the policy; without one only the principal is owed.
        remarks: What a person should know of the sums.
    """

    as_of: date
    law: str | None
    claim: Claim
    notices: tuple[NoticeLine, ...]
    deadlines: tuple[DeadlineLine, ...]
    remarks: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The report as JSON values."""
        return {
            "as_of": self.as_of.isoformat(),
            "law": self.law,
            **written_claim(self.claim),
            "remarks": list(self.remarks),
            "notices": [asdict(each) for each in self.notices],
            "deadlines": [asdict(each) for each in self.deadlines],
        }


def read_claim(transaction: Transaction, case_id: str, now: datetime, as_of: date | None = None) -> ClaimReport:
    """The claim of a case.

    Args:
        transaction: On the case file.
        case_id: The case.
        now: The present moment.
        as_of: The day asked about; the local day of the policy by default.

    Raises:
        UnknownCase: when there is none.
    """
    current = current_case(transaction, case_id, now)
    loaded, policy = current.as_loaded, current.policy
    surroundings = surroundings_of(transaction, loaded)
    going = react(loaded.case, policy, surroundings, now)
    case = going.case
    on = as_of or policy.sending_calendar.local_date(now)
    claim = claim_of(case, policy, on, surroundings)
    if policy.law is None:
        return ClaimReport(on, None, claim, (), (), claim.remarks)
    facts = (*transaction.cases.facts(case_id), *current.pending_facts, *going.facts)
    return ClaimReport(
        as_of=on,
        law=policy.law,
        claim=claim,
        notices=_notices(case, policy, surroundings.terms, facts),
        deadlines=tuple(
            DeadlineLine(each.kind, each.day.isoformat()) for each in deadlines(case, policy, surroundings.terms)
        ),
        remarks=(*_of_a_closed_case(case), *claim.remarks),
    )


def _of_a_closed_case(case: Case) -> tuple[str, ...]:
    if case.closed is None:
        return ()
    if case.closed is CloseReason.HANDED_OFF:
        return (tr("the case is handed off: who has it pursues the claim"),)
    return (
        tr("the case is closed ({why}): what is left of interest and costs is not pursued", why=tr(case.closed.value)),
    )


def _notices(case: Case, policy: Policy, terms: CreditorTerms, facts: Sequence[Fact]) -> tuple[NoticeLine, ...]:
    evidence = {(f.step, f.issue): f.evidence for f in facts if isinstance(f, StepTaken)}
    standing = _in_force(case, policy)
    return tuple(
        _notice(
            taken,
            case,
            policy,
            terms,
            presumed=evidence.get((taken.step, taken.issue)) == "presumed",
            in_force=any(taken is each for each in standing),
            void=taken.void_for,
        )
        for taken in case.taken
        if taken.kind == "send" and (taken.legal is not None or taken.term_days is not None)
    )


def _in_force(case: Case, policy: Policy) -> tuple[TakenStep, ...]:
    """The letters that the claim rests on."""
    if not is_protected(case, policy):
        found: tuple[TakenStep | None, ...] = (in_force_business_notice(case),)
    elif policy.law == "BE":
        found = (in_force_first_reminder(case),)
    else:
        found = (default_notice(case), in_force_cost_notice(case))
    return tuple(each for each in found if each is not None)


def _notice(
    taken: TakenStep,
    case: Case,
    policy: Policy,
    terms: CreditorTerms,
    *,
    presumed: bool,
    in_force: bool,
    void: VoidReason | None,
) -> NoticeLine:
    margin = next((s.when.margin for s in policy.steps if s.when.term_expired == taken.step), None)
    term = term_of(taken, case, policy, terms, margin)
    received_on = taken.received_on
    if received_on is None and taken.proven and policy.law == "NL":
        received_on = nl.presumed_receipt(taken.on, terms.delivery_days)
    received = "presumed" if taken.received_on is None or presumed else "proven"
    return NoticeLine(
        step=taken.step,
        issue=taken.issue,
        role=taken.legal,
        sent_on=taken.on.isoformat(),
        channels=taken.channels,
        received_on=None if received_on is None else received_on.isoformat(),
        received=received if taken.proven else "unknown",
        last_day=None if term is None else term.last_day.isoformat(),
        usable_from=None if term is None else term.act_on.isoformat(),
        announced_costs=None if taken.announced_costs is None else taken.announced_costs.text,
        in_force=in_force,
        void=None if void is None else _VOID[void],
    )
