"""Asking a person yes or no, in the language that is spoken."""

import sys

import typer

from speech.words import tr

__all__ = ["confirmed"]

_YES = frozenset(("y", "yes", "j", "ja", "o", "oui"))
_NO = frozenset(("n", "no", "nee", "neen", "nein", "non"))


def confirmed(question: str) -> bool:
    """Ask until there is an answer; a bare Enter, and the end of the input, are no.

    Args:
        question: As it is printed, on standard error, with a hint of what to answer behind it.
    """
    while True:
        sys.stderr.write(f"{question} {tr('[y/N]')}: ")
        sys.stderr.flush()
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            raise typer.Abort from None
        except OSError:
            line = ""  # nobody can answer
        answer = line.strip().casefold()
        if answer in _YES:
            return True
        if not answer or answer in _NO:
            if not line:
                sys.stderr.write("\n")
            return False
