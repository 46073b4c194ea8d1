"""What was dropped on a page, on its way into the case file: its bytes as long as they are needed, and its outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from casefile import intake_tables as t
from casefile.case_file import CaseFile
from casefile.session import moment_text, reading, storable

__all__ = [
    "ABANDONED",
    "ACTIVE",
    "Upload",
    "UploadFile",
    "begin_work",
    "clear_uploads",
    "end_work",
    "files_of_upload",
    "imported_before",
    "keep_upload",
    "last_uploads",
    "touch_upload",
    "upload_of",
]

ACTIVE = ("rehearsing", "importing")
"""States in which some process works on it."""
ABANDONED = timedelta(seconds=30)
"""After so long without a sign of life nobody works on it any more."""
_FORGOTTEN = timedelta(hours=1)
"""After so long the bytes of what nobody goes on with are taken away."""
_OUTCOME_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UploadFile:
    """A file of an upload; `beside` are documents that belong to a list."""

    name: str
    content: bytes
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody dropped.

    Attributes:
        creditor: Whose invoices they are.
        sha256: Of all its bytes, whatever the files are called.
        names: Names of the files, as they came.
        complete: Whether the lists name all that is open.
        state: `waiting`, `rehearsing`, `rehearsed`, `importing`, `stopped`, `done`, `failed`, or `dropped`.
        problem: Why it failed, in English.
        result: What became of each row, in JSON; None before there is anything to tell, and after a week.
        made_at: When it was dropped; `touched_at`: the last sign of life.
    """

    id: str
    creditor: str
    user_id: str
    actor: str
    sha256: str
    names: tuple[str, ...]
    complete: bool
    state: str
    problem: str
    result: str | None
    made_at: datetime
    touched_at: datetime

    def is_worked_on(self, now: datetime) -> bool:
        """Whether some process works on it now."""
        return self.state in ACTIVE and now - self.touched_at < ABANDONED


def keep_upload(file: CaseFile, upload: Upload, files: Sequence[UploadFile]) -> None:
    """Keep an upload with its bytes, once under its id."""
    row = {
        "id": upload.id,
        "creditor": upload.creditor,
        "user_id": upload.user_id,
        "actor": storable(upload.actor),
        "sha256": upload.sha256,
        "names": json.dumps([storable(name) for name in upload.names]),
        "complete": upload.complete,
        "state": upload.state,
        "problem": storable(upload.problem),
        "result": upload.result,
        "made_at": moment_text(upload.made_at),
        "touched_at": moment_text(upload.touched_at),
    }
    with file.write() as transaction:
        if not transaction.session.insert_once(t.uploads, row, ["id"]):
            return
        for place, each in enumerate(files):
            own = {
                "upload_id": upload.id,
                "place": place,
                "name": storable(each.name),
                "content": each.content,
                "beside": each.beside,
            }
            transaction.session.insert_once(t.upload_files, own, ["upload_id", "place"])


def upload_of(file: CaseFile, upload_id: str) -> Upload | None:
    """An upload, without its bytes."""
    with reading(file.database) as session:
        row = session.connection.execute(select(t.uploads).where(t.uploads.c.id == upload_id)).mappings().first()
    return None if row is None else _upload(row)


def files_of_upload(file: CaseFile, upload_id: str) -> tuple[UploadFile, ...]:
    """Its files; none once they are not needed any more."""
    c = t.upload_files.c
    query = select(c.name, c.content, c.beside).where(c.upload_id == upload_id).order_by(c.place)
    with reading(file.database) as session:
        rows = session.connection.execute(query).all()
    return tuple(UploadFile(row.name, row.content, row.beside) for row in rows)


def last_uploads(file: CaseFile, most: int) -> tuple[Upload, ...]:
    """The last uploads that were imported, or are on their way, the newest first; their outcome is left out."""
    c = t.uploads.c
    columns = [column for column in c if column.name != "result"]
    query = select(*columns).where(c.state != "dropped").order_by(c.made_at.desc(), c.id).limit(most)
    with reading(file.database) as session:
        rows = session.connection.execute(query).mappings().all()
    return tuple(_upload({**row, "result": None}) for row in rows)


def imported_before(file: CaseFile, upload: Upload) -> Upload | None:
    """The last time that these very bytes were imported for the same creditor."""
    c = t.uploads.c
    same = and_(c.creditor == upload.creditor, c.sha256 == upload.sha256, c.state == "done", c.id != upload.id)
    with reading(file.database) as session:
        query = select(t.uploads).where(same).order_by(c.made_at.desc()).limit(1)
        row = session.connection.execute(query).mappings().first()
    return None if row is None else _upload(row)


def begin_work(file: CaseFile, upload_id: str, before: Sequence[str], state: str, now: datetime) -> bool:
    """Take it on, so that nobody else does.

    Args:
        file: The case file.
        upload_id: The upload.
        before: States in which it may be begun; besides, what is worked on by nobody any more is gone on with.
        state: The state in which it is then.
        now: The real clock.

    Returns:
        Whether it is ours.
    """
    c = t.uploads.c
    left = and_(c.state.in_(ACTIVE), c.touched_at < moment_text(now - ABANDONED))
    taken = update(t.uploads).where(c.id == upload_id, or_(c.state.in_(before), left))
    with file.write() as transaction:
        done = transaction.session.connection.execute(taken.values(state=state, touched_at=moment_text(now)))
        return bool(done.rowcount)


def touch_upload(file: CaseFile, upload_id: str, now: datetime) -> None:
    """Give a sign of life."""
    with file.write() as transaction:
        transaction.session.connection.execute(
            update(t.uploads).where(t.uploads.c.id == upload_id).values(touched_at=moment_text(now))
        )


def end_work(
    file: CaseFile, upload_id: str, state: str, now: datetime, *, result: str | None = None, problem: str = ""
) -> None:
    """Leave it in a state; where nothing is to be done any more its bytes go.

    Args:
        file: The case file.
        upload_id: The upload.
        state: The state.
        now: The real clock.
        result: What became of each row.
        problem: Why it failed.
    """
    values: dict[str, object] = {"state": state, "problem": storable(problem), "touched_at": moment_text(now)}
    if result is not None or state in ("waiting", "dropped"):
        values["result"] = result
    with file.write() as transaction:
        connection = transaction.session.connection
        connection.execute(update(t.uploads).where(t.uploads.c.id == upload_id).values(**values))
        if state in ("done", "failed", "dropped"):
            connection.execute(delete(t.upload_files).where(t.upload_files.c.upload_id == upload_id))


def clear_uploads(file: CaseFile, now: datetime) -> int:
    """Take away the bytes that nobody goes on with, and outcomes of more than a week ago.

    Returns:
        Of how many uploads the bytes went.
    """
    c, files = t.uploads.c, t.upload_files.c
    before, last_week = moment_text(now - _FORGOTTEN), moment_text(now - _OUTCOME_KEPT)
    left = select(c.id).where(c.touched_at < before, c.id.in_(select(files.upload_id)))
    old = and_(c.touched_at < last_week, c.result.is_not(None))
    with reading(file.database) as session:
        found = tuple(session.connection.scalars(left))
        if not found and session.connection.scalar(select(c.id).where(old).limit(1)) is None:
            return 0
    with file.write() as transaction:
        connection = transaction.session.connection
        connection.execute(delete(t.upload_files).where(files.upload_id.in_(found)))
        connection.execute(update(t.uploads).where(c.id.in_(found)).values(state="dropped", result=None))
        connection.execute(update(t.uploads).where(old).values(result=None))
    return len(found)


def _upload(row: Mapping[Any, Any]) -> Upload:
    return Upload(
        **{
            **row,
            "names": tuple(json.loads(row["names"])),
            "made_at": datetime.fromisoformat(row["made_at"]),
            "touched_at": datetime.fromisoformat(row["touched_at"]),
        }
    )
