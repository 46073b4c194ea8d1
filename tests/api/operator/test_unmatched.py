"""Payments of nobody, over whatever keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from api.operator.unmatched import CannotAssign, UnmatchedPayment, unmatched_router
from casefile.api_keys import Role
from casefile.case_file import CaseFile
from tests.api.operator.standing import CASE, Standing, standing
from tests.api.operator.test_access import open_to_all

PAYMENT = UnmatchedPayment(
    "mollie:tr_1", "100.00", "80.00", "EUR", date(2026, 2, 27), ("thanks",), "E. Ochtend", "it names nobody", (CASE,)
)


@dataclass
class Till:
    """Keeps one payment."""

    payments: list[UnmatchedPayment] = field(default_factory=lambda: [PAYMENT])
    settled: list[tuple[str | None, ...]] = field(default_factory=list)

    def seen_by(self, creditors: frozenset[str]) -> Till:
        return self

    def waiting(self) -> tuple[UnmatchedPayment, ...]:
        return tuple(self.payments)

    def assign(self, payment: str, case: str | None, debtor: str | None, actor: str, at: datetime) -> tuple[str, ...]:
        self._take(payment)
        self.settled.append((case, debtor, actor))
        return (CASE,)

    def assign_remittance(self, payment: str, remittance: str, actor: str, at: datetime) -> None:
        self._take(payment)
        self.settled.append((remittance, actor))

    def dismiss(self, payment: str, reason: str, actor: str, at: datetime) -> None:
        self._take(payment)
        self.settled.append((reason, actor))

    def _take(self, payment: str) -> None:
        if payment not in [each.id for each in self.payments]:
            raise CannotAssign(f"{payment}: there is no such payment")
        self.payments.clear()


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
def money(file: CaseFile, till: Till) -> Standing:
    return standing(file, routers=(unmatched_router(),), unmatched=till)


async def test_they_are_listed_with_what_is_known(money: Standing) -> None:
    page = await money.json("GET", "/unmatched", role=Role.READ)
    assert page["total"] == 1
    (row,) = page["payments"]
    assert (row["id"], row["left"], row["received_on"], row["guesses"]) == (
        "mollie:tr_1",
        "80.00",
        "2026-02-27",
        [CASE],
    )


@pytest.mark.parametrize("to", [{"case": CASE}, {"debtor": "bakker"}])
async def test_one_is_given_away_once_by_who_may(money: Standing, till: Till, to: dict[str, str]) -> None:
    asked = {"payment": "mollie:tr_1", "actor": "els", **to}
    assert (await money.ask("POST", "/unmatched/assign", asked, role=Role.READ)).status_code == 403
    key = {"Idempotency-Key": "a-1"}
    for _ in range(2):
        told = await money.json("POST", "/unmatched/assign", asked, role=Role.OPERATE, headers=key)
        assert told == {"payment": "mollie:tr_1", "outcome": "assigned", "cases": [CASE]}
    actor = f"els, by operate key (api key {money.key_ids[Role.OPERATE]})"
    assert till.settled == [(to.get("case"), to.get("debtor"), actor)]
    late = await money.ask("POST", "/unmatched/assign", asked)
    assert (late.status_code, late.json()["rule"]) == (409, "can_not_assign")


async def test_one_is_said_to_be_a_remittance_and_no_case_is_told(money: Standing, till: Till) -> None:
    asked = {"payment": "mollie:tr_1", "remittance": "noordkade/2026-04"}
    told = await money.json("POST", "/unmatched/assign", asked, role=Role.OPERATE)
    assert told == {"payment": "mollie:tr_1", "outcome": "assigned", "cases": []}
    assert [each[0] for each in till.settled] == ["noordkade/2026-04"]


async def test_one_is_left_for_a_reason(money: Standing, till: Till) -> None:
    told = await money.json("POST", "/unmatched/dismiss", {"payment": "mollie:tr_1", "reason": "ours"})
    assert (told["outcome"], told["cases"], till.payments) == ("dismissed", [], [])
    assert (await money.ask("POST", "/unmatched/dismiss", {"payment": "mollie:tr_1"})).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"payment": "p"},
        {"payment": "p", "case": "c", "debtor": "d"},
        {"payment": "a\0", "case": "c"},
        {"payment": "p", "case": "c", "remittance": "a/1"},
        {"payment": "p", "remittance": "2026-04"},
    ],
)
async def test_who_does_not_say_whose_it_is_gives_nothing_away(
    money: Standing, till: Till, body: dict[str, str]
) -> None:
    assert (await money.ask("POST", "/unmatched/assign", body)).status_code == 422
    assert till.settled == []


async def test_none_of_its_routes_is_open_and_without_payments_there_are_none(file: CaseFile) -> None:
    nothing = standing(file, routers=(unmatched_router(),))
    assert open_to_all(nothing.app) == []
    assert (await nothing.ask("GET", "/unmatched")).status_code == 404
