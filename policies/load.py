"""Policies from their files: read, checked as a whole, and every finding with its line and column.

Which letters exist is told by the caller: policies know nothing of the room that renders letters.
"""

from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from domain.policy import Policy
from domain.policy_check import check_policy
from policies.problems import Problem, SourceError
from policies.yaml_source import Document, load_yaml, load_yaml_file

__all__ = [
    "Finding",
    "LoadedPolicy",
    "load_policy",
    "load_policy_file",
    "part_of",
    "policy_of",
    "shipped_policies",
    "shipped_policy",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (`error`) or doubtful (`warning`) in a policy file, and where."""

    file: str
    line: int
    """From 1."""
    column: int
    """From 1."""
    key: str
    """The way to the value, like `steps[2].term`."""
    message: str
    severity: Literal["error", "warning"]

    @property
    def problem(self) -> Problem:
        """The finding without its severity."""
        return Problem(self.file, self.line, self.column, self.key, self.message)

    def __str__(self) -> str:
        """Return `file:line:column: key: message`, with the word `warning` where it is only that."""
        text = str(self.problem)
        return f"{text} (warning)" if self.severity == "warning" else text


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy that can be read, and what is to be said about it as a whole."""

    policy: Policy
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings for which the policy must not be used."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def checked(self) -> Policy:
        """The policy, if it may be used.

        Raises:
            SourceError: it has errors as a whole.
        """
        if self.errors:
            raise SourceError(finding.problem for finding in self.errors)
        return self.policy


def load_policy(text: str, name: str, letters: Collection[str] | None = None) -> LoadedPolicy:
    """Read a policy from the text of its file.

    Args:
        text: YAML as in docs/policies.md.
        name: How the file is named in findings.
        letters: Names of the letters that can be rendered; None: any letter will do.

    Raises:
        SourceError: it can't be read as a policy at all.
    """
    return policy_of(load_yaml(text, name), letters)


def load_policy_file(path: Path, letters: Collection[str] | None = None) -> LoadedPolicy:
    """Read a policy file; as `load_policy`."""
    return policy_of(load_yaml_file(path), letters)


def policy_of(document: Document, letters: Collection[str] | None = None) -> LoadedPolicy:
    """Read a policy from a document, or from a part of one; as `load_policy`."""
    policy = document.validate(Policy)
    known = frozenset(step.letter_name for step in policy.steps) if letters is None else letters
    findings = []
    for found in check_policy(policy, known):
        problem = document.problem(found.loc, found.message)
        findings.append(
            Finding(problem.file, problem.line, problem.column, problem.key, problem.message, found.severity)
        )
    return LoadedPolicy(policy, tuple(findings))


def part_of(document: Document, *loc: str | int) -> Document:
    """One value of a document as a document of its own, with the places of the whole file."""
    tree = document.tree
    for part in loc:
        if isinstance(tree, dict):
            tree = tree[str(part)]
        elif isinstance(tree, list):
            tree = tree[int(part)]
    depth = len(loc)
    positions = {path[depth:]: place for path, place in document.positions.items() if path[:depth] == loc}
    return Document(document.name, tree, positions)


def shipped_policies() -> tuple[str, ...]:
    """Names of the policies that come with the program, in alphabetical order."""
    return tuple(
        sorted(
            entry.name.removesuffix(".yaml") for entry in files("policies").iterdir() if entry.name.endswith(".yaml")
        )
    )


def shipped_policy(name: str) -> Policy:
    """A policy that comes with the program.

    Args:
        name: Its name, like `nl-business`.

    Raises:
        SourceError: there is none of this name.
    """
    if name not in shipped_policies():
        known = ", ".join(shipped_policies())
        raise SourceError([Problem(name, 0, 0, "", f"no policy of this name is shipped; shipped: {known}")])
    entry = files("policies") / f"{name}.yaml"
    return load_policy(entry.read_text(encoding="utf-8"), f"{name}.yaml").checked()
