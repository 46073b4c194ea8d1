"""`/desk/zoeken`: what is typed into the bar comes in a form, so that no account of anybody stands in an address."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from api.desk.rendering import ROOT
from api.desk.visiting import Visit, form_of, needs
from casefile.payer_accounts import account_mark, is_account
from casefile.people import DeskRole
from casefile.session import reading

__all__ = ["addressed", "searching_router"]


def searching_router() -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.post("/zoeken")
    async def sought(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """Lead on to the cases that are sought."""
        text = str((await form_of(visit.request)).get("zoek", ""))[:200].replace("\0", "").strip()
        text = await asyncio.to_thread(addressed, visit, text)
        return visit.to(f"{ROOT}/zaken" + (f"?{urlencode({'zoek': text})}" if text else ""))

    return router


def addressed(visit: Visit, text: str) -> str:
    """What is sought as it may stand in an address: of an account its mark."""
    if not is_account(text):
        return text
    with reading(visit.desk.inside.file.database) as session:
        return f"rekening:{account_mark(session, text)}"
