"""People in Temporal's web page: they find a case, read it, pause it in every form, and resume it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from temporalio.client import Client

from casefile.case_file import CaseFile
from domain.case import Case
from domain.clock import Clock
from domain.opening import History, open_case
from engine.dispatcher import Dispatcher
from engine.embedded import free_port
from engine.web_page import page_answers
from tests.browser.temporal_page import TemporalPage, browser_page, until
from tests.browser.visitor import PATIENCE, chromium
from tests.casefile.builders import CREDITOR, DEBTOR, opened
from tests.domain.builders import business_ladder, day, invoice, local
from tests.engine.bench import CHANNELS, Shelf
from tests.engine.server import quick_server
from worker.case_worker import case_worker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(
        chromium() is None, reason="there is no chromium here (Debian: apt-get install chromium-headless-shell)"
    ),
]


# An invoice of 1000.00 due on Sunday 1 March 2026, seen on Monday the 2nd. The reminder of the test ladder comes
# seven days after the due date, on Sunday the 8th; the first sending day then is Tuesday the 10th.
NEW, REMINDED, OLD, SWITCHED, ASKED = (
    f"case:devaart:2026-{number}" for number in ("261041", "261052", "261109", "261077", "261089")
)
BEGIN = local("2026-03-02", "10:00")


@dataclass
class Office:
    """The embedded engine with its web page, a worker, and five cases."""

    client: Client
    file: CaseFile
    shelf: Shelf
    address: str

    def case(self, case_id: str) -> Case:
        with self.file.read() as transaction:
            return transaction.cases.load(case_id).case

    def seen(self) -> bool:
        with self.file.read() as transaction:
            return all(view is not None for _, _, view in transaction.views.all())


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    policy = business_ladder()
    ui_port = free_port()
    file = opened(tmp_path_factory.mktemp("office") / "case-file.sqlite3")
    with file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_policy(policy)
        for case_id in (NEW, SWITCHED, ASKED):
            facts = open_case(invoice(number=case_id[-6:]), policy, BEGIN)
            transaction.cases.open(case_id, CREDITOR.id, facts, BEGIN)
        reminded = History(last_step="reminder", last_contact_on=day("2026-02-24"))
        due_before = invoice("2026-01-16", "2026-02-15", "412.50", number="261052")
        transaction.cases.open(REMINDED, CREDITOR.id, open_case(due_before, policy, BEGIN, history=reminded), BEGIN)
        long_due = invoice("2025-11-20", "2025-12-20", "96.80", number="261109")
        transaction.cases.open(OLD, CREDITOR.id, open_case(long_due, policy, BEGIN, review=True), BEGIN)
    clock = Clock(offset=(BEGIN - datetime.now(UTC)).total_seconds())
    shelf = Shelf()
    async with quick_server(ui=True, ui_port=ui_port) as client:
        dispatcher = Dispatcher(client, file, "browser", clock=clock, step_seconds=5.0)
        worker = case_worker(
            client, file, dict.fromkeys(CHANNELS, shelf), task_queue="browser", step_seconds=5.0, simulation=True
        )
        async with worker:
            await dispatcher.sweep()
            at_work = Office(client, file, shelf, f"http://127.0.0.1:{ui_port}")
            await until(_soon(at_work.seen))
            # Who opens the page earlier sees an error, and that stays.
            assert await page_answers(ui_port, PATIENCE)
            yield at_work
    file.database.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def temporal(office: Office, browser: Browser) -> AsyncIterator[TemporalPage]:
    async with browser_page(browser) as page:
        yield TemporalPage(page, office.address)


LISTS = {
    'CaseStage="reminder"': REMINDED,
    "NeedsAttention=true": OLD,
    'OnHold=true AND HoldReason="onboarding_review"': OLD,
}


@pytest.mark.parametrize("query", LISTS)
async def test_a_list_of_cases_is_found_by_what_they_need(office: Office, query: str) -> None:
    async def listed() -> bool:  # Temporal's lists follow what workflows say; they may be behind.
        return [each.id async for each in office.client.list_workflows(query)] == [LISTS[query]]

    await until(listed)


async def test_the_page_shows_the_list_that_a_query_finds(temporal: TemporalPage) -> None:
    (*_, query) = LISTS
    await temporal.find(query)
    links = temporal.page.get_by_role("link").filter(has_text="case:devaart:")
    await expect(links).to_have_text([LISTS[query]])


async def test_a_case_tells_stage_amount_holds_why_nothing_is_sent_and_what_comes_next(temporal: TemporalPage) -> None:
    await temporal.find('WorkflowType="OverdueInvoice"')
    await expect(temporal.page.get_by_role("link").filter(has_text="case:devaart:")).to_have_count(5)
    await temporal.picture("ui-list")
    await temporal.open_from_list(NEW)
    told = await temporal.details_tell("Next: reminder is sent on Tue 2026-03-10")
    rows = dict(line.split("\t", 1) for line in told.splitlines() if "\t" in line)
    rows = {name.strip(): value.strip() for name, value in rows.items()}
    assert (rows["Stage"], rows["Open"], rows["On hold"]) == ("new", "1000.00 EUR", "no")
    assert "Tue 2026-03-10" in rows["Why not now"]
    await temporal.picture("ui-case")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "pause, no end"),
        ('"on holiday"', "pause, no end"),
        ('{"until": "2026-03-20"}', "pause until Fri 2026-03-20"),
    ],
    ids=["no data", "a reason", "an object"],
)
async def test_a_pause_from_the_form_holds_the_case_in_every_form_and_resume_ends_it(
    office: Office, temporal: TemporalPage, data: str | None, told: str
) -> None:
    await temporal.open(NEW)
    await temporal.signal("pause", data, picture={None: "ui-pause", '"on holiday"': "ui-pause-reason"}.get(data))
    await temporal.details_tell("the case is paused", told)
    if data is None:
        await temporal.picture("ui-paused")
    await temporal.attribute_is("OnHold", "true")
    if data is None:
        await temporal.signal("resume")
    else:  # What the form sends is seen above; it takes seconds.
        await office.client.get_workflow_handle(NEW).signal("resume")
    await temporal.details_tell("Next: reminder is sent on Tue 2026-03-10")
    assert office.case(NEW).quarantined == ()
    assert office.shelf.taken == []


async def test_an_update_tells_in_the_form_why_it_is_refused(office: Office, temporal: TemporalPage) -> None:
    await temporal.open(ASKED)
    form = await temporal.update("pause_case", '{"until": "2020-01-01", "actor": "j.devries"}')
    await expect(form).to_contain_text("first free day")
    await expect(form).not_to_contain_text("Traceback")
    await expect(form).not_to_contain_text(".py")
    await temporal.picture("ui-update-refused", form)
    await temporal.update_corrected(form, '{"until": "2026-03-20", "actor": "j.devries"}')
    await expect(form).to_have_count(0)
    await temporal.details_tell("pause until Fri 2026-03-20")
    assert office.case(ASKED).quarantined == ()


async def test_temporals_own_pause_keeps_a_signal_until_it_is_ended(office: Office, temporal: TemporalPage) -> None:
    await temporal.open(SWITCHED)
    await temporal.pause_in_temporal("wrong letters")
    await temporal.signal_typed(SWITCHED, "pause")
    await temporal.picture("ui-native-pause")
    assert office.case(SWITCHED).holds == ()
    await temporal.unpause_in_temporal()
    await temporal.details_tell("the case is paused", "pause, no end")
    assert [hold.kind.value for hold in office.case(SWITCHED).holds] == ["pause"]
    assert office.shelf.taken == []


def _soon(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return condition()

    return asked
