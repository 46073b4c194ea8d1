"""The advice before a hand-off as people and programs see it: the ways to go on, with the figures each rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from casefile.case_file import Transaction
from casefile.handed_off import handed_off_cases, partner_having
from casefile.surroundings import surroundings_of
from domain.case import Case
from domain.claims.claim import Claim, claim_of
from domain.facts import StepTaken
from domain.handoffs.advice import Advice, History, advise
from domain.handoffs.joint import around_of, going, hand_off_like, together, unmet_together
from domain.handoffs.whole_check import hand_off_of
from domain.handoffs.with_partner import former_partners
from domain.handoffs.writing_off import writing_off
from domain.policy import Policy, Step
from domain.reactions.react import react
from domain.surroundings import Sibling, Surroundings
from intake.written.legal_forms import legal_form
from services.current_case import current_case

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
            "goes_with": list(said.goes_with),
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
    step = hand_off_of(policy)
    others = () if step is None or case.closed or case.handed_off else going(case, policy, around, step, on)
    claims = [claim_of(case, policy, on, around, taking=step), *_claims(case, policy, around, step, on, others)]
    claim = sum((each.total for each in claims[1:]), start=claims[0].total)
    creditor = transaction.parties.creditor(current.loaded.creditor)
    having = partner_having(transaction.session, creditor.id, case.invoice.debtor)
    partner = creditor.partner_of(case.invoice, together(case, others), policy.law, having, but=former_partners(case))
    protected = case.invoice.legal_status.protected_as_consumer
    along = {each.key for each in others}
    left = [each for each in around.siblings if each.key not in along and not each.case.handed_off]
    advice = advise(
        claim,
        on,
        law=policy.law,
        history=_history(transaction, creditor.id, case_id, protected=protected),
        fees=None if partner is None else partner.fees,
        creditor_is_company=bool(creditor.kvk or creditor.enterprise_number or legal_form(creditor.name)),
        too_small=step is not None and unmet_together(case, policy, around, step, on, others) is not None,
        others_open=sum(1 for each in left if each.case.closed is None and each.case.open.minor),
        goes_with=tuple(each.case.invoice.number for each in others),
        writing_off=writing_off(policy.law, case.due, on),
    )
    return HandoffAdvice(case_id, case.invoice.number, advice)


def _claims(
    case: Case, policy: Policy, around: Surroundings, step: Step | None, on: date, others: Sequence[Sibling]
) -> Iterator[Claim]:
    """What is claimed of what goes along, each by its own policy, as in the file."""
    me = Sibling("", case, policy)
    for each in others:
        own = None if step is None else hand_off_like(each.policy, step)
        yield claim_of(each.case, each.policy, on, around_of(each, me, around), taking=own)


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
