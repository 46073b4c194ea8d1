"""Facts about arrangements: the debtor pays in instalments, as agreed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.facts.base import BaseFact
from domain.money import Money

ArrangementInterest = Literal["frozen", "reserved", "runs"]
"""What was agreed on interest: none runs while it stands, whatever happens; it is asked after all when the arrangement
is broken; it runs on and is asked after the last instalment."""

ArrangementOutcome = Literal["kept", "broken", "agreement", "changed"]
"""How an arrangement ended: all was paid, an instalment was not, both sides ended it, or another one took its place."""


class AgreedInstalment(BaseModel):
    """One payment of an arrangement: how much, and by which day."""

    model_config = ConfigDict(frozen=True)

    due: date
    amount: Money


class ArrangementProposed(BaseFact):
    """Somebody proposes to pay in instalments; nothing is agreed yet.

    Attributes:
        instalments: What he proposes, if he said so.
    """

    kind: Literal["arrangement_proposed"] = "arrangement_proposed"
    instalments: tuple[AgreedInstalment, ...] = ()
    actor: str = ""
    note: str = ""


class ArrangementAgreed(BaseFact):
    """Instalments were agreed: the ladder stands still as long as they are paid.

    Attributes:
        arrangement: Its own id; the same for all invoices that it is about.
        acknowledges: Whether the debtor acknowledges the debt by it (BW 3:318).
        principal, interest_due, costs: What was owed that day; the instalments come to all of it, or to the principal.
        others: Numbers of the other invoices in the same arrangement.
        signed_off_by: Who signed for what the policy or the law does not allow otherwise.
    """

    kind: Literal["arrangement_agreed"] = "arrangement_agreed"
    arrangement: str
    instalments: Annotated[tuple[AgreedInstalment, ...], Field(min_length=1)]
    interest: ArrangementInterest
    acknowledges: bool = True
    principal: Money
    interest_due: Money
    costs: Money
    others: tuple[str, ...] = ()
    signed_off_by: str = ""
    actor: str = ""
    note: str = ""


class ArrangementWarned(BaseFact):
    """A consumer is warned that his arrangement ends if he does not pay in fourteen days what he missed.

    Attributes:
        missed: Numbers of the instalments that he missed, 1 for the first.
    """

    kind: Literal["arrangement_warned"] = "arrangement_warned"
    arrangement: str
    missed: tuple[int, ...]


class ArrangementBroken(BaseFact):
    """An instalment was not paid: the arrangement ended, and all that is open is due.

    Attributes:
        missed: Numbers of the instalments that were missed.
        goes_on_at: Step at which the ladder goes on; None: after the last one taken.
        respite_until: First day on which it does.
    """

    kind: Literal["arrangement_broken"] = "arrangement_broken"
    arrangement: str
    missed: tuple[int, ...]
    goes_on_at: str | None = None
    respite_until: date | None = None


class ArrangementKept(BaseFact):
    """All instalments were paid; what is left of the interest of that time is released, unless it was to run on."""

    kind: Literal["arrangement_kept"] = "arrangement_kept"
    arrangement: str
    respite_until: date | None = None


class ArrangementReopened(BaseFact):
    """An instalment of an arrangement that was kept was taken back: it stands again, with that instalment open."""

    kind: Literal["arrangement_reopened"] = "arrangement_reopened"
    arrangement: str


class ArrangementEnded(BaseFact):
    """An arrangement ended by agreement, or another one took its place; as for a broken one the ladder goes on."""

    kind: Literal["arrangement_ended"] = "arrangement_ended"
    arrangement: str
    outcome: Literal["agreement", "changed"] = "agreement"
    goes_on_at: str | None = None
    respite_until: date | None = None
    actor: str = ""
    note: str = ""
