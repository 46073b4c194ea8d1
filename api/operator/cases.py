"""`/cases`: which there are, where each stands, why nothing was sent, what comes next and when."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.operator.access import Principal, wants
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.inside import Inside, found_case, inside_of
from api.operator.problems import Problem
from api.operator.telling import CaseId
from casefile.api_keys import Role
from casefile.case_mark import mark_of
from casefile.list_columns import lists_of
from casefile.payer_accounts import is_account
from casefile.session import reading
from casefile.which_cases import Order, Which
from domain.handoffs.partner_state import PartnerState
from services.desk.account_search import of_account
from services.reports.case_claim import read_claim
from services.reports.case_pages import page_of
from services.reports.case_papers import read_papers
from services.reports.case_report import report_of

__all__ = ["CaseFilter", "cases_router"]

MOST_OF_A_PAGE = 500
"""Cases of one page."""

Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class CaseFilter(BaseModel):
    """Which cases; what is left out is not looked at.

    Attributes:
        stage: At this stage: `new`, the id of the last step taken, `handed_off`, `closed`.
        partner_state: That a collection partner has, and whose file stands like this with him, such as `submitted`.
        debtor: Of the debtor with this number.
        hold: Under a hold of this kind, such as `dispute`.
        task: With an open task of this kind, such as `call`.
        attention: That a person should look at, or that none needs to.
        closed: Closed ones, or those that are not.
        search: With this in invoice number, case id, or the debtor's number or name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stage: Word | None = None
    partner_state: PartnerState | None = None
    debtor: Word | None = None
    hold: Word | None = None
    task: Word | None = None
    attention: bool | None = None
    closed: bool | None = None
    search: Word | None = None

    @property
    def which(self) -> Which:
        """The same for the case file."""
        asked = self.model_dump(include=set(CaseFilter.model_fields) - {"debtor"})
        return Which(**asked, debtor_number=self.debtor)


class CaseSearch(CaseFilter):
    """Which cases, in which order, and which page of them.

    Attributes:
        account: Of whoever paid from this account (an IBAN), where his provider told it, or is to pay to it.
        sort: The latest, the most owed, what comes next first; or by debtor, or invoice.
        offset: How many stand before the first.
        limit: How many at most.
    """

    account: Annotated[str, Field(max_length=60)] | None = None
    sort: Order = "late"
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_OF_A_PAGE)] = 100


class CaseRow(BaseModel):
    """One case in a list, as its last decision left it; `partner` has it, `partner_state` is how it stands there."""

    case_id: str
    number: str
    debtor: str
    stage: str
    closed: str | None
    open: str
    currency: str
    due: str
    holds: tuple[str, ...]
    step: str | None
    next_at: str | None
    tasks: tuple[str, ...]
    quarantined: int
    waiting: bool
    attention: bool
    debtor_number: str
    creditor: str
    partner: str | None
    partner_state: str | None


class CasePage(BaseModel):
    """Some of the cases, and how many there are in all; `next_offset` of the page that follows."""

    total: int
    offset: int
    next_offset: int | None
    cases: tuple[CaseRow, ...]


class Timeline(BaseModel):
    """What happened, a line each, the oldest first; `said` is what people said when they decided something."""

    case: str
    timeline: tuple[str, ...]
    said: tuple[dict[str, Any], ...]


class Messages(BaseModel):
    """What was sent, over which channel, with what outcome, and the hash that proves its bytes."""

    case: str
    messages: tuple[dict[str, Any], ...]


class CasePapers(BaseModel):
    """Its documents, the remarks on them, and what the debtor sent."""

    case: str
    documents: tuple[dict[str, Any], ...]
    remarks: tuple[dict[str, Any], ...]
    sent: tuple[dict[str, Any], ...]


def cases_router() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["cases"])

    @router.get("/cases", summary="Cases, some at a time", response_model=CasePage, operation_id="list_cases")
    async def many(
        request: Request,
        _: Annotated[Principal, wants(Role.READ)],
        stage: Annotated[Word | None, Query(description="At this stage.", examples=["reminder"])] = None,
        debtor: Annotated[Word | None, Query(description="Of the debtor with this number.")] = None,
        hold: Annotated[Word | None, Query(description="Under a hold of this kind.", examples=["dispute"])] = None,
        task: Annotated[Word | None, Query(description="With an open task of this kind.", examples=["call"])] = None,
        attention: Annotated[bool | None, Query(description="That a person should look at.")] = None,
        closed: Annotated[bool | None, Query(description="Closed ones, or those that are not.")] = None,
        search: Annotated[
            Word | None,
            Query(
                description="With this in invoice number, case id or debtor's number. Names stand in no address: "
                "POST /cases/search looks for them."
            ),
        ] = None,
        sort: Annotated[Order, Query(description="In this order.")] = "late",
        offset: Annotated[int, Query(ge=0, le=10_000_000, description="How many stand before the first.")] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_OF_A_PAGE, description="How many at most.")] = 100,
    ) -> CasePage:
        """The cases that `maanwerk case list` shows, with the same figures."""
        if search is not None and is_account(search):
            raise Problem(422, "account_in_address", "an account stands in no address: POST /cases/search finds it")
        which = Which(
            stage=stage,
            debtor_number=debtor,
            hold=hold,
            task=task,
            attention=attention,
            closed=closed,
            search=search,
            names=False,
        )
        return await asyncio.to_thread(_page, inside_of(request), which, sort, offset, limit)

    @router.post(
        "/cases/search",
        summary="Cases, sought also by name or account",
        response_model=CasePage,
        operation_id="search_cases",
        openapi_extra=asked_with(CaseSearch, {"search": "bakkerij", "closed": False, "limit": 20}),
    )
    async def searched(request: Request, _: Annotated[Principal, wants(Role.READ)]) -> CasePage:
        """The same as `GET /cases`; what is looked for may be a name or an IBAN here, for it stands in no address."""
        asked = as_model(CaseSearch, await json_object(request))
        return await asyncio.to_thread(_searched, inside_of(request), asked)

    @router.get(
        "/cases/{case_id}",
        summary="One case: where it stands, why, what is next and when",
        operation_id="show_case",
        response_model=dict[str, Any],
        responses={304: {"description": "It is as the `ETag` in `If-None-Match` says."}},
    )
    async def one(
        request: Request,
        case_id: CaseId,
        _: Annotated[Principal, wants(Role.READ)],
        if_none_match: Annotated[str | None, Header(alias="If-None-Match", max_length=2000)] = None,
    ) -> Response:
        """Everything about a case, as `maanwerk case show --json` prints it; `ETag` says how far it has come."""
        body, mark = await asyncio.to_thread(_everything, inside_of(request), case_id)
        answer = JSONResponse(body)
        answer.headers["ETag"] = tag = f'"{mark}-{sha256(answer.body).hexdigest()[:12]}"'
        if _is_known(tag, if_none_match):
            return Response(status_code=304, headers={"ETag": tag})
        return answer

    @router.get(
        "/cases/{case_id}/timeline", summary="What happened", response_model=Timeline, operation_id="show_timeline"
    )
    async def timeline(request: Request, case_id: CaseId, _: Annotated[Principal, wants(Role.READ)]) -> Timeline:
        """What happened to a case, a line each, the oldest first."""
        report = await asyncio.to_thread(_report, inside_of(request), case_id)
        said = tuple(asdict(each) for each in report.said)
        return Timeline(case=report.case_id, timeline=report.timeline, said=said)

    @router.get(
        "/cases/{case_id}/messages", summary="What was sent", response_model=Messages, operation_id="show_messages"
    )
    async def messages(request: Request, case_id: CaseId, _: Annotated[Principal, wants(Role.READ)]) -> Messages:
        """What was sent for a case, with its outcome and the hash of its bytes."""
        report = await asyncio.to_thread(_report, inside_of(request), case_id)
        return Messages(case=report.case_id, messages=tuple(asdict(each) for each in report.messages))

    @router.get(
        "/cases/{case_id}/documents",
        summary="Its documents",
        response_model=CasePapers,
        operation_id="show_documents",
    )
    async def documents(request: Request, case_id: CaseId, _: Annotated[Principal, wants(Role.READ)]) -> CasePapers:
        """The documents of a case by name, the remarks on them, and what the debtor sent; no bytes."""
        return await asyncio.to_thread(_papers, inside_of(request), case_id)

    return router


def _searched(inside: Inside, asked: CaseSearch) -> CasePage:
    which = asked.which
    if asked.account is not None:
        if asked.search is not None:
            raise Problem(422, "unusable_request", "give search or account, not both: they are looked for in turn")
        with reading(inside.file.database) as session:
            try:
                which = of_account(session, which, asked.account)
            except ValueError as problem:
                fields = {"account": str(problem)}
                raise Problem(422, "unusable_request", "the request can't be used as it is", fields=fields) from None
    return _page(inside, which, asked.sort, asked.offset, asked.limit)


def _page(inside: Inside, which: Which, order: Order, offset: int, limit: int) -> CasePage:
    with lists_of(inside.file.database) as session:
        page = page_of(session, which, order, offset, limit)
    reached = offset + len(page.rows)
    return CasePage(
        total=page.total,
        offset=offset,
        next_offset=reached if page.rows and reached < page.total else None,
        cases=tuple(CaseRow.model_validate(row._asdict()) for row in page.rows),
    )


def _everything(inside: Inside, text: str) -> tuple[dict[str, Any], str]:
    """What is told of a case, as JSON values, and its mark; all of one moment."""
    now = inside.now()
    with inside.file.read() as transaction:
        case_id = found_case(transaction, text)
        report = report_of(transaction, case_id, now)
        claim = read_claim(transaction, case_id, now)
        papers = read_papers(transaction, case_id)
        mark = mark_of(transaction, case_id)
    told = {**report.as_json(), "claim": claim.as_json(), **papers.as_json()}
    return json.loads(json.dumps(told)), mark


def _report(inside: Inside, text: str) -> Any:
    with inside.file.read() as transaction:
        return report_of(transaction, found_case(transaction, text), inside.now())


def _papers(inside: Inside, text: str) -> CasePapers:
    with inside.file.read() as transaction:
        case_id = found_case(transaction, text)
        papers = read_papers(transaction, case_id)
    return CasePapers(
        case=case_id,
        documents=tuple(asdict(each) for each in papers.documents),
        remarks=tuple(asdict(each) for each in papers.remarks),
        sent=tuple(asdict(each) for each in papers.sent),
    )


def _is_known(tag: str, if_none_match: str | None) -> bool:
    """Whether a client has it already; here weak tags count like strong ones (RFC 9110 §13.1.2)."""
    if if_none_match is None:
        return False
    named = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in named or tag in named
