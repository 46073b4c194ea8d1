"""What undoes something that a person did: another message, for nothing that happened is taken away."""

from __future__ import annotations

import json
from collections.abc import Mapping

from casefile.case_file import Transaction
from domain.blockers import HOLD_ENDED_BY_TASK
from domain.case import Case
from domain.facts import PaymentReceived

__all__ = ["undoing_of", "why_it_stays"]

_STAYS = {
    "resume_case": "a pause that somebody ended is not placed again by undoing: hold the case anew",
    "complete_task": "this task is not asked again by undoing: it took a hold along, or stands open already",
    "change_policy": "another policy is not taken back by undoing: change it once more",
}


def undoing_of(transaction: Transaction, case_id: str, message_id: str) -> tuple[str, dict[str, object]] | None:
    """The message that undoes another; None where nothing does.

    Args:
        transaction: A reading transaction on the case file.
        case_id: The case that was told it.
        message_id: Its id in the inbox.
    """
    found = transaction.inbox.body(case_id, message_id)
    if found is None or found[1] is None:
        return None
    name, raw = found
    said: Mapping[str, object] = json.loads(raw or b"{}")
    case = transaction.cases.load(case_id).case
    match name:
        case "pause_case":
            return "resume_case", {}
        case "hold_case":
            return "unhold_case", {"hold": said["hold"]}
        case "raise_dispute":
            mine = next((each for each in reversed(case.disputes) if each.is_open), None)
            return None if mine is None else ("resolve_dispute", {"dispute": mine.id, "outcome": "withdrawn"})
        case "record_promise":
            return _not_promised(case, said, message_id)
        case "agree_arrangement":
            return ("end_arrangement", {}) if case.arrangement is not None else None
        case "report_debtor_status":
            return "end_debtor_status", {"status": said["status"]}
        case "complete_task":
            return _open_again(case, said)
        case "raise_task":
            return ("complete_task", {"task": said["task"], "outcome": "undone"})
        case "record_payment":
            return _back(transaction, case_id, said)
        case _:
            return None


def why_it_stays(name: str | None) -> str:
    """Why a message is not undone, in English; None: the case was told nothing."""
    if name is None:
        return "nothing was done to it, so there is nothing to undo"
    return _STAYS.get(name, "this can't be undone: what it did stands, or was undone already")


def _open_again(case: Case, said: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The task that somebody finished by mistake, asked anew; not one that took a hold along."""
    kind = str(said["task"])
    done = next((each for each in reversed(case.tasks) if kind in (each.kind, each.step)), None)
    if done is None or done.done_on is None or done.kind in HOLD_ENDED_BY_TASK:
        return None
    return "raise_task", {"task": done.kind}


def _not_promised(case: Case, said: Mapping[str, object], message_id: str) -> tuple[str, dict[str, object]] | None:
    """The promise that somebody noted by mistake, withdrawn; a rule refuses it once it was confirmed in writing."""
    own = str(said.get("promise") or message_id[:60])
    stands = any(each.id == own and each.stands for each in case.promises)
    return ("withdraw_promise", {"promise": own}) if stands else None


def _back(transaction: Transaction, case_id: str, said: Mapping[str, object]) -> tuple[str, dict[str, object]] | None:
    """The reversal of a payment that somebody booked by mistake."""
    for fact in reversed(transaction.cases.facts(case_id)):
        if isinstance(fact, PaymentReceived) and fact.actor == said.get("actor") and fact.amount.text == said["amount"]:
            return "payment_reversed", {"payment": fact.id, "reason": "other"}
    return None
