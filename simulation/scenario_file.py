"""Reads the scenario file: invoices, a policy and what happens on which day (docs/scenarios.md).

`load_scenario` reads and checks a file as a whole; everything wrong is told at once, each with its line.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.policy import Hours, Policy
from domain.terms import PLAIN_TERMS, CreditorTerms
from policies.finding import did_you_mean, find_policy
from policies.load import part_of, policy_of
from policies.problems import Node, Problem, SourceError
from policies.yaml_source import Document, load_yaml_file
from simulation.events import BESIDE, FORMS, Event, EventRow, Form, WrittenEvent, WrongEvent
from simulation.scenario import Scenario, ScriptFile
from simulation.scenario_invoice import InvoiceRow, ScenarioInvoice, invoice_of
from simulation.written import Day, Row

__all__ = ["load_scenario", "load_script", "scenario_of", "shipped_scenarios"]


class _OutageRow(Row):
    since: date = Field(alias="from")
    until: date


class _WrittenScenario(Row):
    """A scenario file."""

    scenario: str = ""
    policy: Any = None
    policies: dict[str, Any] = Field(default_factory=dict)
    start: Day
    until: Day
    awake: tuple[Day, ...] | None = None
    calendar: Hours | Literal["off"] | None = None
    terms: CreditorTerms = PLAIN_TERMS
    invoices: Annotated[tuple[InvoiceRow, ...], Field(min_length=1)]
    events: tuple[EventRow, ...] | None = None


class _WrittenScript(Row):
    """A file of events and an outage, about invoices that come from elsewhere."""

    start: date
    until: date
    outage: _OutageRow | None = None
    events: tuple[EventRow, ...] | None = None


_LONGEST = timedelta(days=3660)
"""Longest scenario: ten years."""


def load_scenario(path: Path, letters: Collection[str] | None = None) -> Scenario:
    """Read and check a scenario file.

    Args:
        path: The file. A policy is looked for relative to its folder first.
        letters: Names of the letters that can be rendered; None: any will do (nothing is rendered in a dry run).

    Raises:
        SourceError: anything is wrong with it or with a policy it names; all problems at once.
    """
    return scenario_of(load_yaml_file(path), path.parent, letters)


def scenario_of(document: Document, folder: Path, letters: Collection[str] | None = None) -> Scenario:
    """Read and check a scenario that was loaded; as `load_scenario`.

    Args:
        document: The scenario.
        folder: Where relative paths of policies start.
        letters: Names of the letters that can be rendered; None: any will do.

    Raises:
        SourceError: anything is wrong with it.
    """
    return _Reading(document, folder, letters).scenario()


def load_script(path: Path, invoices: Collection[ScenarioInvoice]) -> ScriptFile:
    """Read a file with `start`, `until`, `events` and `outage: {from, until}` about invoices that are known already.

    Raises:
        SourceError: anything is wrong with it; all problems at once.
    """
    document = load_yaml_file(path)
    reading = _Reading(document, path.parent, None)
    file = document.validate(_WrittenScript)
    events = reading.events(file, {each.number: each for each in invoices})
    if file.outage is not None and not file.start < file.outage.since < file.outage.until <= file.until:
        reading.wrong(f"lies outside {file.start} to {file.until}, or ends before it begins", "outage")
    if reading.problems:
        raise SourceError(reading.problems)
    outage = None if file.outage is None else (file.outage.since, file.outage.until)
    return ScriptFile(file.start, file.until, events, outage)


def shipped_scenarios() -> tuple[str, ...]:
    """Paths of the scenarios that come with the program."""
    folder = files("samples") / "scenarios"
    return tuple(sorted(str(entry) for entry in folder.iterdir() if entry.name.endswith(".yaml")))


class _Reading:
    """One scenario file while it is read; collects all problems."""

    def __init__(self, document: Document, folder: Path, letters: Collection[str] | None) -> None:
        self.document = document
        self.folder = folder
        self.letters = letters
        self.problems: list[Problem] = []
        self.named: dict[str, Policy | None] = {}

    def wrong(self, message: str, *loc: str | int) -> None:
        """Note a problem."""
        self.problems.append(self.document.problem(loc, message))

    def scenario(self) -> Scenario:
        """The scenario, when nothing is wrong."""
        file = self._file()
        self._period(file)
        invoices = self._invoices(file)
        self._same_clock(file, invoices)
        complete = len(invoices) == len(file.invoices)
        numbers = {each.number: each for each in invoices}
        events = self.events(file, numbers) if complete else ()
        if self.problems:
            raise SourceError(self.problems)
        name = file.scenario or Path(self.document.name).stem
        awake = None if file.awake is None else frozenset(file.awake)
        return Scenario(self.document.name, name, file.start, file.until, tuple(invoices), events, awake, file.terms)

    def _file(self) -> _WrittenScenario:
        """The file by its form."""
        try:
            file = self.document.validate(_WrittenScenario)
        except SourceError as error:
            raise SourceError([*self.problems, *error.problems]) from error
        if self.problems:
            raise SourceError(self.problems)
        return file

    def _period(self, file: _WrittenScenario) -> None:
        if file.until < file.start:
            self.wrong(f"until {file.until} lies before start {file.start}", "until")
        if file.until - file.start > _LONGEST:
            self.wrong(f"a scenario lasts at most {_LONGEST.days} days", "until")
        for index, day in enumerate(file.awake or ()):
            if not file.start <= day <= file.until:
                self.wrong(f"{day} lies outside {file.start} to {file.until}", "awake", index)

    # Policies

    def _policy(self, value: object, *loc: str | int) -> Policy | None:
        """A policy written inline, or one under `policies`, or as `find_policy` finds it."""
        if isinstance(value, str) and value in self.named:
            return self.named[value]
        try:
            if isinstance(value, str):
                return find_policy(value, self.folder, self.letters, besides=self.named)
            return policy_of(part_of(self.document, *loc), self.letters).checked()
        except SourceError as error:
            for problem in error.problems:
                if problem.file == self.document.name:
                    self.problems.append(_inside(problem, loc))
                elif isinstance(value, str) and not problem.line:
                    self.wrong(f"{value}: {problem.message}", *loc)
                else:
                    self.problems.append(problem)
            return None

    def _invoices(self, file: _WrittenScenario) -> list[ScenarioInvoice]:
        for name, value in file.policies.items():
            self.named[name] = self._policy(value, "policies", name)
        default: Policy | None = None
        given = isinstance(self.document.tree, dict) and "policy" in self.document.tree
        if given:
            default = self._policy(file.policy, "policy")
        calendar = _calendar_of(file)
        found: list[ScenarioInvoice] = []
        seen: dict[str, int] = {}
        for index, row in enumerate(file.invoices):
            at = ("invoices", index)
            if row.number in seen:
                line = self.document.position(("invoices", seen[row.number])).line
                self.wrong(f"{row.number!r} is used twice; the first is on line {line}", *at, "number")
                continue
            seen[row.number] = index
            policy = default
            if row.policy is not None:
                policy = self._policy(row.policy, *at, "policy")
            elif not given:
                self.wrong("has no policy; give the scenario a policy, or every invoice one", *at)
            if row.invoice_date > file.until:
                message = f"{row.invoice_date} lies after until {file.until}: nothing of it would be played"
                self.wrong(message, *at, "invoice_date")
            invoice = invoice_of(row, policy, self.document, at, self.problems)
            if invoice is not None and policy is not None:
                if calendar is not None:
                    policy = _with_calendar(policy, calendar[0])
                self._history(row, policy, at)
                found.append(ScenarioInvoice(invoice, policy, row.history))
        return found

    def _history(self, row: InvoiceRow, policy: Policy, at: tuple[str | int, ...]) -> None:
        """A history that names a step names one of the policy."""
        last = None if row.history is None else row.history.last_step
        if last is not None and last not in policy.positions:
            message = f"policy {policy.policy} has no step {last!r}{did_you_mean(last, policy.positions)}"
            self.wrong(message, *at, "history", "last_step")

    def _same_clock(self, file: _WrittenScenario, invoices: list[ScenarioInvoice]) -> None:
        """One day must begin at one moment for all invoices, or `on` would mean several things."""
        calendars = {each.policy.sending_calendar.zone: each.policy.sending_calendar for each in invoices}
        if len(calendars) < 2 or file.until < file.start:
            return
        day = file.start
        while day <= file.until:
            if len({calendar.day_start(day) for calendar in calendars.values()}) > 1:
                zones = " and ".join(sorted(calendars))
                self.wrong(f"the policies have different clocks ({zones}); play them in scenarios of their own")
                return
            day += timedelta(days=1)

    # Events

    def events(
        self, file: _WrittenScenario | _WrittenScript, invoices: Mapping[str, ScenarioInvoice]
    ) -> tuple[Event, ...]:
        """The events of a file; what is wrong with them is noted."""
        tree = self.document.tree
        rows = tree["events"] if isinstance(tree, dict) and file.events else []
        used = {row.id for row in file.events or () if row.id is not None}
        events: list[Event] = []
        for index, row in enumerate(file.events or ()):
            written = rows[index] if isinstance(rows, list) else None
            own = row.id
            if own is None:
                own = f"event-{index + 1}"
                while own in used:
                    own += "'"
            event = self._event(file, row, written, own, index, invoices)
            if event is not None:
                events.append(event)
        return tuple(events)

    def _event(
        self,
        file: _WrittenScenario | _WrittenScript,
        row: EventRow,
        written: Node,
        own: str,
        index: int,
        invoices: Mapping[str, ScenarioInvoice],
    ) -> Event | None:
        at = ("events", index)
        keys = list(written) if isinstance(written, dict) else []
        words = [key for key in keys if key in FORMS]
        if len(words) != 1:
            found = " and ".join(words) or "none"
            self.wrong(f"an event is exactly one of {', '.join(FORMS)}; found {found}", *at)
            return None
        event = FORMS[words[0]]
        form = event.form
        before = len(self.problems)
        values = dict(row)
        if values[form.word] is None and not form.may_be_empty:
            self.wrong("is empty", *at, form.word)
        for key in BESIDE:
            if key in keys and key not in form.beside:
                self.wrong(f"{key} does not go with {form.word}", *at, key)
        if not file.start <= row.on <= file.until:
            self.wrong(f"{row.on} lies outside {file.start} to {file.until}", *at, "on")
        target = self._target(row, form, at, invoices)
        if len(self.problems) > before:
            return None
        try:
            return event.read(WrittenEvent(row.on, own, values, target))
        except WrongEvent as problem:
            self.wrong(str(problem), *at, *problem.loc)
            return None

    def _target(
        self,
        row: EventRow,
        form: Form,
        at: tuple[str, int],
        invoices: Mapping[str, ScenarioInvoice],
    ) -> ScenarioInvoice | None:
        """The invoice that an event is about; of a debtor's payment the first of his."""
        if form.about_all:
            if row.invoice is not None:
                self.wrong(f"{form.word} is about all invoices; leave invoice out", *at, "invoice")
            return None
        if row.invoice is not None and row.debtor is not None:
            self.wrong("name an invoice or a debtor, not both", *at, "debtor")
            return None
        if row.debtor is not None:
            debtors = list(dict.fromkeys(each.invoice.debtor for each in invoices.values()))
            if row.debtor not in debtors:
                self.wrong(f"unknown debtor {row.debtor!r}{did_you_mean(row.debtor, debtors)}", *at, "debtor")
                return None
            return next(each for each in invoices.values() if each.invoice.debtor == row.debtor)
        if row.invoice is None:
            needs = "an invoice or a debtor" if "debtor" in form.beside else "an invoice"
            self.wrong(f"{form.word} needs {needs}", *at)
            return None
        target = invoices.get(row.invoice)
        if target is None:
            self.wrong(f"unknown invoice {row.invoice!r}{did_you_mean(row.invoice, invoices)}", *at, "invoice")
        elif row.on < target.invoice.invoice_date:
            self.wrong(f"{row.on} lies before the invoice date {target.invoice.invoice_date}", *at, "on")
        return target


def _inside(problem: Problem, loc: tuple[str | int, ...]) -> Problem:
    """A problem of a part of the file, with the way to that part before its key."""
    way = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")
    key = f"{way}.{problem.key}" if problem.key else way
    return Problem(problem.file, problem.line, problem.column, key, problem.message)


def _calendar_of(file: _WrittenScenario) -> tuple[Hours | None] | None:
    """The calendar that overrides those of the policies: `(None,)` for `off`, None when there is none."""
    if file.calendar is None:
        return None
    return (None,) if file.calendar == "off" else (file.calendar,)


def _with_calendar(policy: Policy, calendar: Hours | None) -> Policy:
    # Made anew, not copied: a copy would keep the calendar that the policy has already worked out.
    fields = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate({**fields, "calendar": calendar})
