"""Behind `maanwerk import`: runs the import and prints what became of it."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError

from casefile.case_file import CaseFile
from casefile.opening import NoCaseFile, open_case_file
from casefile.taken_lists import Coming, Staying
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import console, new_table, print_errors, print_json, said_here
from cli.own_name import own_command
from cli.row_progress import row_progress
from cli.same_case_file import must_be_the_running_one
from cli.written import written_day
from config.settings import Settings
from domain.views.explain import day_text
from engine.sweeping import sweep
from letters.render import known_letters
from machine.passing_folders import PassingFolder
from machine.regular import read_plain
from policies.creditor_profile import load_creditor
from services.importing.lists import (
    UNCHANGED,
    ImportedList,
    ListFile,
    NoList,
    OtherAccountStored,
    OtherPolicyStored,
    import_lists,
)
from services.importing.mappings import find_mapping
from services.importing.words import SAID as _SAID
from speech.words import tr, trn

_ZONE = ZoneInfo("Europe/Amsterdam")
_MOST_BYTES = 50_000_000
_IN_FOLDERS = (".csv", ".xlsx", ".xml")
_ROWS_SHOWN = 40

_AGAIN = "what was written so far stays: run the same import again, and it goes on from there"


def run(
    files: Sequence[Path],
    creditor: Path,
    *,
    complete: bool,
    dry_run: bool,
    as_json: bool,
    today: str | None,
    accept_new_account: bool = False,
    mapping: str | None = None,
    sheet: str | None = None,
) -> None:
    """Import lists and e-invoices, and print what became of them.

    Args:
        files: The files, and folders whose files are meant.
        creditor: Profile of the creditor.
        complete: Whether the lists name all that is open.
        dry_run: Whether to change nothing.
        as_json: Whether to print JSON.
        today: Day of the import as written, None for today.
        accept_new_account: Whether the account of the profile may be another one than that of the case file.
        mapping: Mapping of the lists, by name or file; None for that of the profile, else a shipped one that fits.
        sheet: Name of the sheet in workbooks.
    """
    day, at = _day(today)
    lists = [_read(file) for file in _all_files(files)]
    profile = load_creditor(creditor, known_letters())
    chosen = None if mapping is None else find_mapping(mapping, creditor.parent)
    settings = read_settings()
    must_be_the_running_one(settings)
    with _case_file(settings, dry_run) as file, row_progress(tr("importing"), wanted=not as_json) as progress:
        try:
            done = import_lists(
                file,
                profile,
                lists,
                at,
                day,
                complete=complete,
                dry_run=dry_run,
                accept_new_account=accept_new_account,
                progress=progress,
                mapping=chosen,
                sheet=sheet,
            )
        except OtherAccountStored as problem:
            refused(
                f"{creditor}: {problem}: is that right? Then say --accept-new-account; letters sent before keep theirs"
            )
        except OtherPolicyStored as problem:
            refused(f"{creditor}: {problem}")
        except NoList as problem:
            refused(f"--complete: {problem}")
        except OperationalError as problem:
            lost = tr("the case file can't be used: {problem}", problem=problem.orig)
            failed(lost if dry_run else f"{lost}; {tr(_AGAIN)}")
        except KeyboardInterrupt:
            failed(tr("stopped") if dry_run else f"{tr('stopped')}; {tr(_AGAIN)}")
        started, told, problem_text = (0, 0, None) if dry_run else asyncio.run(sweep(file, settings))
    if as_json:
        print_json(_json(done, dry_run, started, problem_text))
    else:
        out = console()
        for each in done:
            if not each.is_invoice:
                _show(each, out, dry_run)
        _show_invoices([each for each in done if each.is_invoice], out, dry_run)
        _say_started(out, done, dry_run, started, told, problem_text)
    for each in done:
        print_errors(
            *(said_here(f"{finding}") + _severity(finding.severity) for finding in each.findings if not finding.is_rule)
        )
        if each.stays is not None and each.stays.cases:
            print_errors(*_staying(each.file, each.stays))
        rules = sum(finding.is_rule for finding in each.findings)
        if rules:
            print_errors(f"{each.file}: {_rules(rules)}{_severity('warning')}")
    if any(each.has_errors for each in done):
        raise typer.Exit(2)


def _day(written: str | None) -> tuple[date, datetime]:
    """The day and moment of the import."""
    day = written_day(written, "--today")
    if day is None:
        now = datetime.now(UTC)
        return now.astimezone(_ZONE).date(), now
    return day, datetime.combine(day, time(12), _ZONE).astimezone(UTC)


def _all_files(given: Sequence[Path]) -> Iterator[Path]:
    """The files, and of a folder the lists and e-invoices that lie in it, by name."""
    for path in given:
        if not path.is_dir():
            yield path
            continue
        try:
            # Whatever is no folder: a pipe with the name of a list is told, not passed over.
            inside = sorted(each for each in path.iterdir() if _is_wanted(each))
        except OSError as error:
            refused(tr("{file}: cannot be read: {why}", file=path, why=error.strerror or error))
        if not inside:
            refused(tr("{file}: there is no list (.csv, .xlsx) and no e-invoice (.xml) in this folder", file=path))
        yield from inside


def _is_wanted(entry: Path) -> bool:
    return entry.suffix.lower() in _IN_FOLDERS and not entry.is_dir()


def _read(file: Path) -> ListFile:
    try:
        data = read_plain(file, _MOST_BYTES + 1)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            refused(tr("{file}: there is no such file", file=file))
        refused(tr("{file}: cannot be read: {why}", file=file, why=error.strerror or error))
    return ListFile(str(file), data, file.parent)


@contextmanager
def _case_file(settings: Settings, dry_run: bool) -> Iterator[CaseFile]:
    """The case file; a dry run that finds none plays with an empty one."""
    try:
        file = open_case_file(settings.database, create=not dry_run)
    except NoCaseFile as problem:
        if not dry_run:
            failed(str(problem))
        with PassingFolder() as folder:
            file = open_case_file(f"sqlite:///{folder}/empty.sqlite3", create=True)
            try:
                yield file
            finally:
                file.database.close()
        return
    try:
        yield file
    except OperationalError as problem:
        failed(tr("the case file can't be used: {problem}", problem=problem.orig))
    finally:
        file.database.close()


def _severity(severity: str) -> str:
    return tr(" (warning)") if severity == "warning" else ""


def _staying(file: str, stays: Staying) -> Iterator[str]:
    """What goes on by yesterday's amounts where nothing of a list could be used."""
    if stays.list_name is None or stays.taken_at is None:
        yield trn(
            "{file}: nothing of it was used; 1 case that is being collected stays as it was",
            "{file}: nothing of it was used; {number} cases that are being collected stay as they were",
            stays.cases,
            file=file,
        )
    else:
        yield trn(
            "{file}: nothing of it was used; 1 case that is being collected stays as {list} of {day} told",
            "{file}: nothing of it was used; {number} cases that are being collected stay as {list} of {day} told",
            stays.cases,
            file=file,
            list=stays.list_name,
            day=day_text(stays.taken_at.astimezone(_ZONE).date()),
        )
    if stays.coming:
        coming = (
            tr("{step} of {invoice} on {day}", step=c.step, invoice=c.number, day=day_text(_local(c)))
            for c in stays.coming
        )
        yield "  " + tr("comes next, by those amounts: {coming}", coming="; ".join(coming))
        named = " ".join(c.number for c in stays.coming)
        yield "  " + tr(
            "mend the list and import it before, or wait: {command}", command=own_command(f"case pause {named}")
        )


def _local(coming: Coming) -> date:
    return coming.at.astimezone(ZoneInfo(coming.zone)).date()


def _rules(number: int) -> str:
    """How many rules of a standard a file breaks: which, only programs and who looks at one case read."""
    return trn(
        "1 rule of the standard is broken, which changes nothing (--json, case show tell which)",
        "{number} rules of the standard are broken, which changes nothing (--json, case show tell which)",
        number,
    )


def _counts(each: ImportedList) -> dict[str, int]:
    counts = Counter(row.what for row in each.rows)
    return {what: counts[what] for what in _SAID if counts[what]}


def _show(each: ImportedList, out: Console, dry_run: bool) -> None:
    rows = [row for row in each.rows if row.what != UNCHANGED]
    if rows:
        title = tr("{file}: what would become of it" if dry_run else "{file}: what became of it", file=each.file)
        table = new_table(title, "line", "invoice", "what", "", right=("line",))
        for row in rows[:_ROWS_SHOWN]:
            table.add_row(
                "" if row.line is None else str(row.line), row.number, tr(_SAID[row.what]), said_here(row.says)
            )
        out.print(table)
        if len(rows) > _ROWS_SHOWN:
            out.print(tr("… and {number} more; --json prints all", number=len(rows) - _ROWS_SHOWN))
    counts = [f"{number} {tr(_SAID[what])}" for what, number in _counts(each).items()]
    errors = sum(finding.severity == "error" for finding in each.findings)
    counts += [trn("1 remark to mend", "{number} remarks to mend", errors)] if errors else []
    out.print(f"{each.file}: {'; '.join(counts) or tr('nothing in it')}")


def _show_invoices(done: Sequence[ImportedList], out: Console, dry_run: bool) -> None:
    """Show e-invoices in one table: there may be thousands of files."""
    if not done:
        return
    rows = [(each.file, row) for each in done for row in each.rows if row.what != UNCHANGED]
    if rows:
        title = tr("E-invoices: what would become of them" if dry_run else "E-invoices: what became of them")
        table = new_table(title, "file", "invoice", "what", "")
        for file, row in rows[:_ROWS_SHOWN]:
            table.add_row(Path(file).name, row.number, tr(_SAID[row.what]), said_here(row.says))
        out.print(table)
        if len(rows) > _ROWS_SHOWN:
            out.print(tr("… and {number} more; --json prints all", number=len(rows) - _ROWS_SHOWN))
    counted = Counter(row.what for each in done for row in each.rows)
    counts = [f"{counted[what]} {tr(said)}" for what, said in _SAID.items() if counted[what]]
    errors = sum(each.has_errors for each in done)
    counts += [tr("{number} left out", number=errors)] if errors else []
    warned = sum(any(finding.severity == "warning" for finding in each.findings) for each in done)
    counts += [tr("{number} with warnings", number=warned)] if warned else []
    files = trn("1 e-invoice", "{number} e-invoices", len(done))
    out.print(f"{files}: {'; '.join(counts) or tr('nothing in it')}")


def _say_started(
    out: Console, done: tuple[ImportedList, ...], dry_run: bool, started: int, told: int, problem: str | None
) -> None:
    if dry_run:
        out.print(tr("This was a dry run: nothing was changed."))
    elif not any(row.what != UNCHANGED for each in done for row in each.rows):
        out.print(tr("Nothing was written down: there was nothing new."))
    elif problem is not None:
        out.print(tr("Written down. {problem}.", problem=said_here(problem)))
        out.print(tr("What is written is swept up when a worker starts: {command}", command=own_command("worker")))
    elif started or told:
        begun = trn("{number} case started", "{number} cases started", started)
        out.print(begun + (tr(", {number} told of changes", number=told) if told else "") + ".")


def _json_of(stays: Staying) -> dict[str, object]:
    return {
        "cases": stays.cases,
        "list": stays.list_name,
        "taken_at": None if stays.taken_at is None else stays.taken_at.isoformat(),
        "next": [
            {"case": each.case_id, "invoice": each.number, "step": each.step, "at": each.at.isoformat()}
            for each in stays.coming
        ],
    }


def _json(done: tuple[ImportedList, ...], dry_run: bool, started: int, problem: str | None) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "started": started,
        "waiting": problem,
        "files": [
            {
                "file": each.file,
                **({} if each.stays is None else {"stays": _json_of(each.stays)}),
                "counts": _counts(each),
                "rows": [
                    {
                        "line": row.line,
                        "invoice": row.number,
                        "case": row.case_id,
                        "what": row.what,
                        "details": row.says,
                    }
                    for row in each.rows
                ],
                "findings": [
                    {
                        "line": finding.line,
                        "column": finding.column,
                        "severity": finding.severity,
                        "reason": finding.reason,
                    }
                    for finding in each.findings
                ],
            }
            for each in done
        ],
    }
