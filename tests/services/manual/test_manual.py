"""The manual of a policy can't say anything else than the policy: what is changed there changes it."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from domain.law.tables import tables_of
from domain.policy import Condition, Hours, Policy, Remainder, Repeat, Step, When
from domain.policy_parts import (
    Agency,
    Arrangements,
    Authority,
    Disputes,
    Part,
    PartnerTime,
    Promises,
    Settlements,
    TwoPeople,
)
from letters.manual import press_manual
from policies.load import shipped_policies, shipped_policy
from services.manual.manual import manual_of
from services.manual.printed import printed
from speech.words import speaking
from tests.casefile.builders import reminders

ON = date(2026, 11, 28)
FIRST: dict[str, Any] = {
    "policy": "p",
    "law": "NL",
    "calendar": {"holidays": "NL"},
    "agency": {"partners": [{"partner": "zuidkade", "amicable_within": 50}]},
    "steps": [
        {"id": "notice", "when": {"after_due": 20}, "send": ["email", "post"], "term": 8, "repeat": {"every": 30}},
        {"id": "call", "when": {"term_expired": "notice"}, "task": "call", "wait_for_task": 3},
        {"id": "away", "when": {"after_due": 60}, "hand_off": "agency", "if": {"open_at_least": 1, "or_invoices": 3}},
    ],
}
# Where each field stands, and another value of it: a field without a row fails the test, so none is forgotten.
CHANGED: dict[type[Part], tuple[tuple[str | int, ...], dict[str, Any]]] = {
    Policy: (
        (),
        {
            "policy": "q", "version": 7, "law": "BE", "kind": "consumer", "calendar": "off", "tolerance": "3.00",
            "spacing": 4, "debtor_spacing": 2, "bundle": "debtor", "catch_up": "skip", "after_hold": "resume",
            "charge_costs": "never", "charge_40": "with_notice", "allocation": "legal", "day_count": "actual_365",
            "remainder": {"extras_below": "9.00"}, "other_invoices": "list", "send_again_within": 0,
            "notice_again": "never", "disputes": {"respite": 3}, "promises": {"longest": 5},
            "settlements": {"longest": 9}, "arrangements": {"longest": 6}, "check": "first", "receipts": False,
            "habit_grace": 8, "check_register": "both", "steps": FIRST["steps"][:1],
            "two_people": {"refund": "250.00"}, "agency": {"amicable_within": 60},
        },
    ),
    Hours: (
        ("calendar",),
        {"zone": "Europe/Brussels", "holidays": "BE", "days": ["sat"], "opens": "08:00", "closes": "12:00"},
    ),
    Remainder: (("remainder",), {"interest_only": "claim", "extras_below": "9.00", "lost_discount": "1.5"}),
    Agency: (
        ("agency",),
        {
            "answers_within": 9, "amicable_within": 60, "after_return": "other_partner",
            "partners": [{"partner": "noordkade", "amicable_within": 45}],
        },
    ),
    PartnerTime: (("agency", "partners", 0), {"partner": "noordkade", "amicable_within": 45}),
    Disputes: (("disputes",), {"answer_within": 21, "respite": 3}),
    Promises: (("promises",), {"grace": 4, "at_most": 5, "longest": 6, "broken": "call"}),
    Settlements: (("settlements",), {"most_percent": 5, "most_amount": "7.00", "grace": 6, "longest": 9}),
    Arrangements: (
        ("arrangements",),
        {
            "grace": 9, "remind_before": 8, "first_within": 6, "least": "11.00", "longest": 5, "interest": "reserved",
            "broken": "notice", "respite": 4, "authority": {"staff": "1.00"}, "legal_sign_off": "mr. X, 2026-01-05",
        },
    ),
    TwoPeople: (
        ("two_people",),
        {
            "write_off": "500.00", "refund": "250.00", "handoff": "5000.00", "change_policy": "90.00",
            "reissue": "1000.00",
        },
    ),
    Authority: (("arrangements", "authority"), {"debtor": "500.00", "staff": "5000.00"}),
    Step: (
        ("steps", 0),
        {
            "id": "other", "when": {"after_due": 33}, "send": ["registered"], "to": "management", "letter": "reminder",
            "claims": "all", "announces": ["costs"], "attach": ["invoice"], "term": 15, "registered_from": "10.00",
            "condition": {"open_below": "2.00"}, "repeat": {"every": 31},
            # Of other kinds of steps: tried where they may stand.
            "default_term": None, "task": None, "wait_for_task": None, "hand_off": None, "approval": None,
        },
    ),
    When: (
        ("steps", 1, "when"),
        {
            "after_due": 41, "before_due": 42, "after_invoice_date": 43, "after_previous": 44, "term_expired": None,
            "margin": 9, "round": None,
        },
    ),
    Condition: (("steps", 2, "if"), {"open_at_least": "321.00", "open_below": "322.00", "or_invoices": 17}),
    Repeat: (("steps", 0, "repeat"), {"every": 45, "at_most": 46}),
}  # fmt: skip
ELSEWHERE: list[tuple[type[Part], str, tuple[str | int, ...], Any]] = [
    (Step, "default_term", ("steps", 0), {"term": None, "default_term": 16}),
    (Step, "task", ("steps", 1), {"task": "call_management"}),
    (Step, "wait_for_task", ("steps", 1), {"wait_for_task": 12}),
    (Step, "hand_off", ("steps", 2), {"hand_off": "Incasso Noord"}),
    (Step, "approval", ("steps", 2), {"approval": "required"}),
    (When, "round", ("steps", 2, "when"), {"round": "end_of_month"}),
    (When, "term_expired", ("steps", 1, "when"), {"after_due": 5, "term_expired": None}),
]


def text(policy: Policy) -> str:
    return manual_of(policy, ON).model_dump_json()


def put(path: tuple[str | int, ...], values: dict[str, Any]) -> Policy:
    """The first policy with other values at a place."""
    told = copy.deepcopy(FIRST)
    at: Any = told
    for part in path:
        at = at.setdefault(part, {}) if isinstance(at, dict) else at[part]
    for name, value in values.items():
        if value is None:
            at.pop(name, None)
        else:
            at[name] = value
    return Policy.model_validate(told)


def changes() -> Iterator[tuple[str, tuple[str | int, ...], dict[str, Any]]]:
    for model, (path, values) in CHANGED.items():
        for name, value in values.items():
            if value is not None:
                yield f"{model.__name__}.{name}", path, {name: value}
    for model, name, path, values in ELSEWHERE:
        yield f"{model.__name__}.{name}", path, values


CASES = list(changes())


@pytest.mark.parametrize(("path", "values"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_field_of_a_policy_is_in_the_manual(path: tuple[str | int, ...], values: dict[str, Any]) -> None:
    assert text(put(path, values)) != text(Policy.model_validate(FIRST))


def test_no_field_is_forgotten() -> None:
    tried = {name for name, _, _ in CASES}
    models = {Policy, Step, When, Condition, Repeat, Hours, Remainder, Disputes, Promises, Settlements, Arrangements}
    assert models | {Agency, Authority, PartnerTime, TwoPeople} == set(CHANGED)
    assert {f"{model.__name__}.{name}" for model in CHANGED for name in model.model_fields} == tried


@pytest.mark.parametrize("name", shipped_policies())
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_shipped_policy_has_one_with_all_its_rungs(name: str, language: str) -> None:
    policy = shipped_policy(name)
    with speaking(language):
        manual = manual_of(policy, ON)
    assert len(manual.rungs) == len(policy.steps)
    assert all(line.term and line.text for part in (*manual.rungs, *manual.parts) for line in part.lines)


def test_the_rungs_are_those_of_the_policy_in_words() -> None:
    """nl-business as docs/policies.md has it: day, channel, what is claimed, who decides."""
    with speaking("nl"):
        made = manual_of(shipped_policy("nl-business"), ON).rungs
    rungs = [{line.term: line.text for line in rung.lines} for rung in made]
    assert made[4].heading == "5. Aanzegging"
    notice, last = rungs[4], rungs[-1]
    assert notice["Dag"] == "de laatste van: 24 dagen na de vervaldatum; 5 dagen na de vorige stap"
    assert notice["Hoe"] == "per e-mail en per post" and notice["Aan wie"] == "directie"
    assert "8 dagen om te betalen, vanaf ontvangst" in notice["Termijn"] and "10.000,00" in notice["Aangetekend"]
    assert last["Dag"].startswith("7 bankdagen nadat de termijn") and "rol goedkeuren" in last["Wie beslist"]
    assert "ten minste 250,00" in last["Alleen als"]


def test_figures_of_the_law_stand_with_their_source() -> None:
    told = text(shipped_policy("nl-business"))
    for table in tables_of("NL"):
        assert table.row_at(ON).source in told
    assert "Stb." not in text(reminders()), "without a law there is none"


def test_it_is_printed_with_everything_that_the_page_says() -> None:
    with speaking("nl"):
        manual = manual_of(shipped_policy("nl-consumer"), ON)
        content = printed(manual)
    pdf = press_manual(content, ON)
    read = "".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    for part in (*manual.rungs, *manual.parts):
        assert "".join(part.heading.split()) in read
    assert press_manual(content, ON) == pdf, "the same bytes each time"
