"""`/desk/importeren`: lists and invoices are dropped, tried in a copy, and imported; row by row, before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.acting import Outcome, acted
from api.desk.intake.column_form import columns_page, columns_sent
from api.desk.intake.importing_rows import errors_as_csv, shown_rows, what_text
from api.desk.intake.uploaded import dropped_files
from api.desk.jobs import Progress
from api.desk.lists.lists import whole_number
from api.desk.rendering import ROOT, plain_headers
from api.desk.visiting import Visit, form_of, needs
from api.operator.problems import Problem
from casefile.case_file import CaseFile
from casefile.list_readings import KeptMapping, known_creditors, mappings_of
from casefile.people import DeskRole
from casefile.session import reading
from casefile.uploads import (
    Upload,
    clear_uploads,
    end_work,
    files_of_upload,
    imported_before,
    last_uploads,
    touch_upload,
    upload_of,
)
from services.importing.columns import forget_columns, lists_among
from services.importing.mappings import profile_of
from services.importing.uploads import (
    ENDINGS,
    MOST_BYTES,
    NotTaken,
    Stopped,
    carry_out,
    outcome_of,
    rehearse,
    take_upload,
)

__all__ = ["importing_router"]

_SOON = 5.0
"""Seconds for which a page waits, so that most people never see that it is work of its own."""
_SHOWN = 20


def importing_router() -> APIRouter:
    """The routes."""
    router = APIRouter()
    _begin(router)
    _look(router)
    _act(router)
    return router


def _begin(router: APIRouter) -> None:
    @router.get("/importeren")
    async def intake(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The form, and what was imported last."""
        return await _intake(visit)

    @router.post("/importeren")
    async def dropped(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Take files, and find out what would become of them."""
        form = await form_of(visit.request)
        files = await dropped_files(form, "bestand")
        creditor = str(form.get("schuldeiser", ""))[:64]
        file = visit.desk.inside.file
        if creditor not in await asyncio.to_thread(_creditors, visit):
            return await _intake(visit, 422, "choose whose invoices these are")
        take = partial(
            take_upload,
            file,
            creditor,
            files,
            user_id=visit.user.id,
            actor=visit.actor,
            complete=form.get("alles") == "ja",
            now=visit.now,
        )
        try:
            upload = await asyncio.to_thread(take)
        except NotTaken as problem:
            return await _intake(visit, 422, str(problem))
        await _worked_on(visit, upload, rehearse)
        return visit.to(_address(upload.id))

    @router.post("/importeren/kolommen/vergeet")
    async def forgotten(visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Forget what was kept of the columns of a list."""
        form = await form_of(visit.request)
        creditor, name = str(form.get("schuldeiser", ""))[:64], str(form.get("naam", ""))[:64]

        async def do() -> Outcome:
            await asyncio.to_thread(forget_columns, visit.desk.inside.file, creditor, name)
            return Outcome("done")

        await acted(visit, "forget_columns", creditor, do, name)
        return visit.to(f"{ROOT}/importeren")


def _look(router: APIRouter) -> None:
    @router.get("/importeren/{upload_id}")
    async def shown(upload_id: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """How far it is: what would become of each row, or what became of it."""
        upload = await asyncio.to_thread(_found, visit, upload_id)
        return await _shown(visit, upload)

    @router.get("/importeren/{upload_id}/fouten.csv")
    async def errors(upload_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """What is wrong, as a list to mend by."""
        upload = await asyncio.to_thread(_found, visit, upload_id)
        headers = {**plain_headers(), "Content-Disposition": 'attachment; filename="fouten.csv"'}
        return Response(errors_as_csv(outcome_of(upload.result)), media_type="text/csv", headers=headers)

    @router.get("/importeren/{upload_id}/kolommen")
    async def columns(upload_id: str, visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """What the columns of a list are read as."""
        upload = await asyncio.to_thread(_found, visit, upload_id)
        return await columns_page(visit, upload, whole_number(visit, "bestand"))


def _act(router: APIRouter) -> None:
    @router.post("/importeren/{upload_id}/kolommen")
    async def said(upload_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Keep what a person says of the columns, and try again."""
        upload = await asyncio.to_thread(_found, visit, upload_id)
        refused = await columns_sent(visit, upload)
        if refused is not None:
            return refused
        await _worked_on(visit, upload, rehearse)
        return visit.to(_address(upload_id))

    @router.post("/importeren/{upload_id}/opnieuw")
    async def again(upload_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Try again: the case file may have changed, or the trial was interrupted."""
        upload = await asyncio.to_thread(_found, visit, upload_id)
        await _worked_on(visit, upload, rehearse)
        return visit.to(_address(upload_id))

    @router.post("/importeren/{upload_id}/importeer")
    async def imported(upload_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Import it, or go on with it; who presses twice does it once."""
        upload = await asyncio.to_thread(_found, visit, upload_id)

        async def do() -> Outcome:
            await _worked_on(visit, upload, carry_out)
            return Outcome("done")

        if upload.state in ("rehearsed", "stopped") or not upload.is_worked_on(visit.now):
            await acted(visit, "import_upload", upload.creditor, do, upload_id)
        return visit.to(_address(upload_id))

    @router.post("/importeren/{upload_id}/stop")
    async def stopped(upload_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Stop it; what was written stays."""
        await asyncio.to_thread(_found, visit, upload_id)
        visit.desk.jobs.stop(upload_id)
        await visit.desk.jobs.settle(upload_id, _SOON)
        return visit.to(_address(upload_id))

    @router.post("/importeren/{upload_id}/weg")
    async def dropped_again(upload_id: str, visit: Annotated[Visit, needs(DeskRole.WORK)]) -> Response:
        """Do nothing with it: its bytes go."""
        upload = await asyncio.to_thread(_found, visit, upload_id)
        if upload.is_worked_on(visit.now):
            raise Problem(409, "refused_by_rule", "this is being worked on: stop it first")
        if upload.state in ("waiting", "rehearsed", "stopped", "rehearsing", "importing"):
            await asyncio.to_thread(end_work, visit.desk.inside.file, upload_id, "dropped", visit.now)
        return visit.to(f"{ROOT}/importeren")


async def _worked_on(
    visit: Visit,
    upload: Upload,
    work: Callable[[CaseFile, Upload, Callable[[], datetime], Progress], None],
) -> None:
    """Begin work on an upload, and wait for it a little."""
    desk = visit.desk
    file, now = desk.inside.file, desk.inside.now
    desk.jobs.start(
        upload.id,
        lambda progress: work(file, upload, now, progress),
        Stopped,
        lambda: touch_upload(file, upload.id, now()),
    )
    await desk.jobs.settle(upload.id, _SOON)


async def _intake(visit: Visit, status: int = 200, problem: str = "") -> Response:
    def look() -> tuple[tuple[str, ...], tuple[tuple[str, KeptMapping], ...], tuple[Upload, ...]]:
        file = visit.desk.inside.file
        clear_uploads(file, visit.now)
        with reading(file.database) as session:
            creditors = known_creditors(session)
            kept = tuple((each, mapping) for each in creditors for mapping in mappings_of(session, each))
        return creditors, kept, last_uploads(file, _SHOWN)

    creditors, kept, last = await asyncio.to_thread(look)
    return visit.page(
        "intake",
        status,
        problem=problem,
        creditors=creditors,
        kept=kept,
        last=last,
        endings=",".join(ENDINGS),
        most=MOST_BYTES // 1_000_000,
    )


async def _shown(visit: Visit, upload: Upload) -> Response:
    def look() -> tuple[Upload | None, tuple[int, ...]]:
        file = visit.desk.inside.file
        lists = lists_among(files_of_upload(file, upload.id)) if upload.state in ("rehearsed", "stopped") else ()
        return imported_before(file, upload), lists

    before, lists = await asyncio.to_thread(look)
    outcome = outcome_of(upload.result)
    listing = shown_rows(outcome, visit.request.query_params.get("soort", ""), whole_number(visit, "vanaf_rij"))
    return visit.page(
        "importing",
        upload=upload,
        before=before,
        lists=lists,
        listing=listing,
        what_text=what_text,
        progress=visit.desk.jobs.progress(upload.id),
        running=upload.is_worked_on(visit.now),
    )


def _creditors(visit: Visit) -> tuple[str, ...]:
    with reading(visit.desk.inside.file.database) as session:
        return known_creditors(session)


def _found(visit: Visit, upload_id: str) -> Upload:
    found = upload_of(visit.desk.inside.file, upload_id) if "\0" not in upload_id else None
    if found is None or profile_of(visit.desk.inside.file, found.creditor) is None:
        raise Problem(404, "no_such_upload", "there is nothing of the kind: drop it again")
    return found


def _address(upload_id: str) -> str:
    return f"{ROOT}/importeren/{upload_id}"
