"""Behind `maanwerk case`: opens the case file, finds the case, prints it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from casefile.case_file import CaseFile, Transaction
from casefile.opening import NoCaseFile, open_case_file
from cli.case.engine import with_engine
from cli.case.show_claim import show_claim
from cli.case.show_papers import show_papers
from cli.case.show_report import show_report
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import print_json
from cli.own_name import own_command
from cli.same_case_file import must_be_the_running_one
from domain.invoice import FIRST_DAY, LAST_DAY
from services.reports.case_claim import read_claim
from services.reports.case_papers import read_papers
from services.reports.case_report import CaseReport, report_of
from speech.words import tr

if TYPE_CHECKING:
    # Who looks at a case waits for all that is imported.
    from domain.policy import Policy

__all__ = ["find_case", "only_quarantined", "opened_case_file", "own_or_shipped", "print_case", "read_report"]


def print_case(case: str, as_of: date | None, as_json: bool) -> None:
    """Print one case, its claim as of a day (None: today)."""
    if as_of is not None and not FIRST_DAY <= as_of <= LAST_DAY:
        refused(tr("--as-of: {day} does not lie between {first} and {last}", day=as_of, first=FIRST_DAY, last=LAST_DAY))
    with opened_case_file() as file:
        report = read_report(file, case)
        with file.read() as transaction:
            claim = read_claim(transaction, report.case_id, datetime.now(UTC), as_of)
            papers = read_papers(transaction, report.case_id)
    report = with_engine(report)
    if as_json:
        print_json({**report.as_json(), "claim": claim.as_json(), **papers.as_json()})
    else:
        show_report(report, between=lambda: show_claim(claim))
        show_papers(papers)


def own_or_shipped(name: str) -> Policy | None:
    """The policy of a file or a shipped one; None where there is none of this name: the case file may know it."""
    from letters.render import known_letters
    from policies.finding import NoPolicy, find_policy, is_path

    try:
        return find_policy(name, Path(), known_letters())
    except NoPolicy:
        if is_path(name):
            raise
        return None


@contextmanager
def opened_case_file(*, any_one: bool = False) -> Iterator[CaseFile]:
    """The case file of the settings; ends the command with 1 where there is none, or a worker runs on another.

    Args:
        any_one: Also one that no worker runs on, such as a backup.
    """
    settings = read_settings()
    if not any_one:
        must_be_the_running_one(settings)
    try:
        file = open_case_file(settings.database, create=False)
    except NoCaseFile as problem:
        failed(str(problem))
    try:
        yield file
    except OperationalError as problem:
        failed(tr("the case file can't be used: {problem}", problem=problem.orig))
    finally:
        file.database.close()


def find_case(transaction: Transaction, text: str) -> str:
    """The one case that a person means."""
    found = transaction.cases.find(text)
    if not found:
        command = own_command("case list")
        refused(
            tr("there is no case {text!r}: give a case id or an invoice number ({command})", text=text, command=command)
        )
    if len(found) > 1:
        refused(tr("{text!r} may be any of these cases; give its id:", text=text), *(f"  {case}" for case in found))
    return found[0]


def read_report(file: CaseFile, text: str) -> CaseReport:
    """Everything about the one case that a person means."""
    with file.read() as transaction:
        return report_of(transaction, find_case(transaction, text), datetime.now(UTC))


def only_quarantined(case: str) -> str:
    """The one message in the quarantine of a case."""
    with opened_case_file() as file:
        report = read_report(file, case)
    if not report.quarantined:
        refused(tr("nothing is in the quarantine of {case}", case=report.case_id))
    if len(report.quarantined) > 1:
        refused(
            tr("several messages are in quarantine; name one:"),
            *(f"  {each.id}: {each.name}: {each.error}" for each in report.quarantined),
        )
    return report.quarantined[0].id
