"""The base of every fact. New fields of a fact get defaults; none is ever renamed."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict


class BaseFact(BaseModel):
    """What every fact has.

    Attributes:
        id: Makes writing it twice harmless.
        at: Moment on which we learned of it.
        on: The local day of that moment in the zone of the policy.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    at: AwareDatetime
    on: date
