"""Behind `maanwerk subscriber`: shows who is told what, and deals with what was not taken."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from casefile.acts import record_act
from casefile.case_file import CaseFile
from casefile.outgoing_events import dismiss_events, send_again, set_aside_events
from casefile.subscribers import Told, resume_subscriber, subscribers
from cli.case.actions import opened_case_file
from cli.case.telling import act_of
from cli.failing import refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from gateways.subscribers.signature import new_secret
from services.reports.subscriber_list import subscriber_list
from speech.sentences import say
from speech.words import tr

__all__ = ["dismiss", "print_secret", "resend", "resume", "show"]


def show(as_json: bool) -> None:
    """List them."""
    with opened_case_file() as file:
        if as_json:
            print_json(subscriber_list(file))
            return
        found, given_up = subscribers(file), set_aside_events(file)
    if not found:
        typer.echo(tr("Nobody is told what happens to cases (MAANWERK_SUBSCRIBERS)."))
        return
    table = new_table("", "name", "where", "events", "waiting", "given up", "state", right=("waiting", "given up"))
    for each in found:
        kinds = " ".join(each.kinds)
        table.add_row(each.name, each.host, kinds, str(each.waiting), str(each.set_aside), _state(each))
    console().print(table)
    if not given_up:
        return
    table = new_table("", "id", "subscriber", "event", "case", "happened", "reason")
    for event in given_up:
        happened = f"{event.happened_at:%Y-%m-%d %H:%M}"
        table.add_row(event.id, event.subscriber, event.kind, event.case_id, happened, say(event.problem))
    console().print(table)


def resend(event: str | None, all_of: str | None, actor: str | None) -> None:
    """Send again what was given up."""
    with opened_case_file() as file:
        number = send_again(file, event=event, subscriber=all_of)
        _audited(file, number, "subscriber resend", event or f"all of {all_of}", actor)
    typer.echo(tr("{number} events are sent again.", number=number))


def dismiss(event: str | None, all_of: str | None, actor: str | None) -> None:
    """Leave what was given up."""
    with opened_case_file() as file:
        number = dismiss_events(file, datetime.now(UTC), event=event, subscriber=all_of)
        _audited(file, number, "subscriber dismiss", event or f"all of {all_of}", actor)
    typer.echo(tr("{number} events are left: nobody is told of them.", number=number))


def resume(name: str, actor: str | None) -> None:
    """Send to a subscriber again."""
    with opened_case_file() as file:
        if not resume_subscriber(file, name):
            refused(f"there is no subscriber {name!r} that was stopped ({own_command('subscriber list')})")
        record_act(file, act_of(file, actor, "subscriber resume", name, ""), datetime.now(UTC), "done")
    typer.echo(tr("The subscriber {name} is told again, also what happened meanwhile.", name=name))


def print_secret() -> None:
    """Print a new secret."""
    typer.echo(new_secret())


def _audited(file: CaseFile, number: int, act: str, what: str, actor: str | None) -> None:
    """Write down who dealt with what was given up.

    Raises:
        Exit: there was nothing of it.
    """
    if not number:
        refused(f"no event that was given up is {what} ({own_command('subscriber list')})")
    record_act(file, act_of(file, actor, act, what, str(number)), datetime.now(UTC), "done")


def _state(told: Told) -> str:
    if told.stopped_why:
        return tr("stopped: {reason}", reason=say(told.stopped_why))
    return tr("the settings name it no more") if told.ended else tr("is told")
