"""`maanwerk case arrange`: instalments are agreed with a debtor, changed or ended."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cli.case.options import Actor, Debtor, Ids, Json, amount_of, choice_of, date_of

_Instalments = Annotated[int | None, typer.Option("--instalments", metavar="N", help="How many, of equal amounts.")]
_PerMonth = Annotated[str | None, typer.Option("--per-month", metavar="AMOUNT", help="How much each month.")]
_Written = Annotated[
    list[str] | None,
    typer.Option("--instalment", metavar="DATE:AMOUNT", help="One instalment as agreed; may be given several times."),
]
_PayDay = Annotated[
    int | None, typer.Option("--pay-day", min=1, max=31, metavar="DAY", help="Day of the month on which he is paid.")
]


def add_to(app: typer.Typer) -> None:
    """Add this command to those about cases."""
    app.command("arrange")(arrange)


def arrange(
    case: Ids = None,
    instalments: _Instalments = None,
    per_month: _PerMonth = None,
    instalment: _Written = None,
    pay_day: _PayDay = None,
    start: Annotated[str | None, typer.Option("--start", metavar="DATE", help="First day that may be one.")] = None,
    interest: Annotated[
        Literal["frozen", "reserved", "runs"] | None,
        typer.Option("--interest", help="None meanwhile; only if it is broken; on. Else as the policy says."),
    ] = None,
    principal_only: Annotated[
        bool, typer.Option("--principal-only", help="Without interest and costs, which are given up if it is frozen.")
    ] = False,
    name: Annotated[str | None, typer.Option("--id", metavar="ID", help="Its own number, if it has one.")] = None,
    not_acknowledged: Annotated[
        bool, typer.Option("--not-acknowledged", help="The debtor does not acknowledge the debt by it.")
    ] = False,
    signed_off_by: Annotated[
        str, typer.Option("--signed-off-by", metavar="NAME", help="Who signs for what is not allowed otherwise.")
    ] = "",
    change: Annotated[bool, typer.Option("--change", help="In the place of the one that stands.")] = False,
    end: Annotated[bool, typer.Option("--end", help="End the one that stands, by agreement.")] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What he said, in his words or yours.")] = "",
    debtor: Debtor = None,
    show: Annotated[bool, typer.Option("--show", help="Only show the instalments.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask whether these instalments are right.")] = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Agree instalments for one invoice, or one arrangement for several of a debtor; shown before they are told."""
    from cli.case import arranging

    choice = choice_of(case, debtor, None, None, yes)
    if end:
        arranging.end(choice, note, actor, as_json)
        return
    wanted = arranging.Wanted(
        instalments=instalments,
        per_month=amount_of(per_month, "--per-month"),
        written=tuple(instalment or ()),
        pay_day=pay_day,
        start=date_of(start, "--start"),
        interest=interest,
        principal_only=principal_only,
        name=name,
        acknowledges=not not_acknowledged,
        signed_off_by=signed_off_by,
        change=change,
        note=note,
    )
    arranging.arrange(choice, wanted, actor, as_json, show=show)
