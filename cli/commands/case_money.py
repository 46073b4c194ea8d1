"""`maanwerk case pay`, `case refund` and `case duplicate`: what a person says of the money of a case."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.case.options import Actor, Id, Json, date_of
from domain.law.payment_methods import PaymentMethod

_Again = Annotated[
    bool, typer.Option("--again", help="Though an equal one of that day is booked already: this is a second one.")
]
_Own = Annotated[
    str | None, typer.Option("--id", metavar="ID", help="Its own number, of the bank say: under it, it counts once.")
]
_Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="As you write it: 1.234,56 or 1234.56.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those about cases."""
    app.command("pay")(pay)
    app.command("refund")(refund)
    app.command("duplicate")(duplicate)


def pay(
    case: Id,
    amount: _Amount,
    credited: Annotated[
        str, typer.Option("--credited", metavar="DATE", help="Day on which your account was credited.")
    ],
    reference: Annotated[
        str, typer.Option("--reference", metavar="TEXT", help="What the payer wrote, or where you saw it.")
    ],
    method: Annotated[
        PaymentMethod | None,
        typer.Option("--method", help="How it was paid: until it is final, `case show` says until when."),
    ] = None,
    own: _Own = None,
    again: _Again = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Book a payment on a case, and tell what it did."""
    day = date_of(credited, "--credited")
    assert day is not None
    from cli.case import money

    money.pay(case, amount, day, reference, method, own, again, actor, as_json)


def refund(
    case: Id,
    amount: _Amount,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="Day on which it left your account.")],
    of: Annotated[
        str,
        typer.Option(
            "--of", metavar="PAYMENT|overpayment", help="The payment out of which, as `case show` names it; else any."
        ),
    ] = "overpayment",
    reference: Annotated[str, typer.Option("--reference", metavar="TEXT", help="What you wrote with it.")] = "",
    own: _Own = None,
    again: _Again = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Book what you gave back of what was paid too much; a payment that the bank took back is none of this."""
    day = date_of(on, "--on")
    assert day is not None
    from cli.case import money

    money.refund(case, amount, of, day, reference, own, again, actor, as_json)


def duplicate(
    case: Id,
    outcome: Annotated[
        Literal["one", "two"],
        typer.Argument(metavar="one|two", help="One payment that was told twice, or two payments."),
    ],
    payment: Annotated[
        str | None,
        typer.Option("--payment", metavar="PAYMENT", help="Of `one`: which is taken back; else the later one."),
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="How you know.")] = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Say whether two payments of one amount, from two sources, are two or one; the case goes on then."""
    from cli.case import money

    money.duplicate(case, outcome, payment, note, actor, as_json)
