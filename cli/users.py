"""Behind `maanwerk user`: makes, lists and disables users of the desk, and gives links for passwords.

No password is typed at the terminal, and none stands in a history of commands: who it is for chooses it himself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import typer

from casefile.acts import record_act
from casefile.case_file import CaseFile
from casefile.desk_sessions import link_for
from casefile.people import (
    DeskRole,
    LoginTaken,
    SeesAll,
    User,
    create_user,
    disable_user,
    set_creditors,
    set_role,
    user_of_login,
    users,
)
from cli.case.actions import opened_case_file
from cli.case.telling import act_of
from cli.environment import read_settings
from cli.failing import refused
from cli.output import console, new_table, print_json
from cli.own_name import own_command
from config.desk_address import desk_address
from speech.words import tr

__all__ = ["change_creditors", "change_role", "disable", "make", "new_password", "show"]


def make(login: str, name: str, role: str, language: str, creditors: Sequence[str], as_json: bool) -> None:
    """Make a user, and print his link.

    Args:
        login: What he signs in with.
        name: His name.
        role: What he may do.
        language: In which the desk speaks to him.
        creditors: Ids of the creditors whom he sees; none: all.
        as_json: For programs.
    """
    now = datetime.now(UTC)
    login, name = login.strip(), " ".join(name.split())
    if not login or len(login) > 200 or not login.isprintable() or " " in login:
        refused("LOGIN: give his e-mail address, or another name without spaces, in at most 200 signs")
    if not name or len(name) > 100 or not name.isprintable():
        refused("--name: say who he is, in at most 100 signs")
    with opened_case_file() as file:
        try:
            user = create_user(
                file, login, name, DeskRole(role), now, language=language, creditors=frozenset(creditors) or None
            )
        except LoginTaken as problem:
            refused(f"{problem} ({own_command('user list')})")
        except SeesAll as problem:
            refused(str(problem))
        _audited(file, "user create", user, " ".join((role, *sorted(set(creditors)))))
        link = _link(file, user, now)
    if as_json:
        print_json({**_row(user), "link": link})
        return
    typer.echo(link)
    typer.echo(tr("With this link {name} chooses a password. It works once, for an hour.", name=user.name), err=True)


def show(as_json: bool) -> None:
    """List the users."""
    with opened_case_file() as file:
        found = users(file)
    if as_json:
        print_json([_row(user) for user in found])
        return
    if not found:
        typer.echo(tr("There is no user yet ({command}).", command=own_command("user create")))
        return
    table = new_table("", "signs in as", "name", "role", "sees", "language", "made", "state")
    for user in found:
        state = tr("may sign in") if user.may_sign_in else tr("disabled")
        made = f"{user.created_at:%Y-%m-%d}"
        table.add_row(user.login, user.name, tr(user.role.value), _seen(user), user.language, made, state)
    console().print(table)


def disable(login: str) -> None:
    """Let a user in no more."""
    with opened_case_file() as file:
        user = _found(file, login)
        if not disable_user(file, user.id, datetime.now(UTC)):
            refused(f"{user.login} may not sign in already ({own_command('user list')})")
        _audited(file, "user disable", user)
    typer.echo(tr("{login} may sign in no more.", login=user.login))


def new_password(login: str) -> None:
    """Print a link by which a user chooses a new password."""
    with opened_case_file() as file:
        user = _found(file, login)
        if not user.may_sign_in:
            refused(f"{user.login} may not sign in any more ({own_command('user list')})")
        _audited(file, "user password", user)
        link = _link(file, user, datetime.now(UTC))
    typer.echo(link)
    typer.echo(tr("With this link {name} chooses a password. It works once, for an hour.", name=user.name), err=True)


def change_role(login: str, role: str) -> None:
    """Give a user another role."""
    with opened_case_file() as file:
        user = _found(file, login)
        try:
            set_role(file, user.id, DeskRole(role))
        except SeesAll as problem:
            refused(str(problem))
        _audited(file, "user role", user, role)
    typer.echo(tr("{login} has the role {role} now.", login=user.login, role=tr(role)))


def change_creditors(login: str, creditors: Sequence[str], everyone: bool) -> None:
    """Let a user see some creditors, or all; with neither, say whom he sees.

    Args:
        login: Who.
        creditors: Their ids.
        everyone: All of them.
    """
    if creditors and everyone:
        refused("name creditors or --all, not both")
    with opened_case_file() as file:
        user = _found(file, login)
        if creditors or everyone:
            try:
                set_creditors(file, user, None if everyone else frozenset(creditors))
            except SeesAll as problem:
                refused(str(problem))
            _audited(file, "user creditors", user, " ".join(sorted(set(creditors))) or "all")
            user = _found(file, login)
    typer.echo(tr("{login} sees {creditors}.", login=user.login, creditors=_seen(user)))


def _seen(user: User) -> str:
    return tr("all creditors") if user.creditors is None else ", ".join(sorted(user.creditors))


def _found(file: CaseFile, login: str) -> User:
    user = user_of_login(file, login)
    if user is None:
        refused(f"there is no user {login!r} ({own_command('user list')})")
    return user


def _link(file: CaseFile, user: User, now: datetime) -> str:
    return f"{desk_address(read_settings())}/link/{link_for(file, user, now)}"


def _audited(file: CaseFile, act: str, user: User, detail: str = "") -> None:
    record_act(file, act_of(file, None, act, f"user {user.id}", detail), datetime.now(UTC), "done")


def _row(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "role": user.role.value,
        "language": user.language,
        "creditors": None if user.creditors is None else sorted(user.creditors),
        "created_at": user.created_at.isoformat(),
        "disabled_at": None if user.disabled_at is None else user.disabled_at.isoformat(),
    }
