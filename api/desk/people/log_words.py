"""The log in words: what stands in it are codes, which the API, the commands and earlier versions wrote as well."""

from __future__ import annotations

import re
from collections.abc import Mapping

from api.desk.bulk.bulk_acts import act_named
from api.desk.cases.case_forms import FORMS, NOTE
from speech.words import tr, trn

__all__ = ["ACTS_OF_LOG", "OUTCOMES_OF_LOG", "act_words", "outcome_words", "subject_words"]

ACTS_OF_LOG: dict[str, str] = {
    "note": NOTE.label,
    "withdraw note": "Note taken back",
    "sign in": "Signed in",
    "sign in elsewhere": "Signed in elsewhere",
    "choose password": "Password chosen",
    "user create": "User made",
    "user password": "New link for a password",
    "user role": "Role changed",
    "user creditors": "Sees other creditors",
    "user disable": "User disabled",
    "api-key create": "API key made",
    "api-key revoke": "API key revoked",
    "export cases": "List taken along as a file",
    "assign debtor": "Debtor assigned",
    "assign tasks": "Tasks assigned",
    "debtor_credit": "Credit data changed",
    "save_creditor": "Creditor kept",
    "import_upload": "Files imported",
    "keep_columns": "Meaning of columns kept",
    "forget_columns": "Meaning of columns forgotten",
    "assign_payment": "Payment put on invoices",
    "dismiss_payment": "Payment laid aside",
    "dismiss_quarantined": "Message in quarantine laid aside",
    "resubmit_quarantined": "Message in quarantine tried again",
    "block_number": "Telephone number called no more",
    "allow_number": "Telephone number called again",
    "stop_sending": "Send nothing today",
    "resume_sending": "Send after all",
    "fetch dossier": "File fetched by the partner",
    "raise_task": "Task asked",
}
"""What no form of a case is called by."""

OUTCOMES_OF_LOG: dict[str, str] = {
    "accepted": "recorded",
    "written": "written down, not done yet",
    "done": "done",
    "given": "given",
    "assigned": "put on invoices",
    "refused": "refused",
    "changed": "somebody changed it meanwhile",
    "begun": "begun, its end is not known",
}
"""What came of an act."""

_FORMS: Mapping[str, str] = {form.message: form.title for form in reversed(FORMS)}
_NUMBERED = re.compile(r"(\d+) (cases|tasks|rows)")


def act_words(act: str) -> str:
    """What was done; what we have no words for stays as it was written."""
    if act.startswith("bulk "):
        bulk = act_named(act[5:])
        title = bulk.title if bulk is not None else _FORMS.get(act[5:])
        return act if title is None else tr("Many at once: {act}", act=tr(title))
    title = ACTS_OF_LOG.get(act) or _FORMS.get(act)
    return act if title is None else tr(title)


def outcome_words(outcome: str) -> str:
    """What came of it."""
    return tr(OUTCOMES_OF_LOG[outcome]) if outcome in OUTCOMES_OF_LOG else outcome


def subject_words(subject: str, users: Mapping[str, str]) -> str:
    """On what it was done.

    Args:
        subject: As it stands in the log.
        users: Names of users by their ids.
    """
    if subject.startswith("user ") and subject[5:] in users:
        return users[subject[5:]]
    numbered = _NUMBERED.fullmatch(subject)
    if numbered is None:
        return tr("everything") if subject == "all" else subject
    number = int(numbered[1])
    match numbered[2]:
        case "cases":
            return trn("{number} case", "{number} cases", number)
        case "tasks":
            return trn("{number} task", "{number} tasks", number)
        case _:
            return trn("{number} row", "{number} rows", number)
