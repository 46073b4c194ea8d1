"""What is dropped on a page: taken apart, tried in a copy of the case file, and imported; each once.

The rules are those of `import_lists`, as the command has them. Nothing of it is read from, or left on, the disk of this
machine: documents of a list come along in the same ZIP, and the bytes go when they are not needed any more.
"""

from __future__ import annotations

import io
import secrets
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath

from pydantic import BaseModel, ConfigDict, TypeAdapter

from casefile.case_file import CaseFile
from casefile.list_readings import debtor_names
from casefile.narrowed import NotSeen
from casefile.uploads import Upload, UploadFile, begin_work, end_work, files_of_upload, keep_upload
from intake.e_invoice import is_pdf
from intake.open_items.workbook import is_workbook
from intake.xml_safety import looks_like_xml
from policies.problems import SourceError
from services.importing.lists import NoList, import_lists
from services.importing.mappings import profile_of
from services.importing.results import ImportedList, ListFile, OtherAccountStored, OtherPolicyStored, Progress
from services.today.day import office_day

__all__ = [
    "ENDINGS",
    "MOST_BYTES",
    "MOST_FILES",
    "NotTaken",
    "Remark",
    "Stopped",
    "ToldFile",
    "ToldRow",
    "carry_out",
    "outcome_of",
    "rehearse",
    "take_upload",
]

MOST_BYTES = 20_000_000
"""Of all that is dropped at once."""
_MOST_UNPACKED = 50_000_000
MOST_FILES = 2000
ENDINGS = (".csv", ".txt", ".xlsx", ".xml", ".pdf", ".zip")


class NotTaken(ValueError):
    """What was dropped can't be taken; the text names the file and says what is."""


class Stopped(Exception):
    """Somebody stopped it; what was written so far stays."""


class ToldRow(BaseModel):
    """What became of one invoice, of whom; `what` as `Imported` has it."""

    model_config = ConfigDict(frozen=True)

    line: int | None
    number: str
    case: str
    what: str
    says: str = ""
    debtor: str = ""


class Remark(BaseModel):
    """What is to be said of a place in a file."""

    model_config = ConfigDict(frozen=True)

    line: int
    column: str | None
    severity: str
    reason: str
    is_rule: bool = False


class ToldFile(BaseModel):
    """What became of one file: of its rows, and what is to be said of it."""

    model_config = ConfigDict(frozen=True)

    file: str
    is_invoice: bool
    rows: tuple[ToldRow, ...]
    remarks: tuple[Remark, ...]
    stay: int | None = None
    """Of a list that is refused as a whole, how many cases stay as they were."""


_OUTCOME = TypeAdapter(tuple[ToldFile, ...])


def outcome_of(result: str | None) -> tuple[ToldFile, ...]:
    """What became of the files of an upload, as it was kept."""
    return () if result is None else _OUTCOME.validate_json(result)


def take_upload(
    file: CaseFile,
    creditor: str,
    dropped: Sequence[UploadFile],
    *,
    user_id: str,
    actor: str,
    complete: bool,
    now: datetime,
) -> Upload:
    """Keep what was dropped, unpacked; nothing is imported yet.

    Args:
        file: The case file.
        creditor: Whose invoices they are.
        dropped: The files as they came.
        user_id: Who dropped them.
        actor: His name.
        complete: Whether the lists name all that is open.
        now: The real clock.

    Raises:
        NotTaken: some of it is no list and no invoice, or too much.
    """
    files = _unpacked(dropped)
    digests = sorted(sha256(each.content).digest() for each in files)
    upload = Upload(
        id=secrets.token_hex(16),
        creditor=creditor,
        user_id=user_id,
        actor=actor,
        sha256=sha256(b"".join(digests)).hexdigest(),
        names=tuple(each.name for each in dropped),
        complete=complete,
        state="waiting",
        problem="",
        result=None,
        made_at=now,
        touched_at=now,
    )
    keep_upload(file, upload, files)
    return upload


def rehearse(file: CaseFile, upload: Upload, clock: Callable[[], datetime], progress: Progress) -> None:
    """Find out what would become of an upload, and keep that; the case file is only read.

    Args:
        file: The case file.
        upload: The upload.
        clock: The real clock.
        progress: Told of progress; it may raise `Stopped`.
    """
    if begin_work(file, upload.id, ("waiting", "rehearsed"), "rehearsing", clock()):
        _run(file, upload, clock, progress, "rehearsed", dry_run=True)


def carry_out(file: CaseFile, upload: Upload, clock: Callable[[], datetime], progress: Progress) -> None:
    """Import an upload that was rehearsed, or go on with one that was interrupted. Whoever comes second does nothing.

    Args:
        file: The case file.
        upload: The upload.
        clock: The real clock.
        progress: Told of progress; it may raise `Stopped`.
    """
    if begin_work(file, upload.id, ("rehearsed", "stopped"), "importing", clock()):
        _run(file, upload, clock, progress, "done", dry_run=False)


def _run(
    file: CaseFile,
    upload: Upload,
    clock: Callable[[], datetime],
    progress: Progress,
    end: str,
    *,
    dry_run: bool,
) -> None:
    now = clock()
    profile = profile_of(file, upload.creditor)
    if profile is None:
        end_work(file, upload.id, "failed", now, problem=f"the creditor {upload.creditor} is not known any more")
        return
    kept = files_of_upload(file, upload.id)
    beside = {PurePosixPath(each.name).name: each.content for each in kept if each.beside}
    lists = [ListFile(each.name, each.content, None, beside) for each in kept if not each.beside]
    try:
        done = import_lists(
            file,
            profile,
            lists,
            now,
            office_day(now),
            complete=upload.complete,
            dry_run=dry_run,
            progress=progress,
        )
    except Stopped:
        end_work(file, upload.id, "waiting" if dry_run else "stopped", clock())
        return
    except NotSeen:
        says = "money that came in seems to be for another creditor: have somebody import it who sees all of them"
        end_work(file, upload.id, "failed", clock(), problem=says)
        return
    except (OtherAccountStored, OtherPolicyStored, NoList, SourceError) as problem:
        end_work(file, upload.id, "failed", clock(), problem=str(problem))
        return
    with file.read() as transaction:
        names = debtor_names(transaction.session, upload.creditor)
    told = _OUTCOME.dump_json(tuple(_told(each, names) for each in done)).decode()
    end_work(file, upload.id, end, clock(), result=told)


def _told(each: ImportedList, names: Mapping[str, str]) -> ToldFile:
    return ToldFile(
        file=each.file,
        is_invoice=each.is_invoice,
        rows=tuple(
            ToldRow(
                line=row.line,
                number=row.number,
                case=row.case_id,
                what=row.what,
                says=row.says,
                debtor=names.get(row.debtor, row.debtor),
            )
            for row in each.rows
        ),
        remarks=tuple(
            Remark(
                line=found.line,
                column=found.column,
                severity=found.severity,
                reason=found.reason,
                is_rule=found.is_rule,
            )
            for found in each.findings
        ),
        stay=None if each.stays is None else each.stays.cases,
    )


# What was dropped ------------------------------------------------------------------------------------------


def _unpacked(dropped: Sequence[UploadFile]) -> list[UploadFile]:
    """The lists and invoices among what was dropped, and the documents of lists.

    Raises:
        NotTaken: some of it is neither, or too much.
    """
    if not dropped:
        raise NotTaken("choose a list (CSV, XLSX), invoices (XML, PDF), or a ZIP with them")
    if sum(len(each.content) for each in dropped) > MOST_BYTES:
        raise NotTaken(f"this is more than {MOST_BYTES // 1_000_000} MB together: drop it in parts")
    found: list[UploadFile] = []
    for each in dropped:
        inside = _out_of(each) if _is_archive(each) else [each]
        # Beside a list a PDF is a document of it, as in a folder; by itself it is an invoice.
        has_list = any(_is_list(one) for one in inside) and _is_archive(each)
        for one in inside:
            beside = has_list and is_pdf(one.content)
            if not beside:
                _check(one)
            found.append(UploadFile(one.name, one.content, beside))
    if len(found) > MOST_FILES:
        raise NotTaken(f"these are more than {MOST_FILES} files: drop them in parts")
    if not any(not each.beside for each in found):
        raise NotTaken("there is no list (.csv, .xlsx) and no invoice (.xml, .pdf) in it")
    return found


def _is_archive(each: UploadFile) -> bool:
    return each.content.startswith(b"PK") and not is_workbook(each.content)


def _is_list(each: UploadFile) -> bool:
    text = each.name.lower().endswith((".csv", ".txt", ".xlsx"))
    return text and not is_pdf(each.content) and not looks_like_xml(each.content)


def _check(each: UploadFile) -> None:
    if not each.content:
        raise NotTaken(f"{each.name}: the file is empty: export it again")
    known = is_pdf(each.content) or looks_like_xml(each.content) or is_workbook(each.content)
    if not known and (not each.name.lower().endswith((".csv", ".txt", ".xml")) or b"\0" in each.content[:1000]):
        raise NotTaken(
            f"{each.name}: this is no list and no invoice: give a list as CSV or XLSX, an invoice as XML (UBL) or as a "
            "PDF that holds one, or a ZIP with them"
        )


def _out_of(archive: UploadFile) -> list[UploadFile]:
    """What is in a ZIP, without folders and what a Mac puts beside; read no further than is allowed."""
    found: list[UploadFile] = []
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
            entries = [each for each in opened.infolist() if not each.is_dir() and not _is_aside(each.filename)]
            if len(entries) > MOST_FILES:
                raise NotTaken(f"{archive.name}: there are more than {MOST_FILES} files in it: drop them in parts")
            for entry in entries:
                with opened.open(entry) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise NotTaken(
                        f"{archive.name}: unpacked it is more than {_MOST_UNPACKED // 1_000_000} MB: drop it in parts"
                    )
                inside = UploadFile(PurePosixPath(entry.filename.replace("\\", "/")).name, content)
                if _is_archive(inside):
                    raise NotTaken(f"{archive.name}: {inside.name} in it is a ZIP again: drop that by itself")
                found.append(inside)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as problem:
        if isinstance(problem, NotTaken):
            raise
        raise NotTaken(f"{archive.name}: the ZIP can't be opened: pack it again, without a password") from None
    return found


def _is_aside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or bool(parts and parts[-1].startswith("."))
