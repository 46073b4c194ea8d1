"""Messages that could not be used: listed, tried again, laid aside; also those for cases that there are not."""

from __future__ import annotations

import pytest

from casefile.api_keys import Role
from casefile.case_file import CaseFile
from tests.api.operator.standing import CASE, NOW, Standing
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
async def unusable(api: Standing, file: CaseFile) -> str:
    """A payment that nobody can read waits in the quarantine of the case."""
    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, "m1", "payment_received", b'{"id": "tr_1", "amount": "100,00"}', NOW)
    await api.json("POST", f"/cases/{CASE}/log_call", {})
    (row,) = (await api.json("GET", "/quarantine", role=Role.READ))["messages"]
    assert (row["case"], row["case_exists"], row["name"]) == (CASE, True, "payment_received")
    return str(row["id"])


@BOTH
async def test_a_message_that_is_put_right_counts(api: Standing, unusable: str) -> None:
    right = {"case": CASE, "id": unusable, "payload": {"id": "tr_1", "amount": "100.00"}}
    told = await api.json("POST", "/quarantine/resubmit", right, role=Role.OPERATE)
    assert told["outcome"] == "accepted"
    assert (await api.json("GET", "/quarantine")) == {"total": 0, "messages": []}
    assert any(line["id"] == "tr_1" for line in (await api.json("GET", f"/cases/{CASE}"))["ledger"])


async def test_a_message_that_is_laid_aside_counts_for_nothing(api: Standing, unusable: str) -> None:
    told = await api.json("POST", "/quarantine/dismiss", {"case": CASE, "id": unusable, "reason": "test"})
    assert told["outcome"] == "accepted"
    assert (await api.json("GET", "/quarantine"))["total"] == 0
    acts = (await api.json("GET", "/audit"))["acts"]
    assert (acts[0]["act"], acts[0]["subject"], acts[0]["outcome"]) == ("dismiss_quarantined", CASE, "accepted")


async def test_what_is_not_in_quarantine_is_refused_by_the_rule(api: Standing) -> None:
    refused = await api.ask("POST", "/quarantine/dismiss", {"case": CASE, "id": "quarantine:none"})
    assert (refused.status_code, refused.json()["rule"]) == (409, "refused_by_rule")


@BOTH
async def test_a_message_for_a_case_that_there_is_not_is_laid_aside_once_or_twice(
    api: Standing, file: CaseFile
) -> None:
    stranger = "case:devaart:2026-F-404"
    with file.write(stranger) as transaction:
        transaction.quarantine.keep(stranger, "q1", "payment_received", b"{}", "no such case", NOW)
    (row,) = (await api.json("GET", "/quarantine"))["messages"]
    assert (row["case"], row["case_exists"]) == (stranger, False)
    waits = await api.ask("POST", "/quarantine/resubmit", {"case": stranger, "id": "q1"})
    assert (waits.status_code, waits.json()["rule"]) == (404, "no_such_case")
    for _ in range(2):
        laid = await api.json("POST", "/quarantine/dismiss", {"case": stranger, "id": "q1"})
        assert laid == {"case": stranger, "id": "q1", "outcome": "done"}
    assert (await api.json("GET", "/quarantine"))["total"] == 0
    for other in ({"case": stranger, "id": "q2"}, {"case": "none", "id": "q1"}, {"case": "a\0b", "id": "q1"}):
        missed = await api.ask("POST", "/quarantine/dismiss", other)
        assert (missed.status_code, missed.json()["rule"]) == (404, "no_such_message")
