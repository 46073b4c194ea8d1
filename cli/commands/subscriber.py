"""`maanwerk subscriber`: other systems that are told what happens to cases."""

from typing import Annotated

import typer

app = typer.Typer(help="Other systems that are told what happens to cases (outgoing webhooks).", no_args_is_help=True)

Event = Annotated[str | None, typer.Argument(metavar="[ID]", help="The event, as the list names it: evt_….")]
All = Annotated[str | None, typer.Option("--all", metavar="NAME", help="All that this subscriber did not take.")]
Actor = Annotated[str | None, typer.Option("--actor", help="Who does this; your login name without it.")]


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the subscribers, what waits for each, and the events that were given up."""
    from cli.subscribers import show

    show(as_json)


@app.command()
def resend(event: Event = None, all_of: All = None, actor: Actor = None) -> None:
    """Send again what was given up, under the same ids; the worker does so at once."""
    _one_of(event, all_of)
    from cli.subscribers import resend as resend_now

    resend_now(event, all_of, actor)


@app.command()
def dismiss(event: Event = None, all_of: All = None, actor: Actor = None) -> None:
    """Leave what was given up: it is told to nobody."""
    _one_of(event, all_of)
    from cli.subscribers import dismiss as dismiss_now

    dismiss_now(event, all_of, actor)


@app.command()
def resume(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The subscriber, as the list names it.")],
    actor: Actor = None,
) -> None:
    """Send again to a subscriber that said it wants no more events (410); what happened meanwhile is sent, too."""
    from cli.subscribers import resume as resume_now

    resume_now(name, actor)


@app.command()
def secret() -> None:
    """Print a new secret, for MAANWERK_SUBSCRIBER_SECRETS and for the subscriber; it is kept nowhere."""
    from cli.subscribers import print_secret

    print_secret()


def _one_of(event: str | None, all_of: str | None) -> None:
    if (event is None) == (all_of is None):
        raise typer.BadParameter("give one of them", param_hint="ID / --all")
