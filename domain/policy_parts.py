"""Parts of a policy file that stand by themselves: its values, and the rules for a debtor who talks."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_DURATION = re.compile(r"^(\d{1,4})\s*([dwh])$")


def parse_days(value: object) -> object:
    """Read a duration such as `7d`, `2w` or `48h` as a whole number of days.

    Raises:
        ValueError: when it is no duration, or not a whole number of days.
    """
    if not isinstance(value, str):
        return value
    found = _DURATION.match(value.strip())
    if found is None:
        raise ValueError(f"{value!r} is no duration; write for example 7d, 2w or 48h")
    number, unit = int(found.group(1)), found.group(2)
    if unit == "w":
        return number * 7
    if unit == "h":
        if number % 24:
            raise ValueError(f"{value!r} is not a whole number of days; the ladder counts in days")
        return number // 24
    return number


_BANKING = re.compile(r"^(\d{1,2})(\s*banking days?)?$")


def parse_banking_days(value: object) -> object:
    """Read `1 banking day`, `3 banking days` or a bare number of them as that number.

    Raises:
        ValueError: when it is none of these.
    """
    if not isinstance(value, str):
        return value
    found = _BANKING.match(value.strip())
    if found is None:
        raise ValueError(f"{value!r} is no number of banking days; write for example 1 banking day")
    return int(found.group(1))


def split_words(value: object) -> object:
    """Accept one word where a list of words is expected."""
    return (value,) if isinstance(value, str) else value


Days = Annotated[int, BeforeValidator(parse_days), Field(ge=0, le=3660)]
BankingDays = Annotated[int, BeforeValidator(parse_banking_days), Field(ge=0, le=30)]
Channel = Literal["email", "sms", "call", "post", "registered"]
Role = Literal["finance", "purchasing", "management", "debtor"]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class Part(BaseModel):
    """A part of a policy file: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Disputes(Part):
    """How disputes are dealt with.

    Attributes:
        answer_within: Days in which the debtor has an answer.
        respite: Days after a rejection before he is asked again (practice.md, After a hold).
    """

    answer_within: Annotated[int, BeforeValidator(parse_days), Field(ge=1, le=365)] = 14
    respite: Days = 7


class Promises(Part):
    """How promises of payment are dealt with.

    Attributes:
        grace: Banking days after the promised day in which money still keeps the promise.
        at_most: Promises that hold the case; of those that the debtor notes himself only one (practice.md, misuse).
        longest: Days ahead that a promise may lie.
        broken: What comes on the day after the grace: a step of the ladder, or the kind of a task; `none`: the ladder
            goes on with its next step.
    """

    grace: BankingDays = 1
    at_most: Annotated[int, Field(ge=0, le=20)] = 2
    longest: Annotated[int, BeforeValidator(parse_days), Field(ge=1, le=365)] = 10
    broken: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = "none"


class Settlements(Part):
    """What may be released against payment of the rest.

    Attributes:
        most_percent, most_amount: Largest release that needs no approval: of the whole claim, and in its currency.
        grace: Banking days after the agreed day in which money still keeps the agreement.
        longest: Days ahead that the agreed day may lie.
    """

    most_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(20)
    most_amount: Amount = Decimal("500.00")
    grace: BankingDays = 1
    longest: Annotated[int, BeforeValidator(parse_days), Field(ge=1, le=365)] = 60


class PartnerTime(Part):
    """How long one partner may try amicably; `partner` is his id in the creditor's profile."""

    partner: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    amicable_within: Annotated[int, BeforeValidator(parse_days), Field(ge=1, le=3660)]


class Agency(Part):
    """What is watched of a partner who has a case, and what follows when he gives it back.

    Attributes:
        answers_within: Banking days in which he says that he took the file, or gave it back where we asked for it.
        amicable_within: Days of the amicable phase, from the hand-off on (law.md §10, 53: about three months).
        partners: Partners with a time of their own for that.
        after_return: `ask`: nothing is done until a person decides; `other_partner`: the ladder goes on to the
            hand-off, which goes to another partner.
    """

    answers_within: Annotated[int, BeforeValidator(parse_banking_days), Field(ge=1, le=30)] = 5
    amicable_within: Annotated[int, BeforeValidator(parse_days), Field(ge=1, le=3660)] = 92
    partners: tuple[PartnerTime, ...] = ()
    after_return: Literal["ask", "other_partner"] = "ask"

    def amicable_days(self, partner: str) -> int:
        """Days of the amicable phase with this partner."""
        own = (each.amicable_within for each in self.partners if each.partner == partner)
        return next(own, self.amicable_within)


TwoPeopleKind = Literal["write_off", "refund", "handoff", "change_policy", "reissue"]
"""A decision that may take two people."""


class TwoPeople(Part):
    """Above which amount a decision takes a second person, who signs for what the first one asks; None: it takes one.

    What is written off or given back counts with what was before on the same case; of the others counts what is open.

    Attributes:
        write_off: Of what is given up.
        refund: Of what is given back.
        handoff: Of the approval of a hand-off.
        change_policy: Of another policy; left out: the least of the others, for another policy may have none of them.
        reissue: Of a notice that is given anew.
    """

    write_off: Amount | None = None
    refund: Amount | None = None
    handoff: Amount | None = None
    change_policy: Amount | None = None
    reissue: Amount | None = None

    def limit(self, kind: TwoPeopleKind) -> Decimal | None:
        """The amount above which this takes two people; None: any one may."""
        own: Decimal | None = getattr(self, kind)
        if own is not None or kind != "change_policy":
            return own
        others = (self.write_off, self.refund, self.handoff, self.reissue)
        return min((each for each in others if each is not None), default=None)


class Authority(Part):
    """Up to which sum an arrangement may be agreed without another signature; None: any.

    Attributes:
        debtor: By the debtor himself.
        staff: By whoever of ours notes it.
    """

    debtor: Amount | None = None
    staff: Amount | None = None


class Arrangements(Part):
    """How arrangements to pay in instalments are dealt with.

    Attributes:
        grace: Banking days after a due day before an instalment counts as missed.
        remind_before: Days before a due day on which the debtor is reminded of it; 0: he is not.
        first_within: Days in which the first instalment falls due (practice.md, endless plan talks).
        least: Least amount of an instalment; the last one may be smaller.
        longest: Months from the agreement to the last instalment.
        interest: What holds where nothing else is agreed; left out it runs, and none does for a consumer.
        broken: Step at which the ladder goes on after a broken one; `none`: a new notice where the term of the former
            had not run out, else the next step after the last one taken.
        respite: Days after its end before the ladder goes on.
        authority: Who may agree how much.
        legal_sign_off: Who found, and when, that consumers may be asked interest or have more than twelve months
            (credit rules; the directive on consumer credit, since 2026-11-20).
    """

    grace: Annotated[int, Field(ge=0, le=30)] = 3
    remind_before: Days = 5
    first_within: Days = 14
    least: Amount = Decimal("25.00")
    longest: Annotated[int, Field(ge=1, le=120)] = 12
    interest: Literal["frozen", "reserved", "runs"] | None = None
    broken: str = "none"
    respite: Days = 7
    authority: Authority = Authority()
    legal_sign_off: Annotated[str, Field(max_length=200)] = ""
