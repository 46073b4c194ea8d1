"""The table of tasks: each kind of work that a case asks of a person, once.

A task's kind is an open word: a policy names its own, and anybody may raise one by another name. Those below are known
to the engine: it raises them itself, says what they ask, and knows what settles them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from speech.words import tr


@dataclass(frozen=True, slots=True)
class TaskRule:
    """One row of the table.

    Attributes:
        words: What it asks a person to do; empty when its name says it.
        own: Whether it means something to the case, so that a policy needs another name for its own.
        outlives_closing: Whether it stays open when the case closes.
        ended_by: What settles it besides a person who says that it is done: the name of a message, or `sent`. What
            it does to a hold stands with the hold, in `domain/blockers.py`.
    """

    words: str = ""
    own: bool = True
    outlives_closing: bool = False
    ended_by: str = ""


class TaskKind(StrEnum):
    """Tasks that the engine knows."""

    rule: TaskRule

    def __new__(cls, name: str, rule: TaskRule = TaskRule()) -> Self:
        """A kind with its row."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.rule = rule
        return kind

    AGENCY_ASKS = "agency_asks", TaskRule("give the partner what he asks for", outlives_closing=True)
    AGENCY_SILENT = (
        "agency_silent",
        TaskRule("ask the partner whether he has the file: he has not said so", ended_by="agency_reported"),
    )
    AMICABLE_PHASE_OVER = (
        "amicable_phase_over",
        TaskRule("ask the partner how the file stands, and decide: his amicable phase has taken its time"),
    )
    ALLOCATE_MONEY = (
        "allocate_money",
        TaskRule("put the money of this debtor that is on no invoice on one, or give it back, and tell him"),
    )
    AMOUNT_RAISED = "amount_raised", TaskRule(own=False)
    ANSWER_DISPUTE = "answer_dispute", TaskRule("answer the dispute: resolve it")
    ANSWER_PROPOSAL = (
        "answer_proposal",
        TaskRule("answer the debtor who proposes to pay in instalments: agree an arrangement, or tell him that not"),
    )
    APPROVE_HANDOFF = "approve_handoff", TaskRule("approve the hand-off", ended_by="approve_handoff")
    ARRANGEMENT_IN_PART = (
        "arrangement_in_part",
        TaskRule(
            "agree the arrangement on its other invoices too, under the same id, or change or end it: it holds on some "
            "of them only, and is not confirmed before; done, it stays as it is"
        ),
    )
    ASK_DEBT_HELP_PROOF = (
        "ask_debt_help_proof",
        TaskRule("ask for proof of the debt help: without it the case goes on after 14 days; `proven` keeps it"),
    )
    CALL = "call", TaskRule(own=False)
    CALL_ABOUT_REFUSAL = (
        "call_about_refusal",
        TaskRule("call the debtor: he refused the debit, so he probably disputes the invoice", ended_by="log_call"),
    )
    CALL_AGAIN = "call_again", TaskRule("call the debtor again", own=False, ended_by="log_call")
    CHECK_EMAIL_DOMAIN = (
        "check_email_domain",
        TaskRule(
            "check that the e-mail address is the debtor's own: its domain looks like another one",
            own=False,
        ),
    )
    CHECK_REMITTANCE = (
        "check_remittance",
        TaskRule(
            "ask the partner about a line of his remittance that he never reported", own=False, outlives_closing=True
        ),
    )
    CHECK_INVOICE = "check_invoice", TaskRule("check that the invoice is in order before the debtor hears anything")
    CHECK_REGISTER = (
        "check_register",
        TaskRule(
            "look into the register of companies (KvK, KBO) and the insolvency register: is it dissolved, new or "
            "bankrupt? Nothing goes out before; note what you find as his status, or settle it"
        ),
    )
    CLARIFY_STATUS = "clarify_status", TaskRule("find out whether the debtor is a consumer")
    CHECK_PAYMENT = (
        "check_payment",
        TaskRule("ask for proof of the payment, and look for the money: only the bank closes a case"),
    )
    COMPLAINT_RIGHTS_IN_21_DAYS = (
        "complaint_rights_in_21_days",
        TaskRule("decide about taking the goods back: the right ends in three weeks"),
    )
    COMPLAINT_RIGHTS_IN_7_DAYS = (
        "complaint_rights_in_7_days",
        TaskRule("decide about taking the goods back: the right ends in a week"),
    )
    COMPLAINT_RIGHTS_PASSED = (
        "complaint_rights_passed",
        TaskRule("note that the right to take the goods back has ended"),
    )
    CONFIRM_CONTACT_CHANGE = (
        "confirm_contact_change",
        TaskRule("have the new contact data confirmed over the old channel before they are used: it may be fraud"),
    )
    CONFIRM_CUMULATION = "confirm_cumulation", TaskRule("check the costs of this small instalment (BIK art. 2a)")
    CONFIRM_SETTLEMENT = (
        "confirm_settlement",
        TaskRule(
            "confirm the settlement to the debtor yourself: our letter about it did not leave", outlives_closing=True
        ),
    )
    CREDIT_INSURER_IN_21_DAYS = "credit_insurer_in_21_days", TaskRule("tell the credit insurer within three weeks")
    CREDIT_INSURER_IN_7_DAYS = "credit_insurer_in_7_days", TaskRule("tell the credit insurer within a week")
    CREDIT_INSURER_PASSED = (
        "credit_insurer_passed",
        TaskRule("see whether the credit insurer still covers this invoice"),
    )
    DECIDE_AFTER_RETURN = (
        "decide_after_return",
        TaskRule(
            "the partner gave the case back; decide: done, it goes on to another partner or the court; else write it "
            "off, or agree something with the debtor"
        ),
    )
    DECIDE_NEXT = "decide_next", TaskRule("decide what to do next")
    DISPUTE_LATE = "dispute_late", TaskRule("answer the dispute at once: the debtor should have had an answer by now")
    DISPUTE_SOON = "dispute_soon", TaskRule("answer the dispute: the debtor is to have an answer within three days")
    FILE_CLAIM = "file_claim", TaskRule("file the claim with the administrator or liquidator")
    FIND_HEIRS = "find_heirs", TaskRule("find the heirs: the claim goes on against them, with a new letter")
    FIND_REPRESENTATIVE = (
        "find_representative",
        TaskRule("find out who acts for the debtor, and make him the contact"),
    )
    FIX_CONTACT = "fix_contact", TaskRule("mend the contact")
    ANSWER_DISCHARGE = (
        "answer_discharge",
        TaskRule(
            "answer the payer at once: he wrote that his payment settles everything; it is booked as a part, and "
            "nothing was released. Agree a settlement, or write to him that the rest is owed"
        ),
    )
    FRESH_LOOK = "fresh_look", TaskRule("look at the case afresh before anything is sent again")
    IMPORTED_HOLD = "imported_hold", TaskRule("end the hold it was imported with")
    LIFT_SUPPLY_STOP = (
        "lift_supply_stop",
        TaskRule(
            "let sales supply this debtor again, if it was stopped: he has paid, and nobody can take it back any more",
            outlives_closing=True,
        ),
    )
    LIMITATION_IN_21_DAYS = (
        "limitation_in_21_days",
        TaskRule("interrupt the limitation: the claim is barred in three weeks"),
    )
    LIMITATION_IN_7_DAYS = (
        "limitation_in_7_days",
        TaskRule("interrupt the limitation: the claim is barred in a week"),
    )
    LIMITATION_PASSED = "limitation_passed", TaskRule("see whether the claim is barred")
    MEND_LETTER = (
        "mend_letter",
        TaskRule("mend the letter, or what it must say: policy, creditor profile or invoice"),
    )
    MEND_SENDER = (
        "mend_sender",
        TaskRule(
            "mend how our sender is set up at the provider, then let the channel go on: `maanwerk channel resume`",
            outlives_closing=True,
        ),
    )
    MISSING_FROM_LIST = "missing_from_list", TaskRule("find out why it was missing from the list")
    MONEY_LATE = (
        "money_late",
        TaskRule("settle at once: money of this debtor has stood with us for thirty days and keeps his letters back"),
    )
    ONBOARDING_REVIEW = "onboarding_review", TaskRule("review the invoice")
    PROBABLE_DUPLICATE = (
        "probable_duplicate",
        TaskRule(
            "say whether two payments (or refunds) of one amount are two, or one that two sources told of",
            outlives_closing=True,
            ended_by="settle_duplicate",
        ),
    )
    OFFER_HELP = "offer_help", TaskRule("speak with the debtor: offer an arrangement, name the debt help")
    OVERPAYMENT = "overpayment", TaskRule("return or set off what was paid too much", outlives_closing=True)
    READ_REPLY = "read_reply", TaskRule("read what the debtor wrote, and answer it")
    RECALL_UNANSWERED = (
        "recall_unanswered",
        TaskRule(
            "ask the partner whether he stopped: he has not said that he gave the file back", outlives_closing=True
        ),
    )
    RETRY_DEBIT = (
        "retry_debit",
        TaskRule("collect it again on the debtor's pay day: there was too little on his account"),
    )
    REVIEW_DISPUTE = (
        "review_dispute",
        TaskRule("look at the dispute: by itself it stops the case for a few days only; `accepted` holds it"),
    )
    REVIEW_PAUSE = "review_pause", TaskRule("review the pause", ended_by="resume")
    REVIEW_PROMISE = (
        "review_promise",
        TaskRule("talk to the debtor: we don't accept his promise as it is; the day, the term, or one too many"),
    )
    REVIEW_SET_OFF = (
        "review_set_off",
        TaskRule("ask for the document behind the set-off, and decide: credit it, or let the case go on"),
    )
    REVIEW_STATUS = "review_status", TaskRule("see whether the debtor's status still stands, and end it if it does not")
    REVIEW_STOP = (
        "review_stop",
        TaskRule("settle what the debtor asked (dispute, plan, mediation), and end the Belgian stop if that is done"),
    )
    REVIEW_TERMS = "review_terms", TaskRule("review the clauses on interest and costs")
    ROW_UNREADABLE = "row_unreadable", TaskRule("mend its row in the list and import it again, or say what is open")
    SEND_CREDIT_NOTE = "send_credit_note", TaskRule("send the credit note for what is not owed")
    SEND_FINAL_DEMAND = (
        "send_final_demand",
        TaskRule("move the consumer to a policy with a final demand, which comes before the hand-off"),
    )
    SENDING_FAILS = "sending_fails", TaskRule(ended_by="sent")
    SETTLE_SEND = (
        "settle_send",
        TaskRule("say whether the message was sent", outlives_closing=True, ended_by="settle_send"),
    )
    LET_FOLLOW = (
        "let_follow",
        TaskRule(
            "let this invoice follow to the partner who has another one of this debtor: done, only what the hand-off "
            "needs leaves, then its file; or go on by hand: until then nothing goes out"
        ),
    )
    SIBLING_PAUSED = (
        "sibling_paused",
        TaskRule("end the pause of the debtor's other invoice, or settle it: the letter goes without it"),
    )
    SIGN_REQUEST = (
        "sign_request",
        TaskRule(
            "sign for what a colleague asks above an amount, or refuse it",
            ended_by="sign_request",
        ),
    )
    TELL_AGENCY = "tell_agency", TaskRule("tell the agency", outlives_closing=True)
    VAT_RECLAIM_IN_21_DAYS = "vat_reclaim_in_21_days", TaskRule("reclaim the VAT within three weeks")
    VAT_RECLAIM_IN_7_DAYS = "vat_reclaim_in_7_days", TaskRule("reclaim the VAT within a week")
    VAT_RECLAIM_PASSED = "vat_reclaim_passed", TaskRule("see whether the VAT can still be reclaimed")


TO_MEND = (TaskKind.FIX_CONTACT, TaskKind.MEND_LETTER)
"""What keeps a message back that every channel refused."""

OWN_TASKS = frozenset(kind.value for kind in TaskKind if kind.rule.own)
"""Names that a policy may not use for its tasks."""

OUTLIVE_CLOSING = frozenset(kind.value for kind in TaskKind if kind.rule.outlives_closing)
"""Tasks that stay open when a case closes."""

_KNOWN = {kind.value: kind for kind in TaskKind}


def is_known_task(task: str) -> bool:
    """Whether the engine itself raises tasks of this kind; another name is a policy's, or somebody's own."""
    return task in _KNOWN


def is_call_task(task: str) -> bool:
    """Whether a task asks to call the debtor."""
    return task == TaskKind.CALL or task.startswith("call_")


def task_text(task: str) -> str:
    """What a task asks a person to do."""
    known = _KNOWN.get(task)
    return tr((known.rule.words if known else "") or task.replace("_", " "))


def tasks_ended_by(what: str) -> tuple[TaskKind, ...]:
    """The tasks that a message, or an event of the case, settles."""
    return tuple(kind for kind in TaskKind if kind.rule.ended_by == what)
