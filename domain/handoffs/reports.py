"""What a partner reports, as it comes in by whatever door, and what its case is told of it (`agency_reported`).

Little is asked of a report: an id, and whose it is. What it says is for the case to judge, which quarantines what means
nothing to it: so nothing that a partner said is lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["MONEY", "Report", "UnreadableReport", "told_of", "which_cases"]

MONEY = ("payment", "payment_reversed", "costs")
"""Those that move money."""
_FIELDS = ("status", "on", "amount", "currency", "payment", "reason", "code", "until")
_MOST_ID, _MOST_TEXT = 200, 700
_MOST_BYTES = 100_000


class UnreadableReport(ValueError):
    """It is no report; the text says what is missing and how it is written, and quotes nothing of a person."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a partner.

    Attributes:
        id: His own id of it: under it it counts once.
        submission: Our key of what he got; empty where he names none.
        reference: His own reference of it; empty where he names none.
        case: Our id of the one invoice that it is about; empty where it is about all of them, or there is only one.
        says: What it says, as he wrote it.
    """

    id: str
    submission: str
    reference: str
    case: str
    says: Mapping[str, object]

    @classmethod
    def of(cls, written: object) -> Report:
        """Read a report.

        Args:
            written: A JSON object, as `docs/agency.openapi.yaml` has it.

        Raises:
            UnreadableReport: it is none.
        """
        if not isinstance(written, Mapping):
            raise UnreadableReport("the report is no JSON object")
        own = _text(written, "id", _MOST_ID)
        if not own:
            raise UnreadableReport("id is missing: give each report an id of its own, and the same when it comes again")
        submission, reference = _text(written, "submission", _MOST_TEXT), _text(written, "reference", _MOST_TEXT)
        if not submission and not reference:
            raise UnreadableReport("submission and reference are both missing: give our key of the file, or your own")
        says = {name: written[name] for name in _FIELDS if written.get(name) is not None}
        return cls(own, submission, reference, _text(written, "case", _MOST_TEXT), says)

    @property
    def kept_as(self) -> str:
        """Under what it is kept: his id, and a hash, so that of two under one id neither vanishes."""
        canonical = json.dumps(self._all(), sort_keys=True).encode()
        return f"{self.id}:{hashlib.sha256(canonical).hexdigest()[:16]}"

    def written(self) -> str:
        """As JSON text, with nothing in it but what a report has."""
        text = json.dumps(self._all(), sort_keys=True)
        if len(text) > _MOST_BYTES:
            raise UnreadableReport(f"the report is longer than {_MOST_BYTES} signs")
        return text

    def _all(self) -> dict[str, object]:
        whose = {"id": self.id, "submission": self.submission, "reference": self.reference, "case": self.case}
        return {**{name: value for name, value in whose.items() if value}, **self.says}


def which_cases(report: Report, cases: Sequence[str]) -> tuple[str, ...]:
    """The cases that a report is about; none where nobody can know.

    Money is of one invoice: of several together the report must say which, for nobody spreads a partner's money.

    Args:
        report: What he reported.
        cases: Ids of the cases in the file that it is about.
    """
    if report.case:
        return tuple(each for each in cases if each == report.case)
    if len(cases) > 1 and report.says.get("status") in MONEY:
        return ()
    return tuple(cases)


def told_of(report: Report, partner: str, reference: str) -> dict[str, object]:
    """The content of `agency_reported`.

    Args:
        report: What he reported.
        partner: His id in the profile.
        reference: His own reference, as we know it where the report names none.
    """
    whose = {"id": report.id, "partner": partner, "reference": report.reference or reference}
    return {**{name: value for name, value in whose.items() if value}, **report.says}


def _text(written: Mapping[str, object], name: str, most: int) -> str:
    value = written.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnreadableReport(f"{name} is no text")
    text = str(value).strip()
    if len(text) > most:
        raise UnreadableReport(f"{name} is longer than {most} signs")
    return text
