"""Facts of which other systems hear, of a case of 1000.00."""

from __future__ import annotations

from datetime import UTC, date, datetime

from domain import facts as f
from tests.domain.builders import eur

AT = datetime(2026, 3, 6, 11, tzinfo=UTC)
ON = date(2026, 3, 6)
ZERO = eur("0.00")

TAKEN = f.StepTaken(
    id="reminder/1", at=AT, on=ON, step="reminder", step_kind="send", channels=("email",), message="F-1/reminder/1",
    open=eur("1000.00"), interest=ZERO, costs=ZERO, total=eur("1000.00"), claimed=eur("1000.00"),
)  # fmt: skip
RAISED = f.TaskRaised(id="t", at=AT, on=ON, task="call")
DONE = f.TaskDone(id="d", at=AT, on=ON, task="call", outcome="she is ill", actor="els")
PAID = f.PaymentReceived(id="p", at=AT, on=ON, amount=eur("1.00"), credited_on=ON, reference="from Els")
REVERSED = f.PaymentReversed(id="r", at=AT, on=ON, of="p", credited_on=ON)
CLOSED = f.CaseClosed(id="closed", at=AT, on=ON, reason=f.CloseReason.PAID)
REOPENED = f.CaseReopened(id="reopened", at=AT, on=ON)

EVERYTHING = (TAKEN, RAISED, DONE, PAID, REVERSED, CLOSED, REOPENED)
"""With the opening, each kind of event is made by one of them."""
