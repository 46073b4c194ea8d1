"""Messages about promises of payment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.messages.base import Amount, BaseMessage, Day, WithAmount

PromiseId = Annotated[str, Field(min_length=1, max_length=60)]


class RecordPromise(WithAmount):
    """The debtor promises to pay all that is open, or an amount of it, by a day."""

    left_out_means_all = ("amount",)
    name: Literal["promise_made"] = "promise_made"
    as_fact = 'The debtor promises to pay: {"promise": "w1", "amount": "200.00", "by": "2026-04-05"}; no amount: all'
    as_request = (
        'Note a promise, with an answer: {"by": "2026-04-05", "actor": "j.devries"}; '
        '"extends_term": true also moves the term of the last letter, and is confirmed in writing'
    )
    asked_as = "record_promise"
    promise: PromiseId | None = None
    amount: Amount | None = None
    by: Day
    extends_term: bool = False
    note: Annotated[str, Field(max_length=4000)] = ""


class WithdrawPromise(BaseMessage):
    """A promise was noted by mistake; `promise` names it, else the last one that stands.

    Attributes:
        told: The debtor, who has it in writing, was told that it does not stand.
    """

    name: Literal["withdraw_promise"] = "withdraw_promise"
    as_request = (
        'Take back a promise that was noted by mistake: {"promise": "w1", "actor": "j.devries", "note": "another '
        'debtor"}; where it was confirmed in writing, "told": true says that he was told'
    )
    promise: PromiseId | None = None
    told: bool = False
    note: Annotated[str, Field(max_length=4000)] = ""
