"""`maanwerk agency`: partners who take cases over: trying the way to them, what they report, links they were mailed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.case.options import Actor, Json
from cli.commands import agency_received, agency_remittance

app = typer.Typer(
    help="Partners who take cases over: the way to them, what they report, links they were mailed.",
    no_args_is_help=True,
)

agency_remittance.add_to(app)
agency_received.add_to(app)

_Partner = Annotated[str, typer.Argument(metavar="PARTNER", help="Id of the partner in the creditor's profile.")]
_Report = Annotated[int, typer.Argument(metavar="N", help="Number of the report, as the list shows it.")]


@app.command("test")
def test(
    partner: _Partner,
    creditor: Annotated[
        Path | None,
        typer.Option("--creditor", metavar="FILE", help="His profile is in this file, not yet in the case file."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Try the way to a partner: connection, sign-in, host key. Nothing is submitted; what would be is shown."""
    from cli.agencies import try_partner

    try_partner(partner, creditor, as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A return file: a CSV with a report a line.")],
    partner: Annotated[str, typer.Option("--partner", metavar="PARTNER", help="Who sent it.")],
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Take in a return file of a partner; the same file, or the same report, counts once."""
    from cli.agencies import take_in

    take_in(file, partner, actor, as_json)


@app.command("reports")
def reports(as_json: Json = False) -> None:
    """List what partners reported and nobody could be told yet, with why."""
    from cli.agencies import print_reports

    print_reports(as_json)


@app.command("give")
def give(
    report: _Report,
    case: Annotated[str, typer.Argument(metavar="CASE", help="Its case: id or invoice number.")],
    actor: Actor = None,
) -> None:
    """Say whose a report is: the case is told it."""
    from cli.agencies import give as give_now

    give_now(report, case, actor)


@app.command("dismiss")
def dismiss(
    report: _Report,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is none of ours.")],
    actor: Actor = None,
) -> None:
    """Say that a report is none of ours: it is kept, and told to nobody."""
    if not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    from cli.agencies import dismiss as dismiss_now

    dismiss_now(report, reason, actor)


@app.command("links")
def links(as_json: Json = False) -> None:
    """List the links that partners were mailed, and how often each was used."""
    from cli.agencies import print_links

    print_links(as_json)


@app.command("revoke")
def revoke(
    link: Annotated[str, typer.Argument(metavar="LINK", help="The link, as the list names it.")],
    actor: Actor = None,
) -> None:
    """Revoke a link: it opens nothing any more."""
    from cli.agencies import revoke as revoke_now

    revoke_now(link, actor)


@app.command("demo")
def demo(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on this machine.")] = 8239,
    conduct: Annotated[
        str, typer.Option("--conduct", help="What it does with files: see docs/handoff.md, The demo agency.")
    ] = "mixed",
) -> None:
    """Serve the demo agency on this machine, until Ctrl-C: it takes files over our API, and reports."""
    from cli.demo_agency import serve

    serve(port, conduct)
