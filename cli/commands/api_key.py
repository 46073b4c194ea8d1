"""`maanwerk api-key`: keys that open the operator's endpoints."""

from typing import Annotated, Literal

import typer

app = typer.Typer(help="Keys that open the API: who may ask what.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose it is: a system or a person. It stands in the audit log.")],
    role: Annotated[
        Literal["read", "operate", "admin"],
        typer.Option("--role", help="What it may do; each may do what those before it may."),
    ] = "read",
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="DATE", help="The first day on which it opens nothing.")
    ] = None,
    creditor: Annotated[
        list[str] | None, typer.Option("--creditor", help="Whom it sees; several times for several. Without it: all.")
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="LOGIN", help="The user of the desk whose own key it is.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    from cli.api_keys import make

    make(name, role, expires, creditor or [], user, as_json)


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List all keys that were ever made, without their secrets."""
    from cli.api_keys import show

    show(as_json)


@app.command()
def revoke(key: Annotated[str, typer.Argument(metavar="ID", help="Its id, as the list shows it.")]) -> None:
    """Revoke a key: from now on it opens nothing."""
    from cli.api_keys import revoke as revoke_now

    revoke_now(key)
