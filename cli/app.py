"""The app of the command line: one file a command, which is imported when it is called."""

import gc
import os
import sys
from collections.abc import Sequence
from copy import copy
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException
from typer.main import get_command, get_command_name

from cli.output import print_errors
from cli.speaking import language_of, runs_workers
from speech.words import speak, spoken_language, to_people

__all__ = ["app_for", "run"]

# One line a command: its module, and in it the function, or the app of a group.
_COMMANDS = {
    "simulate": ("cli.commands.simulate", "simulate"),
    "demo": ("cli.commands.demo", "demo"),
    "plan": ("cli.commands.plan", "plan"),
    "claim": ("cli.commands.claim", "claim"),
    "policy": ("cli.commands.policy", "app"),
    "import": ("cli.commands.import_", "import_"),
    "case": ("cli.commands.case", "app"),
    "pay": ("cli.commands.pay", "app"),
    "debtor": ("cli.commands.debtor", "app"),
    "unmatched": ("cli.commands.unmatched", "app"),
    "samples": ("cli.commands.samples", "samples"),
    "up": ("cli.commands.up", "up"),
    "worker": ("cli.commands.worker", "worker"),
    "api": ("cli.commands.api", "api"),
    "desk": ("cli.commands.desk", "desk"),
    "api-key": ("cli.commands.api_key", "app"),
    "agency": ("cli.commands.agency", "app"),
    "today": ("cli.commands.today", "today"),
    "figures": ("cli.commands.figures", "figures"),
    "sending": ("cli.commands.sending", "app"),
    "user": ("cli.commands.user", "app"),
    "channel": ("cli.commands.channel", "app"),
    "reply": ("cli.commands.reply", "app"),
    "subscriber": ("cli.commands.subscriber", "app"),
    "nudge": ("cli.commands.nudge", "nudge"),
    "migrate": ("cli.commands.migrate", "app"),
    "keys": ("cli.commands.keys", "app"),
}


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"maanwerk {version('maanwerk')}")
        raise typer.Exit


def _root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """An escalation engine for overdue invoices: every invoice is one durable workflow."""


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """The app, with the one command that the arguments call, or with all of them where they call none.

    Args:
        arguments: What stands behind `maanwerk`.
    """
    app = typer.Typer(
        name="maanwerk",
        help="An escalation engine for overdue invoices: every invoice is one durable workflow.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    called = arguments[0] if arguments else ""
    for name in [called] if called in _COMMANDS else [] if called == "--version" else _COMMANDS:
        module, attribute = _COMMANDS[name]
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(_narrowed(found, arguments[1:]) if name == called else found, name=name)
        else:
            app.command(name)(found)
    return app


def _narrowed(group: typer.Typer, arguments: Sequence[str]) -> typer.Typer:
    """A group with the one command that is called, for each takes a millisecond; all of it where none is."""
    called = [
        each
        for each in group.registered_commands
        if arguments and arguments[0] == (each.name or get_command_name(getattr(each.callback, "__name__", "")))
    ]
    if not called:
        return group
    narrowed = copy(group)
    narrowed.registered_commands, narrowed.registered_groups = called, []
    return narrowed


def _problems_of_source(error: Exception) -> list[str] | None:
    """The lines of a `SourceError`, None of any other error; where none was raised its module may not be there."""
    source = sys.modules.get("policies.problems")
    return str(error).splitlines() if source is not None and isinstance(error, source.SourceError) else None


def run() -> None:
    """Run a command; bad input ends with 2 and one line per problem, without a traceback."""
    # What a command imports stays, and it makes little rubbish: looking for it as often as Python does takes a tenth.
    gc.set_threshold(20_000, 20, 50)
    try:
        speak(language_of(sys.argv[1:], os.environ), to_people_alone=runs_workers(sys.argv[1:]))
    except ValueError as problem:
        print_errors(str(problem))
        sys.exit(2)
    try:
        command = get_command(app_for(sys.argv[1:]))
        with to_people():
            foreign = spoken_language() != "en"
        if foreign:
            from cli.helping import say_help

            say_help(command)
        code = command(standalone_mode=False)
    except TyperException as error:
        # Raised by typer for options it does not know, missing arguments and the like.
        if error.format_message():  # Help that was shown for want of a command says nothing more.
            print_errors(f"maanwerk: {error.format_message()}")
        code = error.exit_code
    except typer.Abort:
        print_errors("maanwerk: stopped")
        code = 1
    except Exception as error:
        problems = _problems_of_source(error)
        if problems is None:
            raise
        print_errors(*problems)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
