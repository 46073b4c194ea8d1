"""The quarter that the demo played, at the desk: the same case file, live, on the morning after its last day.

A copy is served, so that the quarter stays as it was played; each start begins anew. The clock goes on from that
morning. No engine runs: what a person asks is judged at once by the same rules, in this process, and nothing is sent.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from api.desk.application import desk_application
from api.desk.visiting import Desk
from api.operator.application import api_application
from api.operator.asking import Answered
from api.operator.inside import Inside
from api.operator.routes import operator_routes
from casefile.case_file import CaseFile
from casefile.case_mark import CaseChanged, mark_of
from casefile.database import Database
from casefile.desk_sessions import link_for
from casefile.standings import keep_standing
from domain.messages import read_message
from services.today.day import OFFICE
from simulation.demo.quarter import MARK

__all__ = ["DemoDesk", "NotPlayed", "last_day_of", "played"]

_FILE, _COPY = "case-file.sqlite3", "desk.sqlite3"
_MORNING = time(8, 30)


class NotPlayed(ValueError):
    """No demo was played into the folder."""


def played(folder: Path) -> bool:
    """Whether a demo was played to its end into the folder."""
    return (folder / MARK).is_file() and (folder / _FILE).is_file() and bool((folder / MARK).read_text("utf-8").strip())


def last_day_of(folder: Path) -> date:
    """The last day of the quarter that was played into a folder.

    Raises:
        NotPlayed: none was.
    """
    if not played(folder):
        raise NotPlayed(f"no demo was played into {folder}")
    return date.fromisoformat((folder / MARK).read_text("utf-8").strip())


@dataclass
class DemoDesk:
    """The desk over a copy of the quarter.

    Attributes:
        file: The copy.
        now: The clock: the morning after the last day when it began, and on from there.
    """

    file: CaseFile
    now: Callable[[], datetime]

    @classmethod
    def opened(cls, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> DemoDesk:
        """Copy the quarter of a folder, and begin its next morning.

        Args:
            folder: Where the demo was played.
            clock: The real clock.

        Raises:
            NotPlayed: none was.
        """
        morning = datetime.combine(last_day_of(folder) + timedelta(days=1), _MORNING, OFFICE)
        for ending in ("", "-wal", "-shm"):
            (folder / f"{_COPY}{ending}").unlink(missing_ok=True)
        for ending in ("", "-wal"):
            if (folder / f"{_FILE}{ending}").exists():
                shutil.copyfile(folder / f"{_FILE}{ending}", folder / f"{_COPY}{ending}")
        database = Database(f"sqlite:///{folder / _COPY}")
        database.migrate()
        begun = clock()
        desk = cls(CaseFile(database), lambda: morning.astimezone(UTC) + (clock() - begun))
        keep_standing(desk.file, morning.date())
        desk.look_at_all()
        return desk

    def look_at_all(self) -> None:
        """Decide about every open case as of now, as its workflow would on this morning."""
        with self.file.read() as transaction:
            ids = transaction.cases.open_ids()
        for case_id in ids:
            self._advance(case_id)

    def close(self) -> None:
        """Let go of the copy."""
        self.file.database.close()

    def link(self, site: str) -> str:
        """A link by which whoever sits here makes himself the first user.

        Args:
            site: Where the desk is served.
        """
        return f"{site}/desk/link/{link_for(self.file, None, self.now())}"

    def app(self) -> FastAPI:
        """The application."""
        inside = Inside(self.file, self._ask, self._ask_many, self.now)
        return api_application(inside, operator_routes(), desk=desk_application(Desk(inside)))

    async def _ask(
        self,
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        own = message or uuid4().hex
        return await asyncio.to_thread(self._told, case_id, name, dict(content), own, mark, by)

    async def _ask_many(
        self, messages: Mapping[str, str], name: str, content: Mapping[str, object], *, by: str = ""
    ) -> Mapping[str, Answered]:
        return {
            case_id: await self._ask(case_id, name, content, message=own, by=by) for case_id, own in messages.items()
        }

    def _told(
        self, case_id: str, name: str, content: dict[str, object], own: str, mark: str | None, by: str
    ) -> Answered:
        raw = json.dumps(content).encode()
        read_message(name, raw)
        with self.file.write(case_id) as transaction:
            transaction.cases.load(case_id)
            seen = None if mark is None else mark_of(transaction, case_id)
            new = transaction.inbox.accept(case_id, own, name, raw, self.now(), answered=True, by=by)
            if new and seen != mark:
                raise CaseChanged
        self._advance(case_id)
        with self.file.read() as transaction:
            recorded, refusal = transaction.inbox.answer(case_id, own)
        if not recorded:
            return Answered("written", "no worker has taken it yet")
        return Answered("accepted") if refusal is None else Answered("refused", refusal)

    def _advance(self, case_id: str) -> None:
        Advancing(self.file, "all").advance(AdvanceRequest(case_id=case_id, at=self.now()))
