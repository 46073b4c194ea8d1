"""`maanwerk pay`: a payment of a debtor that names no invoice of its own, and what stands on no invoice."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperGroup

from cli.case.options import Actor, Json, date_of
from domain.law.payment_methods import PaymentMethod

_Creditor = Annotated[str | None, typer.Option("--creditor", metavar="ID", help="Only of this creditor.")]
_Debtor = Annotated[str, typer.Option("--debtor", metavar="NAME", help="His number, or part of his name.")]


class _PayFirst(TyperGroup):
    """What names none of its commands books a payment: `maanwerk pay --debtor NAME AMOUNT`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put the command in front that is meant."""
        asks = bool(args) and args[0] in ("--help", *self.commands)
        return super().parse_args(ctx, args if asks or not args else ["book", *args])


app = typer.Typer(
    cls=_PayFirst,
    no_args_is_help=True,
    help="Payments of a debtor: `pay --debtor NAME AMOUNT --credited DATE --reference TEXT` spreads one over his "
    "invoices (art. 6:43 BW), one that he named first; what none of them takes stays on no invoice.",
)


@app.command("book")
def book(
    debtor: _Debtor,
    amount: Annotated[str | None, typer.Argument(metavar="[AMOUNT]", help="As you write it: 1.234,56.")] = None,
    credited: Annotated[
        str | None, typer.Option("--credited", metavar="DATE", help="Day on which your account was credited.")
    ] = None,
    reference: Annotated[
        str, typer.Option("--reference", metavar="TEXT", help="What he wrote; an invoice number in it is paid first.")
    ] = "",
    method: Annotated[
        PaymentMethod | None,
        typer.Option("--method", help="How it was paid: until it is final, `case show` says until when."),
    ] = None,
    own: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Its own number: under it, it counts once.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Though an equal one of that day is booked already: this is a second one.")
    ] = False,
    reverse: Annotated[
        str | None,
        typer.Option(
            "--reverse",
            metavar="PAYMENT",
            help="The bank took this payment back: with AMOUNT so much of what is on no invoice, else all of it.",
        ),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Of --reverse: when; else today.")] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Of --reverse: as the bank says it.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Show what stands on no invoice.")] = False,
    creditor: _Creditor = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Book a payment of a debtor: it is spread over his open invoices; or, with --list, show what is on none."""
    from cli.pay import commands

    if listed:
        if amount is not None:
            raise typer.BadParameter("shows, and books nothing: leave AMOUNT out", param_hint="--list")
        commands.print_loose(debtor, creditor, as_json)
        return
    if reverse is not None:
        commands.take_back(debtor, creditor, reverse, amount, date_of(on, "--on"), reason, actor, as_json)
        return
    day = date_of(credited, "--credited")
    if amount is None or day is None:
        what = "AMOUNT" if amount is None else "--credited"
        raise typer.BadParameter("is needed to book a payment; --list shows what is on no invoice", param_hint=what)
    commands.book(debtor, creditor, amount, day, reference, own, again, actor, as_json, method or "")


@app.command("allocate")
def allocate(
    payment: Annotated[
        str,
        typer.Argument(
            metavar="PAYMENT|ID", help="Money on no invoice, as --list names it, or a case on which too much was paid."
        ),
    ],
    case: Annotated[str, typer.Argument(metavar="ID", help="Where it goes: case id or invoice number.")],
    amount: Annotated[
        str | None, typer.Argument(metavar="[AMOUNT]", help="How much; else what the case takes.")
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Put money that is on no invoice on one; what was paid too much on a case is set off, and the debtor is told."""
    from cli.pay import commands

    commands.allocate(payment, case, amount, actor, as_json)


@app.command("refund")
def refund(
    debtor: _Debtor,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Day on which it left your account.")],
    amount: Annotated[str | None, typer.Argument(metavar="[AMOUNT]", help="How much; else all of it.")] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="PAYMENT", help="Of which payment; else the oldest.")
    ] = None,
    reference: Annotated[str, typer.Option("--reference", metavar="TEXT", help="What you wrote with it.")] = "",
    creditor: _Creditor = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Book that money on no invoice was given back."""
    day = date_of(on, "--on")
    assert day is not None
    from cli.pay import commands

    commands.refund(debtor, creditor, amount, of, day, reference, actor, as_json)
