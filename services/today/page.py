"""The morning screen as values: eight blocks in the order of `practice.md`, each row with why it is there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.money import Money
from services.figures.figures import Ageing, Amounts, Dso, Kept

__all__ = [
    "Account",
    "Answer",
    "CallRow",
    "CaseRow",
    "DateRow",
    "Figures",
    "GoingOut",
    "MaySend",
    "MoneyOvernight",
    "Morning",
    "Moved",
    "NeedsMe",
    "Past",
    "Reason",
    "SendRow",
    "Stop",
    "Stuck",
    "Sum",
    "WaitRow",
]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Reason(_Value):
    """Why a row is there: a code, and the day, amount, number or word that belongs to it."""

    code: str
    day: date | None = None
    amount: Money | None = None
    number: int | None = None
    word: str | None = None


class Sum(_Value):
    """So many, and what they come to; `kind` says of what."""

    kind: str
    number: int
    amounts: tuple[Money, ...]


class CaseRow(_Value):
    """A case in a row."""

    case: str
    number: str
    debtor: str
    debtor_number: str
    open: Money
    why: tuple[Reason, ...] = ()


# 1 ---------------------------------------------------------------------------------------------------------


class Stop(_Value):
    """A stop of all sending that stands."""

    since: date
    until: date
    reason: str
    actor: str
    placed_at: datetime


class Account(_Value):
    """A creditor's account, the last day that its statements cover, and what waits for the days after.

    Attributes:
        covered_until: None where no bank feed is watched, which counts as covered up to yesterday.
        missing: The last banking day before today, where it is not covered.
        waiting: What waits for it.
    """

    creditor: str
    name: str
    iban: str
    covered_until: date | None
    missing: date | None
    waiting: Sum


class Past(_Value):
    """A dated table of the law that was checked until a day which has passed."""

    table: str
    checked_until: date


Answer = Literal["yes", "yes_but", "no"]
"""Whether messages may leave: all that are planned; all but some; none."""


class MaySend(_Value):
    """Block 1. `but` counts the messages that may not leave although their day has come.

    Attributes:
        unknown_number: Cases of messages of which nobody knows yet what became, `unproven` those that a person settles.
        tables_checked_until: The first day on which a table of a law in use is past its day; None without law.
        unmatched: Money of which nobody knows whose it is, or on which invoice.
    """

    answer: Answer
    but: int
    stop: Stop | None
    accounts: tuple[Account, ...]
    channels_stopped: tuple[Reason, ...]
    unknown: tuple[CaseRow, ...]
    unknown_number: int
    unproven: int
    tables_past: tuple[Past, ...]
    tables_checked_until: date | None
    unmatched: tuple[Money, ...]


# 2 ---------------------------------------------------------------------------------------------------------


class MoneyOvernight(_Value):
    """Block 2: what we learned of since `since`, and what waits for a person to say whose it is."""

    since: date
    sums: tuple[Sum, ...]
    reversed: tuple[CaseRow, ...]


# 3 ---------------------------------------------------------------------------------------------------------


class SendRow(CaseRow):
    """A message, or a hand-off, that leaves today unless somebody vetoes it: `pause_case` with `veto_until`."""

    step: str
    action: str
    at: datetime
    veto_until: date


class Moved(_Value):
    """What changed since the plan of an earlier day: which cases came, went, or moved to another day, and why."""

    since: date | None
    came: int
    gone: int
    moved: int
    rows: tuple[CaseRow, ...]


class GoingOut(_Value):
    """Block 3: per step, the rows to look at first, and what moved."""

    number: int
    amounts: tuple[Money, ...]
    steps: tuple[Sum, ...]
    first: tuple[SendRow, ...]
    first_number: int
    moved: Moved


# 4 ---------------------------------------------------------------------------------------------------------


class WaitRow(CaseRow):
    """Something that waits for a person, since a day; `late` where it can't wait."""

    kind: str
    since: date
    late: bool


class NeedsMe(_Value):
    """Block 4, the oldest first; `reports` are those of partners that no case could be told."""

    number: int
    late: int
    kinds: dict[str, int]
    rows: tuple[WaitRow, ...]
    quarantined: int
    replies: int
    reports: int


# 5 ---------------------------------------------------------------------------------------------------------


class DateRow(CaseRow):
    """Something dated, with the days that are left."""

    kind: str
    day: date
    days_left: int


class Dates(_Value):
    """Block 5, the nearest first; of `unknown` cases no worker of this version has worked out what is dated."""

    kinds: dict[str, int]
    rows: tuple[DateRow, ...]
    number: int
    unknown: int


# 6 ---------------------------------------------------------------------------------------------------------


class CallRow(CaseRow):
    """A debtor to call, by his rank: open × chance × days late. `case` is his invoice that weighs most.

    Attributes:
        creditor: Id of his creditor.
        cases: All his invoices that ask for the call; `open` is what is open on those in its currency.
        days_late: Of the oldest of them.
        chance: That what is agreed in the call is kept: (kept + 1) / (judged + 2) of the debtor's promises, Laplace's
            rule of succession; one half where none was judged yet.
        rank: The product, in the currency of `open` times days, summed over the invoices.
        said: The last words of the debtor, as they were noted.
        again: Day and hour for which he asked to be called, where he did.
    """

    creditor: str = ""
    cases: tuple[str, ...] = ()
    kind: str
    phone: str | None
    contact: str | None
    days_late: int
    kept: int
    judged: int
    chance: Decimal
    rank: Decimal
    said: str | None
    said_on: date | None
    again: str | None = None


class Calls(_Value):
    """Block 6, the highest rank first; each currency is ranked by itself, and they take turns. `later` are put off."""

    number: int
    later: int = 0
    rows: tuple[CallRow, ...]


# 7 and 8 ---------------------------------------------------------------------------------------------------


class StuckHold(Amounts):
    """What a kind of hold keeps, and the oldest due day among it."""

    oldest_due: date | None


class Stuck(_Value):
    """Block 7; `without_next_date` must be 0."""

    holds: tuple[StuckHold, ...]
    without_next_date: int
    rows: tuple[CaseRow, ...]


class Figures(_Value):
    """Block 8."""

    ageing: tuple[Ageing, ...]
    promised_this_week: tuple[Money, ...]
    promised_number: int
    dso: tuple[Dso, ...]
    kept: tuple[Kept, ...]


class Morning(_Value):
    """The morning screen of a day."""

    on: date
    at: datetime
    may_send: MaySend
    money: MoneyOvernight
    going_out: GoingOut
    needs_me: NeedsMe
    dates: Dates
    calls: Calls
    stuck: Stuck
    figures: Figures
