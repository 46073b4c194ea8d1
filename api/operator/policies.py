"""`/policies/diff`: what an edited policy would change over the open cases; nothing is recorded."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.operator.access import Principal, wants
from api.operator.bodies import as_model, asked_with, json_object
from api.operator.inside import inside_of
from api.operator.problems import Problem
from casefile.api_keys import Role
from domain.policy import Policy
from letters.render import known_letters
from policies.load import load_policy
from policies.problems import SourceError
from services.policy_change import PolicyChange, policy_change

__all__ = ["policies_router"]

_EXAMPLE = {
    "policy": "policy: nl-business\nversion: 3\nsteps:\n  - {id: reminder, when: {after_due: 4d}, send: email}\n",
    "sample": 1000,
}


class AskedChange(BaseModel):
    """An edited policy, and how many cases to look at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Annotated[str, Field(min_length=1, max_length=200_000, description="The policy file, as YAML.")]
    instead_of: Annotated[str | None, Field(max_length=100, description="Name of the policy of the cases.")] = None
    sample: Annotated[int, Field(ge=1, le=10_000, description="Open cases that are looked at, drawn evenly.")] = 1000
    most: Annotated[int, Field(ge=0, le=1000, description="Changed cases that are told one by one.")] = 100


def policies_router() -> APIRouter:
    """The route."""
    router = APIRouter(tags=["policies"])

    @router.post(
        "/policies/diff",
        summary="What an edited policy would change",
        response_model=PolicyChange,
        operation_id="compare_policy",
        openapi_extra=asked_with(AskedChange, _EXAMPLE),
    )
    async def compared(request: Request, _: Annotated[Principal, wants(Role.OPERATE)]) -> PolicyChange:
        """Judge open cases twice, as they stand and under the edited policy, as `maanwerk policy diff` does.

        Nothing is recorded. All cases at once are looked at by the command and at the desk.
        """
        inside = inside_of(request)
        asked = as_model(AskedChange, await json_object(request))
        edited = _edited(asked.policy)
        work = partial(
            policy_change,
            inside.file,
            edited,
            inside.now(),
            instead_of=asked.instead_of,
            sample=asked.sample,
            most=asked.most,
        )
        return await asyncio.to_thread(work)

    return router


def _edited(text: str) -> Policy:
    try:
        return load_policy(text, "policy", known_letters()).checked()
    except SourceError as error:
        raise Problem(422, "unusable_policy", "; ".join(str(each) for each in error.problems)) from None
