"""Behind `maanwerk sending`: stops all sending, ends that, and says how it stands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import typer

from casefile.acts import record_act
from casefile.sending_stops import PlacedStop, standing_stop
from cli.case.actions import opened_case_file
from cli.case.telling import act_of, who
from cli.failing import refused
from cli.output import print_json
from cli.own_name import own_command
from domain.views.explain import day_text
from services.today.day import OFFICE, office_day
from services.today.page import Stop
from services.today.stopping import CannotStop
from services.today.stopping import resume as resume_now
from services.today.stopping import stop as stop_now
from speech.words import tr

__all__ = ["resume", "show", "stop", "stopped_text"]


def show(as_json: bool) -> None:
    """Say how it stands."""
    with opened_case_file() as file:
        placed = standing_stop(file, office_day(datetime.now(UTC)))
    _say(placed, as_json)


def stop(reason: str, until: date | None, actor: str | None, as_json: bool) -> None:
    """Stop all sending."""
    now, by = datetime.now(UTC), who(actor)
    with opened_case_file() as file:
        try:
            placed, new = stop_now(file, reason, until, by, now, uuid4().hex)
        except CannotStop as problem:
            refused(str(problem))
        if new:
            record_act(file, act_of(file, actor, "stop_sending", "all", f"until {placed.until}"), now, "done")
    _say(placed, as_json)


def resume(actor: str | None, as_json: bool) -> None:
    """End it."""
    now, by = datetime.now(UTC), who(actor)
    with opened_case_file() as file:
        if not resume_now(file, by, now):
            refused(f"sending is not stopped ({own_command('sending show')})")
        record_act(file, act_of(file, actor, "resume_sending", "all"), now, "done")
    if as_json:
        print_json({"stopped": None})
        return
    typer.echo(tr("Sending goes on. What was put off leaves within its hours, a minute after a worker looked."))


def stopped_text(placed: PlacedStop | Stop) -> str:
    """A stop in one sentence: who, when, why, until when."""
    at = placed.placed_at.astimezone(OFFICE)
    return tr(
        "Nothing is sent until {day}. {actor} stopped it on {since} at {time}: {reason}",
        day=day_text(placed.until),
        actor=placed.actor,
        since=day_text(at.date()),
        time=f"{at:%H:%M}",
        reason=placed.reason,
    )


def _say(placed: PlacedStop | None, as_json: bool) -> None:
    if as_json:
        print_json({"stopped": None if placed is None else _as_json(placed)})
        return
    typer.echo(tr("Sending is not stopped.") if placed is None else stopped_text(placed))


def _as_json(placed: PlacedStop) -> dict[str, str]:
    return {
        "since": placed.since.isoformat(),
        "until": placed.until.isoformat(),
        "reason": placed.reason,
        "actor": placed.actor,
        "placed_at": placed.placed_at.isoformat(),
    }
