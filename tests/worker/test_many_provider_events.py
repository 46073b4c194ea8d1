"""Many events, doubled and out of order, while the reader is killed: every balance is that of what was acknowledged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from casefile.case_file import CaseFile
from casefile.debtor_money import entries_of
from domain.opening import open_case
from gateways.stripe.reading import StripeReader
from services.current_case import current_case
from services.provider_money.unmatched import unmatched
from tests.casefile.builders import CREDITOR, NOW, furnish, opened, reminders
from tests.conftest import DATABASES
from tests.domain.builders import invoice
from tests.worker.paying import Desk, dispute, intent, later, refund, signed, stripe_event

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
DEBTORS, PAYMENTS = 3, 24
PRINCIPAL = 100_000


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Told:
    """What is posted, and what must come of it, counted by hand and not by the program.

    Attributes:
        events: The events.
        paid: What each case was paid in the end, in cents.
        nobodys: What names no invoice of ours.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    nobodys: int = 0


def case(debtor: int) -> str:
    return f"case:devaart:2026-M-{debtor}"


def told_of(random: Random) -> Told:
    """Payments, of which some are refunded, charged back, or won back; some name nobody."""
    told = Told()
    for number in range(PAYMENTS):
        own, cents = f"pi_{number}", random.randrange(500, 5000)
        named = random.randrange(DEBTORS + 1)
        text = {"description": f"invoice M-{named}"} if named < DEBTORS else {"description": "thanks"}
        left = cents
        told.events.append(stripe_event("payment_intent.succeeded", intent(cents, own, **text), number))
        for each in range(random.randrange(3)):
            part = random.randrange(1, 1 + left // 3)
            name = f"re_{number}_{each}"
            given = refund(part, name, own)
            told.events.append(stripe_event("refund.created", given, number * 10 + each, later(each)))
            if random.random() < 0.3:
                failed = {**given, "status": "failed"}
                told.events.append(stripe_event("refund.failed", failed, number * 10 + each, later(60)))
            else:
                left -= part
        if random.random() < 0.4:
            lost = {**dispute(left, "needs_response", f"dp_{number}"), "payment_intent": own}
            told.events.append(stripe_event("charge.dispute.funds_withdrawn", lost, number, later(90)))
            if random.random() < 0.5:
                told.events.append(stripe_event("charge.dispute.funds_reinstated", lost, number, later(120)))
            else:
                left = 0
        if named < DEBTORS:
            told.paid[case(named)] = told.paid.get(case(named), 0) + left
        else:
            told.nobodys += left
    return told


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> CaseFile:
    """One invoice of 1000.00 of each debtor."""
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        for each in range(DEBTORS):
            owed = invoice(number=f"M-{each}", amount="1000.00").model_copy(update={"debtor": f"d{each}"})
            transaction.cases.open(case(each), CREDITOR.id, open_case(owed, reminders(), NOW), NOW)
    return file


def dying(random: Random) -> Callable[[str], None]:
    def checkpoint(_: str) -> None:
        if random.random() < 0.4:
            raise Killed

    return checkpoint


@pytest.fixture
def tossing() -> Iterator[Random]:
    yield Random(20260320)


@BOTH
async def test_every_balance_is_that_of_what_was_acknowledged(file: CaseFile, tossing: Random) -> None:
    told = told_of(tossing)
    posted = [*told.events, *tossing.sample(told.events, len(told.events) // 3)]
    tossing.shuffle(posted)
    desk = Desk(file, {"stripe": StripeReader()})
    for number, event in enumerate(posted):
        body = json.dumps(event)
        assert (await desk.post("stripe", body.encode(), signed(body, desk.now))).status_code == 200
        if number % 7 == 0:
            desk.now += timedelta(seconds=1)
            reading = desk.reading
            reading.checkpoint = dying(tossing)
            try:
                await reading.look()
            except Killed:
                continue
    await desk.read()
    assert desk.unread() == 0
    with file.read() as transaction:
        for number in range(DEBTORS):
            found = current_case(transaction, case(number), desk.now)
            assert not found.refusals
            assert PRINCIPAL - found.case.ledger.balance.minor == told.paid.get(case(number), 0), case(number)
            journal = entries_of(transaction, "devaart", f"d{number}")
            assert sum(each.amount.minor for each in journal) == 0, "none of it stands on no invoice"
        waiting = unmatched(transaction.session)
    assert sum(each.left.minor for each in waiting) == told.nobodys
