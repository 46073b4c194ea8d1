"""Behind `maanwerk agency`: the way to partners, what they report, and links that they were mailed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

import typer

from casefile.acts import record_act
from casefile.agency_links import AgencyLink, agency_links, revoke_link
from casefile.agency_reports import KeptReport, ReturnFile, keep_reports, open_reports
from casefile.case_file import CaseFile
from casefile.parties import creditor_names
from casefile.session import reading
from cli.case.actions import find_case, opened_case_file
from cli.case.telling import act_of
from cli.environment import read_settings
from cli.failing import refused
from cli.output import console, new_table, print_json, said_here
from cli.own_name import own_command
from cli.pay.commands import say_undelivered
from domain.handoffs.channels import ChannelKind
from domain.handoffs.partners import Partner
from domain.parties import Creditor
from engine.sweeping import undelivered
from gateways.outbox import FileOutbox
from intake.agency_returns import BadReturnFile, read_return_file
from letters.render import known_letters
from policies.creditor_profile import load_creditor
from policies.problems import SourceError
from services.agencies.telling import tell_reported
from services.agencies.unmatched_reports import CannotGive, dismiss_report, give_report
from services.ports import NotTaken
from speech.sentences import say
from speech.words import tr
from worker.agency_ways import NotSetUp, way_of
from worker.gateways import call_seconds

if TYPE_CHECKING:
    from engine.dispatcher import Dispatcher

__all__ = ["dismiss", "give", "print_links", "print_reports", "revoke", "take_in", "try_partner"]


def try_partner(partner: str, profile: Path | None, as_json: bool) -> None:
    """Try the way to a partner."""
    settings = read_settings()
    nothing: Any = None
    if profile is not None:
        try:
            creditor = load_creditor(profile, known_letters()).creditor
        except SourceError as problem:
            refused(*str(problem).splitlines())
        found = [(creditor, each) for each in creditor.partners if each.id == partner]
        file = nothing
    else:
        with opened_case_file() as opened:
            found, file = _partners(opened, partner), opened
    if not found:
        refused(f"no creditor has a partner {partner!r}: look into `partners` of the profile, or give --creditor FILE")
    told = []
    for creditor, each in found:
        outbox = FileOutbox(settings.outbox) if each.channel in ("folder", "email") else nothing
        way = way_of(settings, file, outbox, call_seconds(settings), lambda: datetime.now(UTC))
        says, good = _tried(way, creditor, each)
        told.append({"creditor": creditor.id, "partner": each.id, "channel": each.channel, "good": good, "says": says})
        if not as_json:
            typer.echo(
                tr(
                    "{partner} of {creditor}, by {channel}: {says}",
                    partner=each.name,
                    creditor=creditor.name,
                    channel=each.channel,
                    says=say(says),
                )
            )
            typer.echo(f"  {_leaving(each.channel)}")
    if as_json:
        print_json({"partners": told})
    if not all(each["good"] for each in told):
        raise typer.Exit(1)


def _leaving(channel: ChannelKind) -> str:
    """What a hand-off would send, in words."""
    match channel:
        case "folder":
            return tr("A hand-off puts the ZIP into the folder agency of the outbox.")
        case "email":
            return tr("A hand-off mails a link; the mail names neither the debtor nor an invoice.")
        case "sftp":
            return tr("A hand-off puts KEY.zip there, then KEY.csv.")
        case "rest":
            return tr("A hand-off posts our key, the manifest and the ZIP to /submissions.")
        case "debitura":
            return tr("A hand-off makes a case at Debitura, and uploads the documents to it.")
        case "payt":
            return tr("A hand-off makes the debtor and his invoices in Payt, with the PDF and UBL of each.")
        case _:
            assert_never(channel)


def _tried(way: Any, creditor: Creditor, partner: Partner) -> tuple[str, bool]:
    try:
        there = way(creditor, partner)
        return ("the folder is there" if there is None else asyncio.run(there.check())), True
    except (NotSetUp, NotTaken) as problem:
        return str(problem), False


def _partners(file: CaseFile, partner: str) -> list[tuple[Creditor, Partner]]:
    with file.read() as transaction:
        creditors = [transaction.parties.creditor(own) for own in creditor_names(transaction.session)]
    return [(creditor, each) for creditor in creditors for each in creditor.partners if each.id == partner]


def take_in(path: Path, partner: str, actor: str | None, as_json: bool) -> None:
    """Take in a return file."""
    try:
        content = path.read_bytes()
        returned = read_return_file(content)
    except OSError as problem:
        refused(f"{path} can't be read: {problem.strerror or problem}")
    except BadReturnFile as problem:
        refused(f"{path}: {problem}")
    now = datetime.now(UTC)
    with opened_case_file() as file:
        if not _partners(file, partner):
            refused(f"no creditor has a partner {partner!r}: look into `partners` of the profile")
        kept = [(each.kept_as, each.written()) for each in returned.reports]
        taken = ReturnFile(returned.sha256, path.name)
        new = keep_reports(file, partner, "import", kept, now, taken=taken)
        record_act(file, act_of(file, actor, "agency import", partner, returned.sha256), now, "done")
        told = tell_reported(file, lambda: datetime.now(UTC))
        with reading(file.database) as session:
            waiting = [each for each in open_reports(session) if each.partner == partner]
        problem_of_telling = _deliver(file, told)
    if as_json:
        print_json({"reports": len(kept), "new": new, "cases": list(told), "waiting": len(waiting)})
        return
    typer.echo(
        tr(
            "{reports} reports, {new} of them new; {cases} cases were told.",
            reports=len(kept), new=new, cases=len(told),
        )
    )  # fmt: skip
    if waiting:
        listed = own_command("agency reports")
        typer.echo(tr("{number} wait, for nobody could be told: {command}", number=len(waiting), command=listed))
    say_undelivered(problem_of_telling)


def print_reports(as_json: bool) -> None:
    """Print the reports that wait."""
    with opened_case_file() as file, reading(file.database) as session:
        waiting = open_reports(session)
    if as_json:
        print_json({"reports": [_report(each) for each in waiting]})
        return
    if not waiting:
        typer.echo(tr("Whatever partners reported was told to its cases."))
        return
    table = new_table(
        "What partners reported, and nobody was told", "n", "partner", "came", "by", "says", "why", right=("n",)
    )
    for each in waiting:
        came = f"{each.received_at:%Y-%m-%d %H:%M}"
        table.add_row(str(each.seq), each.partner, came, _door(each.came_by), _told(each), say(each.problem) or "…")
    console().print(table)
    typer.echo(tr("Say whose one is: {command}", command=own_command("agency give N CASE")))


def give(seq: int, case: str, actor: str | None) -> None:
    """Say whose a report is."""
    with opened_case_file() as file:
        with file.read() as transaction:
            case_id = find_case(transaction, case)
        now = datetime.now(UTC)
        try:
            give_report(file, seq, case_id, now)
        except CannotGive as problem:
            refused(said_here(str(problem)))
        record_act(file, act_of(file, actor, "agency give", case_id, str(seq)), now, "done")
        problem_of_telling = _deliver(file, (case_id,))
    typer.echo(tr("{case} is told report {number}.", case=case_id, number=seq))
    say_undelivered(problem_of_telling)


def dismiss(seq: int, reason: str, actor: str | None) -> None:
    """Say that a report is none of ours."""
    with opened_case_file() as file:
        now = datetime.now(UTC)
        try:
            dismiss_report(file, seq, reason, now)
        except CannotGive as problem:
            refused(said_here(str(problem)))
        record_act(file, act_of(file, actor, "agency dismiss", str(seq), reason), now, "done")
    typer.echo(tr("Report {number} is none of ours; it is kept, and told to nobody.", number=seq))


def print_links(as_json: bool) -> None:
    """Print the links."""
    now = datetime.now(UTC)
    with opened_case_file() as file, reading(file.database) as session:
        found = agency_links(session)
    if as_json:
        print_json({"links": [_link(each, now) for each in found]})
        return
    if not found:
        typer.echo(tr("No partner was mailed a link."))
        return
    table = new_table("", "link", "partner", "until", "fetched", "state", right=("fetched",))
    for each in found:
        until = f"{each.expires_at:%Y-%m-%d}"
        table.add_row(each.id, each.partner, until, str(each.fetched), _said_state(each.state(now)))
    console().print(table)


def revoke(link: str, actor: str | None) -> None:
    """Revoke a link."""
    now = datetime.now(UTC)
    with opened_case_file() as file:
        if not revoke_link(file, link, now):
            refused(f"there is no link {link!r} that opens anything ({own_command('agency links')})")
        record_act(file, act_of(file, actor, "agency revoke", link), now, "done")
    typer.echo(tr("The link {link} opens nothing any more.", link=link))


def _told(each: KeptReport) -> str:
    """What a report says, in a line: what, of which file, under which id."""
    body = json.loads(each.body)
    told = body if isinstance(body, dict) else {}
    whose = str(told.get("reference") or told.get("submission") or told.get("file") or told.get("case") or "")
    much = f"{told['amount']} {told.get('currency') or ''}".strip() if told.get("amount") else ""
    own = str(told.get("id") or told.get("report") or "")
    return " ".join(filter(None, (str(told.get("status") or ""), whose[:24], much[:24], own[:24])))


def _report(each: KeptReport) -> dict[str, object]:
    return {
        "number": each.seq,
        "partner": each.partner,
        "received_at": each.received_at.isoformat(),
        "came_by": each.came_by,
        "report": each.body,
        "reason": each.problem,
    }


def _link(each: AgencyLink, now: datetime) -> dict[str, object]:
    return {
        "link": each.id,
        "partner": each.partner,
        "expires_at": each.expires_at.isoformat(),
        "fetched": each.fetched,
        "fetched_at": None if each.fetched_at is None else each.fetched_at.isoformat(),
        "state": each.state(now),
    }


def _said_state(state: str) -> str:
    match state:
        case "revoked":
            return tr("revoked")
        case "opens":
            return tr("opens")
        case "expired":
            return tr("expired")
        case _:
            return tr("shut after wrong codes")


def _door(came_by: str) -> str:
    match came_by:
        case "webhook":
            return tr("posted")
        case "polling":
            return tr("listed")
        case "remittance":
            return tr("remittance")
        case _:
            return tr("file")


def _deliver(file: CaseFile, cases: Sequence[str]) -> str | None:
    """Wake cases; why that was not possible."""
    if not cases:
        return None

    async def wake(dispatcher: Dispatcher) -> None:
        for case_id in cases:
            await dispatcher.nudge(case_id)

    return undelivered(file, read_settings(), wake)
