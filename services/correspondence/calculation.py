"""Calculations in writing: what is owed of a case on a day, and how it was counted, as plain values for JSON.

One form for all who keep or show it: the proof of a message, the dossier of a hand-off, the desk.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from domain.bundle import Member, claims_of
from domain.claims.account import Booked
from domain.claims.claim import Asking, Claim, fee_of
from domain.facts import Asked
from domain.law.interest import Period

__all__ = ["calculation_json", "written_claim"]


def written_claim(claim: Claim) -> dict[str, object]:
    """A claim with everything that explains it; amounts are text in its currency, days ISO 8601."""
    return {
        "currency": claim.open.currency,
        "open": claim.open.text,
        "interest": claim.interest.text,
        "costs": claim.costs.text,
        "total": claim.total.text,
        "overpaid": claim.overpaid.text,
        "periods": [_period(each) for each in claim.periods],
        "booked": [_booked(each) for each in claim.booked],
        "costs_explained": list(claim.costs_explained),
        "remarks": list(claim.remarks),
    }


def _period(period: Period) -> dict[str, object]:
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "days": period.days,
        "rate": str(period.rate),
        "base": period.base.text,
        "amount": period.amount.text,
    }


def _booked(booked: Booked) -> dict[str, object]:
    return {
        "id": booked.id,
        "on": booked.on.isoformat(),
        "amount": (booked.costs + booked.interest + booked.principal + booked.over).text,
        "costs": booked.costs.text,
        "interest": booked.interest.text,
        "principal": booked.principal.text,
        "over": booked.over.text,
    }


def calculation_json(
    members: Sequence[Member], asked: Sequence[Asked], on: date, claims: Sequence[Claim] | None = None
) -> str:
    """How everything in one message was counted: each of its cases, and the fee that it announces.

    Args:
        members: The cases in the message, each with the step it takes.
        asked: What it says of each of them.
        on: Local day of sending.
        claims: `claims_of` them, where that is known.
    """
    known = claims_of(members, on) if claims is None else claims
    said: dict[str, object] = {
        "on": on.isoformat(),
        "cases": [_case(p, each, claim) for p, each, claim in zip(members, asked, known, strict=True)],
    }
    if asked and asked[0].legal == "cost_notice":
        fee = fee_of([Asking(p.case, p.policy, p.step, p.surroundings) for p in members], on)
        said["announced_costs"] = {
            "amount": fee.amount.text,
            "currency": fee.amount.currency,
            "explained": list(fee.explanation),
            "remarks": list(fee.remarks),
        }
    return json.dumps(said, ensure_ascii=False)


def _case(member: Member, asked: Asked, claim: Claim) -> dict[str, object]:
    case, policy = member.case, member.policy
    announced = asked.announced_costs
    return {
        "case": member.key,
        "invoice": case.invoice.number,
        "due": case.due.isoformat(),
        "policy": f"{case.policy} v{case.policy_version}",
        "law": policy.law,
        "day_count": policy.day_count.value,
        "allocation": policy.allocation.value,
        "step": member.step.id,
        "issue": member.issue,
        "legal": asked.legal,
        "term_days": asked.term_days,
        "claimed": asked.claimed.text,
        "announced_costs": None if announced is None else announced.text,
        "claim": written_claim(claim),
    }
