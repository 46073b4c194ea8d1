"""Which cases a command is for: named one by one, read from a file, or all of a debtor or at a stage."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from casefile.case_file import CaseFile
from casefile.list_columns import lists_of
from casefile.which_cases import Which
from cli.failing import refused
from cli.own_name import own_command
from machine.regular import read_plain
from services.reports.case_list import ListRow, list_rows

__all__ = ["Choice", "chosen_cases"]

_MOST_BYTES = 5_000_000
_SHOWN = 10
"""Most lines of a refusal."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was typed to choose cases.

    Attributes:
        named: Case ids and invoice numbers.
        debtor: Open cases of this debtor: his number, or part of the one name.
        stage: Open cases at this stage.
        file: Case ids or invoice numbers, one a line; `-` is what comes in.
        yes: Don't ask before going on.
    """

    named: tuple[str, ...] = ()
    debtor: str | None = None
    stage: str | None = None
    file: Path | None = None
    yes: bool = False

    @property
    def is_one(self) -> bool:
        """Whether one case is named, and no more."""
        return len(self.named) == 1 and self.file is None and not self.is_sought

    @property
    def is_sought(self) -> bool:
        """Whether the cases are sought by debtor or stage."""
        return self.debtor is not None or self.stage is not None


def chosen_cases(file: CaseFile, choice: Choice, fits: Callable[[ListRow], bool] = lambda row: True) -> list[str]:
    """Ids of the chosen cases, each once; ends the command with 2 where one can't be found.

    Args:
        file: The case file.
        choice: What was typed.
        fits: Of cases that are sought only those; what waits in the inbox of the others may change them.
    """
    named = [*choice.named, *(() if choice.file is None else _lines(choice.file))]
    if choice.is_sought and (choice.named or choice.file is not None):
        refused("maanwerk: name cases, or choose them by --debtor and --stage, not both")
    if choice.is_sought:
        return [row.case_id for row in _sought(file, choice) if row.waiting or fits(row)]
    if not named:
        refused("maanwerk: name cases, or choose them by --debtor, --stage or --file")
    return _found(file, named)


def _found(file: CaseFile, texts: Sequence[str]) -> list[str]:
    found: list[str] = []
    problems: list[str] = []
    with file.read() as transaction:
        for text in dict.fromkeys(texts):
            cases = transaction.cases.find(text)
            found += cases
            if not cases:
                problems.append(
                    f"there is no case {text!r}: give a case id or an invoice number ({own_command('case list')})"
                )
            elif len(cases) > 1:
                problems += [f"{text!r} may be any of these cases; give its id:", *(f"  {case}" for case in cases)]
    if problems:
        more = [f"… and {len(problems) - _SHOWN} lines more"] if len(problems) > _SHOWN else []
        refused(*problems[:_SHOWN], *more, *(["nothing was done"] if len(texts) > 1 else []))
    return list(dict.fromkeys(found))


def _sought(file: CaseFile, choice: Choice) -> list[ListRow]:
    with lists_of(file.database) as session:
        rows = list_rows(session, Which(stage=choice.stage, debtor=choice.debtor))
    if choice.debtor is not None:
        exact = [row for row in rows if row.debtor_number.casefold() == choice.debtor.strip().casefold()]
        rows = exact or rows
        debtors = sorted({(row.debtor_number, row.debtor) for row in rows})
        if len(debtors) > 1:
            refused(
                f"--debtor {choice.debtor!r} may be any of these; give the number:",
                *(f"  {number}  {name}" for number, name in debtors[:_SHOWN]),
            )
    rows = [row for row in rows if not row.closed]
    if not rows:
        refused(f"there is no such case that is not closed ({own_command('case list')})")
    return rows


def _lines(path: Path) -> Iterator[str]:
    """The first field of each line; a heading, remarks behind `#` and blank lines are passed over."""
    try:
        data = sys.stdin.buffer.read(_MOST_BYTES + 1) if str(path) == "-" else read_plain(path, _MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as problem:
        refused(f"--file {path}: cannot be read: {problem.strerror or problem}")
    except UnicodeDecodeError:
        refused(f"--file {path}: this is no text in UTF-8")
    if len(data) > _MOST_BYTES:
        refused(f"--file {path}: it is longer than {_MOST_BYTES:,} bytes")
    for number, line in enumerate(text.splitlines()):
        field = line.partition("#")[0].replace(";", "\t").replace(",", "\t").strip().partition("\t")[0].strip(" \"'")
        if field and (number or any(sign.isdigit() for sign in field)):
            yield field
