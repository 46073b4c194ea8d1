"""The search attributes of a case: a registry for the worker that sets them and the server that must know them.

They are never encrypted, so they hold no personal data: the debtor is a keyed hash, and the open amount is left out
where a case is to tell codes only.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from domain.views.case_view import CaseView

CASE_STAGE = SearchAttributeKey.for_keyword("CaseStage")
NEXT_ACTION_AT = SearchAttributeKey.for_datetime("NextActionAt")
ON_HOLD = SearchAttributeKey.for_bool("OnHold")
HOLD_REASON = SearchAttributeKey.for_keyword("HoldReason")
DEBTOR = SearchAttributeKey.for_keyword("Debtor")
OPEN_MINOR = SearchAttributeKey.for_int("OpenMinor")
CURRENCY = SearchAttributeKey.for_keyword("Currency")
NEEDS_ATTENTION = SearchAttributeKey.for_bool("NeedsAttention")

ALL = (CASE_STAGE, NEXT_ACTION_AT, ON_HOLD, HOLD_REASON, DEBTOR, OPEN_MINOR, CURRENCY, NEEDS_ATTENTION)
"""Every search attribute that a server must know before a worker starts."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""`NextActionAt` of a case that waits for a message; an unset datetime breaks reading in SDK 1.35."""


def values_of(view: CaseView) -> tuple[str, datetime, bool, str, str, int | None, str, bool]:
    """The values for a view, in the order of `ALL`."""
    hold = view.holds[0].kind if view.holds else ""
    return (
        view.stage,
        view.at or NEVER,
        bool(view.holds),
        hold,
        view.debtor_attribute or view.debtor,
        None if view.codes_only else view.open.minor,
        view.open.currency,
        view.needs_attention,
    )


def begun_with(attributes: TypedSearchAttributes) -> tuple[object, ...]:
    """The values that a run began with, in the order of `ALL`; None of what it began without."""
    of = {pair.key.name: pair.value for pair in attributes}
    return tuple(of.get(key.name) for key in ALL)


def to_begin_with(view: CaseView) -> TypedSearchAttributes:
    """What a run shows of a view from its start on."""
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(update.key, update.value)
        for update in updates(None, values_of(view))
        if update.value is not None
    ]
    return TypedSearchAttributes(pairs)


def updates(
    before: tuple[object, ...] | None, after: tuple[str, datetime, bool, str, str, int | None, str, bool]
) -> list[SearchAttributeUpdate[Any]]:
    """The updates for what changed; everything when nothing was set before."""
    every: tuple[SearchAttributeUpdate[Any], ...] = (
        CASE_STAGE.value_set(after[0]),
        NEXT_ACTION_AT.value_set(after[1]),
        ON_HOLD.value_set(after[2]),
        HOLD_REASON.value_set(after[3]),
        DEBTOR.value_set(after[4]),
        OPEN_MINOR.value_unset() if after[5] is None else OPEN_MINOR.value_set(after[5]),
        CURRENCY.value_set(after[6]),
        NEEDS_ATTENTION.value_set(after[7]),
    )
    return [update for index, update in enumerate(every) if before is None or before[index] != after[index]]
