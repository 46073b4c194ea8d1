"""A run that a sweep begins shows from its start on what its first turn says, and that turn does not say it again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from activities.advancing import Advancing
from casefile import tables
from casefile.case_file import CaseFile
from domain.views.readable import Readable
from engine.dispatcher import Dispatcher
from tests.engine.server import quick_server
from tests.services.today.world import NOW, World
from tests.workflows.office import Office, office
from workflows.search_attributes import OPEN_MINOR, begun_with, to_begin_with, values_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

UPSERTED = EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
WAITS = EventType.EVENT_TYPE_TIMER_STARTED


@dataclass
class Engine:
    """Takes note of what runs begin with; in a namespace that knows our search attributes, or answers otherwise."""

    problem: RPCStatusCode | None = None
    begun: list[TypedSearchAttributes | None] = field(default_factory=list)

    async def start_workflow(self, *_: object, search_attributes: TypedSearchAttributes | None, **more: Any) -> None:
        if self.problem is not None and (search_attributes is not None or self.problem is RPCStatusCode.UNAVAILABLE):
            raise RPCError("no", self.problem, b"")
        self.begun.append(search_attributes)


def dispatcher_of(engine: Engine, world: World, readable: Readable | None = "all") -> Dispatcher:
    return Dispatcher(cast("Client", engine), world.file, "cases", readable=readable, real_now=lambda: NOW)


def unstarted(world: World) -> tuple[str, ...]:
    with world.file.read() as transaction:
        return transaction.starts.unstarted()


@pytest.mark.parametrize("readable", ["all", "codes"])
async def test_a_case_begins_with_what_its_first_turn_shows(tmp_path: Path, readable: Readable) -> None:
    world, engine = World(tmp_path), Engine()
    case = world.case("F-1", due="2026-05-08")
    assert await dispatcher_of(engine, world, readable).sweep() == (1, 0)
    (begun,) = engine.begun
    assert begun is not None
    with world.file.read() as transaction:
        assert transaction.views.of_case(case) is None, "nothing is written before the first turn"
    world.decide()
    view = Advancing(world.file, readable).view_at(case, NOW)
    with world.file.read() as transaction:
        assert view.at == cast("Any", transaction.views.of_case(case)).at
    assert begun_with(begun) == values_of(view)
    assert (OPEN_MINOR.name in [pair.key.name for pair in begun]) is (readable == "all")


async def test_nothing_is_shown_before_the_first_turn_where_nobody_says_what_may_be(tmp_path: Path) -> None:
    world, engine = World(tmp_path), Engine()
    case = world.case("F-1", due="2026-05-08")
    await dispatcher_of(engine, world, None).start(case)
    await dispatcher_of(engine, world).nudge(case)
    assert engine.begun == [None, None]


async def test_a_case_begins_in_a_namespace_that_does_not_know_our_search_attributes(tmp_path: Path) -> None:
    world, engine = World(tmp_path), Engine(RPCStatusCode.INVALID_ARGUMENT)
    case = world.case("F-1", due="2026-05-08")
    assert unstarted(world) == (case,)
    await dispatcher_of(engine, world).start(case)
    assert engine.begun == [None]
    assert unstarted(world) == ()


async def test_a_case_stays_to_be_begun_where_temporal_does_not_answer(tmp_path: Path) -> None:
    world, engine = World(tmp_path), Engine(RPCStatusCode.UNAVAILABLE)
    case = world.case("F-1", due="2026-05-08")
    with pytest.raises(RPCError):
        await dispatcher_of(engine, world).start(case)
    assert unstarted(world) == (case,)


async def test_a_case_that_cannot_be_planned_begins_all_the_same_and_it_is_said(tmp_path: Path) -> None:
    world, engine = World(tmp_path), Engine()
    case = world.case("F-1", due="2026-05-08")
    with world.file.write() as transaction:
        transaction.session.connection.execute(tables.facts.update().values(body='{"kind": "of a later version"}'))
    # As another process finds it, which remembers no case.
    world.file = CaseFile(world.file.database)
    with capture_logs() as log:
        await dispatcher_of(engine, world).start(case)
    assert engine.begun == [None]
    assert unstarted(world) == ()
    assert [(each["event"], each["case_id"]) for each in log] == [("case_not_shown_at_start", case)]


# On a real Temporal ------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client() -> AsyncIterator[Client]:
    """A Temporal of its own."""
    async with quick_server() as connected:
        yield connected


async def _events(at: Office) -> list[HistoryEvent]:
    return list((await at.handle.fetch_history()).events)


async def _until(at: Office, condition: Callable[[list[HistoryEvent]], bool], what: str) -> list[HistoryEvent]:
    async def holds() -> bool:
        return condition(await _events(at))

    await at.until(holds, what)
    return await _events(at)


def _waits(events: list[HistoryEvent]) -> int:
    return sum(1 for event in events if event.event_type == WAITS)


def _upserted(events: list[HistoryEvent]) -> list[set[str]]:
    """Names of what each upsert changed."""
    return [
        set(event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields)
        for event in events
        if event.event_type == UPSERTED
    ]


async def test_the_first_turn_says_nothing_again_and_a_payment_only_what_is_open(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path, readable="all") as at:
        # What a turn shows stands before the timer of its wait, in one batch of events.
        events = await _until(at, lambda events: _waits(events) == 1, "the first wait")
        assert _upserted(events) == []
        view = at.view()
        assert view is not None
        assert begun_with((await at.handle.describe()).typed_search_attributes) == values_of(view)
        await at.dispatcher.tell(at.case_id, "payment_received", {"id": "p1", "amount": "1.00"}, "p1")
        events = await _until(at, lambda events: _waits(events) == 2, "the second wait")
        assert _upserted(events) == [{OPEN_MINOR.name}]


async def test_what_a_run_shows_the_run_that_continues_it_does_not_say_again(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path, readable="all", events_per_run=8) as at:
        first = (await at.handle.describe()).run_id
        await at.dispatcher.tell(at.case_id, "payment_received", {"id": "p1", "amount": "1.00"}, "p1")

        def continued(events: list[HistoryEvent]) -> bool:
            begun = events[0].workflow_execution_started_event_attributes
            return begun.original_execution_run_id != first and _waits(events) == 1

        events = await _until(at, continued, "the wait of the next run")
        assert _upserted(events) == []
        view = at.view()
        assert view is not None
        assert begun_with((await at.handle.describe()).typed_search_attributes) == values_of(view)


async def test_a_run_that_somebody_else_begins_shows_everything_at_its_first_turn(
    client: Client, tmp_path: Path
) -> None:
    async with office(client, tmp_path) as at:
        events = await _until(at, lambda events: _waits(events) == 1, "the first wait")
        begun = to_begin_with(Advancing(at.file, "all").view_at(at.case_id, at.dispatcher.clock.now(NOW)))
        assert _upserted(events) == [{pair.key.name for pair in begun}]
