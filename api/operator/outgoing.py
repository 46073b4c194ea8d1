"""What other systems are sent, for the documentation: one webhook a kind of event, by the names of its fields."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from api.operator.bodies import asked_with
from domain.case_event_kinds import CaseEventKind
from domain.facts.cases import CloseReason

__all__ = ["outgoing_webhooks"]

_Moment = Annotated[AwareDatetime, Field(description="When it happened; it may be sent later.")]
_AT = "2026-03-31T10:00:00.000000Z"


class _Of(BaseModel):
    """What every event says of its case."""

    model_config = ConfigDict(extra="forbid")

    case: Annotated[str, Field(description="Id of the case, as in `GET /cases/{case_id}`.")]
    invoice: Annotated[str, Field(description="Number of its invoice.")]
    stage: Annotated[
        str, Field(description="Its stage afterwards: `new`, the id of the last step taken, `handed_off` or `closed`.")
    ]


class CaseNamed(_Of):
    """Nothing but the case: what there is to know is asked for."""


class CaseClosedData(_Of):
    """A case that was closed."""

    reason: CloseReason


class StageChangedData(_Of):
    """A case that is at another stage now."""

    was: Annotated[str, Field(description="The stage before.")]


class TaskData(_Of):
    """Work for a person."""

    task: Annotated[str, Field(description="Kind of the task.")]


class MessageSentData(_Of):
    """A message that was handed to the providers."""

    step: Annotated[str, Field(description="Id of the step, or name of the letter beside the ladder.")]
    issue: Annotated[int, Field(description="The how manieth it is of this step.")]
    channels: Annotated[list[str], Field(description="How it went.")]
    proven: Annotated[bool, Field(description="Whether it is known that it was taken.")]


_CASE = {"case": "case:devaart:2026-F-1", "invoice": "F-1", "stage": "second_reminder"}
_KINDS: dict[CaseEventKind, tuple[str, type[_Of], dict[str, Any]]] = {
    CaseEventKind.CASE_OPENED: ("An overdue invoice became a case", CaseNamed, {"stage": "new"}),
    CaseEventKind.CASE_CLOSED: ("A case was closed", CaseClosedData, {"stage": "closed", "reason": "paid"}),
    CaseEventKind.CASE_REOPENED: ("A closed case is owed money again", CaseNamed, {}),
    CaseEventKind.STAGE_CHANGED: ("A case is at another stage", StageChangedData, {"was": "reminder"}),
    CaseEventKind.TASK_RAISED: ("There is work for a person", TaskData, {"task": "decide_next"}),
    CaseEventKind.TASK_DONE: ("Work for a person is done", TaskData, {"task": "decide_next"}),
    CaseEventKind.MESSAGE_SENT: (
        "A message was handed to the providers",
        MessageSentData,
        {"step": "second_reminder", "issue": 1, "channels": ["email"], "proven": True},
    ),
    CaseEventKind.PAYMENT_COUNTED: ("A payment was counted", CaseNamed, {}),
    CaseEventKind.PAYMENT_REVERSED: ("A payment was taken back", CaseNamed, {}),
}
_HEADERS = {
    "webhook-id": ("Id of the event, the same at each try: what came before under it is not new.", "evt_5f0c1d"),
    "webhook-timestamp": ("Seconds since 1970 of this try: refuse what is older than five minutes.", "1774951200"),
    "webhook-signature": (
        "`v1,` and base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`; two, with a blank between, "
        "while the secret is changed.",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
}
_PARAMETERS = [
    {
        "name": name,
        "in": "header",
        "required": True,
        "description": words,
        "schema": {"type": "string"},
        "example": example,
    }
    for name, (words, example) in _HEADERS.items()
]


@cache
def outgoing_webhooks() -> APIRouter:
    """A route for each kind of event: they are documented, and served by whoever is told."""
    router = APIRouter(tags=["outgoing webhooks"])
    for kind, (summary, data, example) in _KINDS.items():
        _document(router, kind, summary, data, {**_CASE, **example})
    return router


def _document(
    router: APIRouter, kind: CaseEventKind, summary: str, data: type[_Of], example: dict[str, object]
) -> None:
    title = "".join(part.title() for part in kind.value.replace(".", "_").split("_"))
    fields: dict[str, Any] = {
        "type": (Literal[kind.value], ...),
        "timestamp": (_Moment, ...),
        "data": (data, ...),
    }
    model: Any = create_model(f"{title}Event", __config__=ConfigDict(extra="forbid"), __doc__=f"{summary}.", **fields)
    told = {"type": kind.value, "timestamp": _AT, "data": example}

    def receive() -> None:
        """Answer 2xx within 20 seconds; with any other status it is sent again. See docs/webhooks.md."""

    router.add_api_route(
        kind.value,
        receive,
        methods=["POST"],
        status_code=204,
        summary=summary,
        operation_id=f"told_{kind.value.replace('.', '_')}",
        response_description="Taken: it is not sent again.",
        openapi_extra={"parameters": _PARAMETERS, **asked_with(model, told)},
    )
