"""Which language a command speaks: `MAANWERK_LANGUAGE`, else that of the locale."""

from collections.abc import Mapping, Sequence

from speech.words import LANGUAGES

__all__ = ["language_of", "runs_workers"]

_WITH_WORKERS = ("api", "demo", "up", "worker")
"""Commands that run workers or serve: what they tell Temporal and programs is the same in every language."""


def runs_workers(arguments: Sequence[str]) -> bool:
    """Whether a command runs workers, so that it speaks another language than English to people alone.

    Args:
        arguments: What stands behind `maanwerk`.
    """
    return bool(arguments) and arguments[0] in _WITH_WORKERS


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the language of a command.

    What a program reads is English: with `--json` nothing changes with the language.

    Args:
        arguments: What stands behind `maanwerk`.
        environment: Environment variables.

    Raises:
        ValueError: `MAANWERK_LANGUAGE` names a language that there is not.
    """
    wanted = environment.get("MAANWERK_LANGUAGE", "").strip().lower()
    if wanted:
        spoken = wanted.replace("-", "_").partition("_")[0]
        if spoken not in LANGUAGES:
            raise ValueError(f"MAANWERK_LANGUAGE: there is no {wanted!r}; there are: {', '.join(LANGUAGES)}")
    else:
        # As gettext and POSIX find the language of messages.
        names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        locale = next(filter(None, names), "")
        spoken = locale.partition("_")[0].partition(".")[0].lower()
    return spoken if spoken in LANGUAGES and "--json" not in arguments else "en"
