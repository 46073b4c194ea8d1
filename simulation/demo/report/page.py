"""The page itself: everything prepared, then the templates filled in, with every value escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.case import Case
from domain.facts import StepTaken
from domain.money import Money
from domain.planning.decision import Decision
from domain.policy import Policy
from domain.tasks import task_text
from domain.views.agencies import STATES
from domain.views.explain import state_of, what_comes_next, why_not_now
from gateways.outbox import FileOutbox
from services.reports.partner_lines import partner_of
from simulation.demo.report.drawing import Span, Timeline, draw_money_in, draw_timeline
from simulation.demo.report.letterbox import ReadMessage, read_message
from simulation.demo.report.portfolio import add_up, end_of
from simulation.demo.report.story import Happening, story_of_case
from simulation.demo.report.wording import (
    END_NAMES,
    capital,
    long_day,
    money,
    plain_id,
    sentence,
    short_day,
    steps_in_words,
    words,
)
from speech.sentences import say
from speech.words import spoken_language, tr, trn

if TYPE_CHECKING:
    from services.importing.results import ImportedList
    from simulation.demo.quarter import DemoCase, DemoResult

NAME = "report.html"
"""Name of the report in its folder."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry of the ledger, with the balance after it."""

    on: str
    what: str
    amount: str
    balance: str


@dataclass(frozen=True, slots=True)
class _Section:
    """One case as the template shows it."""

    demo: DemoCase
    case: Case
    id: str
    end: str
    end_name: str
    state: str
    why: str
    next: str
    partner: str
    story: tuple[Happening, ...]
    timeline: Timeline
    ledger: tuple[_Line, ...]
    tasks: tuple[tuple[str, str, str], ...]
    sent: int


def write_report(result: DemoResult, folder: Path) -> Path:
    """Write the report of a demo, in the language that is spoken, into the folder in which all that was sent lies.

    Args:
        result: What the quarter came to.
        folder: The folder; the report links to the files in it and to nothing else.

    Returns:
        The page.
    """
    together = _together(result)
    kept = {taken.key: taken.file for taken in FileOutbox(folder).taken()}
    read: dict[str, ReadMessage] = {}
    span = Span(result.start, result.until)
    sections = tuple(
        _section(each, number, result, span, kept, folder, read, together)
        for number, each in enumerate(result.cases, start=1)
    )
    portfolio = add_up(result.cases, tuple(read.values()))
    script = (files("simulation.demo.report") / "templates" / "report.js.j2").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            result=result,
            language=spoken_language(),
            files=tuple(_file(imported) for imported in result.imported),
            portfolio=portfolio,
            sections=sections,
            chart=draw_money_in(portfolio.money_in, portfolio.currency, span, result.outage),
            script=script,
            # Only this very script may run: whatever a debtor is called, nothing else does.
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )
    path = folder / NAME
    path.write_text(page, encoding="utf-8")
    return path


def _section(
    each: DemoCase,
    number: int,
    result: DemoResult,
    span: Span,
    kept: dict[str, Path],
    folder: Path,
    read: dict[str, ReadMessage],
    together: Mapping[str, Sequence[str]],
) -> _Section:
    calendar = each.policy.sending_calendar
    messages = [read_message(sent, kept.get(sent.key), folder, calendar, read) for sent in each.deliveries]
    companions = {message: tuple(n for n in numbers if n != each.number) for message, numbers in together.items()}
    story = story_of_case(each.facts, each.policy, messages, companions, result.outage, f"case-{number}")
    end = end_of(each)
    decision = each.view.decision
    goes_on = each.case.closed is None
    return _Section(
        demo=each,
        case=each.case,
        id=f"case-{number}",
        end=end,
        end_name=tr(END_NAMES[end]),
        state=_sentence(state_of(each.case, decision, each.policy, result.until), each.policy),
        why=_sentence(why_not_now(decision), each.policy) if goes_on else "",
        next=_sentence(_next(each, decision), each.policy) if goes_on else "",
        partner=_with_partner(each.case),
        story=story,
        timeline=draw_timeline(each.case, each.facts, story, span, result.outage),
        ledger=_ledger(each.case),
        tasks=tuple(
            (task_text(task.kind), short_day(task.raised_on), _task_end(task.done_on is None, task.outcome))
            for task in each.case.tasks
        ),
        sent=sum(message.channel != "agency" for message in messages),
    )


def _with_partner(case: Case) -> str:
    """How the file stands with the partner who has it; empty where none has."""
    there = partner_of(case)
    if there is None or there.returned_on is not None:
        return ""
    currency = case.ledger.currency
    since = long_day(date.fromisoformat(there.since))
    parts = [tr("{state}, since {day}", state=capital(tr(STATES[there.state])), day=since)]
    parts += [tr("his reference: {reference}", reference=there.reference)] if there.reference else []
    paid, costs = (Money(Decimal(text), currency) for text in (there.paid, there.costs))
    parts += [tr("paid there: {amount}", amount=money(paid))] if paid else []
    parts += [tr("his costs, ours to bear: {amount}", amount=money(costs))] if costs else []
    return "; ".join(parts) + "."


def _file(imported: ImportedList) -> tuple[str, str, tuple[str, ...]]:
    """Name of an imported file, what became of it, and what was remarked."""
    opened = [row.number for row in imported.rows if row.what == "opened"]
    parts = []
    if opened and imported.is_invoice:
        parts.append(tr("{number} opened", number=opened[0]))
    elif opened:
        parts.append(trn("1 case opened", "{number} cases opened", len(opened)))
    for row in imported.rows:
        if row.what == "unallocated":
            parts.append(tr("{number} is on no invoice", number=row.number))
        elif row.what != "opened":
            parts.append(f"{row.number}: {words(row.what)}")
    remarks = tuple(f"{tr(finding.severity.capitalize())}: {say(finding.reason)}" for finding in imported.findings)
    return imported.file, ", ".join(parts), remarks


def _together(result: DemoResult) -> Mapping[str, Sequence[str]]:
    """Numbers of the invoices that each message speaks of."""
    found: dict[str, list[str]] = {}
    for each in result.cases:
        for fact in each.facts:
            if isinstance(fact, StepTaken) and not fact.imported:
                found.setdefault(fact.message, []).append(each.number)
    return found


def _next(each: DemoCase, decision: Decision) -> str:
    tasks = [task_text(task.kind) for task in each.case.tasks if task.done_on is None]
    follows = what_comes_next(decision, each.policy.sending_calendar)
    if not tasks:
        return follows
    return f"{follows}. {tr('A person has to {tasks}', tasks=tr(' and ').join(dict.fromkeys(tasks)))}"


def _task_end(open_still: bool, outcome: str) -> str:
    return tr("open") if open_still else words(outcome) or tr("done")


def _sentence(text: str, policy: Policy) -> str:
    return sentence(steps_in_words(text, policy))


def _ledger(case: Case) -> tuple[_Line, ...]:
    lines = []
    balance = case.ledger.balance - case.ledger.balance
    for entry in sorted(case.ledger.entries, key=lambda e: (e.known_on, e.kind != "principal")):
        balance = balance + entry.amount
        what = words(entry.kind.value)
        if entry.of is not None:
            what = tr("{entry} of {payment}", entry=what, payment=entry.of)
        elif entry.id not in ("principal", "before-import"):
            what += f" {plain_id(entry.id)}"
        elif entry.id == "before-import":
            what = tr("paid before the import")
        lines.append(_Line(long_day(entry.credited_on), what, money(entry.amount), money(balance)))
    return tuple(lines)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("simulation.demo.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(tr=tr, trn=trn)
    environment.filters.update(money=money, short_day=short_day, long_day=long_day, words=words)
    return environment
