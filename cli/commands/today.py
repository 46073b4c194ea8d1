"""`maanwerk today`: the morning screen."""

from typing import Annotated

import typer

from cli.case.options import Json

_Of = Annotated[
    str | None, typer.Option("--of", metavar="LOGIN", help="From block 3 on only what this user looks after.")
]


def today(of: _Of = None, as_json: Json = False) -> None:
    """What a credit controller must see in the morning: may we send, money, what leaves, what waits, calls, figures."""
    from cli.today import show_today

    show_today(of, as_json)
