"""To which policies many cases can be moved: those of the case file, and shipped ones that no case was ever under."""

from __future__ import annotations

from casefile.case_file import Transaction
from casefile.policies_in_use import known_policies
from casefile.session import Session
from policies.load import shipped_policies, shipped_policy

__all__ = ["know_shipped", "offered_policies"]


def offered_policies(session: Session) -> dict[str, int | None]:
    """The policies by name, with their newest version in the case file; None of one that is only shipped."""
    return dict(sorted((dict.fromkeys(shipped_policies()) | dict(known_policies(session))).items()))


def know_shipped(transaction: Transaction, name: str) -> int | None:
    """Know a policy that is only shipped, for as long as the transaction reads: it is stored with the first case.

    Returns:
        Its version; None where the case file has one of this name, or nobody ships it.
    """
    if name in dict(known_policies(transaction.session)) or name not in shipped_policies():
        return None
    shipped = shipped_policy(name)
    transaction.parties.also_known(shipped)
    return shipped.version
