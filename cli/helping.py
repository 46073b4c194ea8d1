"""What `--help` says, in the language of who reads it: made only at the moment at which it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speech.words import to_people, tr

__all__ = ["FRAME", "help_texts", "say_help"]

FRAME: Mapping[str, str] = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commands",
    "DEFAULT_STRING": "[default: {}]",
    "REQUIRED_LONG_STRING": "[required]",
}
"""What typer itself writes around our texts, by its names in `typer.rich_utils`."""


def say_help(command: Any) -> None:
    """Let a command, and those below it, say their help in the language of people.

    Args:
        command: A command of typer; of the tree below it nothing is looked at before help is asked for.
    """
    for each in _tree(command):
        each.format_help = _Saying(each, each.format_help)


def help_texts(command: Any) -> Iterator[str]:
    """The texts of a command and of those below it, as they stand in the source.

    Args:
        command: A command of typer.
    """
    for each in _tree(command):
        yield from filter(None, (each.help, *(getattr(parameter, "help", None) for parameter in each.params)))


def _tree(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _tree(below)


class _Saying:
    """Shows the help of one command, once its texts were translated."""

    def __init__(self, command: Any, show: Any) -> None:
        self._command = command
        self._show = show

    def __call__(self, context: Any, formatter: Any) -> None:
        from typer import rich_utils

        with to_people():
            for each in _tree(self._command):
                _say_texts(each)
            asked = self._command.get_help_option(context)
            if asked is not None:
                asked.help = tr("Show this message and exit.")
            usage = self._command.get_usage(context)
            said = tr("Usage:") + usage.removeprefix("Usage:")
            self._command.get_usage = lambda _: said
            frame = {name: tr(text) for name, text in FRAME.items()}
        theirs = {name: getattr(rich_utils, name) for name in frame}
        vars(rich_utils).update(frame)
        try:
            self._show(context, formatter)
        finally:
            vars(rich_utils).update(theirs)


def _say_texts(command: Any) -> None:
    command.options_metavar = command.options_metavar and tr("[OPTIONS]")
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = tr("COMMAND [ARGS]...")
    command.help = command.help and tr(command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = tr(parameter.help)
