"""Behind `maanwerk case arrange`: works the instalments out, shows them, and tells each case its share."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from secrets import token_hex

import typer

from casefile.case_file import CaseFile
from cli.case import telling
from cli.case.actions import opened_case_file, read_report
from cli.case.choosing import Choice, chosen_cases
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import console, new_table, print_json
from cli.written import day_of, plain_amount
from domain.facts import AgreedInstalment
from domain.instalment_plan import NotFeasible, instalment_plan
from domain.messages import Unreadable
from domain.money import Money
from domain.shared_arrangements import shares
from engine.submit import Desk, Outcome
from services.arranging import Arrangeable, arrangeable, total_of
from speech.words import tr

__all__ = ["Wanted", "arrange", "end"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed of an arrangement; the fields are the options of the command."""

    instalments: int | None
    per_month: str | None
    written: tuple[str, ...]
    pay_day: int | None
    start: date | None
    interest: str | None
    principal_only: bool
    name: str | None
    acknowledges: bool
    signed_off_by: str
    change: bool
    note: str


def arrange(choice: Choice, wanted: Wanted, actor: str | None, as_json: bool, *, show: bool = False) -> None:
    """Work out instalments, show them, and agree them with every case that they are about.

    Args:
        choice: The cases.
        wanted: What was typed.
        actor: Who agrees.
        as_json: Print JSON.
        show: Agree nothing.
    """
    now = datetime.now(UTC)
    with opened_case_file() as file:
        ids = chosen_cases(file, choice)
        with file.read() as transaction:
            cases = [arrangeable(transaction, each, now, principal_only=wanted.principal_only) for each in ids]
        _belong_together(cases)
        plan = _plan(cases, wanted)
        shared = shares(plan, [each.claim for each in cases])
        if not as_json:
            _show(cases, plan, shared)
        if show:
            if as_json:
                print_json(_plan_json(cases, plan, shared))
            return
        asks = not choice.yes and not as_json and sys.stdin.isatty() and sys.stdout.isatty()
        if asks and not typer.confirm(tr("Agree these instalments?")):
            failed(tr("nothing was done"))
        _tell(file, cases, plan, shared, wanted, actor, as_json)


def end(choice: Choice, note: str, actor: str | None, as_json: bool) -> None:
    """End the arrangement of the chosen cases by agreement."""
    telling.tell_chosen(choice, "end_arrangement", {"note": note}, actor, as_json)


def _belong_together(cases: Sequence[Arrangeable]) -> None:
    """One arrangement is with one debtor, in one currency."""
    if len({each.debtor for each in cases}) > 1:
        refused(tr("these cases are of several debtors; an arrangement is with one"))
    if len({each.claim.open.currency for each in cases}) > 1:
        refused(tr("these cases are in several currencies; make an arrangement for each"))
    settled = [each.number for each in cases if not each.claim.open.is_positive]
    if settled:
        refused(tr("nothing is owed on {numbers}", numbers=", ".join(settled)))


def _plan(cases: Sequence[Arrangeable], wanted: Wanted) -> tuple[AgreedInstalment, ...]:
    total = total_of([each.claim for each in cases])
    rules = cases[0].policy.arrangements
    if wanted.written:
        return _as_written(wanted.written, total)
    try:
        return instalment_plan(
            total,
            cases[0].on,
            instalments=wanted.instalments,
            per_month=None if wanted.per_month is None else Money.parse(wanted.per_month, total.currency),
            pay_day=wanted.pay_day,
            start=wanted.start,
            first_within=rules.first_within,
            least=Money(rules.least, total.currency),
        )
    except (NotFeasible, ValueError) as problem:
        refused(f"maanwerk: {problem}")


def _as_written(written: Sequence[str], total: Money) -> tuple[AgreedInstalment, ...]:
    found = []
    for text in written:
        day, _, amount = text.rpartition(":")
        try:
            found.append(AgreedInstalment(due=day_of(day), amount=Money.parse(plain_amount(amount), total.currency)))
        except ValueError as problem:
            refused(tr("--instalment {text}: {problem}; write 2026-04-20:250.00", text=text, problem=problem))
    come_to = sum((each.amount for each in found[1:]), start=found[0].amount)
    if come_to != total:
        refused(
            tr("the instalments come to {amount}, but {total} is owed", amount=come_to.text, total=total.text),
        )
    return tuple(found)


def _show(
    cases: Sequence[Arrangeable],
    plan: Sequence[AgreedInstalment],
    shared: Mapping[str, Sequence[AgreedInstalment]],
) -> None:
    several = [each.number for each in cases] if len(cases) > 1 else []
    title = tr("{amount} in {number} instalments", amount=total_of([c.claim for c in cases]).text, number=len(plan))
    table = new_table(title, "number", "due", "amount", *several, right=("amount", *several))
    for number, instalment in enumerate(plan, start=1):
        parts = [
            next((part.amount.text for part in shared[each.case_id] if part.due == instalment.due), "")
            for each in (cases if several else ())
        ]
        table.add_row(str(number), instalment.due.isoformat(), instalment.amount.text, *parts)
    console().print(table)


def _plan_json(
    cases: Sequence[Arrangeable],
    plan: Sequence[AgreedInstalment],
    shared: Mapping[str, Sequence[AgreedInstalment]],
) -> dict[str, object]:
    return {
        "total": total_of([each.claim for each in cases]).text,
        "instalments": _written(plan),
        "cases": {each.case_id: _written(shared[each.case_id]) for each in cases},
    }


def _written(instalments: Sequence[AgreedInstalment]) -> list[dict[str, str]]:
    return [{"due": each.due.isoformat(), "amount": each.amount.text} for each in instalments]


def _tell(
    file: CaseFile,
    cases: Sequence[Arrangeable],
    plan: Sequence[AgreedInstalment],
    shared: Mapping[str, Sequence[AgreedInstalment]],
    wanted: Wanted,
    actor: str | None,
    as_json: bool,
) -> None:
    """Tell each case its share under one id: all of them, or none where one refuses it."""
    settings = read_settings()
    name = wanted.name or f"arrangement-{cases[0].on}-{token_hex(3)}"
    message = "change_arrangement" if wanted.change else "agree_arrangement"
    contents: dict[str, Mapping[str, object]] = {}
    for each in cases:
        content = {
            "arrangement": name,
            "instalments": _written(shared[each.case_id]),
            "currency": each.claim.open.currency,
            "interest": wanted.interest,
            "acknowledges": wanted.acknowledges,
            "others": [other.number for other in cases if other is not each],
            "signed_off_by": wanted.signed_off_by,
            "note": wanted.note,
        }
        if len(cases) > 1:
            content["whole"] = _written(plan)
        contents[each.case_id] = telling.given(content, actor)
    try:
        results = asyncio.run(Desk(file, settings).submit_together(message, contents))
    except (Unreadable, ValueError) as problem:
        refused(str(problem))
    states = {each.case_id: read_report(file, each.case_id).state for each in cases}
    if as_json:
        rows = [telling.as_row(case_id, result, states[case_id]) for case_id, result in results.items()]
        print_json({"arrangement": name, **_plan_json(cases, plan, shared), "results": rows})
    else:
        for each in cases:
            typer.echo(f"{each.number}: {telling.said(results[each.case_id], states[each.case_id])}")
    if any(result.outcome is Outcome.REFUSED for result in results.values()):
        why = "; ".join(dict.fromkeys(r.says for r in results.values() if r.outcome is Outcome.REFUSED))
        failed(tr("refused: {why}", why=why))
