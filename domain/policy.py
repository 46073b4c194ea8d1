"""The policy: the written escalation ladder of a creditor, as read from a policy file (design §5).

A policy is a value. What it means for one case on one day is decided by `domain.planning.planner`; whether it makes
sense as a whole is judged by `domain.policy_check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from domain.calendar import Country, SendingCalendar, any_day
from domain.facts import Announcement, Claims
from domain.invoice import Kind
from domain.law import check_supported
from domain.law.allocation import Allocation
from domain.law.interest import DayCount
from domain.money import minor_digits
from domain.policy_parts import (
    Agency,
    Amount,
    Arrangements,
    Channel,
    Days,
    Disputes,
    Part,
    Promises,
    Role,
    Settlements,
    TwoPeople,
    parse_days,
    split_words,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONTACT_CHANNELS = ("email", "sms", "call", "post", "registered")


class ChargeCosts(StrEnum):
    """From when collection costs are charged: never, once a notice's term ran out, or at the hand-off."""

    NEVER = "never"
    FROM_NOTICE_EXPIRY = "from_notice_expiry"
    AT_HANDOFF = "at_handoff"


class CatchUp(StrEnum):
    """What to do with steps whose moment passed unseen."""

    IN_ORDER = "in_order"
    LATEST = "latest"
    SKIP = "skip"


class AfterHold(StrEnum):
    """Whether time under a hold counts for the ladder (`resume`) or not (`shift`)."""

    SHIFT = "shift"
    RESUME = "resume"


class Hours(Part):
    """The `calendar` of a policy: when messages may go out.

    Attributes:
        zone: IANA time zone.
        holidays: Country whose public holidays are kept, or none.
        days: Weekdays on which may be sent.
        opens: First minute of the day (`from`), local time.
        closes: End of the day (`until`), local time, exclusive.
    """

    zone: str = "Europe/Amsterdam"
    holidays: Country | None = None
    days: Annotated[tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...], Field(min_length=1)] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
    )
    opens: time = Field(default=time(9, 0), alias="from")
    closes: time = Field(default=time(17, 0), alias="until")

    @field_validator("holidays", mode="before")
    @classmethod
    def _no_holidays(cls, value: object) -> object:
        return None if value in ("none", "off") else value

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        any_day(value)
        return value

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Hours:
        if self.opens >= self.closes:
            raise ValueError(f"from {self.opens:%H:%M} is not before until {self.closes:%H:%M}")
        return self


class When(Part):
    """The dates of a step; the latest of all given ones counts.

    Attributes:
        after_due: Days after the due date.
        before_due: Days before the due date.
        after_invoice_date: Days after the invoice date.
        after_previous: Days after the last step that was taken; satisfied when none was.
        term_expired: Id of the step whose term must have run out.
        margin: Banking days after the last day of that term before its end is acted on; without it as the law of the
            policy has it (NL: the second banking day, BE and without law: the next day).
        round: `end_of_month` moves `after_due` to the last day of its month.
    """

    after_due: Days | None = None
    before_due: Days | None = None
    after_invoice_date: Days | None = None
    after_previous: Days | None = None
    term_expired: str | None = None
    margin: Annotated[int, Field(ge=1, le=30)] | None = None
    round: Literal["end_of_month"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> When:
        dates = (self.after_due, self.before_due, self.after_invoice_date, self.after_previous, self.term_expired)
        if all(given is None for given in dates):
            raise ValueError(
                "says nothing; give after_due, before_due, after_invoice_date, after_previous or term_expired"
            )
        if self.round and self.after_due is None:
            raise ValueError("round works on after_due, which is not given")
        if self.margin is not None and self.term_expired is None:
            raise ValueError("margin works on term_expired, which is not given")
        return self


class Condition(Part):
    """The `if` of a step, judged at its moment; not met means that the step is passed over.

    Attributes:
        open_at_least: Least open amount.
        open_below: The open amount must lie below this.
        or_invoices: That many overdue invoices of the debtor stand in for `open_at_least`.
    """

    open_at_least: Amount | None = None
    open_below: Amount | None = None
    or_invoices: Annotated[int, Field(ge=2, le=1000)] | None = None

    @model_validator(mode="after")
    def _or_belongs_to_a_least_amount(self) -> Condition:
        if self.or_invoices is not None and self.open_at_least is None:
            raise ValueError("or_invoices stands in for open_at_least, which is not given")
        return self


class Remainder(Part):
    """What to do with interest and costs that are left when the invoice itself is paid.

    Attributes:
        interest_only: `waive` or `claim`, when only interest is left.
        extras_below: Interest and costs below this amount together are waived.
        lost_discount: The discount for paying early of the creditor's terms, in per cent: who took it though he paid
            late is not chased for it (practice.md, small rest: two per cent at most). 0: he is.
    """

    interest_only: Literal["waive", "claim"] = "waive"
    extras_below: Amount = Decimal("25.00")
    lost_discount: Annotated[Decimal, Field(ge=0, le=2, decimal_places=2)] = Decimal(0)


class Repeat(Part):
    """Further issues of the same step."""

    every: Annotated[Days, Field(ge=1)]
    at_most: Annotated[int, Field(ge=1, le=1000)] | None = None


class Step(Part):
    """One rung of the ladder: a message (`send`), work for a person (`task`) or the hand-off (`hand_off`).

    Attributes:
        term: Days that the message gives, from its receipt: then it starts a legal term.
        default_term: For a consumer whose term was only printed on the invoice, this message is the notice of default
            with so many days (BW 6:82).
        registered_from: From this open amount on, what goes by post goes registered.
        answers: Whether this is no rung but a letter beside the ladder.
    """

    answers: ClassVar[bool] = False

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    when: When
    send: Annotated[tuple[Channel, ...], BeforeValidator(split_words)] = ()
    to: Role = "finance"
    letter: str | None = None
    claims: Claims = "principal"
    announces: Annotated[tuple[Announcement, ...], BeforeValidator(split_words)] = ()
    attach: Annotated[tuple[Literal["invoice"], ...], BeforeValidator(split_words)] = ()
    term: Days | None = None
    default_term: Annotated[Days, Field(ge=1)] | None = None
    registered_from: Amount | None = None
    task: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] | None = None
    wait_for_task: Days | None = None
    hand_off: Annotated[str, Field(min_length=1)] | None = None
    approval: Literal["required", "none"] = "none"
    condition: Condition = Field(default=Condition(), alias="if")
    repeat: Repeat | None = None

    @model_validator(mode="after")
    def _is_one_kind_of_step(self) -> Step:
        given = [
            name for name, value in (("send", self.send), ("task", self.task), ("hand_off", self.hand_off)) if value
        ]
        if len(given) != 1:
            found = " and ".join(given) if given else "none"
            raise ValueError(f"a step has exactly one of send, task and hand_off; found {found}")
        misplaced = {
            "send": ("wait_for_task", "approval"),
            "task": ("letter", "term", "default_term", "registered_from", "attach", "approval"),
            "hand_off": ("letter", "term", "default_term", "registered_from", "attach", "wait_for_task", "repeat"),
        }[given[0]]
        wrong = [name for name in misplaced if getattr(self, name) != type(self).model_fields[name].default]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} does not go with {given[0]}")
        if len(set(self.send)) != len(self.send):
            raise ValueError("send names a channel twice")
        if self.registered_from is not None and "post" not in self.send:
            raise ValueError("registered_from is for what goes by post; send names no post")
        if self.default_term is not None and self.term is not None:
            raise ValueError("default_term is for a message without a term of its own; it has term")
        return self

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels as they are shown: `("task",)` for a task, `("agency",)` for a hand-off."""
        if self.task:
            return ("task",)
        if self.hand_off:
            return ("agency",)
        return self.send

    @property
    def letter_name(self) -> str:
        """The template of the message; without one the step's own id."""
        return self.letter or self.id

    @property
    def reminds(self) -> bool:
        """Whether this is of the reminder class: a message that starts no legal term."""
        return bool(self.send) and self.term is None and not self.answers

    @property
    def asks(self) -> bool:
        """Whether this asks for money."""
        return True


APOLOGY = Step.model_validate({"id": "apology", "when": {"after_due": 0}, "send": ["email"], "letter": "apology"})
"""Not a rung: sent when costs were claimed that were not due (practice.md, fact 5)."""


class AnsweringStep(Step):
    """A letter beside the ladder: it answers something that happened (`domain/correspondence.py`)."""

    answers: ClassVar[bool] = True

    @property
    def asks(self) -> bool:
        """Some of them only state something, or ask something else, whatever is open."""
        return self.id not in ("neutral_statement", "contact_change", "reservation", "overpayment")


def _letter(name: str, claims: Claims = "principal", *attach: str) -> AnsweringStep:
    written = {"id": name, "when": {"after_due": 0}, "send": ["email"], "letter": name, "claims": claims}
    return AnsweringStep.model_validate({**written, "attach": list(attach)})


CORRESPONDENCE: Mapping[str, AnsweringStep] = {
    step.id: step
    for step in (
        _letter("receipt"),
        _letter("dispute_confirmation"),
        _letter("dispute_decision"),
        _letter("claim_withdrawn"),
        _letter("promise_confirmation"),
        _letter("promise_broken"),
        _letter("arrangement_confirmation", "all"),
        _letter("instalment_reminder"),
        _letter("instalment_missed"),
        _letter("arrangement_default", "all"),
        _letter("arrangement_ended"),
        _letter("settlement_confirmation", "all"),
        _letter("debit_returned"),
        _letter("invoice_copy", "principal", "invoice"),
        _letter("neutral_statement"),
        _letter("contact_change"),
        _letter("reservation"),
        _letter("overpayment"),
    )
}
"""Letters beside the ladder, by name: no rungs, so no policy may use their names for its own."""


class PartnerNotice(AnsweringStep):
    """What the partner who has the case is told, or asked: nothing that reaches the debtor."""

    @property
    def asks(self) -> bool:
        """Nobody pays for it."""
        return False


def _notice(name: str) -> PartnerNotice:
    return PartnerNotice.model_validate({"id": name, "when": {"after_due": 0}, "hand_off": "agency"})


AGENCY_NOTICE = _notice("agency_notice")
"""That money moved with us, or that the debtor disputes the claim here (law.md §9: forwarded at once)."""

AGENCY_RECALL = _notice("agency_recall")
"""That we ask for the file back."""

PARTNER_NOTICES: Mapping[str, PartnerNotice] = {step.id: step for step in (AGENCY_NOTICE, AGENCY_RECALL)}
"""What a partner is told, by name: no rungs, so no policy may use their names for its own."""


class Policy(Part):
    """An escalation ladder with its rules (design §5).

    Attributes:
        charge_costs: From when collection costs are charged.
        charge_40: Whether a business owes 40.00 an invoice from the notice on (BW 6:96 lid 4), before its term ran out.
        allocation: How payments are booked: on the principal until costs are due or the file is handed off, then
            costs, interest, principal (BW 6:44); or `legal`, by 6:44 from the first day.
        day_count: How many days a year of interest has.
        remainder: What to do with interest and costs that are left when the invoice is paid.
        other_invoices: Whether reminders list the debtor's other overdue invoices; left out: with `bundle: debtor`.
        disputes: How disputes are dealt with.
        promises: How promises of payment are.
        settlements: What may be released against payment of the rest.
        arrangements: How arrangements to pay in instalments are dealt with.
        check: `first`: a person finds out whether the invoice is in order before the debtor hears anything.
        receipts: Whether a part payment is confirmed in writing; left out: under a law.
        habit_grace: Most days that the ladder waits for a business that always pays so late; 0: none.
        check_register: Before what the register of companies is checked: the notice, the hand-off, or both.
        agency: What is watched of a partner who has a case, and what follows when he gives it back.
        two_people: Above which amounts what gives up money or rights takes a second person.
        send_again_within: A reminder that came back goes again if the contact is mended within so many days; 0: never.
        notice_again: Whether a notice that came back is given again, with a full new term, once the contact is mended.
    """

    policy: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,99}$")]
    version: Annotated[int, Field(ge=1)] = 1
    law: Literal["NL", "BE"] | None = None
    kind: Kind | None = None
    calendar: Hours | None = None
    tolerance: Amount = Decimal("0.00")
    spacing: Days = 0
    debtor_spacing: Days = 0
    bundle: Literal["debtor", "none"] = "none"
    catch_up: CatchUp = CatchUp.IN_ORDER
    after_hold: AfterHold = AfterHold.SHIFT
    charge_costs: ChargeCosts = ChargeCosts.FROM_NOTICE_EXPIRY
    charge_40: Literal["never", "with_notice"] = "never"
    allocation: Allocation = Allocation.PRINCIPAL_FIRST
    day_count: DayCount = DayCount.ANNIVERSARY_YEAR
    remainder: Remainder = Remainder()
    other_invoices: Literal["list", "none"] | None = None
    send_again_within: Days = 10
    notice_again: Literal["always", "never"] = "always"
    disputes: Disputes = Disputes()
    promises: Promises = Promises()
    settlements: Settlements = Settlements()
    arrangements: Arrangements = Arrangements()
    check: Literal["first", "none"] = "none"
    receipts: bool | None = None
    habit_grace: Annotated[int, BeforeValidator(parse_days), Field(ge=0, le=60)] = 0
    check_register: Literal["none", "notice", "handoff", "both"] = "none"
    two_people: TwoPeople = TwoPeople()
    agency: Agency = Agency()
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @field_validator("law", mode="before")
    @classmethod
    def _law_is_known(cls, value: object) -> object:
        if isinstance(value, str):
            check_supported(value)
        return value

    @field_validator("calendar", mode="before")
    @classmethod
    def _calendar_off(cls, value: object) -> object:
        return None if value == "off" else value

    @cached_property
    def sending_calendar(self) -> SendingCalendar:
        """The calendar in force; without one any day at 12:00, Amsterdam time."""
        hours = self.calendar
        if hours is None:
            return any_day("Europe/Amsterdam")
        return SendingCalendar(
            zone=hours.zone,
            holidays=hours.holidays,
            days=tuple(sorted(WEEKDAYS.index(day) for day in hours.days)),
            opens=hours.opens,
            closes=hours.closes,
        )

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Index of each step by its id."""
        return {step.id: index for index, step in enumerate(self.steps)}

    @cached_property
    def gate_steps(self) -> frozenset[str]:
        """Steps that a later step needs; no catch-up ever leaves them out."""
        return frozenset(step.when.term_expired for step in self.steps if step.when.term_expired)

    @cached_property
    def first_after_due(self) -> int | None:
        """The fewest days after the due date, at least one, that a step waits for; None where no step has any."""
        return min((step.when.after_due for step in self.steps if step.when.after_due), default=None)

    def minor_tolerance(self, currency: str) -> int:
        """The tolerance in whole minor units of a currency."""
        return int(self.tolerance.scaleb(minor_digits(currency)))

    @property
    def lists_others(self) -> bool:
        """Whether reminders list the other overdue invoices of the debtor."""
        return self.other_invoices == "list" or (self.other_invoices is None and self.bundle == "debtor")

    @cached_property
    def hands_off(self) -> bool:
        """Whether the ladder ends in a hand-off."""
        return any(step.hand_off for step in self.steps)

    @cached_property
    def counts_invoices(self) -> bool:
        """Whether a condition counts the debtor's overdue invoices."""
        return any(step.condition.or_invoices is not None for step in self.steps)

    def step(self, step_id: str) -> Step | None:
        """The step with this id: a rung of the ladder, or a message that the law asks for beside it."""
        index = self.positions.get(step_id)
        if index is None:
            return APOLOGY if step_id == APOLOGY.id else CORRESPONDENCE.get(step_id) or PARTNER_NOTICES.get(step_id)
        return self.steps[index]
