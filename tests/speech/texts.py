"""Every text that may be said in another language: those marked in the source, and those of our tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import get_args

from jinja2 import Environment
from jinja2.ext import extract_from_ast
from typer.main import get_command

from api.desk.bulk.bulk_acts import ACTS, UNDO
from api.desk.bulk.bulk_pages import BULK_OUTCOMES
from api.desk.calls.call_form import PARTS, WORDS
from api.desk.calls.call_showing import STAGE_NAMES
from api.desk.cases.case_forms import FORMS, NOTE
from api.desk.debtors.credit_form import CREDIT
from api.desk.debtors.debtors import TRENDS
from api.desk.fields import Choices
from api.desk.lists.agreed_lists import AGREED
from api.desk.lists.columns import COLUMN_NAMES
from api.desk.lists.list_query import CASE_COLUMNS
from api.desk.lists.lists import VIEWS
from api.desk.naming import ACTIONS, CHANNELS, CONTACTS, STAGES
from api.desk.partners import links, unmatched_reports
from api.desk.people.log_words import ACTS_OF_LOG, OUTCOMES_OF_LOG
from casefile.people import DeskRole
from cli import remittances
from cli.app import app_for
from cli.case.show_advice import _WAYS
from cli.case.show_check import _ANSWERS
from cli.case.show_report import _OUTCOMES
from cli.case.stage import _OURS
from cli.case.telling import _WORDS
from cli.helping import FRAME, help_texts
from cli.importing import _AGAIN
from domain.blockers import BlockerKind, HoldKind
from domain.facts import (
    CloseReason,
    DeliveryStatus,
    DisputeOutcome,
    DisputeReason,
    InvoiceCredited,
    PromiseOutcome,
    ReturnedFor,
    SettlementOutcome,
    WriteOffReason,
)
from domain.handoffs.findings import Point
from domain.invoice import Kind
from domain.ledger import EntryKind
from domain.messages import RecallHandoff
from domain.policy import PARTNER_NOTICES
from domain.tasks import TaskKind
from domain.views import agencies
from domain.views.agencies import REPORTED, STATES
from domain.views.arrangement_lines import _INTEREST
from domain.views.explain import _CLOSED, WEEKDAYS
from domain.views.step_names import STEPS
from intake.remittance import RemittanceKind
from services.desk.task_names import TASKS
from services.figures.paying_habit import PayingHabit
from services.importing.words import SAID
from services.reports import case_claim
from simulation.demo.report.letterbox import CHANNEL_NAMES
from simulation.demo.report.portfolio import CHANNEL_PLURALS, SHARE_NAMES
from simulation.demo.report.story import CLAIMS
from simulation.demo.report.wording import END_NAMES, LETTER_NAMES, OUTCOMES, STEP_NAMES

ROOT = Path(__file__).parents[2]
SPOKEN = ("domain", "services", "simulation", "engine", "api", "cli")
"""Rooms in which something is said to a person, at the terminal or on a page of the desk."""

_HEADS = ("new_table", "print_long_table")
_TUPLES = ("_COLUMNS", "_NARROW_COLUMNS", "_AMOUNTS", "right")
"""Names of tuples that hold headings."""


@cache
def marked(root: Path = ROOT) -> Mapping[str, str]:
    """The texts that are marked in the source, each with its place."""
    found: dict[str, str] = {}
    for room in SPOKEN:
        for path in sorted((root / room).rglob("*.py")):
            for text, line in _texts(ast.parse(path.read_text("utf-8")), in_cli=room == "cli"):
                found.setdefault(text, f"{path.relative_to(root).as_posix()}:{line}")
    for path in templates(root):
        for line, _, texts in extract_from_ast(Environment().parse(path.read_text("utf-8")), ("tr", "trn")):
            for told in texts if isinstance(texts, tuple | list) else [texts]:
                if told is not None:
                    found.setdefault(told, f"{path.relative_to(root).as_posix()}:{line}")
    return found


def templates(root: Path = ROOT) -> list[Path]:
    """The templates of the demo's report and of the desk."""
    report = (root / "simulation" / "demo" / "report" / "templates").glob("*.j2")
    return sorted([*report, *(root / "api" / "desk" / "templates").glob("*.html")])


def _texts(tree: ast.Module, *, in_cli: bool) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="tr"), args=[first, *_]):
                yield from ((text, node.lineno) for text in _constants(first))
            case ast.Call(func=ast.Name(id="trn"), args=[one, many, *_]):
                yield from ((text, node.lineno) for each in (one, many) for text in _constants(each))
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in _HEADS:
                yield from ((text, node.lineno) for each in arguments for text in _constants(each) if text.strip())
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple() as value) if name in _TUPLES:
                yield from ((text, node.lineno) for text in _constants(value))
            case ast.Assign(targets=[ast.Name(id="rows")], value=ast.List(elts=rows)) if in_cli:
                # Label and value of a table without heads.
                firsts = [row.elts[0] for row in rows if isinstance(row, ast.Tuple)]
                yield from ((text, node.lineno) for each in firsts for text in _constants(each))
            case _:
                pass


def _constants(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _constants(one)
            yield from _constants(other)
        case ast.Tuple(elts=several):
            for each in several:
                yield from _constants(each)
        case ast.Starred(value=value):
            yield from _constants(value)
        case _:
            pass


def of_tables() -> set[str]:
    """The texts of our tables, and the codes that are shown as words."""
    texts = {kind.rule.words or kind.value.replace("_", " ") for kind in TaskKind}
    texts |= {kind.rule.words for kind in (*HoldKind, *BlockerKind)}
    texts |= {*(point.words for point in Point), *_ANSWERS.values(), *_WAYS.values()}
    texts |= {kind.value.replace("_", " ") for kind in (*HoldKind, *EntryKind, *DeliveryStatus)}
    texts |= {word.replace("_", " ") for word in (*get_args(DisputeReason), *get_args(DisputeOutcome))}
    texts |= {*REPORTED.values(), *agencies.CLOSED.values(), *STATES.values(), *get_args(ReturnedFor)}
    texts |= {reason.replace("_", " ") for reason in get_args(RecallHandoff.model_fields["reason"].annotation)}
    texts |= {name.replace("_", " ") for name in PARTNER_NOTICES}
    texts |= {*remittances.OUTCOMES.values(), *(kind.replace("_", " ") for kind in get_args(RemittanceKind))}
    texts |= {*_CLOSED.values(), *WEEKDAYS, *_OURS.values(), *SAID.values(), _AGAIN, *_WORDS.values()}
    texts |= {reason.value for reason in CloseReason} | {kind.value for kind in Kind}
    texts |= {*case_claim.ROLES.values(), *case_claim.DEADLINES.values(), *case_claim._VOID.values()}
    texts |= {"presumed", "proven", *get_args(WriteOffReason)}
    texts |= set(get_args(InvoiceCredited.model_fields["credit_kind"].annotation))
    texts |= {*get_args(PromiseOutcome), *get_args(SettlementOutcome)}
    texts |= {"presumed", "proven", *_OUTCOMES.values(), *_INTEREST.values()}
    texts |= {*END_NAMES.values(), *CHANNEL_NAMES.values(), *CHANNEL_PLURALS.values(), *SHARE_NAMES.values()}
    texts |= {*CLAIMS.values(), *STEP_NAMES, *LETTER_NAMES, *OUTCOMES, "Warning", "Error"}
    texts |= set(_of_the_desk())
    texts |= {task_name.replace("_", " ") for task_name in _tasks_of_shipped_policies()}
    return {text for text in texts if text}


def _of_the_desk() -> Iterator[str]:
    """What the desk calls steps, stages, lists and roles, and what its forms say."""
    yield from (
        *STEPS.values(),
        *STAGES.values(),
        *ACTIONS.values(),
        *CHANNELS.values(),
        *CONTACTS.values(),
        *TASKS.values(),
        *ACTS_OF_LOG.values(),
        *OUTCOMES_OF_LOG.values(),
        *COLUMN_NAMES.values(),
        *(role.value for role in DeskRole),
        *(text for act in (*ACTS, UNDO) for text in (act.title, act.button, act.hint)),
        *(text for act in (*ACTS, UNDO) for each in act.fields for text in (each.label, each.hint)),
        *(column.title for columns in (CASE_COLUMNS, *(each.columns for each in AGREED)) for column in columns),
        *(text for each in AGREED for text in (each.title, each.empty)),
        *BULK_OUTCOMES.values(),
        *unmatched_reports.SHOWN.values(),
        *links.STATES.values(),
    )
    yield from (view.name for view in VIEWS)
    yield from (*STAGE_NAMES.values(), *TRENDS.values(), PayingHabit.model_fields["method"].default)
    for part in PARTS:
        yield from (part.title, part.hint)
    for field in (WORDS, *CREDIT, *(field for part in PARTS for field in part.fields)):
        yield from (field.label, field.hint)
    for form in FORMS:
        yield from (form.title, form.button, form.hint)
        for field in form.fields:
            yield from (field.label, field.hint)
            # What depends on the case is named by its own tables.
            yield from (said for _, said in _chosen_anywhere(field.choices) if not said.isdecimal())
    yield from (NOTE.label, NOTE.hint)


def _chosen_anywhere(choices: Choices) -> Sequence[tuple[str, str]]:
    """What may be chosen in any case; nothing of what is read from the case."""
    try:
        return choices(None)  # type: ignore[arg-type]
    except AttributeError:
        return ()


def _tasks_of_shipped_policies() -> set[str]:
    found = (re.findall(r"\btask: ([a-z_]+)", path.read_text("utf-8")) for path in (ROOT / "policies").glob("*.yaml"))
    known = {kind.value for kind in TaskKind}
    return {task for several in found for task in several} - known


def of_help() -> set[str]:
    """What `--help` says of every command, and around it."""
    frame = {"Usage:", "[OPTIONS]", "COMMAND [ARGS]...", "Show this message and exit.", *FRAME.values()}
    return frame | set(help_texts(get_command(app_for([]))))


@cache
def spoken() -> frozenset[str]:
    """Every text."""
    return frozenset(set(marked()) | of_tables() | of_help())
