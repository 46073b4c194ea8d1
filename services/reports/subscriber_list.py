"""Which other systems are told what happens to cases, and what they did not take, as JSON values."""

from __future__ import annotations

from casefile.case_file import CaseFile
from casefile.outgoing_events import SetAside, set_aside_events
from casefile.subscribers import Told, subscribers

__all__ = ["subscriber_list"]


def subscriber_list(file: CaseFile) -> dict[str, list[dict[str, object]]]:
    """All subscribers by name, and the events that were given up and wait for a person."""
    return {
        "subscribers": [_subscriber(each) for each in subscribers(file)],
        "set_aside": [_given_up(each) for each in set_aside_events(file)],
    }


def _subscriber(told: Told) -> dict[str, object]:
    return {
        "name": told.name,
        "host": told.host,
        "events": list(told.kinds),
        "state": "stopped" if told.stopped_why else "ended" if told.ended else "told",
        "reason": told.stopped_why or None,
        "waiting": told.waiting,
        "waits_since": None if told.waits_since is None else told.waits_since.isoformat(),
        "set_aside": told.set_aside,
    }


def _given_up(event: SetAside) -> dict[str, object]:
    return {
        "id": event.id,
        "subscriber": event.subscriber,
        "event": event.kind,
        "case": event.case_id,
        "happened_at": event.happened_at.isoformat(),
        "tries": event.tries,
        "reason": event.problem,
    }
