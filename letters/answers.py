"""What a letter answers: a payment, a mistake, a dispute, a promise, an arrangement, a change.

`letters.content` has one field for each; these values hold what happened, and refuse what cannot be true.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from domain.money import Money
from letters.lines import FilledLine, Frozen, Line


def amounts_of(value: BaseModel) -> Iterator[Money]:
    """Every amount in a value and in the values that it holds, for the check of their currency."""
    for _, held in value:
        for each in held if isinstance(held, tuple) else (held,):
            if isinstance(each, Money):
                yield each
            elif isinstance(each, BaseModel):
                yield from amounts_of(each)


def added(amounts: tuple[Money, ...]) -> Money:
    """Return the sum of one or more amounts of one currency."""
    return sum(amounts[1:], start=amounts[0])


class ReceivedPayment(Frozen):
    """A payment that a receipt confirms.

    Attributes:
        amount: What came in.
        credited_on: Day on which the account was credited (art. 6:114 lid 2 BW).
        rest: What is still open after it, zero when all is paid.
    """

    amount: Money
    credited_on: date
    rest: Money


class Apology(Frozen):
    """The letter that was wrong.

    Attributes:
        letter: Name of that letter, as `LetterContent.letter`.
        sent_on: Its date.
        too_much: What it claimed or announced too much; zero if no amount was wrong.
    """

    letter: str
    sent_on: date
    too_much: Money


class Instalment(Frozen):
    """One payment of an arrangement: how much, and by which day."""

    due: date
    amount: Money


class Arrangement(Frozen):
    """Instalments that were agreed.

    Attributes:
        total: All instalments together.
        instalments: In the order in which they fall due.
        grace_days: Banking days after a due day before an instalment counts as missed.
        interest_runs: Whether interest goes on during the arrangement, and is asked after the last instalment.
        acknowledges_debt: Whether the debtor acknowledged the debt by it (art. 3:318 BW).
        reserves_interest: Whether the interest of this time is asked after all if an instalment is missed (reserved);
            without this and `interest_runs` no interest is asked for it, whatever happens (frozen).
        signed_off: Whether it is known, and signed off, that to a consumer it is credit: with interest, or too long.
        ended: Why a letter that tells of its end says so: it was ended by agreement, or another one took its place.
    """

    total: Money
    instalments: Annotated[tuple[Instalment, ...], Field(min_length=1)]
    grace_days: Annotated[int, Field(ge=0)] = 0
    interest_runs: bool = False
    acknowledges_debt: bool = True
    reserves_interest: bool = False
    signed_off: bool = False
    ended: Literal["agreement", "changed"] = "agreement"

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        come_to = added(tuple(instalment.amount for instalment in self.instalments))
        if come_to != self.total:
            raise ValueError(f"instalments come to {come_to}, the arrangement to {self.total}")
        days = [instalment.due for instalment in self.instalments]
        if days != sorted(set(days)):
            raise ValueError("instalments must fall due on different days, the first one first")
        if self.interest_runs and self.reserves_interest:
            raise ValueError("interest that runs on is not reserved; say one of interest_runs and reserves_interest")
        return self


class Dispute(Frozen):
    """A dispute whose receipt is confirmed.

    Attributes:
        id: Its mark, which the debtor can mention.
        disputed: The part that stands still.
        undisputed: The part that is still asked.
        answer_by: Day by which the debtor has an answer.
    """

    id: FilledLine
    disputed: Money
    undisputed: Money
    answer_by: date


class DisputeDecision(Frozen):
    """What came of a dispute.

    Attributes:
        id: Its mark, as in the confirmation of its receipt.
        outcome: `upheld`: the debtor is right; `partly`; `rejected`; `withdrawn`: he took it back.
        disputed: The part that stood still.
        upheld: The part in which he is right, and that is no longer asked: all of it, a part, or zero.
        reason: Why, in words of ours and in the debtor's language; nothing is printed without it.
        decided_on: Day of the decision.
        new_term: Whether a new letter with a full new term follows, since the former one no longer counts.
    """

    id: FilledLine
    outcome: Literal["upheld", "partly", "rejected", "withdrawn"]
    disputed: Money
    upheld: Money
    reason: Line = ""
    decided_on: date
    new_term: bool

    @property
    def left(self) -> Money:
        """What of the disputed part is asked again."""
        return self.disputed - self.upheld

    @model_validator(mode="after")
    def _outcome_is_in_the_amounts(self) -> Self:
        fits = {
            "upheld": self.upheld == self.disputed,
            "partly": self.upheld.is_positive and self.upheld < self.disputed,
        }.get(self.outcome, not self.upheld)
        if not (self.disputed.is_positive and fits):
            raise ValueError(
                f"dispute {self.id}: of {self.disputed} {self.upheld} is upheld, which is not {self.outcome}; upheld "
                "is all of it, partly a part, rejected and withdrawn zero"
            )
        return self


class PromisedPayment(Frozen):
    """A payment that the debtor promised.

    Attributes:
        amount: What he promised.
        by: Day on which it is on our account at the latest.
        extends_term: Whether the running term of a letter moves to that day, and no new letter follows.
        broken: Whether the day, its grace and the statement of the bank have passed without it.
        paid: What of it came in, zero if nothing did.
    """

    amount: Money
    by: date
    extends_term: bool
    broken: bool = False
    paid: Money

    @property
    def missing(self) -> Money:
        """What of it has not come in yet."""
        return self.amount - self.paid

    @model_validator(mode="after")
    def _something_is_missing(self) -> Self:
        if (self.paid and not self.paid.is_positive) or not self.missing.is_positive:
            raise ValueError(f"of a promise of {self.amount} {self.paid} was paid; a kept promise needs no such letter")
        return self


class DueInstalment(Frozen):
    """One instalment of an arrangement, shortly before or after its day.

    Attributes:
        number: Which one it is, 1 for the first.
        of: How many there are.
        due: Day on which it is on our account at the latest.
        amount: What was agreed.
        open: What of it has not come in yet.
        grace_until: Last day on which it still counts as paid in time; None if the arrangement gives no grace.
    """

    number: Annotated[int, Field(ge=1)]
    of: Annotated[int, Field(ge=1)]
    due: date
    amount: Money
    open: Money
    grace_until: date | None = None

    @property
    def paid(self) -> Money:
        """What of it came in."""
        return self.amount - self.open

    @model_validator(mode="after")
    def _is_one_of_them_and_open(self) -> Self:
        if self.number > self.of:
            raise ValueError(f"instalment {self.number} of {self.of}: there is no such one")
        if not self.open.is_positive or self.amount < self.open:
            raise ValueError(
                f"instalment {self.number}: {self.open} of {self.amount} is open; say what is still to pay"
            )
        if self.grace_until is not None and self.grace_until < self.due:
            raise ValueError(
                f"instalment {self.number}: grace until {self.grace_until} ends before its day, {self.due}"
            )
        return self


class ArrangementDefault(Frozen):
    """An arrangement that is not kept.

    Attributes:
        agreed_on: Day on which it was agreed.
        paid: What came in under it, zero if nothing did.
        missed: The instalments that were missed, each with what of it is still open, the first one first.
        warning: Whether the letter only warns, as a consumer's must do first: it then asks what was missed, and the
            arrangement goes on if that is paid. Else the arrangement has ended and everything is asked.
        pay_by_days: Days to pay, counted from the day after delivery; None if the letter sets no term.
    """

    agreed_on: date
    paid: Money
    missed: Annotated[tuple[Instalment, ...], Field(min_length=1)]
    warning: bool
    pay_by_days: Annotated[int, Field(ge=1)] | None

    @property
    def missed_sum(self) -> Money:
        """What was missed, together."""
        return added(tuple(instalment.amount for instalment in self.missed))


class SettlementOffer(Frozen):
    """A lower amount that was agreed, if it is paid in time.

    Attributes:
        amount: What is to be paid.
        by: Day on which it is on our account at the latest.
        released: The rest, which is not asked any more once the amount came in (art. 6:160 BW).
    """

    amount: Money
    by: date
    released: Money

    @model_validator(mode="after")
    def _is_a_part_of_it(self) -> Self:
        if not (self.amount.is_positive and self.released.is_positive):
            raise ValueError(
                f"a settlement of {self.amount} that releases {self.released} is none; both are above zero"
            )
        return self


class ReturnedDebit(Frozen):
    """A direct debit, or another payment, that came back.

    Attributes:
        amount: What came back.
        on: Day on which it did.
        reason: What the bank told: too little on the account, refused or called back by the debtor, or something else.
    """

    amount: Money
    on: date
    reason: Literal["no_funds", "refused", "other"]


class Withdrawal(Frozen):
    """A claim that is dropped after a letter that gave a term.

    Attributes:
        since: Date of that letter, which no longer counts.
        reason: The invoice was credited in full, a dispute about all of it upheld, or it was paid before that letter.
    """

    since: date
    reason: Literal["credited", "dispute_upheld", "paid_before"]


class ContactChange(Frozen):
    """A change of the debtor's data that somebody asked for; the new value is in no letter.

    Attributes:
        what: Which of them.
    """

    what: Literal["email", "address", "iban", "phone"]


class Overpaid(Frozen):
    """What a debtor paid too much, which is his until it is given back or set off.

    Attributes:
        amount: Beyond all that is owed on his invoice, above zero.
    """

    amount: Money

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if not self.amount.is_positive:
            raise ValueError("nothing was paid too much: there is nothing to tell")
        return self
