"""`maanwerk case report`: what the collection partner who has a case says of it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.case.options import Actor, Id, Json, amount_of, day_of, tell

__all__ = ["add_to"]

_Code = Literal["paid", "uncollectable", "withdrawn", "insolvent", "limitation", "settled", "other"]


def add_to(app: typer.Typer) -> None:
    """Add the commands about a case that a partner has."""
    app.command("report")(report)
    app.command("recall")(recall)


def report(
    case: Id,
    status: Annotated[
        Literal[
            "accepted",
            "refused",
            "more_wanted",
            "payment",
            "payment_reversed",
            "costs",
            "arrangement",
            "paused",
            "resumed",
            "summons",
            "judgment",
            "seizure",
            "closed",
            "recalled",
        ],
        typer.Argument(help="What the partner says."),
    ],
    partner: Annotated[
        str | None, typer.Option("--partner", metavar="ID", help="Which partner; else who has the case.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="His own number of the report: told twice it counts once.")
    ] = None,
    reference: Annotated[str, typer.Option("--reference", metavar="TEXT", help="His name for the file.")] = "",
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Of which day; else today.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="What was paid, or what it cost.")] = None,
    payment: Annotated[
        str | None, typer.Option("--payment", metavar="ID", help="Of a payment taken back: his report of it.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Until when the file rests.")] = None,
    code: Annotated[_Code | None, typer.Option("--code", help="Why he closed the file.")] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in his words.")] = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Note what the collection partner says of a case that was handed off."""
    content = {
        "id": name,
        "partner": partner,
        "reference": reference or None,
        "status": status,
        "on": day_of(on, "--on"),
        "amount": amount_of(amount, "--amount"),
        "payment": payment,
        "until": day_of(until, "--until"),
        "code": code,
        "reason": reason or None,
    }
    tell(case, "report_agency", content, actor, as_json)


def recall(
    case: Id,
    reason: Annotated[
        Literal["mistake", "disputed", "settled", "other_partner", "own_hands", "other"],
        typer.Option("--reason", help="Why we want it back."),
    ] = "other",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in your words.")] = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Ask the collection partner for a case back; it is ours again once he says that he gave it back."""
    tell(case, "recall_handoff", {"reason": reason, "note": note or None}, actor, as_json)
