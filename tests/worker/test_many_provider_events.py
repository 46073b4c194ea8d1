"""Events of four providers, doubled and out of order, while the reader is killed: every balance is what was told.

The small form of `tests/chaos/test_provider_money.py`, in one process.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from casefile.case_file import CaseFile
from casefile.debtor_money import entries_of
from domain.opening import open_case
from gateways.adyen.reading import AdyenReader
from gateways.gocardless.account import GoCardlessAccount
from gateways.gocardless.reading import GoCardlessReader
from gateways.mollie.account import MollieAccount
from gateways.mollie.reading import MollieReader
from gateways.stripe.reading import StripeReader
from services.current_case import current_case
from services.ports import PaymentReader
from services.provider_money.unmatched import unmatched
from tests.casefile.builders import CREDITOR, NOW, furnish, opened, reminders
from tests.conftest import DATABASES
from tests.domain.builders import invoice
from tests.gateways.mollie_fake import KEY, mollie
from tests.worker.paying import MORNING, Desk
from tests.worker.provider_stories import GOCARDLESS_TOKEN, KEYS, accounts, stories

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
DEBTORS, EVENTS = 3, 160
PRINCIPAL = 1_000_000


class Killed(BaseException):
    """The process ends here."""


def case(number: str) -> str:
    return f"case:devaart:2026-{number}"


@pytest.fixture
def file(tmp_path: Path, kept_in: str) -> CaseFile:
    """One invoice of 10,000.00 of each debtor."""
    file = opened(tmp_path / "case-file.sqlite3")
    with file.write() as transaction:
        furnish(transaction)
        for each in range(DEBTORS):
            owed = invoice(number=f"M-{each}", amount="10000.00").model_copy(update={"debtor": f"d{each}"})
            transaction.cases.open(case(f"M-{each}"), CREDITOR.id, open_case(owed, reminders(), NOW), NOW)
    return file


def dying(random: Random) -> Callable[[str], None]:
    def checkpoint(_: str) -> None:
        if random.random() < 0.4:
            raise Killed

    return checkpoint


@BOTH
async def test_every_balance_is_that_of_what_was_acknowledged(file: CaseFile) -> None:
    random = Random(20260320)
    numbers = [f"M-{each}" for each in range(DEBTORS)]
    with mollie() as at_mollie, accounts() as (gocardless, url):
        told = stories(random, numbers, EVENTS, at_mollie, gocardless, MORNING - timedelta(hours=3))
        readers: dict[str, PaymentReader] = {
            "stripe": StripeReader(),
            "adyen": AdyenReader(),
            "gocardless": GoCardlessReader(GoCardlessAccount(GOCARDLESS_TOKEN, url=url, timeout=5).get),
            "mollie": MollieReader(MollieAccount(KEY, url=at_mollie.url, timeout=5)),
        }
        desk = Desk(file, readers, KEYS)
        for place, post in enumerate(told.posts):
            post.first()
            answer = await desk.post(post.provider, post.body, post.sign(desk.now))
            assert 200 <= answer.status_code < 300, (post.provider, answer.text)
            if place % 20 == 0:
                desk.now += timedelta(seconds=1)
                reading = desk.reading
                reading.checkpoint = dying(random)
                try:
                    await reading.look()
                except Killed:
                    continue
        desk.now += timedelta(hours=1)
        await desk.read()
    assert (len(told.posts), desk.unread()) == (EVENTS, 0)
    with file.read() as transaction:
        for each, number in enumerate(numbers):
            found = current_case(transaction, case(number), desk.now)
            assert not found.refusals
            assert PRINCIPAL - found.case.ledger.balance.minor == told.paid[number], number
            journal = entries_of(transaction, "devaart", f"d{each}")
            assert sum(entry.amount.minor for entry in journal) == 0, "none of it stands on no invoice"
        waiting = unmatched(transaction.session)
    assert sum(each.left.minor for each in waiting) == told.nobodys
