"""A life with three partners, in every state of a file, while the worker and the API are killed wherever they can be.

A worker dies once at each point that it passes in each chapter, and loses one result that Temporal had not yet; every
report is posted, posted again (the API died before it answered), and listed. In every second chapter it dies on SQLite,
in the others on PostgreSQL. `MAANWERK_CHAOS=full`: in all of them on both, by `kill -9` of processes of their own, too,
and with each code by which a partner closes a file.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest

from casefile.agency_reports import keep_reports, open_reports
from casefile.session import reading
from config.settings import Settings
from domain.facts import ClosingCode, FileReturned
from domain.handoffs.partners import Partner
from domain.ledger import EntryKind
from domain.send_key import opaque_key
from tests.activities.ladders import notice
from tests.activities.workplace import Workplace
from tests.casefile.builders import CASE, CREDITOR, opened, url_of
from tests.conftest import DATABASES
from tests.forking import Forked
from tests.gateways.agencies.demo_agency import TOKEN, Loopback, demo_agency
from worker.agency_reading import AgencyReading, kept_report
from worker.agency_ways import AgencyWays
from worker.gateways import gateways_of

FULL = os.environ.get("MAANWERK_CHAOS") == "full"
PARTNERS = ("noordkade", "zuidkade", "oostkade")
SETTINGS: dict[str, Any] = {"agency_tokens": "\n".join(f"{name}={TOKEN}" for name in PARTNERS)}
STEPS = ("before_intent", "after_intent", "after_provider", "before_record", "after_record")
READS = ("before_keeping", "after_keeping", "after_telling")
CODES: tuple[ClosingCode, ...] = get_args(ClosingCode) if FULL else ("uncollectable",)


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@dataclass
class Life:
    """A case, three agencies, and a worker that dies.

    Attributes:
        deadly: Whether the worker dies in this chapter.
        chapter: What is told at the moment.
        died: At which points of which chapters it died.
        read_up_to: How many reports the agencies had listed when their lists were read last.
    """

    work: Workplace
    agencies: Mapping[str, Loopback]
    settings: Settings
    deadly: bool
    chapter: str = ""
    died: set[tuple[str, str]] = field(default_factory=set)
    read_up_to: int = -1

    def dies(self, point: str) -> None:
        if self.deadly and (self.chapter, point) not in self.died:
            self.died.add((self.chapter, point))
            raise Killed(point)

    def restarted(self) -> None:
        """Another worker, which remembers nothing; nobody asks what became of a step while it might still run."""
        self.work.file.database.close()
        self.work.file = opened(self.work.folder / "case-file.sqlite3")
        gateways = gateways_of(self.settings, self.work.file, now=lambda: self.work.now)
        self.work.equip(file=self.work.file, gateways=gateways, checkpoint=self.dies)
        self.work.later(seconds=61)

    async def goes_on(self, chapter: str, until: Callable[[], bool] = lambda: True) -> None:
        """Let the worker read and act until nothing is due, however often it dies."""
        self.chapter, self.deadly = chapter, FULL or not self.deadly
        if FULL:
            await self._killed_for_real()
        for _ in range(80):
            try:
                told = await self._read()
                turn = await self.work.advance()
                if turn.action not in ("wait", "end") and turn.at is not None and turn.at <= self.work.now:
                    await self.work.run(turn.action)
                    self.dies("after_record")
                elif not told and self.waits():
                    # It came before the case knew that he has the file: it is looked at again later.
                    self.work.later(minutes=5)
                elif not told and self.work.loaded().case.attempt is None and (turn.action == "end" or until()):
                    return
                elif not told:
                    assert turn.at is not None, turn
                    self.work.now = turn.at
            except Killed:
                self.restarted()
        raise AssertionError(f"{chapter}: it never comes to rest")

    async def _read(self) -> tuple[str, ...]:
        listed = sum(len(agency.book.events) for agency in self.agencies.values())
        if listed == self.read_up_to and not self.waits():
            return ()
        way = self.work.activities.gateways["agency"]
        assert isinstance(way, AgencyWays)
        file, now = self.work.file, self.work.now
        told = await AgencyReading(file, way.way, self, now=lambda: now, checkpoint=self.dies).look()
        self.read_up_to = listed
        return told

    async def nudge(self, case_id: str) -> None:
        """It looks anyway."""

    async def _killed_for_real(self) -> None:
        for point in (*READS, *STEPS[:-1]):
            asked = {
                "now": self.work.now.isoformat(),
                "database": url_of(self.work.folder / "case-file.sqlite3"),
                "outbox": str(self.work.folder / "outbox"),
                "settings": SETTINGS,
                "case": CASE,
                "point": point,
                "reads": point in READS,
            }
            code = await Forked("tests.worker.killed_handoff", json.dumps(asked)).ended()
            assert code in (0, -signal.SIGKILL), (self.chapter, point, code)
            self.died |= {(self.chapter, point)} if code else set()
            self.work.later(seconds=61)

    def reports(self, partner: str, status: str, **says: str) -> str:
        """A partner reports: he lists it, and posts it twice; his id of it."""
        book = self.agencies[partner].book
        event = book.report(self.key(partner), status, **says)
        for _ in range(2):
            keep_reports(self.work.file, partner, "webhook", [kept_report(event)], self.work.now)
        return str(event["id"])

    def key(self, partner: str) -> str:
        """Our key of the file that he has."""
        files = (each for each in self.work.deliveries() if each.partner == partner and each.letter == "dossier")
        return opaque_key(next(files).key)

    def waits(self) -> bool:
        """Whether a report was told to nobody yet."""
        with reading(self.work.file.database) as session:
            return bool(open_reports(session))

    def stands(self) -> str | None:
        """How the file stands, as it is shown."""
        with self.work.file.read() as transaction:
            view = transaction.views.of_case(CASE)
        return None if view is None else view.partner_state

    def handed_to(self, partner: str) -> Callable[[], bool]:
        return lambda: any(t.partner == partner for t in self.work.loaded().case.taken)

    def noted(self) -> list[tuple[str, str]]:
        """Every notice that came in, each time: to whom, and about what."""
        return [
            (name, json.loads(each.body)["kind"])
            for name, agency in self.agencies.items()
            for each in agency.asked
            if each.method == "POST" and each.path.endswith("/notices")
        ]


@pytest.fixture(scope="module")
def agencies() -> Iterator[Mapping[str, Loopback]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(demo_agency()) for name in PARTNERS}


@pytest.fixture
async def life(tmp_path: Path, agencies: Mapping[str, Loopback], kept_in: str) -> AsyncIterator[Life]:
    work = Workplace(tmp_path, notice())
    partners = []
    for name, agency in agencies.items():
        agency.begin("accepts")
        agency.book.today = lambda: work.now.date()
        more: dict[str, Any] = {"channel": "rest", "url": agency.url, "register_number": "000000"}
        partners.append(Partner(id=name, name=name.title(), **more))
    with work.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": tuple(partners)}))
    await work.act()
    life = Life(work, agencies, Settings(outbox=work.folder / "outbox", **SETTINGS), deadly=kept_in == "postgresql")
    life.restarted()
    yield life


@pytest.mark.chaos
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kept_in", DATABASES, indirect=True)
async def test_of_a_life_with_partners_nothing_is_doubled_or_lost_whoever_is_killed(
    life: Life, code: ClosingCode
) -> None:
    work = life.work
    await life.goes_on("handed off", life.handed_to("noordkade"))
    assert life.stands() == "accepted"
    life.reports("noordkade", "more_wanted", reason="the contract")
    paid = life.reports("noordkade", "payment", amount="400.00", currency="EUR")
    life.reports("noordkade", "costs", amount="50.00", currency="EUR")
    await life.goes_on("paid to him")
    assert life.stands() == "more_wanted"
    work.later(days=1)
    life.reports("noordkade", "payment_reversed", payment=paid, amount="100.00", currency="EUR")
    life.reports("noordkade", "arrangement")
    life.reports("noordkade", "paused", until="2026-12-31")
    await life.goes_on("taken back from him")
    assert life.stands() == "paused"
    for name, content in (
        ("payment_received", {"id": "p1", "amount": "200.00"}),
        ("payment_reversed", {"id": "b1", "payment": "p1"}),
        ("dispute_raised", {"dispute": "d1", "reason": "damaged", "actor": "els"}),
        ("dispute_resolved", {"dispute": "d1", "outcome": "rejected", "actor": "els"}),
    ):
        await work.tell(name, content)
        await life.goes_on(name)
    work.later(days=1)
    life.reports("noordkade", "summons", amount="139.00", currency="EUR")
    life.reports("noordkade", "judgment")
    life.reports("noordkade", "seizure", amount="287.00", currency="EUR")
    await life.goes_on("in court")
    assert life.stands() == "seizure"
    # He gives it back as soon as he is asked, as the demo agency does.
    work.later(days=1)
    await work.tell("recall_handoff", {"reason": "other_partner", "actor": "els"})
    await life.goes_on("recalled")
    assert (life.stands(), work.tasks()) == (None, ["decide_after_return"])
    await work.tell("complete_task", {"task": "decide_after_return", "actor": "els"})
    await life.goes_on("to the second", life.handed_to("zuidkade"))
    work.later(days=1)
    life.reports("zuidkade", "refused", reason="too old")
    await life.goes_on("refused")
    await work.tell("complete_task", {"task": "decide_after_return", "actor": "els"})
    await life.goes_on("to the third", life.handed_to("oostkade"))
    work.later(days=1)
    life.reports("oostkade", "closed", code=code)
    await life.goes_on("closed")
    assert work.tasks() == ["decide_after_return"]
    await work.tell("write_off", {"amount": "700.00", "actor": "els"})
    await life.goes_on("written off")

    # Each has its file once, and what there was to tell once.
    for name, agency in life.agencies.items():
        assert agency.book.submitted == [life.key(name)]
    assert life.noted() == [
        ("noordkade", "payment"),
        ("noordkade", "payment_reversed"),
        ("noordkade", "dispute"),
        ("noordkade", "dispute_resolved"),
        ("noordkade", "recall"),
    ]
    # The debtor got the notice before the hand-off, and nothing after it.
    assert [each.step for each in work.deliveries() if each.channel != "agency"] == ["notice"]
    assert [each.channel for each in work.taken()] == ["post"]
    # 400.00 to him, of which 100.00 came back; 200.00 to us came back: 700.00 goes to the next, and is written off.
    claimed = [
        [each["total"]["amount"] for each in taken.claim["statement"]]
        for agency in life.agencies.values()
        for taken in agency.book.taken.values()
    ]
    assert claimed == [["1000.00"], ["700.00"], ["700.00"]]
    case = work.loaded().case
    assert [(e.kind, e.amount.text, e.source) for e in case.ledger.entries] == [
        (EntryKind.PRINCIPAL, "1000.00", ""),
        (EntryKind.PAYMENT, "-400.00", "noordkade"),
        (EntryKind.REVERSAL, "100.00", "noordkade"),
        (EntryKind.PAYMENT, "-200.00", ""),
        (EntryKind.REVERSAL, "200.00", ""),
        (EntryKind.WRITE_OFF, "-700.00", ""),
    ]
    assert case.open_minor == 0 and str(case.closed) == "written_off"
    returned = [(fact.partner, fact.reason, fact.code) for fact in work.facts() if isinstance(fact, FileReturned)]
    assert returned == [("noordkade", "recalled", ""), ("zuidkade", "refused", ""), ("oostkade", "closed", code)]
    assert Counter(each.status for each in case.reports) == {
        **dict.fromkeys(("more_wanted", "payment", "payment_reversed", "costs", "arrangement", "paused"), 1),
        **dict.fromkeys(("summons", "judgment", "seizure", "recalled", "refused", "closed"), 1),
        "accepted": 3,
    }
    assert not life.waits()
    # A run in which nobody died proves nothing.
    dead = Counter(point for _, point in life.died)
    assert all(dead[point] >= 3 for point in (*STEPS, *READS)), dead
