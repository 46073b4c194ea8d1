"""What the debtor's cases are to each other is folded once a transaction, and is what a fresh look at the file sees."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from casefile.case_file import CaseFile, Transaction
from casefile.debtor_money import MoneyEntry, add_entry
from casefile.surroundings import surroundings_of
from domain import facts as f
from domain.reactions.sending import step_taken
from domain.surroundings import Surroundings
from tests.casefile.builders import CREDITOR, DEBTOR, furnish, opened
from tests.domain.builders import eur, local, policy, send

TOGETHER = policy(
    send("reminder", {"after_due": "5d"}), send("second", {"after_due": "12d"}), bundle="debtor", debtor_spacing="2d"
)
IDS = tuple(f"case:devaart:2026-F-{number}" for number in range(1, 5))
LATER = local("2026-04-01")


@pytest.fixture
def file(tmp_path: Path) -> CaseFile:
    found = opened(tmp_path / "f.sqlite3")
    with found.write() as transaction:
        for case_id in IDS:
            furnish(transaction, TOGETHER, case_id=case_id, number=case_id[-3:])
    return found


def all_of(transaction: Transaction) -> list[Surroundings]:
    return [surroundings_of(transaction, transaction.cases.load(case_id)) for case_id in IDS]


def fresh(file: CaseFile) -> list[Surroundings]:
    """As one sees it who remembers nothing, and looks at each case by itself."""
    found = []
    for case_id in IDS:
        with CaseFile(file.database).read() as transaction:
            found.append(surroundings_of(transaction, transaction.cases.load(case_id)))
            others = [transaction.cases.load(other).case for other in IDS if other != case_id]
        assert [each.case for each in found[-1].siblings] == others
        days = [step.on for other in others for step in other.taken]
        assert found[-1].debtor_contacted_on == max(days, default=None)
        assert found[-1].debtor_reminded_on == max(days, default=None)
    return found


def changes(transaction: Transaction, dice: random.Random, number: int) -> None:
    """Something that the other cases may see."""
    case_id, on = dice.choice(IDS), LATER.date()
    match dice.randrange(4):
        case 0:
            paid = f.PaymentReceived(
                id=f"p{number}", at=LATER, on=on, amount=eur(dice.choice(("10.00", "1500.00"))), credited_on=on
            )
            transaction.cases.append(case_id, (paid,))
        case 1:
            loaded = transaction.cases.load(case_id)
            step = dice.choice(TOGETHER.steps)
            at = LATER + timedelta(days=dice.randrange(9))
            taken = step_taken(loaded.case, TOGETHER, step, number, at, channels=("email",), message=f"m{number}")
            transaction.cases.append(case_id, (taken,))
        case 2:
            raised = f.TaskRaised(id=f"task{number}", at=LATER, on=on, task="overpayment")
            transaction.cases.append(case_id, (raised,))
        case _:
            entry = MoneyEntry(CREDITOR.id, DEBTOR.id, f"m{number}", f"m{number}", "received", eur("5.00"), on, on)
            add_entry(transaction, entry, LATER)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_a_transaction_appends_its_other_cases_see_it_as_a_fresh_look_does(file: CaseFile, seed: int) -> None:
    dice = random.Random(seed)
    for number in range(6):
        with file.write(IDS[0]) as transaction:
            all_of(transaction)
            changes(transaction, dice, number)
            if dice.randrange(2):
                changes(transaction, dice, number + 100)
            with pytest.raises(ZeroDivisionError), transaction.savepoint():
                changes(transaction, dice, number + 200)
                all_of(transaction)
                raise ZeroDivisionError
            seen = all_of(transaction)
        assert seen == fresh(file)
