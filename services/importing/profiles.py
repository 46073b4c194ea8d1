"""A creditor and his profile, as an import brings them or a page does: read, compared with what is kept, written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from casefile.case_file import CaseFile, Transaction
from domain.policy import Policy
from intake.mappings.mapping import ListMapping
from policies.creditor_profile import CreditorProfile, creditor_profile
from policies.finding import NoPolicy, did_you_mean
from policies.load import shipped_policies, shipped_policy
from policies.problems import SourceError
from policies.yaml_source import load_yaml
from services.importing.mappings import find_mapping, keep_reading_of, preset_mappings, profile_of
from services.importing.results import OtherAccountStored, OtherPolicyStored, accounts_of, save_profile

__all__ = [
    "OtherAccountStored",
    "OtherPolicyStored",
    "ProfileChange",
    "keep_profile",
    "kept_profile",
    "profile_change",
    "profile_in",
    "write_profile",
]


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What keeping a profile would change.

    Attributes:
        is_new: Whether there is no such creditor yet.
        fields: Names of what differs from what is kept.
        policies: The policies that it names, with their versions.
        new_account: Whether debtors are asked to pay into another account than those before.
    """

    is_new: bool
    fields: tuple[str, ...]
    policies: tuple[tuple[str, int], ...]
    new_account: bool


def write_profile(
    transaction: Transaction, profile: CreditorProfile, own: ListMapping | None, *, accept_new_account: bool = False
) -> None:
    """Store a creditor, his policies, and how his lists are read.

    Args:
        transaction: One that locks the whole file.
        profile: The profile.
        own: The mapping that it names.
        accept_new_account: Letters from now on may ask for payment into another account than those before.

    Raises:
        OtherAccountStored: debtors were told another account, and nobody has accepted the new one.
        OtherPolicyStored: a policy is in use with another content.
    """
    save_profile(transaction, profile, accept_new_account=accept_new_account)
    keep_reading_of(transaction, profile, own)


def profile_in(file: CaseFile, text: str, name: str) -> CreditorProfile:
    """A profile by its text; nothing of this machine's disk is read.

    Args:
        file: The case file: a policy is its newest version there, else a shipped one.
        text: The profile, in YAML.
        name: As errors call it.

    Raises:
        SourceError: it can't be used; each problem names line, column and field.
    """
    document = load_yaml(text, name)

    def policy_of(number: int, named: str) -> Policy:
        with file.read() as transaction:
            kept = transaction.parties.policy(named, None)
        if kept is not None:
            return kept
        if named in shipped_policies():
            return shipped_policy(named)
        meant = did_you_mean(named, shipped_policies())
        says = f"no policy of this name is in the case file or shipped{meant}"
        raise NoPolicy([document.problem(("policies", number, "policy"), says)])

    profile = creditor_profile(document, policy_of)
    if isinstance(profile.mapping, str) and profile.mapping not in {each.mapping for each in preset_mappings()}:
        shipped = ", ".join(each.mapping for each in preset_mappings())
        says = f"there is no shipped mapping {profile.mapping!r}; shipped: {shipped}, or write it here"
        raise SourceError([document.problem(("mapping",), says)])
    _own(profile)
    return profile


def kept_profile(file: CaseFile, creditor: str) -> str | None:
    """The profile of a creditor as it is kept, in YAML; None where there is none."""
    profile = profile_of(file, creditor)
    if profile is None:
        return None
    told: dict[str, Any] = profile.creditor.model_dump(mode="json", exclude_defaults=True)
    if profile.mapping is not None:
        told["mapping"] = profile.mapping
    if profile.default_kind is not None:
        told["default_kind"] = profile.default_kind.value
    return str(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110))


def profile_change(file: CaseFile, profile: CreditorProfile) -> ProfileChange:
    """What keeping a profile would change."""
    with file.read() as transaction:
        known = transaction.parties.known_creditor(profile.creditor.id)
    new = profile.creditor.model_dump(mode="json")
    old: Mapping[str, object] = {} if known is None else known.model_dump(mode="json")
    return ProfileChange(
        is_new=known is None,
        fields=tuple(name for name, value in new.items() if old.get(name) != value),
        policies=tuple((name, policy.version) for name, policy in profile.policies.items()),
        new_account=known is not None and accounts_of(known) != accounts_of(profile.creditor),
    )


def keep_profile(file: CaseFile, profile: CreditorProfile, *, accept_new_account: bool) -> None:
    """Keep a profile that was read by `profile_in`.

    Raises:
        OtherAccountStored: see `write_profile`; `OtherPolicyStored` likewise.
    """
    with file.write() as transaction:
        write_profile(transaction, profile, _own(profile), accept_new_account=accept_new_account)


def _own(profile: CreditorProfile) -> ListMapping | None:
    """The mapping of a profile: one that is written in it, or a shipped one."""
    if isinstance(profile.mapping, str):
        return next(each for each in preset_mappings() if each.mapping == profile.mapping)
    return None if profile.mapping is None else find_mapping(profile.mapping, Path())
