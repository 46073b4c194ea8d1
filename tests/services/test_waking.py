"""Whom a turn wakes is what a look at each other case by itself would say, however much of it is looked up once."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from casefile.case_file import CaseFile, Transaction
from domain import facts as f
from domain.blockers import HoldKind
from domain.opening import open_case
from domain.policy import Policy
from domain.reactions.react import react
from domain.reactions.sending import step_taken
from domain.reactions.siblings import concerns_siblings, is_to_wake
from domain.surroundings import Sibling, Surroundings, held_of, looks_at_siblings
from services.waking import siblings_to_wake
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from tests.domain.builders import business_ladder, consumer_ladder, eur, invoice, local

IDS = tuple(f"case:devaart:2026-F-{number}" for number in range(1, 6))
POLICIES = {
    "business": business_ladder(bundle="debtor", debtor_spacing="2d", habit_grace="5d"),
    "consumer": consumer_ladder(debtor_spacing="2d"),
}


def family(folder: Path, policy: Policy) -> CaseFile:
    """Five invoices of one debtor, due some days apart, each of which has decided once."""
    file = opened(folder / "f.sqlite3")
    start = local("2026-02-20", "10:00")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(policy)
        for place, own in enumerate(IDS):
            due = f"2026-03-0{1 + place // 2}"
            transaction.cases.open(own, CREDITOR.id, open_case(invoice(number=own[-3:], due=due), policy, start), start)
    for own in IDS:
        Advancing(file, "all").advance(AdvanceRequest(case_id=own, at=start, all_of_timeline=True))
    return file


def changed(transaction: Transaction, case_id: str, dice: random.Random, at: datetime, number: int) -> None:
    """Something that may concern the others."""
    loaded = transaction.cases.load(case_id)
    policy, on = loaded.policy, loaded.policy.sending_calendar.local_date(at)
    match dice.randrange(6):
        case 0:
            amount = eur(dice.choice(("10.00", "1000.00", "1500.00")))
            paid = f.PaymentReceived(id=f"p{number}", at=at, on=on, amount=amount, credited_on=on)
            transaction.cases.append(case_id, (paid,))
        case 1 | 2:
            step = policy.steps[len(loaded.case.taken) % 2]
            # Two invoices of one day may have gone in one letter.
            together = step_taken(loaded.case, policy, step, number, at, channels=step.channels, message=f"m{on}")
            transaction.cases.append(case_id, (together,))
        case 3:
            raised = f.TaskRaised(id=f"t{number}", at=at, on=on, task="overpayment")
            transaction.cases.append(case_id, (raised,))
        case 4:
            hold = f.HoldPlaced(id=f"h{number}", at=at, on=on, hold=HoldKind.PAUSE, until=on + timedelta(days=3))
            transaction.cases.append(case_id, (hold,))
        case _:
            done = f.TaskDone(id=f"d{number}", at=at, on=on, task="overpayment", outcome="returned")
            transaction.cases.append(case_id, (done,))


def looked_at_one_by_one(file: CaseFile, case_id: str, facts: tuple[f.Fact, ...], at: datetime) -> tuple[str, ...]:
    """The other open cases for which something follows now, or sooner than they planned, each asked by itself."""
    if not concerns_siblings(facts):
        return ()
    with CaseFile(file.database).read() as transaction:
        loaded = {own: transaction.cases.load(own) for own in IDS}
        woken = []
        for own, case in loaded.items():
            others = [each for key, each in loaded.items() if key != own]
            sent = [(step, each.policy) for each in others for step in each.case.taken if step.kind == "send"]
            bundled = [step.on for step, policy in sent if step.reminds and policy.bundle == "debtor"]
            around = Surroundings(
                debtor_contacted_on=max((step.on for step, _ in sent), default=None),
                debtor_reminded_on=max(bundled, default=None),
                terms=transaction.parties.terms(CREDITOR.id),
                siblings=tuple(Sibling(each.id, each.case, each.policy) for each in others),
                held=held_of((each.case for each in others), "EUR"),
            )
            assert looks_at_siblings(case.case, case.policy)
            if own == case_id or case.case.closed is not None:
                continue
            if is_to_wake(react(case.case, case.policy, around, at), transaction.views.wakes_at(own), at):
                woken.append(own)
        return tuple(woken)


@pytest.mark.parametrize("name", POLICIES)
def test_whom_a_turn_wakes_is_what_a_look_at_each_other_case_says(tmp_path: Path, name: str) -> None:
    woken = 0
    for seed in range(5):
        (tmp_path / str(seed)).mkdir()
        dice = random.Random(f"{name} {seed}")
        file, at = family(tmp_path / str(seed), POLICIES[name]), local("2026-03-03", "10:00")
        for number in range(16):
            at += timedelta(hours=dice.choice((0, 1, 20, 50)))
            own = dice.choice(IDS)
            with file.write(own) as transaction:
                first = transaction.cases.load(own).facts
                changed(transaction, own, dice, at, number)
                found = siblings_to_wake(transaction, own, first, at)
                facts = transaction.cases.facts_after(own, first)
            assert found == looked_at_one_by_one(file, own, facts, at)
            woken += len(found)
            Advancing(file, "all").advance(AdvanceRequest(case_id=dice.choice(IDS), at=at))
    assert woken, "runs in which nobody is woken show nothing"
