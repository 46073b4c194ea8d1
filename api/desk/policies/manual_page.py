"""`/desk/handleiding`: the written procedure manual of a policy in force, as a page and as a PDF."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.rendering import SHOWN, plain_headers
from api.desk.visiting import Visit, needs
from api.operator.problems import Problem
from casefile.people import DeskRole
from casefile.policies_in_use import known_policies
from letters.manual import press_manual
from services.manual.content import Manual
from services.manual.manual import manual_of
from services.manual.printed import printed
from services.today.day import office_day

__all__ = ["manual_router"]


def manual_router() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/handleiding")
    async def manual(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The manual of a policy in force."""
        found, names = await asyncio.to_thread(_manual, visit)
        return visit.page("manual", manual=found, names=names)

    @router.get("/handleiding.pdf")
    async def as_pdf(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The same, made for A4."""

        def press() -> tuple[str, bytes]:
            found, _ = _manual(visit)
            if found is None:
                raise Problem(404, "no_such_policy", "no policy is known yet: it comes with the first import")
            return found.policy, press_manual(printed(found), office_day(visit.now))

        name, pdf = await asyncio.to_thread(press)
        headers = {
            **plain_headers(),
            "Content-Security-Policy": SHOWN,
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
        }
        return Response(pdf, media_type="application/pdf", headers=headers)

    return router


def _manual(visit: Visit) -> tuple[Manual | None, tuple[str, ...]]:
    """The manual that the address asks for, else that of the first policy; and the names of all policies."""
    asked = visit.request.query_params.get("beleid", "")[:100].replace("\0", "")
    with visit.desk.inside.file.read() as transaction:
        names = tuple(name for name, _ in known_policies(transaction.session))
        if asked and asked not in names:
            raise Problem(404, "no_such_policy", "there is no such policy: choose one that is in force")
        name = asked or (names[0] if names else "")
        policy = transaction.parties.policy(name, None) if name else None
    return (None if policy is None else manual_of(policy, office_day(visit.now))), names
