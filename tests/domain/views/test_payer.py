"""What an invoice asks of its debtor now, as his page shows it: never what was not agreed, nor what is not owed."""

from __future__ import annotations

import pytest

from domain.claims.claim import claim_of
from domain.surroundings import NOTHING_SPECIAL
from domain.views.payer import asked_now, state_for_payer
from tests.domain.builders import Life, business_ladder


def stands(life: Life, stopped: bool = False) -> tuple[str, str]:
    claim = claim_of(life.case, life.policy, life.today, NOTHING_SPECIAL)
    state = state_for_payer(life.case, claim, life.today, stopped)
    return state, asked_now(life.case, claim, state, life.today).text


def invoiced() -> Life:
    """1000.00, due on 2026-03-01."""
    return Life(business_ladder()).live("2026-03-02")


def test_what_is_not_due_yet_may_be_paid_and_is_not_asked() -> None:
    assert stands(Life(business_ladder()).at("2026-02-10")) == ("not_due", "1000.00")


@pytest.mark.parametrize(
    ("on", "asked"),
    [
        ("2026-03-02", "400.00"),  # nothing is due: the next one
        ("2026-03-10", "400.00"),
        ("2026-03-20", "1000.00"),  # both are
    ],
)
def test_of_an_arrangement_what_is_due_is_asked_else_the_next_instalment(on: str, asked: str) -> None:
    life = invoiced()
    rows = [{"due": "2026-03-10", "amount": "400.00"}, {"due": "2026-03-20", "amount": "600.00"}]
    told = life.ask(
        "agree_arrangement", {"arrangement": "a", "instalments": rows, "interest": "frozen", "actor": "els"}
    )
    assert told.refusal is None
    assert stands(life.at(on)) == ("arranged", asked)


def test_of_a_settlement_its_rest_is_asked() -> None:
    life = invoiced()
    content = {"amount": "800.00", "by": "2026-03-12", "actor": "els", "approved_by": "bos"}
    assert life.ask("agree_settlement", content).refusal is None
    life.hear("payment_received", {"id": "p1", "amount": "300.00"})
    assert stands(life) == ("settlement", "500.00")


@pytest.mark.parametrize(
    ("event", "stopped", "state"),
    [
        (("payment_received", {"id": "p1", "amount": "1000.00"}), False, "paid"),
        (("write_off", {"reason": "goodwill"}), False, "ended"),
        (("pause", None), True, "nothing_asked"),
    ],
)
def test_of_what_is_paid_or_given_up_or_may_not_be_asked_nothing_is(
    event: tuple[str, object], stopped: bool, state: str
) -> None:
    life = invoiced()
    life.ask(*event)
    life.live("2026-03-03")
    assert stands(life, stopped) == (state, "0.00")


def test_what_is_wholly_disputed_asks_nothing() -> None:
    life = invoiced()
    life.ask("raise_dispute", {"dispute": "d1", "reason": "damaged", "note": "a dent", "actor": "els"})
    assert stands(life) == ("disputed", "0.00")
