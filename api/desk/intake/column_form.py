"""The form in which a person says what the columns of a list are, where we can't tell."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from fastapi.responses import Response

from api.desk.acting import Outcome, acted
from api.desk.lists.columns import COLUMN_NAMES
from api.desk.visiting import Visit, form_of
from api.operator.problems import Problem
from casefile.uploads import Upload, UploadFile, files_of_upload
from intake.findings import Unreadable
from services.importing.columns import NotKept, ReadColumns, columns_of, keep_columns, lists_among

__all__ = ["columns_page", "columns_sent"]


async def columns_page(
    visit: Visit,
    upload: Upload,
    place: int,
    status: int = 200,
    problem: str = "",
    typed: Mapping[int, str] | None = None,
) -> Response:
    """The form.

    Args:
        visit: Who looks.
        upload: The upload.
        place: Place of the list in it.
        status: The HTTP status.
        problem: Why what was sent can't be used.
        typed: What was chosen, by the place of the heading.
    """
    dropped = await asyncio.to_thread(_list_at, visit, upload, place)
    try:
        read: ReadColumns = await asyncio.to_thread(columns_of, visit.desk.inside.file, upload.creditor, dropped)
    except Unreadable as unreadable:
        raise Problem(409, "refused_by_rule", str(unreadable)) from None
    return visit.page(
        "columns",
        status,
        upload=upload,
        place=place,
        file=dropped.name,
        read=read,
        names=COLUMN_NAMES,
        problem=problem,
        chosen={number: (typed or {}).get(number, each.ours or "-") for number, each in enumerate(read.columns)},
    )


async def columns_sent(visit: Visit, upload: Upload) -> Response | None:
    """Keep what was chosen; the form again where it can't be used, None where it is kept."""
    form = await form_of(visit.request)
    told = str(form.get("bestand", ""))
    place = int(told) if told.isascii() and told.isdecimal() and len(told) < 5 else 0
    dropped = await asyncio.to_thread(_list_at, visit, upload, place)
    chosen = {
        int(name[6:]): str(value)[:64]
        for name, value in form.items()
        if name.startswith("kolom-") and name[6:].isascii() and name[6:].isdecimal()
    }
    keep = partial(
        keep_columns,
        visit.desk.inside.file,
        upload.creditor,
        dropped,
        chosen,
        visit.actor,
        visit.now,
        date_order=str(form.get("datums", "")) or None,
        decimal_mark=str(form.get("decimaal", "")) or None,
        two_digit_years=form.get("jaren") == "ja",
    )

    async def do() -> Outcome:
        try:
            await asyncio.to_thread(keep)
        except (NotKept, Unreadable) as problem:
            return Outcome("refused", str(problem))
        return Outcome("done")

    outcome = await acted(visit, "keep_columns", upload.creditor, do, upload.id)
    return None if outcome.is_done else await columns_page(visit, upload, place, 422, outcome.says, chosen)


def _list_at(visit: Visit, upload: Upload, place: int) -> UploadFile:
    files = files_of_upload(visit.desk.inside.file, upload.id)
    if place not in lists_among(files):
        raise Problem(404, "no_such_upload", "there is nothing of the kind: drop it again")
    return files[place]
