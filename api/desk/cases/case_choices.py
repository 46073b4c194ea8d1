"""What may be chosen in the forms of a case: of the case as it stands, or of the codes that there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from api.desk.writing import day_text, money
from domain.blockers import HOLDS_OF_INTAKE
from domain.statuses import StatusKind
from domain.tasks import task_text
from services.desk.case_story import is_own_id
from services.desk.whole_case import WholeCase

__all__ = [
    "holds_to_lift",
    "holds_to_place",
    "in_words",
    "notices",
    "open_disputes",
    "open_tasks",
    "payments",
    "statuses",
    "unknown_steps",
]


def in_words(values: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Codes with their words in English."""
    return tuple((value, value.replace("_", " ")) for value in values)


def open_tasks(case: WholeCase) -> Sequence[tuple[str, str]]:
    """The open tasks."""
    return tuple(dict.fromkeys((task.kind, task_text(task.kind)) for task in case.report.tasks))


def open_disputes(case: WholeCase) -> Sequence[tuple[str, str]]:
    """The disputes that wait for an answer."""
    return tuple((each.id, each.id) for each in case.report.disputes if each.outcome is None)


def standing_promises(case: WholeCase) -> Sequence[tuple[str, str]]:
    """The promises of which nothing came yet."""
    return tuple((each.id, f"{each.by}, {each.id}") for each in case.case.promises if each.stands)


def payments(case: WholeCase) -> Sequence[tuple[str, str]]:
    """The payments that are booked."""
    return tuple(
        (each.id, _payment_text(case, each.credited_on, each.amount.removeprefix("-"), each.id))
        for each in case.report.ledger
        if each.kind == "payment"
    )


def _payment_text(case: WholeCase, credited_on: str, amount: str, own: str) -> str:
    said = f"{day_text(date.fromisoformat(credited_on))}: {money(amount, case.case.ledger.currency)}"
    return said if is_own_id(own) else f"{said}, {own}"


def holds_to_lift(case: WholeCase) -> Sequence[tuple[str, str]]:
    """The holds in force that a person may lift."""
    held = {each.kind for each in case.report.holds}
    return in_words([kind.value for kind in HOLDS_OF_INTAKE if kind.value in held])


def holds_to_place(_: WholeCase) -> Sequence[tuple[str, str]]:
    """The holds that a person may place."""
    return in_words([kind.value for kind in HOLDS_OF_INTAKE if kind.value not in _BY_THE_ENGINE])


_BY_THE_ENGINE = (
    "onboarding_review",
    "missing_from_list",
    "row_unreadable",
    "probable_duplicate",
    "imported",
    "promise",
)
"""Holds that a list or the engine places, or that have a form of their own."""


def unknown_steps(case: WholeCase) -> Sequence[tuple[str, str]]:
    """The steps of which nobody knows whether they went out."""
    return tuple(
        dict.fromkeys((each.step, each.step) for each in case.messages if each.status in ("unknown", "unproven"))
    )


def notices(case: WholeCase) -> Sequence[tuple[str, str]]:
    """The letters on which rights hang."""
    return tuple(dict.fromkeys((each.step, each.step.replace("_", " ")) for each in case.claim.notices))


def statuses(case: WholeCase) -> Sequence[tuple[str, str]]:
    """What the debtor is in."""
    held = {each.kind for each in case.report.holds}
    return in_words([kind.value for kind in StatusKind if kind.value in held])
