"""Finds a policy by its name or by the path of its file."""

import difflib
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from domain.policy import Policy
from policies.load import load_policy_file, shipped_policies, shipped_policy
from policies.problems import Problem, SourceError

__all__ = ["NoPolicy", "did_you_mean", "find_policy", "is_path"]

_ENDINGS = (".yaml", ".yml")


class NoPolicy(SourceError):
    """There is no policy of this name, and no file at this path."""


def find_policy(name: str, folder: Path, letters: Collection[str] | None = None, besides: Iterable[str] = ()) -> Policy:
    """Find a policy by its name or by the path of its file.

    A name means the file `NAME.yaml` (or `NAME`) in the folder, else the shipped policy of that name: an own file comes
    before the shipped one that it was made of. A path, which has a slash or the ending of a file, is tried from the
    folder and then from where one stands; `policies/NAME.yaml` that is nowhere means the shipped policy.

    Args:
        name: The name, or the path.
        folder: Where own policies lie.
        letters: Names of the letters that can be rendered; None: any letter will do.
        besides: Names that are known besides, of which one may have been meant.

    Raises:
        NoPolicy: there is none.
        SourceError: it is there and can't be used.
    """
    places = list(_places(name, folder))
    for place in places:
        if os.path.exists(place) and not os.path.isdir(place):  # Those of pathlib raise when a name is too long.
            return load_policy_file(place, letters).checked()
    shipped = name.removeprefix("policies/").removesuffix(".yaml")
    if shipped in shipped_policies():
        return shipped_policy(shipped)
    if is_path(name):
        message = f"there is no such policy file (tried {' and '.join(map(str, places))})"
    else:
        where = "here" if folder == Path() else f"in {folder}"
        meant = did_you_mean(name, (*besides, *shipped_policies()))
        message = f"there is no file {name}.yaml {where}, and no policy of this name is shipped{meant}"
    raise NoPolicy([Problem(name, 0, 0, "", message)])


def _places(name: str, folder: Path) -> Iterator[Path]:
    """The files that a name or path may mean, in the order in which they are looked for."""
    written = (name,) if name.endswith(_ENDINGS) else (f"{name}.yaml", name)
    for start in dict.fromkeys((folder, Path())) if is_path(name) else (folder,):
        yield from (start / each for each in written)


def is_path(name: str) -> bool:
    """Whether a text names a file by its path, and no policy by its name."""
    return "/" in name or name.endswith(_ENDINGS)


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The end of an error about a name that is not known: what was probably meant, else what is known."""
    names = list(known)
    near = difflib.get_close_matches(given, names, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    return f"; known: {shown or 'none'}"
