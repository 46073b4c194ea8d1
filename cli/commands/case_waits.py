"""`maanwerk case hold`, `unhold` and `status`: why a case waits, and what its debtor is in."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.case.options import Actor, Debtor, File, Ids, Json, Stage, Yes, choice_of, date_of, day_of, tell_chosen

_Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="payment_claimed, payment_pending, set_off, invoice_not_received, contact_changed, post_returned, "
        "inbox_unread, payment_run …",
    ),
]
_Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="What he said, in his words or yours.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those about cases."""
    app.command("hold")(hold)
    app.command("unhold")(unhold)
    app.command("status")(status)


def hold(
    *,
    cases: Ids = None,
    kind: _Kind,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="First free day; else the end of its kind.")
    ] = None,
    what: Annotated[
        Literal["email", "address", "iban", "phone"] | None,
        typer.Option("--what", help="Of contact_changed: what somebody wants changed."),
    ] = None,
    day: Annotated[
        int | None,
        typer.Option("--day", min=1, max=31, help="Of payment_run: the day of the month on which he pays."),
    ] = None,
    note: _Note = "",
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Let cases wait for a reason, each kind with its own end: `case hold ID… KIND`."""
    content = {"hold": kind, "until": day_of(until, "--until"), "about": what, "day": day, "note": note}
    tell_chosen(choice_of(cases, debtor, stage, file, yes), "hold_case", content, actor, as_json)


def unhold(
    *,
    cases: Ids = None,
    kind: _Kind,
    note: _Note = "",
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """End a reason to wait, and its task; of a debtor or stage, for the cases that have it: `case unhold ID… KIND`."""
    choice = choice_of(cases, debtor, stage, file, yes)
    content = {"hold": kind, "note": note}
    tell_chosen(choice, "unhold_case", content, actor, as_json, fits=lambda row: kind in row.holds)


def status(
    *,
    cases: Ids = None,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="STATUS",
            help="debt_help, moratorium, wsnp, bankruptcy, suspension, deceased, minor, guardianship, vulnerable or "
            "belgian_stop.",
        ),
    ],
    debtor: Annotated[
        str | None, typer.Option("--debtor", metavar="NAME", help="The debtor, by his number or name.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Day from which it counts; else today.")
    ] = None,
    proven: Annotated[bool, typer.Option("--proven", help="Of debt_help: he proved it.")] = False,
    end: Annotated[bool, typer.Option("--end", help="It is over.")] = False,
    note: _Note = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Note what a debtor is in, for all his cases at once: nothing is asked and no costs arise until it ends."""
    from cli.case.statuses import tell_status

    day = date_of(since, "--since")
    tell_status(cases or (), debtor, kind, since=day, proven=proven, ended=end, note=note, actor=actor, as_json=as_json)
