"""`maanwerk case link`: the page on which a debtor sees what he owes, pays, and tells us what he has to say."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.case.options import Actor, Id, Json


def add_to(app: typer.Typer) -> None:
    """Add this command to those about cases."""
    app.command("link")(link)


def link(
    case: Id,
    only_this: Annotated[
        bool, typer.Option("--only-this", help="It shows this invoice alone; else all of the debtor.")
    ] = False,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="For how many days it opens the page.")] = 365,
    listed: Annotated[bool, typer.Option("--list", help="List the links that show this invoice; make none.")] = False,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="LINK", help="Revoke this link, as the list names it; or: all.")
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Make a link to the debtor's page and print it, once: only its hash is kept. Or list, or revoke links."""
    from cli.case import links

    if listed and revoke is not None:
        raise typer.BadParameter("give --list or --revoke", param_hint="--list")
    if listed:
        links.show(case, as_json)
    elif revoke is not None:
        links.revoke(case, revoke, as_json)
    else:
        links.make(case, only_this, days, actor, as_json)
