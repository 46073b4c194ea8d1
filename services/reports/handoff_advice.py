"""The advice before a hand-off as people and programs see it: the ways to go on, with the figures each rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from casefile.case_file import Transaction
from casefile.handed_off import handed_off_cases
from casefile.surroundings import surroundings_of
from domain.claims.claim import claim_of
from domain.facts import StepTaken
from domain.handoffs.advice import Advice, History, advise
from domain.handoffs.writing_off import writing_off
from domain.planning.conditions import unmet_condition
from domain.reactions.react import react
from intake.written.legal_forms import legal_form
from services.current_case import current_case
from services.handoffs.on_file import taker_of

__all__ = ["HandoffAdvice", "read_handoff_advice"]

_MOST = 200
"""Cases of which it is looked up what became of them: the newest."""


@dataclass(frozen=True, slots=True)
class HandoffAdvice:
    """The advice on a case."""

    case_id: str
    number: str
    advice: Advice

    def as_json(self) -> dict[str, object]:
        """The advice as JSON values."""
        said = self.advice
        return {
            "case": self.case_id,
            "number": self.number,
            "on": said.on.isoformat(),
            "claim": said.claim.text,
            "currency": said.claim.currency,
            "chance": None if said.chance is None else str(said.chance),
            "history": {
                "handed_off": said.history.handed_off,
                "paid": said.history.paid,
                "share": None if said.history.share is None else str(said.history.share),
            },
            "ways": [
                {
                    "way": way.name,
                    "costs": way.costs.text,
                    "proceeds": None if way.proceeds is None else way.proceeds.text,
                    "pays_from": None if way.pays_from is None else str(way.pays_from),
                    "said": list(way.said),
                }
                for way in said.ways
            ],
            "remarks": list(said.remarks),
        }


def read_handoff_advice(transaction: Transaction, case_id: str, now: datetime) -> HandoffAdvice:
    """The advice on a case, by what is known now.

    Args:
        transaction: On the case file.
        case_id: The case.
        now: The present moment.

    Raises:
        UnknownCase: when there is none.
    """
    current = current_case(transaction, case_id, now)
    policy = current.policy
    around = surroundings_of(transaction, current.as_loaded)
    case = react(current.case, policy, around, now).case
    on = policy.sending_calendar.local_date(now)
    step = next((s for s in policy.steps if s.hand_off), None)
    claim = claim_of(case, policy, on, around, taking=step)
    creditor = transaction.parties.creditor(current.loaded.creditor)
    partner = taker_of(creditor, case, policy)
    protected = case.invoice.legal_status.protected_as_consumer
    others = transaction.cases.siblings(creditor.id, case.invoice.debtor, case_id)
    is_open = [transaction.cases.fold_of(other)[1] for other in others]
    advice = advise(
        claim.total,
        on,
        law=policy.law,
        history=_history(transaction, creditor.id, case_id, protected=protected),
        fees=None if partner is None else partner.fees,
        creditor_is_company=bool(creditor.kvk or creditor.enterprise_number or legal_form(creditor.name)),
        too_small=step is not None and unmet_condition(case, policy, around, step, on) is not None,
        others_open=sum(1 for other in is_open if other.closed is None and other.open_minor),
        writing_off=writing_off(policy.law, case.due, on),
    )
    return HandoffAdvice(case_id, case.invoice.number, advice)


def _history(transaction: Transaction, creditor: str, case_id: str, *, protected: bool) -> History:
    """What came in of the principal of earlier cases with debtors of the same kind."""
    asked = left = count = paid = 0
    for other in handed_off_cases(transaction.session, creditor, _MOST):
        if other == case_id:
            continue
        case = transaction.cases.fold_of(other)[1]
        if case.invoice.legal_status.protected_as_consumer != protected:
            continue
        facts = transaction.cases.facts(other)
        gone = next((f for f in facts if isinstance(f, StepTaken) and f.step_kind == "hand_off"), None)
        if gone is None or not gone.open.minor:
            continue
        count += 1
        asked += gone.open.minor
        left += min(case.open_minor, gone.open.minor)
        paid += not case.open_minor
    share = None
    if asked:
        share = (Decimal(asked - left) * 100 / Decimal(asked)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return History(count, paid, share)
