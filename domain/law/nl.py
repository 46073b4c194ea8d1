"""Dutch law on when a letter reached the debtor and when its term has run out.

Sources: BW 6:96 lid 6; HR 2016-11-25 ECLI:NL:HR:2016:2704 (the term starts the day after receipt, which the
creditor must prove); Algemene termijnenwet art. 1 (a term ending on a weekend day or holiday is extended).
The postal norm is dated data: two delivery days from 2026-07-01, three from 2027-07-01, and one day of margin.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

from domain.calendar import banking_day_after, delivery_day_after, roll_forward

_POST_NORM_PLUS_ONE: tuple[tuple[date, int], ...] = (
    (date(1, 1, 1), 3),
    (date(2027, 7, 1), 4),
)


def presumed_receipt(sent_on: date) -> date:
    """Day on which a letter sent on this day is presumed received.

    An e-mail without proof of delivery is treated like post.
    """
    starts = [start for start, _ in _POST_NORM_PLUS_ONE]
    days = _POST_NORM_PLUS_ONE[bisect_right(starts, sent_on) - 1][1]
    return delivery_day_after(sent_on, days)


def last_day_of_term(received_on: date, days: int, *, consumer: bool) -> date:
    """Last day on which the debtor is still in time (E)."""
    last = received_on + timedelta(days=days)
    return roll_forward(last, "NL") if consumer else last


def first_day_to_act(last_day: date) -> date:
    """First day on which the end of the term may be acted on (G): the second banking day after it."""
    return banking_day_after(last_day, 2)
