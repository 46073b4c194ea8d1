"""`maanwerk reply`: mails of debtors that name no case."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Mails of debtors that name no case: they wait for a person.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="Its id, as the list shows it, or the beginning of it.")]
Actor = Annotated[str | None, typer.Option("--actor", help="Who does this; your login name without it.")]


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the mails that name no case, the oldest first."""
    from cli.replies import show

    show(as_json)


@app.command()
def read(
    reply: Id,
    out: Annotated[Path | None, typer.Option("--out", help="Put its attachments into this folder, too.")] = None,
) -> None:
    """Print what one of them says."""
    from cli.replies import read as read_now

    read_now(reply, out)


@app.command()
def assign(
    reply: Id,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Its case: id or invoice number.")],
    actor: Actor = None,
) -> None:
    """Say whose it is: it becomes a paper of that case, which waits until it is read."""
    from cli.replies import assign as assign_now

    assign_now(reply, case, actor)


@app.command()
def dismiss(reply: Id, actor: Actor = None) -> None:
    """Say that it is about no case of ours."""
    from cli.replies import dismiss as dismiss_now

    dismiss_now(reply, actor)
