"""`maanwerk import`: lists of open items and e-invoices into the case file."""

from pathlib import Path
from typing import Annotated

import typer


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Lists of open items (CSV, XLSX), e-invoices, folders of them."),
    ],
    creditor: Annotated[
        Path, typer.Option("--creditor", metavar="FILE", help="Profile of the creditor whose invoices these are.")
    ] = Path("creditor.yaml"),
    complete: Annotated[
        bool, typer.Option("--complete", help="The lists name all that is open: cases missing from them go on hold.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    accept_new_account: Annotated[
        bool,
        typer.Option(
            "--accept-new-account", help="The profile's account is another one than before, and that is right."
        ),
    ] = False,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--mapping", metavar="FILE", help="What the lists call our columns: a file, or a shipped mapping."
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook.")] = None,
    guess: Annotated[
        bool,
        typer.Option("--guess", help="Propose a mapping for one list, and keep it when you agree; import nothing."),
    ] = False,
    today: Annotated[str | None, typer.Option("--today", metavar="DATE", help="Import as if on that day.")] = None,
) -> None:
    """Import lists of open items and e-invoices: open cases, bring known ones up to date. Exit 2 when one is wrong."""
    if guess:
        from cli.guessing import run as propose

        if len(files) != 1:
            raise typer.BadParameter("give one list", param_hint="--guess")
        propose(files[0], None if mapping is None else Path(mapping), sheet, creditor)
        return
    # Imported here: database and engine are heavy, and the other commands must not wait for them.
    from cli.importing import run

    run(
        files,
        creditor,
        complete=complete,
        dry_run=dry_run,
        as_json=as_json,
        today=today,
        accept_new_account=accept_new_account,
        mapping=mapping,
        sheet=sheet,
    )
