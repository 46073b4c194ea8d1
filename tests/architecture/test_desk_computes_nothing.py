"""No page of the desk computes a rule: it knows words and amounts, and asks the services for everything else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN = (
    "domain.credit",  # what is written down of a debtor's credit
    "domain.blockers",  # the names of holds
    "domain.facts",  # the codes of reasons
    "domain.law.payment_methods",  # the names of ways of paying
    "domain.messages",  # what may be asked
    "domain.money",
    "domain.statuses",  # the names of what debtors are in
    "domain.tasks",  # the words of tasks
    "domain.views.agencies",  # the words of what partners report
    "domain.views.step_names",  # the names of steps
)
"""What a page may know of the domain: none of it decides anything."""


def imported(source: str) -> list[str]:
    """Full names of the modules of the domain that are imported."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
        elif isinstance(node, ast.Import):
            found += [each.name for each in node.names]
    return [name for name in found if name.split(".")[0] == "domain"]


@pytest.mark.parametrize("path", sorted((ROOT / "api" / "desk").rglob("*.py")), ids=lambda path: path.name)
def test_a_page_knows_nothing_of_the_domain_that_decides(path: Path) -> None:
    assert [name for name in imported(path.read_text("utf-8")) if name not in KNOWN] == []


def test_what_plans_is_found() -> None:
    assert imported("from domain.planning.decision import Decision\nimport domain.law.interest\n") == [
        "domain.planning.decision",
        "domain.law.interest",
    ]
