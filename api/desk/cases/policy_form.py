"""The form that moves a case to another policy: one of the case file, or a shipped one that no case was under yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from api.desk.cases.case_form import CaseForm
from api.desk.fields import Field
from casefile.case_file import Transaction
from services.desk.bulk_policies import know_shipped
from services.desk.whole_case import WholeCase

__all__ = ["POLICY"]


def _offered(case: WholeCase) -> Sequence[tuple[str, str]]:
    return tuple((name, name if version is None else f"{name} {version}") for name, version in case.policies.items())


def _other(values: Mapping[str, object], transaction: Transaction, _: str, __: datetime) -> dict[str, object]:
    version = know_shipped(transaction, str(values["policy"]))
    return dict(values) if version is None else {"version": version, **values}


POLICY = CaseForm(
    "beleid",
    "change_policy",
    "Policy",
    "Change the policy",
    (
        Field("policy", "Policy", "choice", True, choices=_offered, begins=lambda case: case.case.policy),
        Field("version", "Version", "number", hint="Left empty: the newest."),
    ),
    build=_other,
    fits=lambda case: case.report.closed is None,
)
