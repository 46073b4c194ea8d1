"""A case file with debtors and cases, a user of each role, a worker that judges at once, and browsers that visit."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
from fastapi import FastAPI

from activities.advancing import Advancing
from activities.contracts import AdvanceRequest
from api.desk.application import desk_application
from api.desk.visiting import Desk
from api.operator.application import api_application
from api.operator.asking import Answered
from api.operator.inside import Inside
from casefile.case_file import CaseFile
from casefile.case_mark import CaseChanged, mark_of
from casefile.deliveries import Letter
from casefile.desk_sessions import begin_session
from casefile.people import DeskRole, User, create_user, users
from domain import facts as f
from domain.invoice import Invoice
from domain.messages import read_message
from domain.opening import open_case
from domain.parties import Debtor
from domain.policy import Policy
from services.passwords import hashed
from tests.casefile.builders import CREDITOR, DEBTOR, prepared
from tests.domain.builders import invoice, policy, send
from worker.unmatched_payments import UnmatchedOfCaseFile

NOW = datetime(2026, 4, 10, 9, tzinfo=UTC)
SITE = "http://127.0.0.1:8236"
CASE = "case:devaart:F-1"
PASSWORD = "drie natte broden in de regen"
MAIL = (
    b"From: debiteuren@devaart.example\r\nTo: els@ochtend.example\r\nSubject: Herinnering: factuur F-1\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p>Beste Els,</p><p>factuur F-1 staat nog open.</p><script>parent.document.title='gone'</script>\r\n"
)


def rules() -> Policy:
    """A ladder under Dutch law."""
    return policy(
        send("reminder", {"after_due": "5d"}, claims="principal+interest"),
        send("second_reminder", {"after_due": "60d"}, claims="principal+interest"),
        law="NL",
    )


@dataclass
class World:
    """All of it.

    Attributes:
        now: The moment that everybody lives in.
        away: Whether no worker runs.
        told: What cases were told.
        desk: What the last application stands on.
    """

    file: CaseFile
    now: datetime = NOW
    away: bool = False
    told: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    users: dict[DeskRole, User] = field(default_factory=dict)
    desk: Desk | None = None

    async def ask(
        self,
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        return await asyncio.to_thread(
            self._ask, case_id, name, dict(content), message or f"m{len(self.told)}", mark, by
        )

    async def ask_many(
        self, messages: Mapping[str, str], name: str, content: Mapping[str, object], *, by: str = ""
    ) -> Mapping[str, Answered]:
        return {case: await self.ask(case, name, content, message=message, by=by) for case, message in messages.items()}

    def _ask(
        self, case_id: str, name: str, content: dict[str, object], own: str, mark: str | None, by: str
    ) -> Answered:
        raw = json.dumps(content).encode()
        read_message(name, raw)
        self.told.append((case_id, name, content))
        with self.file.write(case_id) as transaction:
            transaction.cases.load(case_id)
            seen = None if mark is None else mark_of(transaction, case_id)
            if transaction.inbox.accept(case_id, own, name, raw, self.now, answered=True, by=by) and seen != mark:
                raise CaseChanged
        if not self.away:
            Advancing(self.file, "all").advance(AdvanceRequest(case_id=case_id, at=self.now))
        with self.file.read() as transaction:
            recorded, refusal = transaction.inbox.answer(case_id, own)
        if not recorded:
            return Answered("written", "no worker has taken it yet")
        return Answered("accepted") if refusal is None else Answered("refused", refusal)

    def open(self, found: Invoice, case_id: str = CASE, opened_at: datetime | None = None) -> None:
        """One more case."""
        at = opened_at or self.now
        with self.file.write() as transaction:
            transaction.cases.open(case_id, CREDITOR.id, open_case(found, rules(), at), at)

    def remind(self, case_id: str = CASE, content: bytes = MAIL) -> None:
        """A reminder by mail went out a month ago."""
        at = self.now - timedelta(days=30)
        key = f"{case_id}/reminder/1/email/finance"
        letter = Letter(
            key, f"{case_id}/reminder/1", "reminder", 1, "reminder", "email", "els@ochtend.example",
            "Herinnering: factuur F-1", "message/rfc822", content, "2026-03-11 reminder F-1",
        )  # fmt: skip
        with self.file.write() as transaction:
            owed = transaction.cases.load(case_id).case.open
            transaction.deliveries.intend(letter, [case_id], at, at)
            transaction.deliveries.conclude(key, "sent", at, "")
            transaction.cases.append(
                case_id,
                (
                    f.StepIntended(
                        id=f"i{key}", at=at, on=at.date(), step="reminder", issue=1, message="r",
                        deliveries=(("email", key),),
                    ),
                    f.DeliveryConcluded(id=f"c{key}", at=at, on=at.date(), key=key, status=f.DeliveryStatus.SENT),
                    f.StepTaken(
                        id=f"t{key}", at=at, on=at.date(), step="reminder", step_kind="send", channels=("email",),
                        message="r", open=owed, interest=owed - owed, costs=owed - owed, total=owed, claimed=owed,
                        reminds=True,
                    ),
                ),
            )  # fmt: skip

    def advance(self, case_id: str = CASE) -> None:
        """A worker looks at a case."""
        Advancing(self.file, "all").advance(AdvanceRequest(case_id=case_id, at=self.now))

    def _ring(self, case_id: str) -> None:
        if not self.away:
            self.advance(case_id)

    def app(self) -> FastAPI:
        """The application that serves the desk."""
        inside = Inside(self.file, self.ask, self.ask_many, lambda: self.now, ring=self._ring)
        self.desk = Desk(inside, UnmatchedOfCaseFile(self.file, self._ring))
        return api_application(inside, (), desk=desk_application(self.desk))

    def browser(self, app: FastAPI, role: DeskRole | None = None, site: str = SITE) -> Browser:
        """A browser; of a role: somebody is signed in with it."""
        made = Browser(app, site)
        if role is not None:
            made.client.cookies.set("desk", begin_session(self.file, self.users[role], self.now), domain="127.0.0.1")
        return made


class Browser:
    """A browser without script: it keeps cookies, follows nothing by itself, and sends the forms of the page it saw."""

    def __init__(self, app: FastAPI, site: str = SITE, address: str = "127.0.0.1") -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True, client=(address, 50000))
        self.client = httpx.AsyncClient(transport=transport, base_url=site, follow_redirects=False)
        self.seen = ""

    async def get(self, path: str, **more: str) -> httpx.Response:
        answer = await self.client.get(path, headers=more)
        self.seen = answer.text
        return answer

    async def post(self, path: str, data: Mapping[str, str] | None = None, **headers: str) -> httpx.Response:
        """Send a form with the seal of the page that was seen last."""
        sealed = {"csrf": self.hidden("csrf"), **(data or {})}
        answer = await self.client.post(path, data=sealed, headers=headers)
        self.seen = answer.text or self.seen
        return answer

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        assert answer.status_code == 303, (answer.status_code, words(answer.text))
        return await self.get(answer.headers["location"])

    def hidden(self, name: str) -> str:
        """A value that the page which was seen last has in a form."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.seen)
        return unescape(found[1]) if found else ""

    async def record(self, path: str, data: Mapping[str, str]) -> httpx.Response:
        """Try a form of a case, and send it as it was tried."""
        tried = await self.post(
            path, {**data, "wat": "vooraf", "form": self.hidden("form"), "mark": self.hidden("mark")}
        )
        assert tried.status_code == 200, words(tried.text)
        return await self.post(path, {**data, "wat": "vastleggen", **self.form()})

    def form(self) -> dict[str, str]:
        """What an open form carries along."""
        return {name: self.hidden(name) for name in ("form", "mark", "gezien")}


def words(html: str) -> str:
    """What a reader sees of a page."""
    body = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", html)
    return " ".join(unescape(body).replace("\u00a0", " ").split())


def furnished(path: Path, language: str = "nl") -> World:
    """A world with one debtor, three cases, and a user of each role who speaks a language."""
    world = World(prepared(path, _furnish, language))
    world.users = {user.role: user for user in users(world.file)}
    return world


def _furnish(file: CaseFile, language: str) -> None:
    world = World(file)
    with world.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)
        transaction.parties.save_debtor(CREDITOR.id, DEBTOR)
        transaction.parties.save_debtor(CREDITOR.id, Debtor(id="slager", name="Slagerij Buur", address=("Weg 3",)))
        transaction.parties.save_policy(rules())
    opened_at = datetime(2026, 2, 1, 9, tzinfo=UTC)
    world.open(invoice(), CASE, opened_at)
    world.open(
        invoice(number="F-2", amount="250.50", due="2026-01-05", invoice_date="2025-12-06"),
        "case:devaart:F-2",
        opened_at,
    )
    world.open(
        invoice(number="F-3", amount="99.99", due="2026-04-30").model_copy(update={"debtor": "slager"}),
        "case:devaart:F-3",
        opened_at,
    )
    world.remind()
    for case_id in (CASE, "case:devaart:F-2", "case:devaart:F-3"):
        world.advance(case_id)
    for role in DeskRole:
        login, name = f"{role.value}@devaart.example", f"Mies {role.value.title()}"
        create_user(file, login, name, role, NOW, language=language, password=hashed(PASSWORD))
