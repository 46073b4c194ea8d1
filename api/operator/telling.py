"""`POST /cases/{id}/{message}`: all that a case may be told, each with a route made of the one table of messages.

A request is answered as `maanwerk case … --json` prints it: accepted (200), written down and judged as soon as a worker
takes it (202), or refused by a rule (409), which the answer names.
"""

# Without postponed annotations: those of a route made in a function name what only that function knows.
import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, ValidationError

from api.operator.access import Principal, wants
from api.operator.acting import Done, IdempotencyKey, acted, message_id
from api.operator.asking import Answered
from api.operator.bodies import asked_with, json_object
from api.operator.inside import Inside, found_case, inside_of
from api.operator.problems import Problem, fields_of
from casefile.api_keys import Role
from casefile.case_mark import CaseChanged
from casefile.cases import UnknownCase
from domain.messages import FACTS, MESSAGES, REQUESTS, Message, Unreadable, inbox_id, read_message
from services.persons import known_by_key
from services.reports.case_report import report_of

__all__ = [
    "ADMIN",
    "CaseId",
    "Told",
    "example_of",
    "mark_in",
    "readable",
    "role_of",
    "state_of",
    "tell_case",
    "telling_router",
    "told_body",
    "words_of",
]

ADMIN = frozenset(("approve_handoff", "change_policy", "reissue_notice", "settle_send", "sign_request", "write_off"))
"""Requests that give up money, hand a debtor over, or say what the letters of a case are worth: for the role admin."""

_OWN = ("name", "notes")
"""Fields of a message that its sender does not fill in: its name is in the address; notes are of its reader."""

CaseId = Annotated[
    str,
    Path(
        description="The id of the case, or its invoice number where no other case has it; what is no letter or digit "
        "percent-encoded, also the % of an id.",
        max_length=700,
        examples=["case:devaart:2026-F-1"],
    ),
]

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=500,
        description="The `ETag` of `GET /cases/{case_id}`: refused with 412 when the case was told anything since.",
    ),
]


class Told(BaseModel):
    """What became of a request, and where its case stands.

    Attributes:
        case: The id of the case.
        outcome: Accepted; refused by a rule; or written down, and judged as soon as a worker takes it.
        says: Of a refusal its reason; of what was only written down, why.
        state: Where the case stands, why nothing is sent, and what comes next.
    """

    case: str
    outcome: Literal["accepted", "refused", "written"]
    says: str
    state: str


def role_of(name: str) -> Role:
    """The role that may tell a case this."""
    return Role.ADMIN if name in ADMIN else Role.OPERATE


def words_of(name: str) -> str:
    """What a message tells or asks, with an example, as the table of messages says it."""
    model = MESSAGES[name]
    return model.as_request if name in REQUESTS else model.as_fact


def example_of(name: str) -> dict[str, Any]:
    """The example of a message: the first object in its words that it can be read from; else an empty one."""
    words = words_of(name).replace("{…}", "{}")
    for start in (found.start() for found in re.finditer(r"\{", words)):
        try:
            read, _ = json.JSONDecoder().raw_decode(words, start)
            read_message(name, json.dumps(read).encode())
        except ValueError:
            continue
        return dict(read)
    return {}


def telling_router() -> APIRouter:
    """A route for each message."""
    router = APIRouter()
    for name, model in (*REQUESTS.items(), *FACTS.items()):
        words = words_of(name)
        router.add_api_route(
            f"/cases/{{case_id}}/{name}",
            _told_by(name),
            methods=["POST"],
            operation_id=name,
            summary=_summary(words),
            description=f"{words}\n\n{model.__doc__}",
            tags=["requests" if name in REQUESTS else "facts"],
            response_model=Told,
            responses={
                202: {"model": Told, "description": "Written down: it takes effect when a worker takes it."},
                409: {"description": "A rule refuses it: `detail` names the rule, and what would be accepted."},
                412: {"description": "The case was told something since the `ETag` in `If-Match`."},
            },
            openapi_extra=asked_with(model, example_of(name), without=_OWN),
        )
    return router


def _summary(words: str) -> str:
    return re.split(r": \{|[.;:] |\.$", words, maxsplit=1)[0]


def _told_by(name: str) -> Callable[..., Awaitable[Response]]:
    """The function of a route."""

    async def tell(
        request: Request,
        case_id: CaseId,
        principal: Annotated[Principal, wants(role_of(name))],
        key: IdempotencyKey = None,
        if_match: IfMatch = None,
    ) -> Response:
        inside = inside_of(request)
        content = readable(name, await json_object(request))
        named = str(content.get("actor") or "")
        content = {**content, "actor": principal.actor(named)}
        case = await asyncio.to_thread(_found, inside, case_id)

        async def do(_: str) -> Done:
            message = message_id(principal, key, case)
            if name in FACTS:
                # By whatever door a fact comes, it counts once.
                message = inbox_id(name, json.dumps(content).encode(), message)
            by = await asyncio.to_thread(known_by_key, inside.file, principal.key, named)
            answered = await tell_case(inside, case, name, content, message=message, mark=mark_in(if_match), by=by)
            detail = f"{message} ({', '.join(sorted(content))})"
            status = 202 if answered.outcome == "written" else 200
            return Done(await told_body(inside, case, answered), answered.outcome, status, detail)

        return await acted(request, principal, key, (name, case), content["actor"], do)

    tell.__name__ = name
    return tell


def readable(name: str, content: dict[str, Any]) -> dict[str, Any]:
    """The fields of a message, which can be read.

    Raises:
        Problem: 422 of what it can't be read from.
    """
    model: type[Message] = MESSAGES[name]
    given = {field: value for field, value in content.items() if field not in _OWN}
    try:
        model.model_validate(given)
        read_message(name, json.dumps(given).encode())
    except ValidationError as error:
        raise Problem(
            422, "unusable_request", "the request can't be used as it is", fields=fields_of(error.errors())
        ) from None
    except Unreadable:
        left_out = [field for field in model.left_out_means_all if field not in given]
        if not left_out:
            raise Problem(422, "unusable_request", "the request can't be used as it is") from None
        raise Problem(
            422,
            "may_be_mistyped",
            f"there are fields that this request does not have, and without {' and '.join(left_out)} it would count "
            f"for all: name {' and '.join(left_out)}, or leave the unknown ones out",
        ) from None
    return given


async def tell_case(
    inside: Inside,
    case_id: str,
    name: str,
    content: dict[str, Any],
    *,
    message: str,
    mark: str | None = None,
    by: str = "",
) -> Answered:
    """Tell a case something.

    Raises:
        Problem: 409 where a rule refuses it, 412 where the case is not as far as `mark` says.
    """
    try:
        answered = await inside.ask(case_id, name, content, message=message, mark=mark, by=by)
    except CaseChanged:
        raise Problem(412, "case_changed", "the case was told something since you saw it: look again") from None
    except UnknownCase:
        raise Problem(404, "no_such_case", "there is no such case") from None
    except Unreadable:
        raise Problem(422, "unusable_request", "the request can't be used as it is") from None
    except ValueError as problem:
        raise Problem(409, "other_policy", str(problem)) from None
    if answered.outcome == "refused":
        raise Problem(409, "refused_by_rule", answered.says)
    return answered


async def told_body(inside: Inside, case_id: str, answered: Answered) -> dict[str, Any]:
    """What became of a request, as JSON values."""
    state = await asyncio.to_thread(state_of, inside, case_id)
    return Told(case=case_id, outcome=answered.outcome, says=answered.says, state=state).model_dump()


def state_of(inside: Inside, case_id: str) -> str:
    """Where a case stands, in a sentence or two."""
    with inside.file.read() as transaction:
        return report_of(transaction, case_id, inside.now()).state


def mark_in(if_match: str | None) -> str | None:
    """How far the case was, by the entity tags that a client names; None for however far it is.

    Weak tags match nothing (RFC 9110 §13.1.1); of several that he names the first counts that is ours.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = re.findall(r'(?<![/"\w])"([^"]*)"', if_match)
    return next((tag.partition("-")[0] for tag in tags), "none")


def _found(inside: Inside, text: str) -> str:
    with inside.file.read() as transaction:
        return found_case(transaction, text)
