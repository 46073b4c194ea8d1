"""Finds a policy by its path or its name."""

import difflib
from collections.abc import Collection, Iterable
from pathlib import Path

from domain.policy import Policy
from policies.load import load_policy_file, shipped_policies, shipped_policy
from policies.problems import Problem, SourceError

__all__ = ["did_you_mean", "is_path", "read_policy"]


def read_policy(name: str, folder: Path, letters: Collection[str] | None = None) -> Policy:
    """Find a policy by its path or by the name of a shipped one.

    A path is tried from `folder`, then from the working directory; `policies/NAME.yaml` that is nowhere means
    the shipped policy NAME.

    Raises:
        SourceError: there is none, or it has errors.
    """
    if name in shipped_policies():
        return shipped_policy(name)
    if not is_path(name):
        hint = did_you_mean(name, shipped_policies())
        raise SourceError([Problem(name, 0, 0, "", f"no policy of this name is shipped, and it is no path{hint}")])
    for place in (folder / name, Path(name)):
        if place.exists() and not place.is_dir():
            return load_policy_file(place, letters).checked()
    shipped = name.removeprefix("policies/").removesuffix(".yaml")
    if shipped in shipped_policies():
        return shipped_policy(shipped)
    tried = " and ".join(dict.fromkeys(str(place) for place in (folder / name, Path(name))))
    raise SourceError([Problem(name, 0, 0, "", f"there is no such policy file (tried {tried})")])


def is_path(name: str) -> bool:
    """Whether a text names a file by its path, and no policy by its name."""
    return "/" in name or name.endswith((".yaml", ".yml"))


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """The end of an error about a name that is not known: what was probably meant, else what is known."""
    names = list(known)
    near = difflib.get_close_matches(given, names, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    return f"; known: {shown or 'none'}"
