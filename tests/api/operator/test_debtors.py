"""`/debtors`: what is told of a debtor is what the service knows, and his account has the sums of his ledgers."""

from __future__ import annotations

import pytest

from casefile.api_keys import Role
from casefile.case_file import CaseFile
from services.debtors.account import account_of
from services.debtors.record import debtor_record
from tests.api.operator.standing import NOW, Standing


async def test_a_debtor_and_his_account_are_those_of_the_services(api: Standing, file: CaseFile) -> None:
    with file.read() as transaction:
        record = debtor_record(transaction, "devaart", "bakker", NOW)
        account = account_of(transaction, "devaart", "bakker", NOW)
    assert record is not None and account is not None
    assert await api.json("GET", "/debtors/devaart/bakker", role=Role.READ) == record.model_dump(mode="json")
    told = await api.json("GET", "/debtors/devaart/bakker/account", role=Role.READ)
    assert told == account.model_dump(mode="json")
    assert told["parts"][0]["closing"] == {"amount": record.open[0].text, "currency": "EUR"}
    one_day = await api.json("GET", "/debtors/devaart/bakker/account?since=2026-02-20&until=2026-02-20", role=Role.READ)
    assert (one_day["since"], one_day["until"]) == ("2026-02-20", "2026-02-20")


@pytest.mark.parametrize("path", ["/debtors/devaart/nobody", "/debtors/other/bakker", "/debtors/devaart/%00/account"])
async def test_a_debtor_of_whom_nothing_is_known_is_404(api: Standing, path: str) -> None:
    assert (await api.ask("GET", path, role=Role.READ)).status_code == 404


async def test_a_day_that_is_none_is_bad_input(api: Standing) -> None:
    assert (await api.ask("GET", "/debtors/devaart/bakker/account?since=soon")).status_code == 422
