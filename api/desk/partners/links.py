"""`/desk/partnerlinks`: links under which partners fetch files, for who administers; one is revoked here."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.acting import Outcome, acted
from api.desk.partners.settled import settled_now
from api.desk.rendering import ROOT
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.agency_links import ListedLink, listed_links, revoke_link
from casefile.people import DeskRole
from casefile.session import reading

__all__ = ["partner_links_pages"]

_REVOKE = "revoke_agency_link"
STATES = {"opens": "opens", "revoked": "revoked", "expired": "expired", "shut": "shut after wrong codes"}
"""How a link stands, in words."""


def partner_links_pages() -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/partnerlinks")
    async def links(visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """All links, the newest first; never what opens one."""

        def look() -> tuple[ListedLink, ...]:
            with reading(visit.desk.inside.file.database) as session:
                return listed_links(session)

        done = await asyncio.to_thread(settled_now, visit, (_REVOKE,))
        return visit.page("partner_links", rows=await asyncio.to_thread(look), done=done, states=STATES)

    @router.post("/partnerlinks/intrekken")
    async def revoked(visit: Annotated[Visit, needs(DeskRole.ADMIN)]) -> Response:
        """Make a link open nothing any more."""
        link = str((await form_of(visit.request)).get("link", ""))[:64]

        async def do() -> Outcome:
            # No database takes a NUL.
            if "\0" in link or not await asyncio.to_thread(revoke_link, visit.desk.inside.file, link, visit.now):
                raise Problem(404, "no_such_link", "there is no such link that opens anything")
            return Outcome("done")

        outcome = await acted(visit, _REVOKE, link.replace("\0", ""), do, "")
        return visit.to(f"{ROOT}/partnerlinks?gedaan={outcome.seq}")

    return router
