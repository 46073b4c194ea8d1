"""The form by which a second person signs for what a colleague asks, or refuses it."""

from __future__ import annotations

from api.desk.cases.case_form import CaseForm
from api.desk.fields import Field
from api.desk.writing import day_text, money
from services.desk.signing import waiting_for_signature
from services.desk.whole_case import WholeCase
from speech.words import tr

__all__ = ["SIGN"]


def _waiting(case: WholeCase) -> tuple[tuple[str, str], ...]:
    """What waits, with how much, who asked and when."""
    return tuple(
        (
            each.id,
            tr(
                "{what}, {amount}: asked by {actor}, {day}",
                what=each.what,
                amount=money(each.amount),
                actor=each.actor,
                day=day_text(each.on, case.on),
            ),
        )
        for each in waiting_for_signature(case.case)
    )


def _first(case: WholeCase) -> str:
    return next((value for value, _ in _waiting(case)), "")


SIGN = CaseForm(
    "tekenen",
    "sign_request",
    "Second signature",
    "Record it",
    (
        Field("of", "Asked", "choice", True, choices=_waiting, begins=_first),
        Field(
            "outcome",
            "You",
            "choice",
            True,
            choices=lambda _: (("confirmed", "sign for it"), ("refused", "refuse it")),
        ),
        Field("note", "Why", "words"),
    ),
    hint="It is done as it was asked. Who asked can't sign; who asked may take it back by refusing it.",
    fits=lambda case: bool(_waiting(case)),
    often=True,
)
