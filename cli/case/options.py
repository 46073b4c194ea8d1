"""What the commands about cases have in common: their options, and how they tell cases something.

What is heavy is imported where it is used: the other commands must not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from cli.case.choosing import Choice
    from domain.policy import Policy
    from services.reports.case_list import ListRow

Id = Annotated[str, typer.Argument(metavar="ID", help="Case id or invoice number.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Case ids or invoice numbers.")]
Debtor = Annotated[
    str | None, typer.Option("--debtor", metavar="NAME", help="All open cases of this debtor: his number or name.")
]
Stage = Annotated[str | None, typer.Option("--stage", help="All open cases at this stage.")]
File = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="The cases in this file, an id a line; - is what comes in."),
]
WithoutNoticeOption = Annotated[
    Literal["limitation_near", "fraud", "debtor_flees", "insolvency_filed", "debtor_declared_not_to_pay"] | None,
    typer.Option("--without-notice", help="Hand off before the term of the notice has run out: why."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before many are changed.")]
Actor = Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Who decides; by default who you are.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]


def tell(case: str, name: str, content: Mapping[str, object], actor: str | None, as_json: bool) -> None:
    """Tell one case something, and print its answer."""
    from cli.case import telling

    telling.tell(case, name, content, actor, as_json)


def choice_of(
    cases: Sequence[str] | None, debtor: str | None, stage: str | None, file: Path | None, yes: bool
) -> Choice:
    """The cases that a command names."""
    from cli.case.choosing import Choice

    return Choice(tuple(cases or ()), debtor, stage, file, yes)


def tell_chosen(
    choice: Choice,
    name: str,
    content: Mapping[str, object],
    actor: str | None,
    as_json: bool,
    *,
    policy: Policy | None = None,
    fits: Callable[[ListRow], bool] = lambda row: True,
) -> None:
    """Tell several cases something, with progress, and print the answer of each."""
    from cli.case import telling

    telling.tell_chosen(choice, name, content, actor, as_json, policy=policy, fits=fits)


def day_of(written: str | None, where: str) -> str | None:
    """A day as it was written, as JSON has it; None where nothing was."""
    day = date_of(written, where)
    return None if day is None else day.isoformat()


def date_of(written: str | None, where: str) -> date | None:
    """A day as it was written."""
    from cli.written import written_day

    return written_day(written, where)


def amount_of(written: str | None, where: str) -> str | None:
    """An amount as people write it, as JSON has it; None where nothing was."""
    from cli.written import plain_amount

    try:
        return None if written is None else plain_amount(written)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint=where) from None
