"""No workflow decides by a reading of the clock: on replay several workflow tasks may be played as one, and read a
later time than they did. What a workflow task says of its run (its length, the build that is wanted) is no better.

Held by reading the code: what comes from such a reading may be handed on and may set a timer, but is compared and
subtracted in one function only, whose answer is the length of a timer.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflows

FOLDER = Path(workflows.__file__).parent
READS_THE_CLOCK = {"now", "time", "time_ns"}
READS_THE_TASK = {
    "is_continue_as_new_suggested",
    "get_current_history_length",
    "get_current_history_size",
    "is_target_worker_deployment_version_changed",
}
COUNTS = ("_time_left",)
"""The functions that may compare and subtract moments."""
ASKS = ("_is_to_continue", "_run_is_long", "_continue_as_new")
"""The functions that may read what a workflow task says of its run; `_may_continue` says when they are asked."""


def parts(node: ast.AST) -> Iterator[ast.AST]:
    """An expression and what it is made of; not what is awaited: that is recorded, and the same on every replay."""
    yield node
    if not isinstance(node, ast.Await):
        for child in ast.iter_child_nodes(node):
            yield from parts(child)


def names_read(node: ast.AST, function: str) -> set[str]:
    """The names of a function, and the attributes of `self`, that an expression reads."""
    return {f"{function}:{each.id}" for each in parts(node) if isinstance(each, ast.Name) and each.id != "self"} | {
        f"self.{each.attr}"
        for each in parts(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "self"
    }


def reads_clock(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in READS_THE_CLOCK
        for each in parts(node)
    )


def targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
        yield node.target, node.value


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]


def moments(tree: ast.AST) -> set[str]:
    """Everything that may hold a reading of the clock: names, attributes of `self`, functions that return one."""
    known: set[str] = set()
    while True:
        before = set(known)
        for function in functions(tree):
            if function.name in COUNTS:
                continue  # What it gives back is a length of time for a timer.
            for node in ast.walk(function):
                for target, value in targets(node):
                    if reads_clock(value) or names_read(value, function.name) & known:
                        known |= names_read(target, function.name)
                returned = node.value if isinstance(node, ast.Return) else None
                if returned and (reads_clock(returned) or names_read(returned, function.name) & known):
                    known.add(f"self.{function.name}")
        if known == before:
            return known


def found(source: str) -> list[str]:
    """What is forbidden in a workflow's code, each with its line."""
    tree = ast.parse(source)
    known = moments(tree)
    problems = []
    for function in functions(tree):
        for node in ast.walk(function):
            counts = isinstance(node, ast.Compare) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub))
            decides = isinstance(node, ast.If | ast.While | ast.IfExp)
            looked_at = node.test if isinstance(node, ast.If | ast.While | ast.IfExp) else node
            if not isinstance(looked_at, ast.expr):
                continue
            of_clock = reads_clock(looked_at) or bool(names_read(looked_at, function.name) & known)
            if (counts or decides) and of_clock and function.name not in COUNTS:
                problems.append(f"{looked_at.lineno}: {function.name} decides by the clock: {ast.unparse(looked_at)}")
            if isinstance(node, ast.Attribute) and node.attr in READS_THE_TASK and function.name not in ASKS:
                problems.append(f"{node.lineno}: {function.name} reads {node.attr} of the workflow task")
    return problems


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_no_workflow_decides_by_the_clock(path: Path) -> None:
    assert found(path.read_text(encoding="utf-8")) == []


BAD = {
    "compared": "def run(self):\n    if workflow.now() > self._at:\n        return 1\n",
    "subtracted": "def run(self):\n    left = self._at - workflow.now()\n",
    "by way of a name": "def run(self):\n    later = workflow.now() + WAIT\n    if later < self._at:\n        pass\n",
    "by way of an attribute": (
        "def take(self):\n    self._not_before = workflow.now() + WAIT\n"
        "def wait(self):\n    return self._not_before if self._not_before > self._at else None\n"
    ),
    "by way of a function": (
        "def _now(self):\n    return self._clock.now(workflow.now())\n"
        "def wait(self):\n    left = self._at - self._now()\n"
    ),
    "the length of the history": "def run(self):\n    if info.get_current_history_length() > 9:\n        pass\n",
}


@pytest.mark.parametrize("kind", BAD)
def test_each_way_to_do_so_is_found(kind: str) -> None:
    assert found(BAD[kind])


def test_the_code_in_which_it_was_found_would_not_pass() -> None:
    before = """
class OverdueInvoice:
    async def _wait(self, turn):
        left = max(self._case.clock.real_wait(turn.at - self._now()), self._failure_wait())
        if left.total_seconds() <= 0:
            return True

    async def _take(self, turn):
        self._not_before = workflow.now() + options.wait_after(self._failures)

    def _now(self):
        return self._case.clock.now(workflow.now())

    def _failure_wait(self):
        return timedelta(0) if self._not_before is None else self._not_before - workflow.now()
"""
    assert {problem.split(" ")[1] for problem in found(before)} == {"_wait", "_failure_wait"}


def test_handing_a_moment_on_is_no_decision() -> None:
    assert (
        found("def ask(self):\n    return Request(at=workflow.now(), since=self._case.clock.now(workflow.now()))\n")
        == []
    )
