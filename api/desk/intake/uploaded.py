"""The forms with which files come: read as far as they may be large, and with the seal of our forms like any other."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from casefile.uploads import UploadFile as Dropped

__all__ = ["BODY_BYTES", "PATHS", "dropped_files", "form_with_files"]

PATHS = ("/desk/importeren", "/desk/beleid")
"""Pages whose forms bring files."""

BODY_BYTES = 21_000_000
"""A form with all its files: what may be dropped, and what stands around it."""
_MOST_FILES = 200
_MOST_FIELDS = 300
_PART_BYTES = 2_000_000
"""Of a field that is no file: a policy that was pasted."""


async def form_with_files(request: Request) -> FormData:
    """The form of a request with its files; empty where it is none."""
    try:
        return await request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_PART_BYTES)
    except HTTPException:
        return FormData()


async def dropped_files(form: FormData, name: str) -> tuple[Dropped, ...]:
    """The files of a field, by their bare names; a field that was left empty brings none."""
    found = []
    for each in form.getlist(name):
        if isinstance(each, UploadFile) and each.filename:
            bare = each.filename.replace("\\", "/").rpartition("/")[2]
            shown = "".join(sign if sign.isprintable() else "_" for sign in bare)[-120:]
            found.append(Dropped(shown or "file", await each.read()))
            await each.close()
    return tuple(found)
