"""`POST /bulk/{request}`: one request for many cases, with a result for each, and one row in the audit log."""

# Without postponed annotations: those of a route made in a function name what only that function knows.
import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.operator.access import Principal, wants
from api.operator.acting import Done, IdempotencyKey, acted, message_id
from api.operator.asking import Answered
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.cases import CaseFilter
from api.operator.inside import Inside, inside_of
from api.operator.problems import Problem
from api.operator.telling import example_of, readable, role_of, state_of, words_of
from casefile.list_columns import lists_of
from casefile.listing import ids_listed
from domain.messages import REQUESTS, Unreadable
from services.persons import known_by_key

__all__ = ["MOST_CASES", "bulk_router"]

MOST_CASES = 500
"""Cases of one request: they are answered while the client waits."""


class Bulk(BaseModel):
    """Which cases are told what.

    Attributes:
        cases: Their ids or invoice numbers; or
        filter: what they have in common; closed ones only where it says so.
        expect: How many they are; refused with 409 where they are not as many.
        content: The fields of the request, as for one case.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cases: (
        Annotated[
            tuple[Annotated[str, Field(min_length=1, max_length=700)], ...], Field(min_length=1, max_length=MOST_CASES)
        ]
        | None
    ) = None
    filter: CaseFilter | None = None
    expect: Annotated[int, Field(ge=0, le=MOST_CASES)] | None = None
    content: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_of_both(self) -> "Bulk":
        if (self.cases is None) == (self.filter is None):
            raise ValueError("name cases, or choose them by a filter, not both")
        if self.filter is not None and not self.filter.model_dump(exclude_none=True):
            raise ValueError("the filter is empty and would choose every case: say which")
        return self


class BulkResult(BaseModel):
    """What became of the request in one case; `status` is what it would have been answered with alone."""

    case: str
    outcome: Literal["accepted", "refused", "written", "unknown"]
    says: str
    state: str
    status: int


class BulkResults(BaseModel):
    """A result for each case, in the order in which they were named, and how many there are of each outcome."""

    counts: dict[str, int]
    results: tuple[BulkResult, ...]


def bulk_router() -> APIRouter:
    """A route for each request."""
    router = APIRouter(tags=["bulk"])
    for name in REQUESTS:
        example = {"filter": {"stage": "reminder", "closed": False}, "content": example_of(name)}
        router.add_api_route(
            f"/bulk/{name}",
            _told_by(name),
            methods=["POST"],
            status_code=207,
            operation_id=f"bulk_{name}",
            summary=f"{name} for many cases",
            description=f"{words_of(name)}\n\nAt most {MOST_CASES} cases at once.",
            response_model=BulkResults,
            responses={409: {"description": "They are not as many as expected, or the policy has other content."}},
            openapi_extra=asked_with(Bulk, example),
        )
    return router


def _told_by(name: str) -> Callable[..., Awaitable[Response]]:
    """The function of a route."""

    async def tell(
        request: Request,
        principal: Annotated[Principal, wants(role_of(name))],
        key: IdempotencyKey = None,
    ) -> Response:
        inside = inside_of(request)
        asked = as_model(Bulk, await json_object(request))
        content = readable(name, dict(asked.content))
        named = str(content.get("actor") or "")
        content = {**content, "actor": principal.actor(named)}
        by = await asyncio.to_thread(known_by_key, inside.file, principal.key, named)
        found, unknown = await asyncio.to_thread(_chosen, inside, asked)
        if asked.expect is not None and asked.expect != len(found):
            raise Problem(409, "not_as_many", f"these are {len(found)} cases, and {asked.expect} were expected")
        if len(found) > MOST_CASES:
            raise Problem(422, "too_many_cases", f"these are {len(found)} cases; at most {MOST_CASES} at once")

        async def do(chosen: str) -> Done:
            cases: list[str] = json.loads(chosen)
            messages = {case: message_id(principal, key, case) for case in cases}
            answers = await _asked(inside, messages, name, content, by)
            results = [*await asyncio.to_thread(_results, inside, cases, answers), *unknown]
            counts = dict(sorted(Counter(str(each.outcome) for each in results).items()))
            told = BulkResults(counts=counts, results=tuple(results))
            return Done(told.model_dump(), "done", 207, _detail(results))

        act = (f"bulk {name}", f"{len(found)} cases")
        return await acted(request, principal, key, act, content["actor"], do, detail=json.dumps(found))

    tell.__name__ = f"bulk_{name}"
    return tell


def _chosen(inside: Inside, asked: Bulk) -> tuple[list[str], tuple[BulkResult, ...]]:
    """The ids of the chosen cases, each once, and what is to be said of those that can't be found."""
    if asked.filter is not None:
        which = asked.filter.which
        with lists_of(inside.file.database) as session:
            return list(ids_listed(session, replace(which, closed=which.closed or False))), ()
    found: dict[str, None] = {}
    unknown: list[BulkResult] = []
    with inside.file.read() as transaction:
        for text in dict.fromkeys(asked.cases or ()):
            cases = transaction.cases.find(text) if "\0" not in text else ()
            if len(cases) == 1:
                found[cases[0]] = None
                continue
            says = "several cases have this invoice number: give the id" if cases else "there is no such case"
            unknown.append(BulkResult(case=text, outcome="unknown", says=says, state="", status=409 if cases else 404))
    return list(found), tuple(unknown)


async def _asked(
    inside: Inside, messages: Mapping[str, str], name: str, content: Mapping[str, object], by: str
) -> Mapping[str, Answered]:
    if not messages:
        return {}
    try:
        return await inside.ask_many(messages, name, content, by=by)
    except Unreadable:
        raise Problem(422, "unusable_request", "the request can't be used as it is") from None
    except ValueError as problem:
        raise Problem(409, "other_policy", str(problem)) from None


_STATUS = {"accepted": 200, "refused": 409, "written": 202}


def _results(inside: Inside, cases: list[str], answers: Mapping[str, Answered]) -> list[BulkResult]:
    return [
        BulkResult(
            case=case,
            outcome=answers[case].outcome,
            says=answers[case].says,
            state=state_of(inside, case),
            status=_STATUS[answers[case].outcome],
        )
        for case in cases
    ]


def _detail(results: list[BulkResult]) -> str:
    """Which cases came to what, for the audit log."""
    outcomes = dict.fromkeys(each.outcome for each in results if each.outcome != "unknown")
    return "; ".join(f"{outcome}: " + " ".join(e.case for e in results if e.outcome == outcome) for outcome in outcomes)
