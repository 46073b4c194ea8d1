"""The creditor's profile `creditor.yaml`, with the policies that its rules name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.parties import Creditor
from domain.policy import Policy
from policies.creditor_checks import problems_of_creditor
from policies.finding import NoPolicy, find_policy
from policies.problems import SourceError
from policies.yaml_source import Document, load_yaml_file

__all__ = ["CreditorProfile", "load_creditor"]


@dataclass(frozen=True, slots=True)
class CreditorProfile:
    """Who collects, and by which ladders.

    Attributes:
        creditor: The profile.
        policies: The policies that its rules name, by name.
    """

    creditor: Creditor
    policies: Mapping[str, Policy]


def load_creditor(path: Path, letters: Collection[str]) -> CreditorProfile:
    """Read a creditor's profile; the policies of its rules are files beside it (`NAME.yaml`), else shipped ones.

    Args:
        path: The profile.
        letters: Names of the letters that can be rendered.

    Raises:
        SourceError: the profile or one of its policies can't be used.
    """
    document = load_yaml_file(path)
    creditor = document.validate(Creditor)
    policies: dict[str, Policy] = {}
    problems = [document.problem(place, says) for place, says in problems_of_creditor(creditor)]
    for number, rule in enumerate(creditor.policies):
        if rule.policy in policies:
            continue
        try:
            policies[rule.policy] = _policy_of(document, number, rule.policy, path.parent, letters)
        except SourceError as error:
            problems.extend(error.problems)
    if problems:
        raise SourceError(problems)
    return CreditorProfile(creditor, policies)


def _policy_of(document: Document, number: int, name: str, folder: Path, letters: Collection[str]) -> Policy:
    place = ("policies", number, "policy")
    try:
        policy = find_policy(name, folder, letters)
    except NoPolicy as error:
        raise SourceError([document.problem(place, problem.message) for problem in error.problems]) from error
    if policy.policy != name:
        raise SourceError([document.problem(place, f"the file {name} holds the policy {policy.policy!r}: name that")])
    return policy
