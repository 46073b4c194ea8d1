"""Who is known to ask, as the door knows him by which he comes: for what takes two people, who must not be one.

A line for each way of naming him. Two who share a line are one person: better that a colleague is asked who has the
same name than that somebody signs for himself by his key.
"""

from __future__ import annotations

from collections.abc import Iterable

from casefile.api_keys import ApiKey
from casefile.case_file import CaseFile
from casefile.people import User, users

__all__ = ["known_by_key", "known_on_machine", "known_user", "user_on_machine"]


def known_user(user: User) -> str:
    """Who is signed in at the desk."""
    return _lines(_of_user(user))


def known_by_key(file: CaseFile, key: ApiKey, named: str) -> str:
    """Who asks over HTTP: whose key it is, and whom the request names.

    Args:
        file: The case file.
        key: What he brought.
        named: Who decides, as the request says.
    """
    names = [key.name, named]
    his = [user for user in users(file) if user.id == key.user_id or _is_called(user, names)]
    return _lines([f"key {key.id}", *_names(names), *(line for user in his for line in _of_user(user))])


def known_on_machine(file: CaseFile, login: str, named: str) -> str:
    """Who types a command: who is logged in on the machine, and whom he names; nobody, where nobody is.

    Args:
        file: The case file.
        login: Who is logged in.
        named: Who decides, as he typed it.
    """
    if not login:
        return ""
    names = [login, named]
    his = [user for user in users(file) if _is_called(user, names)]
    return _lines([f"login on the machine {login}", *_names(names), *(line for user in his for line in _of_user(user))])


def user_on_machine(file: CaseFile, login: str) -> User | None:
    """The one user of the desk whose login, or what stands before its @, is that of who is logged in on the machine."""
    wanted = login.strip().casefold()
    his = [each for each in users(file) if wanted in (each.login, each.login.partition("@")[0])] if wanted else []
    return his[0] if len(his) == 1 else None


def _of_user(user: User) -> list[str]:
    return [f"user {user.id}", *_names((user.name, user.login, user.login.partition("@")[0]))]


def _names(names: Iterable[str]) -> list[str]:
    return [f"called {name}" for name in names if name.strip()]


def _is_called(user: User, names: Iterable[str]) -> bool:
    own = {line.casefold() for line in _of_user(user)}
    return any(line.casefold() in own for line in _names(names))


def _lines(lines: Iterable[str]) -> str:
    # A name with a line break in it would be several.
    return "\n".join(dict.fromkeys(" ".join(line.split()) for line in lines))
