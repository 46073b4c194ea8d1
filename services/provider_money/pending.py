"""A payment that is under way keeps its case waiting, as a direct debit does; its failure, or its money, ends that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from casefile.case_file import Transaction
from casefile.provider_payments import ProviderPayment
from domain.blockers import HoldKind
from services.debtor_payments import CannotBook, tell_case

__all__ = ["keep_waiting"]

_HOLD = HoldKind.PAYMENT_PENDING.value


def keep_waiting(
    transaction: Transaction, payment: ProviderPayment, at: datetime
) -> tuple[ProviderPayment, tuple[str, ...]]:
    """Place the hold of a pending payment on its case, or end it.

    Only where the payment is for one case: which of several it will pay is not known before the money is there.

    Returns:
        The payment, and the cases that were told.
    """
    if payment.state == "pending" and not payment.held and payment.case_id is not None:
        content: dict[str, object] = {"id": f"{payment.id}:pending", "hold": _HOLD}
        if payment.expected_on is not None:
            content["until"] = (payment.expected_on + timedelta(days=1)).isoformat()
        told = _try(transaction, payment.case_id, "place_hold", content, at)
        if not told and "until" in content:
            # Its day has passed, and it is under way still: the hold has its own end then.
            told = _try(transaction, payment.case_id, "place_hold", {**content, "until": ""}, at)
        return (replace(payment, held=payment.case_id), (payment.case_id,)) if told else (payment, ())
    if payment.state in ("paid", "failed") and payment.held:
        content = {"id": f"{payment.id}:{payment.state}", "hold": _HOLD}
        told = _try(transaction, payment.held, "lift_hold", content, at)
        return replace(payment, held=""), (payment.held,) if told else ()
    return payment, ()


def _try(transaction: Transaction, case_id: str, name: str, content: dict[str, object], at: datetime) -> bool:
    """Tell a case; False where a rule forbids it, and nothing is told then."""
    try:
        with transaction.savepoint():
            tell_case(transaction, case_id, name, content, at)
    except CannotBook:
        return False
    return True
