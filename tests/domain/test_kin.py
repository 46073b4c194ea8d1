"""What is asked of a debtor's other cases is the same, looked up for all of them once or looked for in each anew."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from domain.case import Case, fold
from domain.case_parts import Task
from domain.facts import CloseReason, LegalRole
from domain.habits import days_late
from domain.kin import Kin, Siblings, age_of, among, same_letter
from domain.ledger import Entry, EntryKind
from domain.opening import open_case
from domain.owed_letters import OwedLetter
from domain.sent import TakenStep
from domain.surroundings import Sibling
from tests.domain.builders import eur, invoice, local, policy, send
from tests.rows import in_rows

RULES = policy(send("reminder", {"after_due": "5d"}), send("second", {"after_due": "12d"}))
DAY = date(2026, 3, 1)


def step(dice: random.Random) -> TakenStep:
    """A message, perhaps the same letter as that of another case."""
    on, message = DAY + timedelta(days=dice.randrange(3)), dice.choice(("m1", "m2"))
    legal: LegalRole | None = dice.choice((None, "cost_notice"))
    kind = dice.choice(("send", "task"))
    return TakenStep("second", 1, kind, on, ("email",), message, None, None, True, True, legal=legal)


def case(dice: random.Random, number: int) -> Case:
    """A case of which any of what is asked may be so."""
    due = (DAY + timedelta(days=dice.randrange(4))).isoformat()
    opened = fold(open_case(invoice(number=f"F-{number}", due=due), RULES, local("2026-02-20")))
    ledger = opened.ledger
    if dice.randrange(2):
        on = DAY + timedelta(days=dice.randrange(9))
        paid = Entry("p1", None, -eur(dice.choice(("10.00", "1000.00", "1200.00"))), on, on, EntryKind.PAYMENT)
        ledger = ledger.book(paid)
    return replace(
        opened,
        ledger=ledger,
        closed=dice.choice((None, None, CloseReason.PAID)),
        undone=dice.choice(((), (("second", 1, eur("40.00")),))),
        owing=dice.choice(((), (OwedLetter("receipt", 1, "p1", DAY),))),
        tasks=dice.choice(((), (Task("t1", "overpayment", None, DAY),))),
        taken=tuple(step(dice) for _ in range(dice.randrange(3))),
    )


@in_rows("seed", range(25))
def test_what_is_known_of_a_family_is_what_a_look_at_each_of_the_others_says(seed: int) -> None:
    dice = random.Random(seed)
    everybody = tuple(Sibling(f"k{number}", case(dice, number), RULES) for number in range(7))
    kin = Kin(everybody)
    for me in everybody:
        others = tuple(each for each in everybody if each is not me)
        letter, day = step(dice), DAY + timedelta(days=dice.randrange(9))
        # As it will be after what it just draws for itself, and as it is written down.
        age = dice.choice((age_of(me.case), (DAY + timedelta(days=2), date(2026, 2, 1), "F-3")))
        without = dice.choice(others).key
        for found in (Siblings.beside(others, kin, me.key), among(others)):
            assert found == others
            older = [each for each in others if age_of(each.case) < age]
            assert found.number_older(age) == len(older)
            at_work = [each for each in older if each.case.closed is None or each.case.undone]
            assert list(found.older_at_work(age)) == sorted(at_work, key=lambda each: age_of(each.case))
            assert list(found.owing()) == [each for each in others if each.case.owing]
            too_much = [each for each in others if each.case.ledger.balance_minor < 0 and each.case.tasks]
            assert list(found.overpaid()) == too_much
            days = [
                taken.on for each in others if each.key != without for taken in each.case.taken if taken.kind == "send"
            ]
            assert found.contacted_on(without) == max(days, default=None)
            same = [(each, taken) for each in others for taken in each.case.taken if same_letter(taken, letter)]
            assert list(found.letters_like(letter)) == same
            late = [days_late(each.case, day) for each in others]
            assert list(found.late(day)) == [each for each in late if each is not None]
