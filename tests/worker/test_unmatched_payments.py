"""A payment that names nobody is listed, given away once, or left, over the port of the operator's endpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.operator.unmatched import CannotAssign
from casefile.case_file import CaseFile
from gateways.stripe.reading import StripeReader
from tests.casefile.builders import CASE, furnish, opened
from tests.worker.paying import Desk, intent, stripe_event
from worker.unmatched_payments import UnmatchedOfCaseFile


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
    return file


@pytest.fixture
async def desk(file: CaseFile) -> Desk:
    """A payment of 400.00 came in that says nothing of what it is for."""
    desk = Desk(file, {"stripe": StripeReader()})
    await desk.stripe(stripe_event("payment_intent.succeeded", intent(40_000, description="thank you")))
    return desk


async def test_it_is_listed_and_given_to_a_case_which_is_rung_for(file: CaseFile, desk: Desk) -> None:
    rung: list[str] = []
    port = UnmatchedOfCaseFile(file, rung.append)
    (row,) = port.waiting()
    assert (row.id, row.received, row.left, row.currency) == ("stripe:pi_1", "400.00", "400.00", "EUR")
    assert row.says == ("thank you",)
    assert row.received_on is not None
    assert port.assign(row.id, CASE, None, "els", desk.now) == (CASE,)
    assert rung == [CASE]
    assert desk.open() == "600.00"
    assert port.waiting() == ()
    with pytest.raises(CannotAssign, match="it is booked"):
        port.assign(row.id, CASE, None, "els", desk.now)
    assert desk.open() == "600.00"


async def test_a_debtor_is_named_by_his_number(file: CaseFile, desk: Desk) -> None:
    port = UnmatchedOfCaseFile(file, lambda case_id: None)
    with pytest.raises(CannotAssign, match="no debtor has this number"):
        port.assign("stripe:pi_1", None, "nobody", "els", desk.now)
    assert port.assign("stripe:pi_1", None, "bakker", "els", desk.now) == (CASE,)
    assert desk.open() == "600.00"


async def test_what_is_none_of_ours_is_left(file: CaseFile, desk: Desk) -> None:
    port = UnmatchedOfCaseFile(file, lambda case_id: None)
    port.dismiss("stripe:pi_1", "a deposit", "els", desk.now)
    assert port.waiting() == ()
    assert desk.open() == "1000.00"
