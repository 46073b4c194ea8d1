"""Files that debtors sent: kept with a case, and given back. They go to nobody by themselves."""

import getpass
import mimetypes
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from cli.case.actions import find_case, opened_case_file
from cli.failing import failed, refused
from machine.private import write_private
from machine.regular import NotPlainFile
from speech.words import tr

__all__ = ["give_paper", "keep_papers"]

LARGEST = 10_000_000
"""Bytes of the largest file that is kept."""


def keep_papers(case: str, files: Sequence[Path], about: str, actor: str | None) -> None:
    """Keep files with a case; all of them or, when one can't be read or is too large, none."""
    read = [(path, _content(path)) for path in files]
    with opened_case_file() as file:
        with file.read() as transaction:
            case_id = find_case(transaction, case)
        with file.write(case_id) as transaction:
            for path, content in read:
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                transaction.papers.keep(
                    case_id,
                    path.name[:400],
                    kind,
                    content,
                    about=about,
                    actor=actor or getpass.getuser(),
                    at=datetime.now(UTC),
                )


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            refused(tr("--attach {file}: there is no such file", file=path))
        if path.stat().st_size > LARGEST:
            refused(tr("--attach {file}: larger than {most} bytes", file=path, most=LARGEST))
        return path.read_bytes()
    except OSError as problem:
        refused(tr("--attach {file}: can't be read: {why}", file=path, why=problem.strerror))


def give_paper(case: str, name: str, out: Path) -> None:
    """Write one of the files of a debtor to a new file."""
    with opened_case_file(any_one=True) as file, file.read() as transaction:
        case_id = find_case(transaction, case)
        papers = transaction.papers.of_case(case_id)
        named = [each for each in papers if each.name == name or (len(name) >= 6 and each.sha256.startswith(name))]
        if len(named) != 1:
            there = ", ".join(f"{each.name} ({each.sha256[:12]})" for each in papers) or tr("none")
            refused(tr("{case} has no one file {name}; there is: {there}", case=case, name=name, there=there))
        content = transaction.papers.content(case_id, named[0].sha256) or b""
    try:
        write_private(out, content, replace=False)
    except FileExistsError:
        refused(tr("{file} exists: give another --out", file=out))
    except NotPlainFile as problem:
        refused(f"--out {out}: {problem.strerror}")
    except OSError as problem:
        failed(tr("{file} can't be written: {why}", file=out, why=problem.strerror))
    typer.echo(str(out))
