"""The manual of a policy: `maanwerk policy manual`, `/desk/handleiding` and its PDF are made of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from domain.law.tables import tables_of
from domain.policy import Policy
from domain.tasks import TaskKind, task_text
from domain.views.explain import day_text
from services.manual.content import Line, Manual, Part
from services.manual.rules import rules_of
from services.manual.rungs import rung_of
from services.manual.values import decimal
from services.today.words import table_text
from speech.words import spoken_language, tr

__all__ = ["manual_of"]


def manual_of(policy: Policy, on: date) -> Manual:
    """The manual, in the language that is spoken.

    Args:
        policy: The policy.
        on: The day on which it is read: of figures of the law those of that day are named.
    """
    return Manual(
        language=spoken_language(),
        title=tr("Procedure manual: {policy}", policy=policy.policy),
        subtitle=tr("version {version}, as of {day}", version=policy.version, day=day_text(on)),
        policy=policy.policy,
        version=policy.version,
        intro=(
            tr("This is what happens with an invoice that is not paid. It is made from the policy itself."),
            tr("A step is taken only if money, holds, terms and hours allow it; each case says why not now."),
        ),
        rungs=tuple(rung_of(number, step, policy) for number, step in enumerate(policy.steps, start=1)),
        parts=(*rules_of(policy), _roles(), _by_hand(), *_law(policy, on)),
    )


def _roles() -> Part:
    return Part(
        heading=tr("Who may do what"),
        lines=(
            Line(term=tr("read"), text=tr("see everything, change nothing")),
            Line(term=tr("work"), text=tr("every request of a case, notes, payments, tasks, import")),
            Line(
                term=tr("approve"),
                text=tr("also what gives up money or hands a debtor over: write off, hand-off, another policy"),
            ),
            Line(term=tr("admin"), text=tr("also users, and the log of who did what")),
        ),
    )


def _by_hand() -> Part:
    """All that the engine asks of people, whatever the policy."""
    said = (task_text(kind) for kind in TaskKind if kind.rule.words)
    return Part(
        heading=tr("What people are asked to do"),
        intro=(tr("Each of these comes as a task, with its case and its day."),),
        lines=tuple(Line(term=str(place), text=text) for place, text in enumerate(dict.fromkeys(said), start=1)),
    )


def _law(policy: Policy, on: date) -> Iterable[Part]:
    if policy.law is None:
        return
    lines = []
    for table in tables_of(policy.law):
        row = table.row_at(on)
        value = f"{decimal(row.value)}: " if isinstance(row.value, Decimal) else ""
        said = tr(
            "{value}{source}; in force since {since}, checked until {until}",
            value=value,
            source=row.source,
            since=day_text(row.since),
            until=day_text(table.checked_until),
        )
        lines.append(Line(term=table_text(table.name), text=said))
    yield Part(
        heading=tr("What the law sets, and where it stands"),
        intro=(tr("These are no part of the policy and can't be changed by it."),),
        lines=tuple(lines),
    )
