"""What a debtor's page has to go by: what is asked now, and what he may do, as his cases stand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.money import Money
from services.debtor_page.standing import PageInvoice, Standing, read_standing
from tests.api.debtor.world import World, furnished
from tests.domain.builders import eur, invoice


@pytest.fixture
def world(tmp_path: Path) -> World:
    return furnished(tmp_path / "f.sqlite3")


def standing(world: World, case_id: str | None = "case:devaart:F-1") -> Standing:
    token = world.link(case_id=case_id).token
    with world.file.read() as transaction:
        return read_standing(transaction, token, world.now)


def only(world: World) -> PageInvoice:
    (found,) = (*standing(world).invoices, *standing(world).closed)
    return found


INSTALMENTS = [{"due": "2026-04-20", "amount": "500.00"}, {"due": "2026-05-20", "amount": "500.00"}]


async def agreed(world: World) -> None:
    content = {"instalments": INSTALMENTS, "arrangement": "a1", "actor": "els", "id": "agree"}
    answered = await world.ask("case:devaart:F-1", "agree_arrangement", content)
    assert answered.outcome == "written", answered.says


async def test_of_an_arrangement_what_is_due_is_asked_or_else_the_next_and_of_a_broken_one_all(world: World) -> None:
    await agreed(world)
    world.worked("case:devaart:F-1")
    found = only(world)
    assert (found.state, found.now, len(found.schedule)) == ("arranged", eur("500.00"), 2)
    assert not found.arrangeable
    world.now += timedelta(days=11)
    # 21 April: the first one is a day late, which its grace allows.
    assert only(world).now == eur("500.00")
    world.now += timedelta(days=30)
    broken = only(world)
    assert (broken.state, broken.now) == ("open", broken.claim.total)


async def test_of_an_arrangement_what_was_paid_is_not_asked_again(world: World) -> None:
    await agreed(world)
    world.worked("case:devaart:F-1")
    await world.ask(
        "case:devaart:F-1", "payment_received", {"id": "tr_1", "amount": "600.00", "credited_on": "2026-04-10"}
    )
    assert only(world).now == eur("400.00")


async def test_of_a_settlement_its_rest_is_asked(world: World) -> None:
    content = {"settlement": "s1", "amount": "900.00", "by": "2026-04-30", "actor": "els", "id": "s"}
    answered = await world.ask("case:devaart:F-1", "agree_settlement", content)
    assert answered.outcome == "written", answered.says
    world.worked("case:devaart:F-1")
    await world.ask(
        "case:devaart:F-1", "payment_received", {"id": "tr_1", "amount": "100.00", "credited_on": "2026-04-10"}
    )
    found = only(world)
    assert (found.state, found.now, found.by) == ("settlement", eur("800.00"), date(2026, 4, 30))


WORDS = {"reason": "damaged", "note": "the box was wet"}
"""Without them a debtor's own dispute is refused."""


async def test_what_is_disputed_is_not_asked_and_what_is_disputed_whole_asks_nothing(world: World) -> None:
    before = only(world)
    await world.ask("case:devaart:F-1", "raise_dispute", {"amount": "300.00", "actor": "debtor", "id": "d", **WORDS})
    partly = only(world)
    assert (partly.state, partly.contested, partly.claim.open) == ("open", eur("300.00"), eur("700.00"))
    assert partly.now < before.now - eur("299.99")
    await world.ask("case:devaart:F-1", "raise_dispute", {"actor": "els", "id": "e"})
    wholly = only(world)
    assert (wholly.state, wholly.now, wholly.disputable) == ("disputed", eur("0.00"), eur("0.00"))


@pytest.mark.parametrize("status", ["debt_help", "wsnp", "bankruptcy", "deceased", "guardianship", "vulnerable"])
async def test_who_is_protected_is_asked_for_nothing_on_any_invoice(world: World, status: str) -> None:
    await world.ask("case:devaart:F-1", "report_debtor_status", {"status": status, "since": "2026-04-01", "id": "s"})
    found = standing(world)
    assert not found.asks
    assert found.totals() == ()
    assert not found.arrangeable


async def test_a_written_off_invoice_is_settled_and_not_called_paid(world: World) -> None:
    answered = await world.ask("case:devaart:F-1", "write_off", {"reason": "goodwill", "actor": "els", "id": "w"})
    assert answered.outcome == "written", answered.says
    found = standing(world)
    assert [each.state for each in found.closed] == ["ended"]
    assert found.invoices == ()


async def test_an_invoice_that_is_not_due_may_be_paid_and_is_not_asked(world: World) -> None:
    world.open(invoice(number="F-3", invoice_date="2026-04-01", due="2026-05-01", amount="10.00"), "case:devaart:F-3")
    found = standing(world, None)
    assert [each.number for each in found.early] == ["F-1", "F-2", "F-3"]
    assert [each.number for each in found.payable] == ["F-1", "F-2"]
    assert [each.number for each in found.arrangeable] == ["F-1", "F-2"]


async def test_sums_of_several_currencies_stand_apart(world: World) -> None:
    world.open(invoice(number="F-4", amount="10.00", currency="USD"), "case:devaart:F-4")
    found = standing(world, None)
    assert [each.currency for each in found.totals()] == ["EUR", "USD"]
    assert found.totals()[1] >= Money.parse("10.00", "USD")
    assert found.arrangeable == ()
