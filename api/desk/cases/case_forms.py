"""The forms of a case: one for each request that people make of it, with its fields in plain words.

Which rule allows what is not known here: what a form would do is asked of `services.desk.trying`, and what it asks goes
to the case as the same message that the API and the commands send. A test holds the table to the requests there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import get_args

from api.desk.cases.agency_forms import AGENCY_FORMS
from api.desk.cases.beginnings import first_task, open_now, open_with_all, today
from api.desk.cases.case_choices import (
    holds_to_lift,
    holds_to_place,
    in_words,
    notices,
    open_disputes,
    open_tasks,
    payments,
    standing_promises,
    statuses,
    unknown_steps,
)
from api.desk.cases.case_form import CaseForm
from api.desk.cases.policy_form import POLICY
from api.desk.cases.sign_form import SIGN
from api.desk.fields import Field
from casefile.case_file import Transaction
from domain.facts import DisputeOutcome, DisputeReason, WithoutNotice, WriteOffReason
from domain.law.payment_methods import METHODS
from domain.statuses import StatusKind
from services.desk.instalments import instalments_of
from services.desk.whole_case import WholeCase

__all__ = ["FORMS", "NOTE", "form_named", "forms_for"]


def _arrange(values: Mapping[str, object], transaction: Transaction, case_id: str, now: datetime) -> dict[str, object]:
    """The instalments, worked out."""
    start = values.get("start")
    plan = instalments_of(
        transaction,
        case_id,
        now,
        int(str(values["number"])),
        start=date.fromisoformat(str(start)) if start else None,
        principal_only=values.get("over") == "principal",
    )
    kept = {name: values[name] for name in ("interest", "signed_off_by", "note") if name in values}
    return {"instalments": list(plan), **kept}


_INSTALMENTS = (
    Field(
        "over",
        "Over",
        "choice",
        True,
        choices=lambda _: (("all", "all that is owed"), ("principal", "the principal alone")),
    ),
    Field(
        "number",
        "Instalments",
        "choice",
        True,
        choices=lambda _: tuple((str(n), str(n)) for n in (2, 3, 4, 6, 9, 12)),
        begins=lambda _: "3",
    ),
    Field("start", "First instalment from", "day", hint="Then on that day of each month."),
    Field(
        "interest",
        "Interest meanwhile",
        "choice",
        choices=lambda _: (
            ("frozen", "stands still"),
            ("reserved", "is counted, and asked for at the end"),
            ("runs", "runs on"),
        ),
    ),
    Field("signed_off_by", "Signed for by", hint="Only where the policy or the law asks for it."),
    Field("note", "What was said", "words"),
)
_REASONS: tuple[str, ...] = get_args(DisputeReason)
_OUTCOMES: dict[str, str] = {
    "upheld": "right",
    "partly": "right in part",
    "rejected": "not right",
    "withdrawn": "no longer of that mind",
}

_TOTAL = Field("total", "With all that goes along", "money", True, begins=open_with_all)

FORMS: tuple[CaseForm, ...] = (
    SIGN,
    CaseForm(
        "belofte",
        "record_promise",
        "Promise",
        "Record the promise",
        (
            Field("amount", "Amount", "money", hint="Left empty: all that is open."),
            Field("by", "Paid by", "day", True),
            Field("extends_term", "Moves the term of the last letter too", "check"),
            Field("note", "What was said", "words"),
        ),
        fits=lambda case: case.report.closed is None,
        often=True,
    ),
    CaseForm(
        "betwisting",
        "raise_dispute",
        "Dispute",
        "Record the dispute",
        (
            Field("reason", "Reason", "choice", True, choices=lambda _: in_words(_REASONS)),
            Field("amount", "Disputed amount", "money", hint="Left empty: all of it."),
            Field("note", "What was said", "words"),
        ),
        fits=lambda case: case.report.closed is None,
        often=True,
    ),
    CaseForm(
        "regeling",
        "agree_arrangement",
        "Arrangement",
        "Agree the instalments",
        _INSTALMENTS,
        build=_arrange,
        fits=lambda case: case.report.closed is None and not _standing(case),
        often=True,
    ),
    CaseForm(
        "pauze",
        "pause_case",
        "Pause",
        "Pause",
        (
            Field(
                "until",
                "Until",
                "day",
                hint="The first day on which it may go on; left empty: until somebody resumes it.",
            ),
            Field("reason", "Reason", "words"),
        ),
        fits=lambda case: case.report.closed is None,
        often=True,
    ),
    CaseForm("hervatten", "resume_case", "Resume", "Resume", fits=lambda case: "pause" in _kinds(case), often=True),
    CaseForm(
        "gebeld",
        "log_call",
        "Called",
        "Record the call",
        (
            Field("outcome", "What came of it", "line", True),
            Field("note", "What was said", "words"),
        ),
        often=True,
    ),
    CaseForm(
        "taak",
        "complete_task",
        "Task done",
        "Finish the task",
        (
            Field("task", "Task", "choice", True, choices=open_tasks, begins=first_task),
            Field("outcome", "What came of it", "line"),
        ),
        fits=lambda case: bool(case.report.tasks),
        often=True,
    ),
    CaseForm(
        "overdracht",
        "approve_handoff",
        "Hand-off",
        "Approve the hand-off",
        (Field("open", "Of this balance", "money", True, begins=open_now), _TOTAL),
        hint="It leaves on its day with all that is ready, unless something comes between; another balance asks anew.",
        fits=lambda case: any(each.kind == "approve_handoff" for each in case.report.tasks),
        often=True,
    ),
    CaseForm(
        "eerder-overdragen",
        "approve_handoff",
        "Hand-off without waiting for the notice",
        "Approve the hand-off",
        (
            Field("open", "Of this balance", "money", True, begins=open_now),
            _TOTAL,
            Field("without_notice", "Why", "choice", True, choices=lambda _: in_words(get_args(WithoutNotice))),
        ),
        hint="Only for one of these reasons; a consumer is never handed off without a final demand.",
        fits=lambda case: case.handoff.waits_for_notice,
        admin=True,
    ),
    CaseForm(
        "betaald",
        "record_payment",
        "Payment",
        "Book the payment",
        (
            Field("amount", "Amount", "money", True, begins=open_now),
            Field("credited_on", "Credited on", "day", begins=today),
            Field("reference", "Reference", "line"),
            Field("method", "How it was paid", "choice", choices=lambda _: in_words(METHODS)),
            Field("again", "A second equal payment of that day", "check"),
            Field("set_off", "Set off against what was paid too much on invoice", "line"),
        ),
    ),
    CaseForm(
        "teruggeboekt",
        "payment_reversed",
        "Taken back",
        "Book it back",
        (
            Field("payment", "Payment", "choice", True, choices=payments),
            Field("amount", "Amount", "money", hint="Left empty: all of it."),
            Field("credited_on", "Taken back on", "day", begins=today),
            Field(
                "reason",
                "Reason",
                "choice",
                choices=lambda _: (("no_funds", "no funds"), ("refused", "refused"), ("other", "other")),
            ),
        ),
        hint="A payment that the bank took back, or that was booked by mistake.",
        fits=lambda case: bool(payments(case)),
    ),
    CaseForm(
        "teruggegeven",
        "record_refund",
        "Refund",
        "Book the refund",
        (
            Field("amount", "Amount", "money", True, begins=lambda case: case.report.overpaid or ""),
            Field("refunded_on", "Given back on", "day", begins=today),
            Field("set_off", "Set off against invoice", "line"),
            Field("reference", "Reference", "line"),
            Field("again", "A second equal one of that day", "check"),
        ),
        fits=lambda case: case.report.overpaid is not None,
    ),
    CaseForm(
        "dubbel",
        "settle_duplicate",
        "Twice the same?",
        "Decide",
        (
            Field(
                "outcome",
                "These are",
                "choice",
                True,
                choices=lambda _: (("two", "two payments"), ("one", "one payment, told twice")),
            ),
            Field("payment", "Taken back is", "choice", choices=payments, hint="Left empty: the later one."),
            Field("note", "Why", "words"),
        ),
        fits=lambda case: "probable_duplicate" in _kinds(case),
    ),
    CaseForm(
        "schikking",
        "agree_settlement",
        "Settlement",
        "Agree the settlement",
        (
            Field("amount", "Lower amount", "money", True),
            Field("by", "Paid by", "day", True),
            Field("approved_by", "Approved by", "line", hint="Only where much is given up."),
            Field("note", "What was said", "words"),
        ),
        fits=lambda case: case.report.closed is None,
    ),
    CaseForm(
        "betwisting-beslist",
        "resolve_dispute",
        "Decide the dispute",
        "Decide",
        (
            Field(
                "dispute",
                "Dispute",
                "choice",
                True,
                choices=open_disputes,
                begins=lambda case: next((v for v, _ in open_disputes(case)), ""),
            ),
            Field(
                "outcome",
                "The debtor is",
                "choice",
                True,
                choices=lambda _: tuple((each, _OUTCOMES[each]) for each in get_args(DisputeOutcome)),
            ),
            Field("amount", "Part that is not owed", "money", hint="Where he is right in part."),
            Field("note", "Why", "words"),
        ),
        fits=lambda case: bool(open_disputes(case)),
    ),
    CaseForm(
        "regeling-anders",
        "change_arrangement",
        "Other instalments",
        "Agree other instalments",
        _INSTALMENTS,
        build=_arrange,
        fits=lambda case: _standing(case),
    ),
    CaseForm(
        "regeling-einde",
        "end_arrangement",
        "End the arrangement",
        "End the arrangement",
        (Field("note", "Why", "words"),),
        fits=lambda case: _standing(case),
    ),
    CaseForm(
        "belofte-intrekken",
        "withdraw_promise",
        "Withdraw the promise",
        "Withdraw the promise",
        (
            Field("promise", "Promise", "choice", True, choices=standing_promises),
            Field("told", "The debtor, who has it in writing, was told that it does not stand", "check"),
            Field("note", "Why", "words"),
        ),
        fits=lambda case: bool(standing_promises(case)),
    ),
    CaseForm(
        "aanhouden",
        "hold_case",
        "Hold",
        "Hold",
        (
            Field("hold", "Why", "choice", True, choices=holds_to_place),
            Field("until", "Until", "day", hint="The first free day; left empty: as long as this kind holds."),
            Field(
                "about",
                "Which data are to be changed",
                "choice",
                choices=lambda _: in_words(("email", "address", "iban", "phone")),
            ),
            Field("day", "Day of the month on which he pays", "number"),
            Field("note", "What was said", "words"),
        ),
        fits=lambda case: case.report.closed is None,
    ),
    CaseForm(
        "opheffen",
        "unhold_case",
        "Lift a hold",
        "Lift the hold",
        (
            Field(
                "hold",
                "Which",
                "choice",
                True,
                choices=holds_to_lift,
                begins=lambda case: next((v for v, _ in holds_to_lift(case)), ""),
            ),
            Field("note", "Why", "words"),
        ),
        fits=lambda case: bool(holds_to_lift(case)),
    ),
    CaseForm(
        "status",
        "report_debtor_status",
        "Status of the debtor",
        "Record the status",
        (
            Field(
                "status", "He is in", "choice", True, choices=lambda _: in_words([kind.value for kind in StatusKind])
            ),
            Field("since", "Since", "day", begins=today),
            Field("proven", "He has proved it", "check"),
            Field("note", "What was said", "words"),
        ),
        hint="It holds for all cases of this debtor.",
    ),
    CaseForm(
        "status-einde",
        "end_debtor_status",
        "End a status",
        "End the status",
        (
            Field(
                "status",
                "Which",
                "choice",
                True,
                choices=statuses,
                begins=lambda case: next((v for v, _ in statuses(case)), ""),
            ),
            Field("note", "Why", "words"),
        ),
        fits=lambda case: bool(statuses(case)),
    ),
    CaseForm(
        "vervaldag",
        "change_due_date",
        "Due date",
        "Move the due date",
        (Field("due", "New due date", "day", True, begins=lambda case: case.report.due),),
        fits=lambda case: case.report.closed is None,
    ),
    POLICY,
    CaseForm(
        "uitkomst",
        "settle_send",
        "Went out or not",
        "Record it",
        (
            Field(
                "step",
                "Step",
                "choice",
                True,
                choices=unknown_steps,
                begins=lambda case: next((v for v, _ in unknown_steps(case)), ""),
            ),
            Field(
                "outcome",
                "It",
                "choice",
                True,
                choices=lambda _: (("sent", "went out"), ("not_sent", "did not go out")),
            ),
            Field("received_on", "Received on", "day", hint="Only where it is proved."),
        ),
        fits=lambda case: bool(unknown_steps(case)),
    ),
    CaseForm(
        "opnieuw",
        "reissue_notice",
        "Give notice anew",
        "Give notice anew",
        (
            Field("step", "Letter", "choice", choices=notices, hint="Left empty: the one in force."),
            Field("reason", "Why", "words", True),
        ),
        fits=lambda case: bool(case.claim.notices) and case.report.closed is None,
    ),
    CaseForm(
        "afboeken",
        "write_off",
        "Write off",
        "Write off",
        (
            Field("amount", "Amount", "money", hint="Left empty: all that is open."),
            Field("reason", "Reason", "choice", True, choices=lambda _: in_words(get_args(WriteOffReason))),
            Field("note", "Why", "words"),
        ),
        fits=lambda case: case.report.closed is None,
    ),
    *AGENCY_FORMS,
)
"""In the order of their chips."""

NOTE = Field("text", "Note", "words", True, hint="For colleagues. The debtor may ask to see it: write facts.")


def form_named(key: str) -> CaseForm | None:
    """The form of this name."""
    return next((form for form in FORMS if form.key == key), None)


def forms_for(case: WholeCase) -> tuple[CaseForm, ...]:
    """The forms that are of any use as the case stands."""
    return tuple(form for form in FORMS if form.fits(case))


def _kinds(case: WholeCase) -> frozenset[str]:
    return frozenset(each.kind for each in case.report.holds)


def _standing(case: WholeCase) -> bool:
    return any(each.outcome is None for each in case.report.arrangements)
