"""The table of what keeps a step back: the holds of a case, and every other blocker, each once.

A hold is placed on a case and stands for a while; another blocker follows from where the case stands. Both are told in
the same place, as the reason why nothing is done now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self

from domain.tasks import TaskKind
from speech.words import tr

Stop = Literal["sends", "clock", "frozen", "apology", "answers"]
"""What a hold stops: the steps of the ladder; the clock that counts to them; that clock whatever the policy says of
holds; the apology for a wrong claim of ours; the letters beside the ladder.

These are the columns of "What stops what" (practice.md) that a rule reads. What a debtor's status does besides, to a
running term, costs and interest, stands with it in `domain/statuses.py`.
"""

Again = Literal["holds", "by_person", "once_done", "never"]
"""Whether a hold of one kind can be placed once more: always; by a person of ours only; not before its task of the last
time was done; never."""


@dataclass(frozen=True, slots=True)
class BlockerRule:
    """One row of the table.

    Attributes:
        words: Why nothing is done now, as a clause that a first free day can follow.
        needs_somebody: Whether it lasts until a person acts.
        noted: Whether a step that is kept back by it is noted as a fact, once.
    """

    words: str = ""
    needs_somebody: bool = False
    noted: bool = False


@dataclass(frozen=True, slots=True)
class HoldRule(BlockerRule):
    """One row of the table, of a hold. Every hold ends on the first free day that it was given, if any.

    Attributes:
        stops: What it stops.
        by_intake: Whether `place_hold` and `lift_hold` may name it; one that is not has messages of its own.
        task: What it asks of a person, if anything.
        ends_with_task: Whether it ends when that task is finished.
        task_after: Days after which one without an end raises its task; None when that comes with it, if at all.
        lasts: How long it lasts when nobody says: days, or banking days with `in_banking_days`.
        may_last_longer: Whether whoever places it may give a later end than that.
        again: Whether it holds a second time; where it does not, that is noted and nothing stops.
        said_by_person: Whether it holds only when a person of ours says so; what the debtor says himself is noted.
        ends_when_paid: Whether it ends when nothing is left to pay.
        letter: Letter beside the ladder that goes with it.
        lets: Letters beside the ladder that leave during it, though it stops the others.
    """

    stops: frozenset[Stop] = field(default=frozenset(("sends", "clock")))
    by_intake: bool = True
    task: TaskKind | None = None
    ends_with_task: bool = False
    task_after: int | None = None
    lasts: int | None = None
    in_banking_days: bool = False
    may_last_longer: bool = False
    again: Again = "holds"
    said_by_person: bool = False
    ends_when_paid: bool = False
    letter: str | None = None
    lets: tuple[str, ...] = ()


def _status(words: str, *lets: str) -> HoldRule:
    """The row of a debtor's status: nothing leaves but what it lets, and time does not count."""
    stops: frozenset[Stop] = frozenset(("sends", "clock", "frozen", "apology", "answers"))
    return HoldRule(words, stops=stops, by_intake=False, lets=lets)


ANSWERS_OWED = (
    "dispute_confirmation",
    "dispute_decision",
    "claim_withdrawn",
    "arrangement_confirmation",
    "arrangement_default",
    "arrangement_ended",
    "settlement_confirmation",
    "invoice_copy",
    "contact_change",
    "neutral_statement",
    "reservation",
    "overpayment",
)
"""What the debtor is owed by law, or since he asked for it, though a partner speaks with him on another invoice.

It is what we decided and agreed, what is his, and what keeps the claim alive. None of them reminds him.
"""


class HoldKind(StrEnum):
    """Why the ladder stands still."""

    rule: HoldRule

    def __new__(cls, name: str, rule: HoldRule = HoldRule()) -> Self:
        """A kind with its row."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.rule = rule
        return kind

    PAUSE = (
        "pause",
        HoldRule(
            "the case is paused",
            stops=frozenset(("sends", "clock", "apology", "answers")),
            by_intake=False,
            task=TaskKind.REVIEW_PAUSE,
            task_after=14,  # design §4
        ),
    )
    ONBOARDING_REVIEW = (
        "onboarding_review",
        HoldRule("a person must first look at this old invoice", task=TaskKind.ONBOARDING_REVIEW, ends_with_task=True),
    )
    MISSING_FROM_LIST = (
        "missing_from_list",
        HoldRule(
            "the invoice was missing from the last list of open items",
            task=TaskKind.MISSING_FROM_LIST,
            ends_with_task=True,
        ),
    )
    ROW_UNREADABLE = (
        "row_unreadable",
        HoldRule(
            "its row in the last list of open items could not be read, so what is open is not known",
            task=TaskKind.ROW_UNREADABLE,
            ends_with_task=True,
        ),
    )
    DISPUTE = "dispute", HoldRule("the debtor disputes the invoice", by_intake=False, task=TaskKind.ANSWER_DISPUTE)
    ARRANGEMENT_PROPOSED = (
        "arrangement_proposed",
        HoldRule(
            "the debtor proposed to pay in instalments",
            by_intake=False,
            task=TaskKind.ANSWER_PROPOSAL,
            ends_with_task=True,
        ),
    )
    ARRANGEMENT = (
        "arrangement",
        # The ladder is replaced: its clock need not stand still, for it goes on where the arrangement says.
        HoldRule("instalments were agreed", stops=frozenset(("sends",)), by_intake=False),
    )
    PROBABLE_DUPLICATE = (
        "probable_duplicate",
        HoldRule(
            "two sources told of a payment, or a refund, of one amount; it may be one",
            task=TaskKind.PROBABLE_DUPLICATE,
            ends_with_task=True,
        ),
    )
    PROMISE = "promise", HoldRule("the debtor promised to pay")
    SETTLEMENT = "settlement", HoldRule("a lower amount was agreed, to be paid by a day", by_intake=False)
    IMPORTED = (
        "imported",
        HoldRule("the case was on hold when it was imported", task=TaskKind.IMPORTED_HOLD, ends_with_task=True),
    )

    # practice.md, "More holds" and "What debtors misuse": each has its own end.
    PAYMENT_CLAIMED = (
        "payment_claimed",
        HoldRule(
            "the debtor says that he has paid",
            task=TaskKind.CHECK_PAYMENT,
            ends_with_task=True,
            lasts=3,
            in_banking_days=True,
            again="by_person",
            ends_when_paid=True,
        ),
    )
    PAYMENT_PENDING = (
        "payment_pending",
        HoldRule(
            "a direct debit is under way", lasts=3, in_banking_days=True, may_last_longer=True, ends_when_paid=True
        ),
    )
    SET_OFF = (
        "set_off",
        HoldRule(
            "the debtor sets something off against it",
            task=TaskKind.REVIEW_SET_OFF,
            ends_with_task=True,
            again="by_person",
        ),
    )
    INVOICE_NOT_RECEIVED = (
        "invoice_not_received",
        HoldRule(
            "the debtor says that he has no invoice; it was sent again",
            stops=frozenset(("sends",)),  # the clock is kept (practice.md, misuse)
            lasts=5,
            again="never",
            letter="invoice_copy",
        ),
    )
    CONTACT_CHANGED = (
        "contact_changed",
        HoldRule(
            "somebody gave other contact data, which are not confirmed yet",
            task=TaskKind.CONFIRM_CONTACT_CHANGE,
            ends_with_task=True,
            letter="contact_change",
        ),
    )
    POST_RETURNED = (
        "post_returned",
        HoldRule("the post came back", task=TaskKind.FIX_CONTACT, ends_with_task=True),
    )
    SIBLING_WITH_PARTNER = (
        "sibling_with_partner",
        HoldRule(
            "another invoice of this debtor is with a partner",
            stops=frozenset(("sends", "clock", "apology", "answers")),
            by_intake=False,
            task=TaskKind.LET_FOLLOW,
            ends_with_task=True,
            lets=ANSWERS_OWED,
        ),
    )
    INBOX_UNREAD = (
        "inbox_unread",
        HoldRule(
            "nobody has read what the debtor wrote",
            task=TaskKind.READ_REPLY,
            ends_with_task=True,
            lasts=2,
            again="once_done",
        ),
    )
    PAYMENT_RUN = (
        "payment_run",
        HoldRule(
            "the debtor pays on one day of the month, and that day comes first",
            again="never",
            said_by_person=True,
            ends_when_paid=True,
        ),
    )

    # What a debtor is in, for all his cases at once: the other columns stand in domain/statuses.py.
    DEBT_HELP = "debt_help", _status("the debtor asked for debt help", "neutral_statement", "reservation")
    MORATORIUM = "moratorium", _status("a court gave the debtor a moratorium")
    WSNP = "wsnp", _status("the debtor is in statutory debt restructuring (WSNP)")
    BANKRUPTCY = "bankruptcy", _status("the debtor is bankrupt")
    SUSPENSION = "suspension", _status("the debtor has a suspension of payments")
    DECEASED = "deceased", _status("the debtor has died")
    MINOR = "minor", _status("the debtor is a minor")
    GUARDIANSHIP = "guardianship", _status("somebody else manages the debtor's money (bewind)")
    VULNERABLE = "vulnerable", _status("the debtor is vulnerable", "neutral_statement", "reservation")
    BELGIAN_STOP = (
        "belgian_stop",
        _status("what the debtor asked after the notice stops all collection (Book XIX WER)"),
    )
    RETURNED = (
        "returned",
        HoldRule(
            "the collection partner gave the case back, and a person decides",
            by_intake=False,
            task=TaskKind.DECIDE_AFTER_RETURN,
            ends_with_task=True,
        ),
    )
    FRESH_LOOK = (
        "fresh_look",
        HoldRule(
            "the debtor's status has ended, and a person looks at the case afresh",
            by_intake=False,
            task=TaskKind.FRESH_LOOK,
            ends_with_task=True,
        ),
    )


class BlockerKind(StrEnum):
    """Why the next step is not taken now, beside the holds."""

    rule: BlockerRule

    def __new__(cls, name: str, rule: BlockerRule = BlockerRule()) -> Self:
        """A kind with its row."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.rule = rule
        return kind

    NOT_DUE_YET = "not_due_yet", BlockerRule("its day has not come")
    SPACING = "spacing", BlockerRule("the last message was too short ago")
    DEBTOR_SPACING = "debtor_spacing", BlockerRule("another message to this debtor was too short ago")
    DEBTOR_CONTACTED_TODAY = "debtor_contacted_today", BlockerRule("this debtor was reminded today already")
    OUTSIDE_HOURS = "outside_hours", BlockerRule("it is outside the sending hours")
    SENDING_STOPPED = "sending_stopped", BlockerRule("a person stopped all sending")
    TERM_RUNNING = "term_running", BlockerRule("the term of the notice is still running")
    TERM_UNPROVEN = (
        "term_unproven",
        BlockerRule("nobody knows yet whether the notice was sent", needs_somebody=True),
    )
    TERM_NOT_STARTED = "term_not_started", BlockerRule("the notice that starts its term has not been sent")
    NOT_IN_DEFAULT = "not_in_default", BlockerRule("the debtor is not in default before")
    SIBLING_IN_DEFAULT = (
        "sibling_in_default",
        BlockerRule("another invoice of this debtor belongs in the same letter but is held back", noted=True),
    )
    JOINT_LETTER_TODAY = (
        "joint_letter_today",
        BlockerRule("it goes in the letter on all invoices of this debtor that leaves today"),
    )
    OLDER_FIRST = "older_first", BlockerRule("an older invoice of this debtor goes first")
    MONEY_HELD = (
        "money_held",
        BlockerRule("money of this debtor that stands with us covers it", noted=True),
    )
    MONEY_UNALLOCATED = (
        "money_unallocated",
        BlockerRule(
            "money of this debtor stands with us; it must first be put on an invoice or given back", noted=True
        ),
    )
    MONEY_UNREAD = (
        "money_unread",
        BlockerRule("a payment provider told something that is not read yet"),
    )
    TERMS_AT_RISK = (
        "terms_at_risk",
        BlockerRule("a person must first review the clauses on interest and costs", needs_somebody=True, noted=True),
    )
    BANK_NOT_COVERING = (
        "bank_not_covering",
        BlockerRule("the bank statements do not cover the days before", noted=True),
    )
    APPROVAL_REQUIRED = (
        "approval_required",
        BlockerRule("a person must approve the hand-off", needs_somebody=True, noted=True),
    )
    NO_FINAL_DEMAND = (
        "no_final_demand",
        BlockerRule("a consumer is not handed off without a final demand", needs_somebody=True, noted=True),
    )
    LAST_DEMAND_RUNNING = (
        "last_demand_running",
        BlockerRule("a consumer has seven days after the final demand", noted=True),
    )
    BEING_HANDED_OFF = (
        "being_handed_off",
        BlockerRule("another invoice of this debtor is being handed off at this moment"),
    )
    TASK_OPEN = "task_open", BlockerRule("the task before it is not done")
    DISPUTED = (
        "disputed",
        BlockerRule("what is left of it is disputed, or waits for a credit note", needs_somebody=True, noted=True),
    )
    DISPUTE_OPEN = (
        "dispute_open",
        BlockerRule("nothing is handed off while a dispute waits for its answer", needs_somebody=True, noted=True),
    )
    RESPITE = "respite", BlockerRule("the debtor has some days after our answer")
    REGISTER_UNCHECKED = (
        "register_unchecked",
        BlockerRule(
            "a person must first look whether the company still stands in the register", needs_somebody=True, noted=True
        ),
    )
    INTERNAL_CHECK = (
        "internal_check",
        BlockerRule("a person must first check the invoice", needs_somebody=True, noted=True),
    )
    RETRY_LATER = "retry_later", BlockerRule("sending failed and is tried again")
    CONTACT_FAILED = (
        "contact_failed",
        BlockerRule("no channel reaches the debtor; the contact must be mended", needs_somebody=True),
    )
    LETTER_REFUSED = (
        "letter_refused",
        BlockerRule("the letter would not stand, so it was not sent", needs_somebody=True),
    )
    OUTCOME_UNKNOWN = "outcome_unknown", BlockerRule("it is not known whether the last message went out")
    NO_NEXT_STEP = "no_next_step", BlockerRule("the ladder has no further step", needs_somebody=True)
    WITH_PARTNER = "with_partner", BlockerRule("a collection partner has the case")
    CATCH_UP = "catch_up", BlockerRule("the case was closed until then")


BlockerCode = BlockerKind | HoldKind
"""The code of a blocker, as it stands in JSON and facts."""

HOLDS_OF_INTAKE = tuple(kind for kind in HoldKind if kind.rule.by_intake)
"""Holds that `place_hold` and `lift_hold` may name."""

HOLD_ENDED_BY_TASK = {
    kind.rule.task.value: kind for kind in HoldKind if kind.rule.task is not None and kind.rule.ends_with_task
}
"""The hold that ends when a task is finished, by the task's name."""


def counted(kind: str, number: int) -> str:
    """A kind of hold in words, with how many there are: `pause`, `promise, 2 times`."""
    words = tr(kind.replace("_", " "))
    return words if number == 1 else tr("{words}, {number} times", words=words, number=number)


_WORDS = {kind.value: kind.rule.words for kinds in (BlockerKind, HoldKind) for kind in kinds}


def blocker_text(code: str) -> str:
    """Why nothing is done, in words, by the code of a blocker; what is none of ours stays as it is."""
    return tr(_WORDS[code]) if _WORDS.get(code) else code
