"""Behind `maanwerk policy manual`: prints the procedure manual of a policy, or writes it as a PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from cli.failing import failed
from cli.output import console, print_json
from letters.manual import press_manual
from letters.render import known_letters
from policies.finding import find_policy
from services.manual.content import Part
from services.manual.manual import manual_of
from services.manual.printed import printed
from services.today.day import office_day
from speech.words import tr

__all__ = ["show_manual"]


def show_manual(policy: str, pdf: Path | None, as_json: bool) -> None:
    """Print it.

    Args:
        policy: Name or file of the policy.
        pdf: Where the PDF is written; None prints text.
        as_json: Whether to print JSON.
    """
    on = office_day(datetime.now(UTC))
    manual = manual_of(find_policy(policy, Path(), known_letters()), on)
    if pdf is not None:
        try:
            pdf.write_bytes(press_manual(printed(manual), on))
        except OSError as error:
            failed(f"{pdf} can't be written: {error.strerror or error}")
        typer.echo(tr("Written: {file}", file=pdf))
        return
    if as_json:
        print_json(manual.model_dump(mode="json"))
        return
    out = console()
    out.print(manual.title, style="bold")
    out.print(manual.subtitle)
    for sentence in manual.intro:
        out.print(sentence)
    for part in (*manual.rungs, *manual.parts):
        out.print(f"\n{part.heading}", style="bold", markup=False)
        _part(part)


def _part(part: Part) -> None:
    out = console()
    for sentence in part.intro:
        out.print(sentence, markup=False)
    for line in part.lines:
        out.print(f"  {line.term}: {line.text}", markup=False, highlight=False)
