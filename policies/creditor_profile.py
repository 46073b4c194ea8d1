"""The creditor's profile `creditor.yaml`, with the policies that its rules name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.invoice import Kind
from domain.parties import Creditor
from domain.policy import Policy
from policies.creditor_checks import problems_of_creditor
from policies.finding import NoPolicy, find_policy
from policies.problems import SourceError
from policies.yaml_source import Document, load_yaml_file

__all__ = ["CreditorProfile", "creditor_profile", "load_creditor"]


@dataclass(frozen=True, slots=True)
class CreditorProfile:
    """Who collects, and by which ladders.

    Attributes:
        creditor: The profile.
        policies: The policies that its rules name, by name.
        mapping: What its lists call our columns and values: the name of a mapping, or the mapping itself.
        default_kind: What a debtor is of whom a list does not say it.
        path: Where the profile lies.
    """

    creditor: Creditor
    policies: Mapping[str, Policy]
    mapping: str | Mapping[str, Any] | None = None
    default_kind: Kind | None = None
    path: Path | None = None


class _ProfileFile(Creditor):
    """What stands in the file: the creditor, and how his lists are to be read, which is no part of him."""

    mapping: str | dict[str, Any] | None = None
    default_kind: Kind | None = None


def load_creditor(path: Path, letters: Collection[str]) -> CreditorProfile:
    """Read a creditor's profile; the policies of its rules are files beside it (`NAME.yaml`), else shipped ones.

    Args:
        path: The profile.
        letters: Names of the letters that can be rendered.

    Raises:
        SourceError: the profile or one of its policies can't be used.
    """
    document = load_yaml_file(path)
    return creditor_profile(
        document, lambda number, name: _policy_of(document, number, name, path.parent, letters), path
    )


def creditor_profile(
    document: Document, policy_of: Callable[[int, str], Policy], path: Path | None = None
) -> CreditorProfile:
    """The profile that a document holds.

    Args:
        document: The profile.
        policy_of: Finds the policy that a rule names, by its place and by its name; raises `SourceError`.
        path: Where it lies.

    Raises:
        SourceError: the profile or one of its policies can't be used.
    """
    told = document.validate(_ProfileFile)
    creditor = Creditor(**{name: getattr(told, name) for name in Creditor.model_fields})
    policies: dict[str, Policy] = {}
    problems = [document.problem(place, says) for place, says in problems_of_creditor(creditor)]
    for number, rule in enumerate(creditor.policies):
        if rule.policy in policies:
            continue
        try:
            policies[rule.policy] = policy_of(number, rule.policy)
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
    return CreditorProfile(creditor, policies, told.mapping, told.default_kind, path)


def _policy_of(document: Document, number: int, name: str, folder: Path, letters: Collection[str]) -> Policy:
    place = ("policies", number, "policy")
    try:
        policy = find_policy(name, folder, letters)
    except NoPolicy as error:
        raise SourceError([document.problem(place, problem.message) for problem in error.problems]) from error
    if policy.policy != name:
        raise SourceError([document.problem(place, f"the file {name} holds the policy {policy.policy!r}: name that")])
    return policy
