"""Behind `maanwerk api-key`: makes, lists and revokes keys of the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import typer

from casefile.acts import record_act
from casefile.api_keys import ApiKey, Role, create_key, keys, revoke_key
from casefile.case_file import CaseFile
from casefile.people import SeesAll, user_of_login
from cli.case.actions import opened_case_file
from cli.case.options import date_of
from cli.case.telling import act_of
from cli.failing import refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from speech.words import tr

__all__ = ["make", "revoke", "show"]

_ZONE = ZoneInfo("Europe/Amsterdam")


def make(name: str, role: str, expires: str | None, creditors: Sequence[str], login: str | None, as_json: bool) -> None:
    """Make a key and print it.

    Args:
        name: Whose it is.
        role: What it may do.
        expires: The first day on which it opens nothing, as it is typed.
        creditors: Ids of the creditors whom it sees; none: all.
        login: Of the user of the desk whose own key it is.
        as_json: For programs.
    """
    now = datetime.now(UTC)
    name = " ".join(name.split())
    if not name or len(name) > 100 or not name.isprintable():
        refused("NAME: say whose key it is, in at most 100 signs")
    day = date_of(expires, "--expires")
    until = None if day is None else datetime.combine(day, time(), _ZONE).astimezone(UTC)
    if until is not None and until <= now:
        refused(f"--expires {day}: that day has come already; name a later one")
    with opened_case_file() as file:
        user = None if login is None else user_of_login(file, login)
        if login is not None and user is None:
            refused(f"there is no user {login!r} ({own_command('user list')})")
        # Somebody's own key shows him no more than the desk does.
        seen = frozenset(creditors) or (None if user is None else user.creditors)
        if user is not None and user.creditors is not None and not (seen or frozenset()) <= user.creditors:
            refused(f"{user.login} sees {', '.join(sorted(user.creditors))} only, and so does his key")
        try:
            made = create_key(
                file, name, Role(role), now, until, creditors=seen, user_id="" if user is None else user.id
            )
        except SeesAll as problem:
            refused(str(problem))
        _audited(file, "api-key create", made.key.id, " ".join((role, *sorted(seen or ()))))
    if as_json:
        print_json({**_row(made.key, now), "secret": made.secret})
        return
    typer.echo(made.secret)
    typer.echo(
        tr(
            "Key {id} of {name} ({role}). It is shown this once: keep it where secrets are kept.",
            id=made.key.id,
            name=made.key.name,
            role=made.key.role.value,
        ),
        err=True,
    )


def show(as_json: bool) -> None:
    """List the keys."""
    now = datetime.now(UTC)
    with opened_case_file() as file:
        found = keys(file)
    if as_json:
        print_json([_row(key, now) for key in found])
        return
    if not found:
        typer.echo(tr("There is no key yet ({command}).", command=own_command("api-key create")))
        return
    table = new_table("", "id", "name", "role", "sees", "made", "until", "state")
    for key in found:
        row = _row(key, now)
        until = str(row["expires_at"] or "")[:10]
        sees = tr("all creditors") if key.creditors is None else ", ".join(sorted(key.creditors))
        table.add_row(key.id, key.name, key.role.value, sees, f"{key.created_at:%Y-%m-%d}", until, _state(key, now))
    console().print(table)


def revoke(own: str) -> None:
    """Revoke a key."""
    with opened_case_file() as file:
        revoked = revoke_key(file, own, datetime.now(UTC))
        if revoked:
            _audited(file, "api-key revoke", own)
    if not revoked:
        refused(f"there is no key {own!r} that is not revoked yet ({own_command('api-key list')})")
    typer.echo(tr("{id} is revoked: it opens nothing any more.", id=own))


def _state(key: ApiKey, now: datetime) -> str:
    """The state of a key, for people."""
    return tr("revoked") if key.revoked_at else tr("in force" if key.opens(now) else "expired")


def _audited(file: CaseFile, act: str, own: str, detail: str = "") -> None:
    """Write down who changed the keys, where acts over HTTP stand, too."""
    record_act(file, act_of(file, None, act, f"api key {own}", detail), datetime.now(UTC), "done")


def _row(key: ApiKey, now: datetime) -> dict[str, object]:
    state = "revoked" if key.revoked_at else "in force" if key.opens(now) else "expired"
    moments = {name: value.isoformat() for name, value in asdict(key).items() if isinstance(value, datetime)}
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role.value,
        "creditors": None if key.creditors is None else sorted(key.creditors),
        "state": state,
        "created_at": moments["created_at"],
        "expires_at": moments.get("expires_at"),
        "revoked_at": moments.get("revoked_at"),
    }
