"""The forms of a case that a collection partner has: what he says of it."""

from __future__ import annotations

from typing import get_args

from api.desk.cases.case_choices import in_words
from api.desk.cases.case_form import CaseForm
from api.desk.fields import Field
from domain.facts import AgencyStatus, ClosingCode
from domain.views.agencies import CLOSED, REPORTED
from services.desk.whole_case import WholeCase

__all__ = ["AGENCY_FORMS"]


_REASONS = ("mistake", "disputed", "settled", "other_partner", "own_hands", "other")


def _was_handed_off(case: WholeCase) -> bool:
    return case.case.handed_off_on is not None


AGENCY_FORMS: tuple[CaseForm, ...] = (
    CaseForm(
        "bericht-partner",
        "report_agency",
        "What the partner says",
        "Record it",
        (
            Field(
                "status",
                "He says",
                "choice",
                True,
                choices=lambda _: tuple((each, REPORTED[each]) for each in get_args(AgencyStatus)),
            ),
            Field("on", "Of", "day", begins=lambda case: case.on.isoformat()),
            Field("amount", "Amount", "money", hint="What was paid to him, or what it cost."),
            Field("id", "His number of the report", "line", hint="The same number counts once."),
            Field("payment", "His number of the payment", "line", hint="Of a payment that was taken back."),
            Field("reference", "His name for the file", "line"),
            Field("until", "Rests until", "day"),
            Field(
                "code",
                "Why he closed it",
                "choice",
                choices=lambda _: tuple((each, CLOSED[each]) for each in get_args(ClosingCode)),
            ),
            Field("reason", "His words", "words"),
        ),
        fits=_was_handed_off,
    ),
    CaseForm(
        "terughalen",
        "recall_handoff",
        "Ask the case back",
        "Ask it back",
        (
            Field("reason", "Why", "choice", True, choices=lambda _: in_words(_REASONS)),
            Field("note", "Why, in your words", "words"),
        ),
        hint="The partner is told at once; the case is ours again when he says that he gave it back.",
        fits=lambda case: case.case.handed_off,
    ),
)
