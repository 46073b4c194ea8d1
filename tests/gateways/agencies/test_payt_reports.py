"""What Payt says of invoices that we brought: of each case its own, once, and of nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from services.ports import CannotReadNow, Unreadable
from tests.gateways.agencies.payt_double import ADMINISTRATION, Payt, payt
from tests.gateways.agencies.payt_file import FIRST, KEY, SECOND, file, partner


@pytest.fixture
def double() -> Iterator[Payt]:
    with payt() as serving:
        yield serving


def paid(double: Payt, own: int, amount: str, **fields: object) -> None:
    """A payment as GET shows it; over a link of Payt unless told otherwise."""
    double.payments.append(
        {
            "id": own,
            "invoice_id": double.invoices["F-1"]["id"],
            "total_amount": amount,
            "payment_date": "2026-03-21",
            "transaction_type": "payment",
            "cost_type": "principal",
            "updated_at": "2026-03-21T10:00:00Z",
            "psp_transaction": {"id": 5, "currency_code": "EUR"},
            **fields,
        }
    )


async def test_only_money_that_came_over_its_links_is_reported_for_the_rest_is_in_our_books(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    paid(double, 1, "100.10")
    paid(double, 2, "50.00", psp_transaction=None)
    paid(double, 3, "15.00", cost_type="administration_costs")
    paid(double, 4, "-100.10", transaction_type="reversal")
    page = await way.since(None)
    whose = {"submission": KEY, "case": FIRST, "on": "2026-03-21"}
    assert page.events == (
        {"id": "payment:1", **whose, "status": "payment", "amount": "100.10", "currency": "EUR"},
        {"id": "payment:4", **whose, "status": "payment_reversed", "payment": "payment:1"},
    )
    # What comes again comes under its id, by which it counts once.
    assert (await way.since(page.cursor)).events == page.events


async def test_each_reversal_takes_back_another_payment_of_its_transaction(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    for own, amount in enumerate(("100.00", "-100.00", "100.00", "-100.00", "-100.00", "-40.00"), start=1):
        paid(double, own, amount)
    taken = [event.get("payment") for event in (await way.since(None)).events if event["status"] == "payment_reversed"]
    assert taken == ["payment:1", "payment:3", None, None]


async def test_money_that_nobody_can_read_is_a_question_to_a_person(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    paid(double, 1, "100.10", transaction_type="barter")
    paid(double, 2, "many")
    assert [(each["status"], each["id"]) for each in (await way.since(None)).events] == [
        ("more_wanted", "payment:1:asks"),
        ("more_wanted", "payment:2:asks"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"debt_collection_at": "2026-03-22T08:00:00Z"}, {"status": "accepted", "on": "2026-03-25"}),
        ({"active_credit_case_id": 9}, {"status": "accepted", "on": "2026-03-25"}),
        (
            {"active_credit_case_id": 9, "bailiff_at": "2026-03-24T08:00:00Z"},
            {"status": "accepted", "on": "2026-03-25", "reason": "forwarded to a bailiff on 2026-03-24"},
        ),
        ({"active_credit_case_id": 9, "active_payment_plan_id": 3}, {"status": "arrangement", "on": "2026-03-25"}),
        ({"active_credit_case_id": 9, "paused_at": "2026-03-23T08:00:00Z"}, {"status": "paused", "on": "2026-03-23"}),
        ({"payment_date": "2026-03-24"}, {"status": "closed", "on": "2026-03-24", "code": "paid"}),
        # The principal is paid, what Payt counts beside it is not.
        ({"payment_date": "2026-03-24", "active_credit_case_id": 9}, {"status": "accepted", "on": "2026-03-25"}),
    ],
)
async def test_how_an_invoice_stands_is_told_of_its_case_alone(
    double: Payt, fields: dict[str, object], expected: dict[str, str] | None
) -> None:
    way = partner(double)
    await way.send(file())
    double.invoices["F-1"] |= {**fields, "updated_at": "2026-03-25T10:00:00Z"}
    events = (await way.since(None)).events
    if expected is None:
        assert events == ()
        return
    whose = {"submission": KEY, "case": FIRST}
    own = f"2603746:{expected['status']}:{expected['on']}"
    assert events == ({"id": own, **whose, **expected},)


async def test_an_invoice_that_was_deleted_there_is_back(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    gone = double.invoices.pop("F-2")
    double.deleted = [
        {
            "id": gone["id"],
            "invoice_number": "F-2",
            "origin_identifier": gone["invoice_identifier"],
            "administration_id": ADMINISTRATION,
            "debtor_id": 1,
            "deleted_at": "2026-03-24T08:00:00Z",
        }
    ]
    assert (await way.since(None)).events == (
        {"id": "2603747:recalled", "submission": KEY, "case": SECOND, "status": "recalled", "on": "2026-03-24"},
    )


async def test_what_others_brought_to_the_administration_is_nobodys_report(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    double.invoices["F-1"] |= {"invoice_identifier": "AFAS-1", "paused_at": "2026-03-22T08:00:00Z"}
    paid(double, 1, "100.10")
    assert (await way.since(None)).events == ()


async def test_a_list_of_several_pages_is_read_to_its_end(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    for own in range(1, 402):
        paid(double, own, "1.00")
    assert len((await way.since(None)).events) == 401


async def test_each_list_goes_on_from_its_own_moment_and_an_empty_one_moves_nothing(double: Payt) -> None:
    way = partner(double)
    await way.send(file())
    double.invoices["F-1"]["paused_at"] = "2026-03-20T08:00:00Z"
    cursor = (await way.since(None)).cursor
    assert json.loads(cursor or "") == {"/v1/invoices": "2026-03-20T09:00:00Z"}
    paid(double, 1, "1.00")
    later = (await way.since(cursor)).cursor
    assert json.loads(later or "") == {"/v1/invoices": "2026-03-20T09:00:00Z", "/v1/payments": "2026-03-21T10:00:00Z"}
    double.invoices.clear()
    double.payments.clear()
    assert (await way.since(later)).cursor == later
    # Before the first reading nothing of ours was there for long.
    assert {asked["updated_after"] for path, asked in double.asked if path == "GET /v1/payments"} == {
        "2026-03-13T09:00:00Z",
        "2026-03-21T09:59:00Z",
    }


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_what_it_does_not_answer_is_asked_again_later(double: Payt, status: int) -> None:
    double.answers = {"GET /v1/payments": status}
    with pytest.raises(CannotReadNow, match=f"answers {status}"):
        await partner(double).since(None)


async def test_an_answer_that_is_no_list_is_said(double: Payt) -> None:
    double.answers = {"GET /v1/payments": 200}
    with pytest.raises(Unreadable, match="GET /v1/payments has no data"):
        await partner(double).since(None)
