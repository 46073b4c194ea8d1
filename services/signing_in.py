"""Who may sign in by what a provider has proved: a user is bound to who he is there when he first comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casefile.case_file import CaseFile
from casefile.people import DeskRole, LoginTaken, SeesAll, User, bind_user, create_user, set_role, user_bound_to
from services.ports import NotProven, Proven

__all__ = ["Elsewhere", "let_in"]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Whom we let in who signs in elsewhere.

    Attributes:
        domains: Domains of e-mail addresses that may; none: any.
        by_role: Whether the provider says the role.
        creates: Role of who is no user yet; None: he is refused.
    """

    domains: frozenset[str] = frozenset()
    by_role: bool = False
    creates: DeskRole | None = None


def let_in(file: CaseFile, rules: Elsewhere, proven: Proven, at: datetime) -> User:
    """The user who somebody is.

    Whoever is bound to his subject there is he, also under another address. Else it is the user with this login who is
    bound to nobody yet, and is bound now. Nobody is who is disabled, of another domain, or unknown.

    Args:
        file: The case file.
        rules: Whom we let in.
        proven: What was proved.
        at: Now, aware.

    Raises:
        NotProven: nobody, or he may not; the text says why.
    """
    if rules.domains and proven.login.casefold().rpartition("@")[2] not in rules.domains:
        raise NotProven("this address is of a domain that may not sign in so")
    role = _role(proven) if rules.by_role else None
    if rules.by_role and role is None:
        raise NotProven("the provider gives this person no role here: read, work, approve or admin")
    user = user_bound_to(file, proven.issuer, proven.subject) or bind_user(
        file, proven.login, proven.issuer, proven.subject
    )
    if user is None:
        if rules.creates is None:
            raise NotProven("there is no user with this address, or he signs in as somebody else: ask an administrator")
        user = _made(file, rules.creates if role is None else role, proven, at)
    if not user.may_sign_in:
        raise NotProven("this user may not sign in any more")
    if role is not None and role is not user.role:
        try:
            set_role(file, user.id, role)
        except SeesAll as problem:
            raise NotProven(str(problem)) from None
        user = user_bound_to(file, proven.issuer, proven.subject) or user
    return user


def _made(file: CaseFile, role: DeskRole, proven: Proven, at: datetime) -> User:
    if not proven.login.isprintable() or " " in proven.login:
        raise NotProven("its token names nobody who could be a user here")
    try:
        create_user(file, proven.login, proven.name or proven.login, role, at)
    except LoginTaken:
        raise NotProven("there is a user with this address who signs in as somebody else") from None
    made = bind_user(file, proven.login, proven.issuer, proven.subject)
    assert made is not None
    return made


def _role(proven: Proven) -> DeskRole | None:
    """The highest role that the provider names, by its own word or behind a prefix of ours."""
    named = {each.casefold().removeprefix("maanwerk-").removeprefix("maanwerk:") for each in proven.roles}
    return next((role for role in reversed(DeskRole) if role.value in named), None)
