"""The application over a case file with one case, a worker that judges at once, and a key of each role."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from api.operator.application import api_application
from api.operator.asking import Answered
from api.operator.inside import Inside
from api.operator.rates import Rate
from api.operator.routes import operator_routes
from api.operator.unmatched import UnmatchedPayments
from casefile.api_keys import Role, create_key
from casefile.case_file import CaseFile
from casefile.case_mark import CaseChanged, mark_of
from domain.messages import read_message
from tests.casefile.builders import CASE, NOW

__all__ = ["CASE", "NOW", "Standing", "WorkerAtOnce", "standing"]

KEPT = Path(__file__).parents[3] / "docs" / "openapi.json"
"""What the repository keeps of the documentation (`test_documentation.py`)."""


@dataclass
class WorkerAtOnce:
    """Writes down what a case is told and records it at once, as a worker would; or is away."""

    file: CaseFile
    away: bool = False
    breaks: Exception | None = None
    breaks_after: Exception | None = None
    told: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)

    async def __call__(
        self,
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        if self.breaks is not None:
            raise self.breaks
        self.told.append((case_id, name, content))
        raw = json.dumps(dict(content)).encode()
        read_message(name, raw)
        own = message or f"m{len(self.told)}"
        with self.file.write(case_id) as transaction:
            transaction.cases.load(case_id)
            seen = None if mark is None else mark_of(transaction, case_id)
            if transaction.inbox.accept(case_id, own, name, raw, NOW, answered=True, by=by) and seen != mark:
                raise CaseChanged
        if not self.away:
            Advancing(self.file, "all").advance(AdvanceRequest(case_id=case_id, at=NOW))
        with self.file.read() as transaction:
            recorded, refusal = transaction.inbox.answer(case_id, own)
        if self.breaks_after is not None:
            raise self.breaks_after
        if not recorded:
            return Answered("written", "no worker has taken it yet")
        return Answered("accepted") if refusal is None else Answered("refused", refusal)

    async def many(
        self, messages: Mapping[str, str], name: str, content: Mapping[str, object], *, by: str = ""
    ) -> Mapping[str, Answered]:
        return {case: await self(case, name, content, message=message, by=by) for case, message in messages.items()}


@dataclass
class Standing:
    """An application, who asks it, and what it stands on."""

    file: CaseFile
    app: FastAPI
    worker: WorkerAtOnce
    secrets: Mapping[Role, str]
    key_ids: Mapping[Role, str]
    seconds: list[float]

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: Role | None = Role.ADMIN,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """What a client of this role is answered."""
        sent = {} if role is None else {"Authorization": f"Bearer {self.secrets[role]}"}
        if body is not None or content is not None:
            sent["Content-Type"] = "application/json"
        raw = json.dumps(body).encode() if content is None and body is not None else content
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            return await client.request(method, path, content=raw, headers={**sent, **(headers or {})})

    async def json(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        answer = await self.ask(method, path, body, **more)
        assert answer.status_code < 300, answer.text
        return answer.json()


@cache
def described_once() -> dict[str, Any]:
    """The documentation, which hangs on no case file: nobody may change it."""
    nothing: Any = None
    app = api_application(Inside(nothing, nothing, nothing, lambda: NOW), operator_routes())
    return dict(json.loads(json.dumps(app.openapi())))


def standing(
    file: CaseFile,
    *,
    rate: Rate | None = None,
    now: Callable[[], datetime] = lambda: NOW,
    routers: tuple[APIRouter, ...] | None = None,
    unmatched: UnmatchedPayments | None = None,
) -> Standing:
    worker, seconds = WorkerAtOnce(file), [0.0]
    inside = Inside(file, worker, worker.many, now, rate=rate or Rate(1000, 100_000), seconds=lambda: seconds[0])
    made = {role: create_key(file, f"{role} key", role, datetime(2026, 1, 1, tzinfo=UTC)) for role in Role}
    return Standing(
        file,
        api_application(inside, operator_routes() if routers is None else routers, unmatched=unmatched),
        worker,
        {role: key.secret for role, key in made.items()},
        {role: key.key.id for role, key in made.items()},
        seconds,
    )


def without(standing: Standing, role: Role, secret: str) -> Standing:
    """The same, where a role brings another secret."""
    return replace(standing, secrets={**standing.secrets, role: secret})
