"""`maanwerk channel`: channels that stand still, and addresses that are used no more."""

from typing import Annotated, Literal

import typer

app = typer.Typer(help="Channels that stand still, and addresses that are used no more.", no_args_is_help=True)

Name = Literal["email", "sms", "call"]


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the channels that stand still and the addresses that are used no more, and why."""
    from cli.channels import show

    show(as_json)


@app.command()
def resume(
    channel: Annotated[Name, typer.Argument(help="The channel.")],
    actor: Annotated[str | None, typer.Option("--actor", help="Who does this; your login name without it.")] = None,
) -> None:
    """Let a channel go on: what was wrong with our sender is mended. Its tasks `mend_sender` are done with it."""
    from cli.channels import resume as resume_now

    resume_now(channel, actor)


@app.command()
def allow(
    channel: Annotated[Name, typer.Argument(help="The channel.")],
    address: Annotated[str, typer.Argument(help="The address or number, as `channel list` shows it.")],
) -> None:
    """Use an address again, whose owner said so, or which was found to be good."""
    from cli.channels import allow as allow_now

    allow_now(channel, address)
