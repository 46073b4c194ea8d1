"""`maanwerk unmatched`: payments that a provider told of and that name nobody, and what to do with them."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.case.options import Actor, Json

app = typer.Typer(
    invoke_without_command=True,
    help="Payments that a payment provider told of and of which nobody knows whose they are; and what it posted that "
    "can't be read.",
)

_Payment = Annotated[str, typer.Argument(metavar="ID", help="The payment, as the list names it: mollie:tr_….")]
_What = Annotated[str, typer.Argument(metavar="ID", help="The payment or the event, as the list names it.")]


@app.callback()
def listed(context: typer.Context, as_json: Json = False) -> None:
    """List them, the first first, with the cases that each may be of."""
    if context.invoked_subcommand is None:
        from cli.unmatched import commands

        commands.print_unmatched(as_json)


@app.command("assign")
def assign(
    payment: _Payment,
    case: Annotated[
        str | None, typer.Option("--case", metavar="ID", help="It is for this invoice: case id or invoice number.")
    ] = None,
    debtor: Annotated[
        str | None,
        typer.Option("--debtor", metavar="NAME", help="It is of this debtor: it is spread over his open invoices."),
    ] = None,
    creditor: Annotated[
        str | None, typer.Option("--creditor", metavar="ID", help="Only a debtor of this creditor.")
    ] = None,
    remittance: Annotated[
        str | None,
        typer.Option("--remittance", metavar="PARTNER/NUMBER", help="It is this remittance of a collection partner."),
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Say whose a payment is; what is refunded or charged back of it later goes there too."""
    if sum(each is not None for each in (case, debtor, remittance)) != 1:
        raise typer.BadParameter("give one of them", param_hint="--case / --debtor / --remittance")
    if remittance is not None:
        from cli.unmatched import remitted

        remitted.assign(payment, remittance, actor, as_json)
        return
    from cli.unmatched import commands

    commands.assign(payment, case, debtor, creditor, actor, as_json)


@app.command("dismiss")
def dismiss(
    payment: _What,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is none of ours.")],
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Say that a payment is none of ours, or that you have seen what can't be read: it is kept, and told to nobody."""
    if not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    from cli.unmatched import commands

    commands.dismiss(payment, reason, actor, as_json)


@app.command("reread")
def reread(as_json: Json = False) -> None:
    """Let the worker read again what could not be read: after an update that mends it, say."""
    from cli.unmatched import commands

    commands.reread(as_json)
