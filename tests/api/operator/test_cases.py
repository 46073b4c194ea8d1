"""Looking at cases over HTTP: the figures of the commands, page by page."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import event

from casefile.api_keys import Role
from casefile.case_file import CaseFile
from casefile.list_columns import lists_of
from casefile.which_cases import Which
from domain.money import Money
from domain.provider_money import Designation, Movement, PaymentReport
from services.provider_money.recording import record_reports
from services.reports.case_list import list_rows
from tests.api.operator.standing import CASE, Standing
from tests.casefile.builders import furnish
from tests.conftest import DATABASES

BOTH = pytest.mark.parametrize("kept_in", DATABASES, indirect=True)


@pytest.fixture
def many(api: Standing, file: CaseFile) -> Standing:
    """Seven cases, of which the second is paused, the third asks for a person, and the fourth is closed."""
    with file.write() as transaction:
        for number in range(2, 8):
            furnish(transaction, case_id=f"case:devaart:2026-F-{number}", number=f"F-{number}")
    return api


async def deal_with(many: Standing) -> None:
    await many.json("POST", "/cases/F-2/raise_dispute", {"reason": "damaged"})
    await many.json("POST", "/cases/F-3/raise_task", {"task": "amount_raised"})
    await many.json("POST", "/cases/F-4/write_off", {"reason": "goodwill"})


def numbers(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [row["number"] for row in page["cases"]]


@BOTH
async def test_the_list_has_the_figures_of_case_list(many: Standing, file: CaseFile) -> None:
    await deal_with(many)
    page = await many.json("GET", "/cases?sort=invoice", role=Role.READ)
    with lists_of(file.database) as session:
        rows = list_rows(session, Which())
    assert page["total"] == 7
    for shown, row in zip(page["cases"], rows, strict=True):
        known = {**row._asdict(), "holds": list(row.holds), "tasks": list(row.tasks)}
        assert shown.items() <= known.items()
        assert known.keys() - shown.keys() == {"paused_in_temporal", "trouble"}, "Temporal is not asked"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("closed=true", ["F-4"]),
        ("closed=false&limit=2", ["F-1", "F-2"]),
        ("hold=dispute", ["F-2"]),
        ("task=amount_raised", ["F-3"]),
        ("attention=true", ["F-2", "F-3"]),
        ("search=F-5", ["F-5"]),
        ("search=f-5", ["F-5"]),
        ("search=ochtend", []),
        ("debtor=BAKKER&closed=true", ["F-4"]),
        ("debtor=bakk", []),
        ("stage=closed", ["F-4"]),
        ("search=%27%25_&sort=debtor", []),
    ],
)
async def test_the_list_is_chosen_by_what_is_asked(many: Standing, query: str, found: list[str]) -> None:
    await deal_with(many)
    assert numbers(await many.json("GET", f"/cases?sort=invoice&{query}")) == found


async def test_names_are_looked_for_where_they_stand_in_no_address(many: Standing) -> None:
    page = await many.json("POST", "/cases/search", {"search": "OCHTEND", "sort": "invoice"}, role=Role.READ)
    assert page["total"] == 7
    refused = await many.ask("POST", "/cases/search", {"serach": "ochtend"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["serach"])


async def test_an_account_is_looked_for_where_it_stands_in_no_address(many: Standing, file: CaseFile) -> None:
    # As a document of Mollie shows it: nobody uses it here.
    account, at = "NL17RABO0213698412", datetime(2026, 3, 2, 9, tzinfo=UTC)
    moved = Movement("mollie:tr_1", "received", Money.parse("1.00", "EUR"), at.date(), at)
    paid = Designation(case_id="case:devaart:2026-F-2", payer="E. Bakker", account=account)
    with file.write() as transaction:
        record_reports(transaction, (PaymentReport("mollie:tr_1", at, "paid", (moved,), designation=paid),), at)
    found = await many.json("POST", "/cases/search", {"account": " nl17 rabo 0213 6984 12", "closed": False})
    assert "F-2" in numbers(found) and account not in str(found)
    assert (await many.json("POST", "/cases/search", {"account": "BE71096123456769"}))["total"] == 0
    wrong = await many.ask("POST", "/cases/search", {"account": "NL17RABO0213698413"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["account"]) and "0213" not in wrong.text
    both = await many.ask("POST", "/cases/search", {"account": account, "search": "bakker"})
    assert both.status_code == 422
    in_address = await many.ask("GET", f"/cases?search={account}")
    assert (in_address.status_code, in_address.json()["rule"]) == (422, "account_in_address")
    assert account not in in_address.text


async def test_pages_follow_each_other_until_the_last(many: Standing) -> None:
    seen: list[str] = []
    offset = 0
    while offset is not None:
        page = await many.json("GET", f"/cases?sort=invoice&limit=3&offset={offset}")
        assert page["total"] == 7
        seen += numbers(page)
        offset = page["next_offset"]
    assert seen == [f"F-{number}" for number in range(1, 8)]
    beyond = await many.json("GET", "/cases?offset=9999999")
    assert (beyond["cases"], beyond["next_offset"]) == ([], None)


@BOTH
async def test_a_case_is_shown_with_why_what_is_next_and_when(api: Standing) -> None:
    await api.json("POST", f"/cases/{CASE}/pause_case", {"until": "2099-01-01"})
    shown = await api.json("GET", f"/cases/{CASE}", role=Role.READ)
    assert (shown["next"], shown["why"]) != ("", [])
    assert {"state", "next", "next_at", "why", "claim", "documents", "remarks", "ledger"} <= shown.keys()
    assert "On hold (pause)" in shown["state"]


async def test_a_case_that_did_not_change_is_not_sent_again(api: Standing) -> None:
    first = await api.ask("GET", f"/cases/{CASE}")
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await api.ask("GET", f"/cases/{CASE}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await api.json("POST", f"/cases/{CASE}/pause_case", {})
    changed = await api.ask("GET", f"/cases/{CASE}", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_the_parts_of_a_case_have_addresses_of_their_own(api: Standing, file: CaseFile) -> None:
    await api.json("POST", f"/cases/{CASE}/log_call", {"outcome": "will pay", "actor": "j.devries"})
    with file.write(CASE) as transaction:
        transaction.documents.save(CASE, "invoice.pdf", "application/pdf", b"%PDF-")
    whole = await api.json("GET", f"/cases/{CASE}")
    timeline = await api.json("GET", f"/cases/{CASE}/timeline", role=Role.READ)
    assert timeline == {"case": CASE, "timeline": whole["timeline"], "said": whole["said"]}
    assert any("will pay" in line for line in timeline["timeline"])
    messages = await api.json("GET", f"/cases/{CASE}/messages", role=Role.READ)
    assert messages == {"case": CASE, "messages": whole["messages"]}
    papers = await api.json("GET", f"/cases/{CASE}/documents", role=Role.READ)
    assert papers["documents"] == [
        {"name": "invoice.pdf", "media_type": "application/pdf", "bytes": 5, "sha256": sha256(b"%PDF-").hexdigest()}
    ]


async def test_an_invoice_number_of_several_cases_is_409(api: Standing, file: CaseFile) -> None:
    with file.write() as transaction:
        furnish(transaction, case_id="case:devaart:2025-F-1", number="F-1")
    refused = await api.ask("GET", "/cases/F-1")
    assert (refused.status_code, refused.json()["rule"]) == (409, "several_cases")
    assert (await api.json("GET", f"/cases/{CASE}"))["case_id"] == CASE


async def test_an_id_with_signs_is_found_when_its_signs_are_written_out(api: Standing, file: CaseFile) -> None:
    odd = "case:devaart:2026-F%2F9 é"
    with file.write() as transaction:
        furnish(transaction, case_id=odd, number="F/9 é")
    assert (await api.json("GET", "/cases/case%3Adevaart%3A2026-F%252F9%20%C3%A9"))["case_id"] == odd


# Tasks -----------------------------------------------------------------------------------------------------------


@BOTH
async def test_tasks_stand_the_oldest_first_and_are_counted_by_kind(many: Standing) -> None:
    await deal_with(many)
    await many.json("POST", "/cases/F-5/raise_task", {"task": "amount_raised"})
    page = await many.json("GET", "/tasks", role=Role.READ)
    days = [task["raised_on"] for task in page["tasks"]]
    assert days == sorted(days) and page["total"] == len(days) == sum(page["by_kind"].values())
    assert page["by_kind"]["amount_raised"] == 2
    chosen = await many.json("GET", "/tasks?kind=amount_raised&limit=1")
    assert (chosen["total"], [task["number"] for task in chosen["tasks"]], chosen["next_offset"]) == (2, ["F-3"], 1)
    assert chosen["tasks"][0]["asks"]


async def test_a_task_that_is_done_waits_no_more(many: Standing) -> None:
    await many.json("POST", "/cases/F-3/raise_task", {"task": "amount_raised"})
    await many.json("POST", "/cases/F-3/complete_task", {"task": "amount_raised"})
    assert (await many.json("GET", "/tasks?kind=amount_raised"))["total"] == 0


@BOTH
@pytest.mark.parametrize("path", ["/cases", "/cases?sort=owed&closed=false", "/cases?search=F-"])
async def test_a_page_asks_the_case_file_as_often_however_many_cases_it_has(
    api: Standing, file: CaseFile, path: str
) -> None:
    asked: list[str] = []
    event.listen(file.database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    counts = []
    for first, last in ((2, 4), (4, 24)):
        with file.write() as transaction:
            for number in range(first, last):
                furnish(transaction, case_id=f"case:devaart:2026-F-{number}", number=f"F-{number}")
        asked.clear()
        page = await api.json("GET", path, role=Role.READ)
        assert len(page["cases"]) == last - 1
        counts.append(len(asked))
    assert counts[0] == counts[1], asked


async def test_the_check_before_a_hand_off_is_told_as_the_command_does(api: Standing) -> None:
    told = await api.json("GET", "/cases/F-1/handoff-check", role=Role.READ)
    assert (told["case"], told["number"], told["ready"]) == (CASE, "F-1", False)
    points = {each["point"]: each for each in told["points"]}
    assert points == {} or {"question", "answer", "evidence", "stops"} <= points["dispute"].keys()
    advice = await api.json("GET", "/cases/F-1/handoff-advice", role=Role.READ)
    assert (advice["case"], advice["goes_with"]) == (CASE, [])
    assert (await api.ask("GET", "/cases/none/handoff-advice", role=Role.READ)).status_code == 404
