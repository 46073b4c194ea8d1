"""Telling all cases of a debtor what he is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

import typer

from casefile.case_file import CaseFile, Transaction
from casefile.list_columns import lists_of
from casefile.which_cases import Which
from cli.case.actions import find_case, opened_case_file
from cli.case.choosing import Choice
from cli.case.telling import tell_chosen, who
from cli.failing import failed, refused
from cli.own_name import own_command
from domain.calendar import any_day
from domain.statuses import StatusKind
from services.debtor_status import CannotKeep, StatusReport, cases_to_tell, keep
from services.reports.case_list import list_rows
from speech.words import tr

__all__ = ["tell_status"]

_ZONE = "Europe/Amsterdam"
"""No one policy says which day it is for all cases of a debtor."""


def tell_status(
    cases: Sequence[str],
    debtor: str | None,
    status: str,
    *,
    since: date | None,
    proven: bool,
    ended: bool,
    note: str,
    actor: str | None,
    as_json: bool,
) -> None:
    """Tell every open case of the debtors what they are in, and say of each what became of it."""
    known = [kind.value for kind in StatusKind]
    if status not in known:
        refused(f"{status!r} is no status of a debtor; known: {', '.join(known)}")
    if ended and (since is not None or proven):
        refused("--end says that it is over; leave --since and --proven out")
    if bool(cases) == (debtor is not None):
        refused("maanwerk: name a case, or its debtor with --debtor")
    report = StatusReport(f"status-{uuid4()}", StatusKind(status), since, proven, ended, who(actor), note)
    with opened_case_file() as file:
        debtors = _named(file, cases) if cases else _sought(file, debtor or "")
        told: list[str] = []
        for each in debtors:
            found = _kept(file, each, report)
            told += found
            if not found:
                typer.echo(tr("{debtor}: noted; he has no open case, and the next one begins under it", debtor=each[1]))
    if not told:
        return
    content: dict[str, object] = {"id": report.id, "status": status, "note": note}
    if not ended:
        content |= {"since": None if since is None else since.isoformat(), "proven": proven or None}
    name = "end_debtor_status" if ended else "report_debtor_status"
    tell_chosen(Choice(named=tuple(told)), name, content, actor, as_json)


def _named(file: CaseFile, cases: Sequence[str]) -> list[tuple[str, str]]:
    with file.read() as transaction:
        return list(dict.fromkeys(_debtor_of(transaction, find_case(transaction, case)) for case in cases))


def _debtor_of(transaction: Transaction, case_id: str) -> tuple[str, str]:
    loaded = transaction.cases.load(case_id)
    return loaded.creditor, loaded.case.invoice.debtor


def _sought(file: CaseFile, debtor: str) -> list[tuple[str, str]]:
    """The debtor that is meant, by his number or name, whether he has an open case or not."""
    with lists_of(file.database) as session:
        rows = list_rows(session, Which(debtor=debtor))
    exact = [row for row in rows if row.debtor_number.casefold() == debtor.strip().casefold()]
    found = {row.debtor_number: row for row in exact or rows}
    if not found:
        refused(f"there is no debtor {debtor!r} with a case ({own_command('case list')})")
    if len(found) > 1:
        refused(
            f"--debtor {debtor!r} may be any of these; give the number:",
            *(f"  {number}  {row.debtor}" for number, row in list(found.items())[:10]),
        )
    with file.read() as transaction:
        return list(dict.fromkeys(_debtor_of(transaction, row.case_id) for row in exact or rows))


def _kept(file: CaseFile, debtor: tuple[str, str], report: StatusReport) -> tuple[str, ...]:
    """Keep it with the debtor; returns the cases that are to be told."""
    now = datetime.now(UTC)
    try:
        with file.write() as transaction:
            keep(transaction, *debtor, report, now, any_day(_ZONE).local_date(now))
            return cases_to_tell(transaction, *debtor)
    except CannotKeep as problem:
        failed(tr("refused: {why}", why=problem))
