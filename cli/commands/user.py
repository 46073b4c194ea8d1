"""`maanwerk user`: who may sign in at the desk."""

from typing import Annotated, Literal

import typer

app = typer.Typer(help="Users of the desk: who may sign in, and do what.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="What he signs in with, as the list shows it.")]
Role = Literal["read", "work", "approve", "admin"]


@app.command()
def create(
    login: Annotated[str, typer.Argument(help="What he signs in with: his e-mail address.")],
    name: Annotated[str, typer.Option("--name", help="His name, as it stands beside what he does.")],
    role: Annotated[
        Role, typer.Option("--role", help="What he may do; each may do what those before it may.")
    ] = "work",
    language: Annotated[
        Literal["nl", "en", "fr", "de"], typer.Option("--language", help="In which the desk speaks to him.")
    ] = "nl",
    creditor: Annotated[
        list[str] | None, typer.Option("--creditor", help="Whom he sees; several times for several. Without it: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a user, and print the link by which he chooses his password: it works once, for an hour."""
    from cli.users import make

    make(login, name, role, language, creditor or [], as_json)


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List all users that were ever made."""
    from cli.users import show

    show(as_json)


@app.command()
def disable(login: Login) -> None:
    """Let a user in no more; whoever is signed in as him is out at once."""
    from cli.users import disable as disable_now

    disable_now(login)


@app.command()
def password(login: Login) -> None:
    """Print a link by which a user chooses a new password: it works once, for an hour."""
    from cli.users import new_password

    new_password(login)


@app.command()
def role(login: Login, role: Annotated[Role, typer.Argument(help="What he may do from now on.")]) -> None:
    """Give a user another role."""
    from cli.users import change_role

    change_role(login, role)


@app.command()
def creditors(
    login: Login,
    creditor: Annotated[
        list[str] | None, typer.Argument(metavar="[CREDITOR]...", help="Whom he sees from now on.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="He sees all creditors, also those that come later.")] = False,
) -> None:
    """Let a user see some creditors only, or all; without either, say whom he sees."""
    from cli.users import change_creditors

    change_creditors(login, creditor or [], everyone)
