"""`maanwerk case dispute` and its like: what a debtor says of an invoice, and what is agreed with him."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.case.options import Actor, Id, Json, amount_of, day_of, tell

_Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="What he said, in his words or yours.")]
_Amount = Annotated[str | None, typer.Option("--amount", help="How much; else all that is open.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those about cases."""
    app.command("dispute")(dispute)
    app.command("resolve")(resolve)
    app.command("paper")(paper)
    app.command("promise")(promise)
    app.command("withdraw-promise")(withdraw_promise)
    app.command("settlement")(settlement)


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


def promise(
    case: Id,
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="Day on which it is on our account at the latest.")],
    amount: _Amount = None,
    note: _Note = "",
    extends_term: Annotated[
        bool, typer.Option("--extends-term", help="The running term of the last letter moves to that day.")
    ] = False,
    name: Annotated[str | None, typer.Option("--id", metavar="ID", help="Its own number, if it has one.")] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Note that the debtor promises to pay: nothing is sent until that day, and he has it confirmed in writing."""
    content = {
        "promise": name,
        "amount": amount_of(amount, "--amount"),
        "by": day_of(by, "--by"),
        "extends_term": extends_term or None,
        "note": note,
    }
    tell(case, "record_promise", content, actor, as_json)


def withdraw_promise(
    case: Id,
    name: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Which promise; without it the last one that stands.")
    ] = None,
    told: Annotated[bool, typer.Option("--told", help="He has it in writing, and was told that it does not stand.")] = (
        False
    ),
    note: _Note = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Take back a promise that was noted by mistake; one that was confirmed in writing only where he was told."""
    tell(case, "withdraw_promise", {"promise": name, "told": told or None, "note": note}, actor, as_json)


def settlement(
    case: Id,
    amount: Annotated[str, typer.Argument(help="What he pays; the rest is released once it is paid.")],
    by: Annotated[str, typer.Option("--by", metavar="DATE", help="Day on which it is on our account at the latest.")],
    note: _Note = "",
    approved_by: Annotated[
        str, typer.Option("--approved-by", metavar="NAME", help="Who approved a release above what the policy allows.")
    ] = "",
    name: Annotated[str | None, typer.Option("--id", metavar="ID", help="Its own number, if it has one.")] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Agree on a lower amount: paid in full by that day, the rest is written off; else all is owed as before."""
    content = {
        "settlement": name,
        "amount": amount_of(amount, "AMOUNT"),
        "by": day_of(by, "--by"),
        "approved_by": approved_by,
        "note": note,
    }
    tell(case, "agree_settlement", content, actor, as_json)
