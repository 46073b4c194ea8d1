"""`maanwerk case dispute` and its like: what a debtor says of an invoice, and what is agreed with him."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.case.options import Actor, Id, Json, amount_of, tell

_Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="What he said, in his words or yours.")]
_Amount = Annotated[str | None, typer.Option("--amount", help="How much; else all that is open.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those about cases."""
    app.command("dispute")(dispute)
    app.command("resolve")(resolve)
    app.command("paper")(paper)


def dispute(
    case: Id,
    amount: _Amount = None,
    reason: Annotated[
        Literal["late", "wrong_price", "damaged", "not_ordered", "not_received", "already_paid", "other"],
        typer.Option("--reason", help="Why he does not agree."),
    ] = "other",
    note: _Note = "",
    name: Annotated[str | None, typer.Option("--id", metavar="ID", help="Its own number, if it has one.")] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option("--attach", metavar="FILE", help="What he sent with it; kept in the case file only."),
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Note that the debtor disputes an invoice, or an amount of it: that is not asked for until it is decided."""
    content = {"dispute": name, "amount": amount_of(amount, "--amount"), "reason": reason, "note": note}
    if attach:
        from cli.case.papers import keep_papers

        keep_papers(case, attach, name or "", actor)
    tell(case, "raise_dispute", content, actor, as_json)


def resolve(
    case: Id,
    outcome: Annotated[
        Literal["upheld", "partly", "rejected", "withdrawn"], typer.Argument(help="Whether the debtor is right.")
    ],
    amount: Annotated[
        str | None, typer.Option("--amount", help="Of `partly`: the amount in which he is right.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Which dispute, when there are several.")
    ] = None,
    note: _Note = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Decide a dispute: the debtor is told in writing; what was upheld is not owed, the rest is asked again."""
    content = {"dispute": name, "outcome": outcome, "amount": amount_of(amount, "--amount"), "note": note}
    tell(case, "resolve_dispute", content, actor, as_json)


def paper(
    case: Id,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or the beginning of its SHA-256.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Write it to this new file.")],
) -> None:
    """Give a file that the debtor sent, as `case show` names it."""
    from cli.case.papers import give_paper

    give_paper(case, name, out)
