"""`maanwerk figures`: how old the money is, how fast it comes, and what our steps do."""

from typing import Annotated

import typer

from cli.case.options import Json

_Creditor = Annotated[list[str] | None, typer.Option("--creditor", metavar="ID", help="Only of this creditor.")]


def figures(creditor: _Creditor = None, as_json: Json = False) -> None:
    """Ageing, DSO, collection effectiveness, promises kept, what our steps bring, money by stage and hold, by week."""
    from cli.figures import show_figures

    show_figures(creditor or [], as_json)
