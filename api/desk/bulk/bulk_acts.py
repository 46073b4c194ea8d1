"""What can be done to many cases at once: each act with its message, its fields and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID, uuid5

from api.desk.fields import Field
from api.operator.telling import ADMIN
from casefile.people import DeskRole
from domain.tasks import task_text

__all__ = ["ACTS", "ASSIGN", "UNDO", "BulkAct", "Offered", "act_named", "told_as"]

_NAMES = UUID("6f0a0b43-64f5-4f55-9d5f-0c7f6f6f6a35")
"""Namespace of the ids that follow from jobs."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen in the fields of an act.

    Attributes:
        tasks: Kinds of open tasks of the cases.
        policies: Policies by name, with their newest version; None where the case file has none yet.
        users: Names of users, by their ids.
    """

    tasks: Sequence[str] = ()
    policies: Mapping[str, int | None] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)


def _tasks(offered: Any) -> Sequence[tuple[str, str]]:
    return tuple((kind, task_text(kind)) for kind in cast("Offered", offered).tasks)


def _policies(offered: Any) -> Sequence[tuple[str, str]]:
    known = cast("Offered", offered).policies.items()
    return tuple((name, name if version is None else f"{name} {version}") for name, version in known)


def _users(offered: Any) -> Sequence[tuple[str, str]]:
    return (("-", "nobody"), *cast("Offered", offered).users.items())


Build = Callable[[Mapping[str, object], date], dict[str, object]]


def _as_it_is(values: Mapping[str, object], _: date) -> dict[str, object]:
    return dict(values)


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act over many cases.

    Attributes:
        key: Its name in an address.
        message: What each case is told; None where it is told nothing.
        title: What it is, in English; above its preview.
        button: Its button in a list, in English.
        fields: Its fields.
        begins: What stands in them at first.
        build: What the message says, of the values of the fields and the local day.
        hint: What is to be known of it, in English.
    """

    key: str
    message: str | None
    title: str
    button: str
    fields: tuple[Field, ...] = ()
    begins: Mapping[str, str] = field(default_factory=dict)
    build: Build = _as_it_is
    hint: str = ""

    @property
    def role(self) -> DeskRole:
        """Who may do it: who may do it to one case."""
        return DeskRole.APPROVE if self.message in ADMIN else DeskRole.WORK


def _kept_back(_: Mapping[str, object], today: date) -> dict[str, object]:
    return {"until": (today + timedelta(days=1)).isoformat(), "reason": "kept back from a list"}


def _reviewed(values: Mapping[str, object], _: date) -> dict[str, object]:
    return {"task": "onboarding_review", "outcome": values.get("outcome") or "done"}


ASSIGN = "toewijzen"
"""Key of the act that tells cases nothing."""

ACTS: tuple[BulkAct, ...] = (
    BulkAct(
        "aanhouden",
        "pause_case",
        "Hold",
        "Hold…",
        (
            Field(
                "until",
                "Until",
                "day",
                hint="The first day on which it goes on; left empty: until somebody resumes it.",
            ),
            Field("reason", "Reason"),
        ),
    ),
    BulkAct("hervatten", "resume_case", "Resume", "Resume", hint="Ends the pauses; other holds stay."),
    BulkAct(
        "taken",
        "complete_task",
        "Finish tasks",
        "Finish tasks…",
        (Field("task", "Task", "choice", True, choices=_tasks), Field("outcome", "What came of it", wanted=True)),
        {"outcome": "done"},
    ),
    BulkAct(
        "beoordelen",
        "complete_task",
        "Old invoices reviewed",
        "Old invoices reviewed…",
        (Field("outcome", "What was decided"),),
        {"outcome": "done"},
        _reviewed,
        "One decision per debtor: who is left out below stays on hold.",
    ),
    BulkAct(
        "veto",
        "pause_case",
        "Send nothing today",
        "Keep back today",
        (),
        {},
        _kept_back,
        "A pause until tomorrow: what nobody decides about is looked at again then.",
    ),
    BulkAct(
        ASSIGN,
        None,
        "Assign",
        "Assign…",
        (Field("user", "To", "choice", True, choices=_users),),
        hint="The debtors of these cases, with all their invoices.",
    ),
    BulkAct(
        "beleid",
        "change_policy",
        "Change the policy",
        "Other policy…",
        (
            Field("policy", "Policy", "choice", True, choices=_policies),
            Field("version", "Version", "number", hint="Left empty: the newest."),
        ),
    ),
)


UNDO = BulkAct(
    "ongedaan",
    None,
    "Undo a job",
    "Undo all of it…",
    hint="By another message in each case, as one by one; what can't be undone stays, and says why.",
)
"""The act that undoes another job, which its query names."""


def act_named(key: str) -> BulkAct | None:
    """The act of this name."""
    return next((each for each in (*ACTS, UNDO) if each.key == key), None)


def role_of_job(act: str) -> DeskRole:
    """Who may undo a job: who may do one, for its cases are told the same kind of thing again."""
    found = act_named(act)
    return found.role if found is not None else DeskRole.APPROVE if act in ADMIN else DeskRole.WORK


def told_as(job: str, case_id: str) -> str:
    """Id of the message by which a job tells a case something: it follows from both, so it counts once."""
    return f"desk:{uuid5(_NAMES, f'{job}|{case_id}')}"
