"""Behind `maanwerk channel`: shows what is not used, and lets it be used again."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from casefile.channel_stops import cases_to_mend, resume_channel, stopped_channels
from casefile.telling import accept_once
from cli.case.actions import opened_case_file
from cli.case.telling import who
from cli.failing import refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from speech.sentences import say
from speech.words import tr

__all__ = ["allow", "resume", "show"]


def show(as_json: bool) -> None:
    """List them."""
    with opened_case_file() as file:
        stops = stopped_channels(file)
        with file.read() as transaction:
            blocked = transaction.blocked.all()
    if as_json:
        print_json(
            {
                "stopped": [
                    {"channel": stop.channel, "reason": stop.reason, "since": stop.since.isoformat()} for stop in stops
                ],
                "addresses": [
                    {
                        "channel": each.channel,
                        "address": each.address,
                        "reason": each.reason,
                        "since": each.since.isoformat(),
                    }
                    for each in blocked
                ],
            }
        )
        return
    if not stops and not blocked:
        typer.echo(tr("No channel stands still, and every address is used."))
        return
    table = new_table("", "channel", "address", "since", "reason")
    for stop in stops:
        table.add_row(stop.channel, tr("all: it stands still"), f"{stop.since:%Y-%m-%d}", say(stop.reason))
    for each in blocked:
        table.add_row(each.channel, each.address, f"{each.since:%Y-%m-%d}", say(each.reason))
    console().print(table)


def resume(channel: str, actor: str | None) -> None:
    """Let a channel go on, and finish the tasks that asked for it."""
    now, by = datetime.now(UTC), who(actor)
    with opened_case_file() as file:
        if not resume_channel(file, channel, by, now):
            refused(f"the channel {channel} does not stand still ({own_command('channel list')})")
        for case_id in cases_to_mend(file):
            content = {
                "id": f"channel:{channel}:{now.isoformat()}",
                "task": "mend_sender",
                "outcome": f"the channel {channel} goes on",
                "actor": by,
            }
            with file.write(case_id) as transaction:
                accept_once(transaction, case_id, "complete_task", content, now)
    typer.echo(tr("The channel {channel} goes on; what waits for it leaves within an hour.", channel=channel))


def allow(channel: str, address: str) -> None:
    """Use an address again."""
    with opened_case_file() as file, file.write() as transaction:
        if not transaction.blocked.allow(channel, address):
            refused(f"that address is used for {channel} ({own_command('channel list')})")
    typer.echo(tr("It is used again."))
