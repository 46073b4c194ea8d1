"""Which account cases are searched by: typed when asked, or piped in, so that it stands in no history."""

from __future__ import annotations

import sys

import typer

from casefile.payer_accounts import is_account
from services.desk.account_search import known_account
from speech.sentences import say
from speech.words import tr

__all__ = ["asked_account"]


def asked_account(search: str | None, asked: bool) -> str | None:
    """The account to search by; None where none is asked for.

    Args:
        search: What `--search` says.
        asked: Whether `--account` was given.

    Raises:
        typer.BadParameter: it is no IBAN, or one was given where a shell keeps it.
    """
    if search is not None and is_account(search):
        why = "an account stays in the history of the shell: leave it out, --account asks for it"
        raise typer.BadParameter(say(why), param_hint="--search")
    if not asked:
        return None
    if search is not None:
        raise typer.BadParameter(say("give --search or --account, not both"), param_hint="--account")
    given = typer.prompt(tr("Account (IBAN)"), err=True) if sys.stdin.isatty() else sys.stdin.readline(200)
    try:
        return known_account(given)
    except ValueError as problem:
        raise typer.BadParameter(say(str(problem)), param_hint="--account") from None
