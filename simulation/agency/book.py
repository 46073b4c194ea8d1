"""What the demo agency has, and what it does with it: it takes files, and reports as its conduct says."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

__all__ = ["CONDUCTS", "AgencyBook", "Conduct", "OtherContent", "Taken"]

Conduct = Literal["mixed", "accepts", "refuses", "asks", "pays", "reverses", "silent", "twice", "down", "slow"]
"""`twice` reports all twice; `down` takes nothing; `slow` takes it, and answers late; `mixed`: one after the other."""

CONDUCTS: tuple[Conduct, ...] = get_args(Conduct)
_MIXED: tuple[Conduct, ...] = ("pays", "asks", "refuses", "reverses", "accepts")


class OtherContent(ValueError):
    """Under this key stands something else."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that it took.

    Attributes:
        key: The creditor's key.
        reference: Its own number.
        sha256: Of the file.
        claim: The manifest.
        conduct: What it does with it.
        content: The file.
    """

    key: str
    reference: str
    sha256: str
    claim: Mapping[str, Any]
    conduct: Conduct
    content: bytes = field(repr=False)


@dataclass
class AgencyBook:
    """Files, notices and events, in memory.

    Attributes:
        conduct: What it does with files.
        today: Its day.
        mixed: What becomes of the first file, the second, and so on, where its conduct is `mixed`.
        taken: Files by key, in the order of their coming.
        notices: By the key of the file, and their own id.
        events: What it reports, in its order.
        submitted: How often each key was brought: a test counts them.
    """

    conduct: Conduct = "mixed"
    today: Callable[[], date] = date.today
    mixed: tuple[Conduct, ...] = _MIXED
    taken: dict[str, Taken] = field(default_factory=dict)
    notices: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)

    def take(self, key: str, claim: Mapping[str, Any], content: bytes) -> tuple[Taken, bool]:
        """Take a file; whether it is new.

        Raises:
            OtherContent: another file stands under this key.
        """
        self.submitted.append(key)
        digest = hashlib.sha256(content).hexdigest()
        known = self.taken.get(key)
        if known is not None:
            if known.sha256 != digest:
                raise OtherContent(key)
            return known, False
        number = len(self.taken)
        conduct = self.mixed[number % len(self.mixed)] if self.conduct == "mixed" else self.conduct
        self.taken[key] = taken = Taken(key, f"DEMO-{number + 1:05d}", digest, claim, conduct, content)
        self._act(taken)
        return taken, True

    def note(self, key: str, own: str, notice: Mapping[str, Any]) -> bool:
        """Take a notice about a file; False when it was known."""
        if (key, own) in self.notices:
            return False
        self.notices[(key, own)] = notice
        taken = self.taken[key]
        if taken.conduct == "silent":
            return True
        if notice["kind"] == "recall":
            self._report(taken, "recalled", own, reason=str(notice.get("reason") or "asked by the creditor"))
        return True

    def report(self, key: str, status: str, **says: str) -> Mapping[str, Any]:
        """Report something about a file by hand, as a test or a demo wants it; the event."""
        return self._report(self.taken[key], status, f"{status}:{len(self.events)}", **says)

    def after(self, cursor: int, most: int) -> tuple[list[Mapping[str, Any]], bool]:
        """The events behind a place in the list, and whether there are more."""
        return self.events[cursor : cursor + most], len(self.events) > cursor + most

    def _act(self, taken: Taken) -> None:
        match taken.conduct:
            case "refuses":
                self._report(taken, "refused", "refused", reason="the debtor is not known at this address")
            case "asks":
                self._report(taken, "accepted", "accepted")
                self._report(taken, "more_wanted", "asks", reason="the contract, or the order of the debtor")
            case "pays" | "reverses":
                self._report(taken, "accepted", "accepted")
                for number, claimed in enumerate(taken.claim.get("statement", ())):
                    self._pay(taken, number, claimed)
                if taken.conduct == "pays":
                    self._report(taken, "closed", "closed", code="paid")
            case "silent":
                pass
            case _:
                self._report(taken, "accepted", "accepted")

    def _pay(self, taken: Taken, number: int, claimed: Mapping[str, Any]) -> None:
        total = claimed["total"]
        money = {"amount": str(total["amount"]), "currency": str(total["currency"]), "case": str(claimed["case"])}
        paid = self._report(taken, "payment", f"payment:{number}", **money)
        if taken.conduct == "reverses":
            self._report(taken, "payment_reversed", f"reversed:{number}", payment=str(paid["id"]), **money)

    def _report(self, taken: Taken, status: str, own: str, **says: str) -> Mapping[str, Any]:
        event = {
            "id": f"{taken.reference}:{own}",
            "submission": taken.key,
            "reference": taken.reference,
            "status": status,
            "on": self.today().isoformat(),
            **says,
        }
        self.events += [event] * (2 if taken.conduct == "twice" else 1)
        return event
