"""What debtors pay and say while workers are killed: payments, disputes, promises, instalments, each on its day."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, assert_never

Story = Literal[
    "dispute of a part, rejected",
    "dispute of a part, upheld",
    "dispute of all, rejected",
    "promise kept",
    "promise broken",
    "arrangement kept",
    "arrangement broken",
    "part paid",
    "paid",
    "paid, taken back",
    "payments",
]
"""What becomes of a case; `payments` are drawn."""

STORIES: Sequence[Story] = (
    "dispute of a part, rejected",
    "promise kept",
    "arrangement broken",
    "part paid",
    "paid, taken back",
    "dispute of a part, upheld",
    "promise broken",
    "arrangement kept",
    "paid",
    "dispute of all, rejected",
    "payments",
    "payments",
)
"""By the number of the case, over and over. The last debtors have two invoices in the small form."""

FIRST_WORDS = 16
"""Days in which every debtor who says something begins: no ladder has come to its hand-off by then."""

MONEY = {"payment_received": -1, "invoice_credited": -1, "payment_reversed": 1}
"""What a message does to the balance."""


@dataclass(frozen=True)
class Told:
    """One message.

    Attributes:
        day: Days after the beginning on which it is told.
        doors: By how many doors it comes; without an id of its own each of them makes another message of it.
    """

    day: float
    case_id: str
    name: str
    content: dict[str, object]
    doors: int = 1


def story_of(number: int) -> Story:
    """What becomes of a case."""
    return STORIES[number % len(STORIES)]


def meant(story: Story) -> str:
    """What a story comes to, in the words of `answers.outcome_of`, when every word of it was told in time."""
    return f"dispute {story.rpartition(', ')[2]}" if story.startswith("dispute") else story


@dataclass(frozen=True)
class Talks:
    """Draws what is told of the cases of a run.

    Attributes:
        begin: The first day.
        paying: Days over which the payments that are drawn are spread.
        ahead: Days from a promise to its day: so many that a worker works meanwhile, and could send.
    """

    draw: random.Random
    begin: date
    paying: float
    ahead: int

    def of(self, case_id: str) -> tuple[Told, ...]:
        """All that is told of a case."""
        return self.from_day(case_id, round(self.draw.random() * FIRST_WORDS, 2))

    def from_day(self, case_id: str, day: float) -> tuple[Told, ...]:
        """The same of a case whose debtor says his first word so many days after the beginning."""
        number = int(case_id.rpartition("-")[2])
        return tuple(self._story(case_id, number, story_of(number), day))

    def _payments(self, case_id: str, number: int, what: float) -> Iterator[Told]:
        """At random moments: a third pays in full, a fifth in two parts; one in ten is taken back."""
        at = self.draw.random() * self.paying
        if what < 0.35:
            yield _paid(at, case_id, f"full-{number}", "1000.00")
        elif what < 0.55:
            yield _paid(at, case_id, f"part-{number}", "400.00")
            yield _paid(at + self.paying / 10, case_id, f"rest-{number}", "250.00")
        if what < 0.1:
            content: dict[str, object] = {"id": f"back-{number}", "payment": f"full-{number}"}
            yield Told(at + self.paying / 3, case_id, "payment_reversed", content)

    def _story(self, case_id: str, number: int, story: Story, at: float) -> Iterator[Told]:
        def word(days: float, name: str, doors: int = 1, **content: object) -> Told:
            return Told(at + days, case_id, name, {**content, "actor": "j.devries"}, doors)

        def by(days: int) -> str:
            return (self.begin + timedelta(days=int(at) + days)).isoformat()

        match story:
            case "dispute of a part, rejected" | "dispute of a part, upheld" | "dispute of all, rejected":
                amount = {} if "all" in story else {"amount": "300.00"}
                answered = max(12, self.ahead / 2)
                dispute, outcome = f"dispute-{number}", "upheld" if "upheld" in story else "rejected"
                yield word(0, "dispute_raised", 2, dispute=dispute, reason="damaged", **amount)
                yield word(answered, "dispute_resolved", id=f"answer-{number}", dispute=dispute, outcome=outcome)
                if outcome == "upheld":
                    yield word(answered + 2, "invoice_credited", id=f"credit-{number}", amount="300.00")
            case "promise kept" | "promise broken":
                yield word(0, "promise_made", 2, promise=f"promise-{number}", amount="400.00", by=by(self.ahead))
                if story == "promise kept":
                    yield _paid(at + 3, case_id, f"kept-{number}", "400.00")
            case "arrangement kept" | "arrangement broken":
                halves = [{"due": by(self.ahead + days), "amount": "500.00"} for days in (0, 10)]
                yield word(0, "arrangement_agreed", 2, arrangement=f"arrangement-{number}", instalments=halves)
                yield _paid(at + 2, case_id, f"first-{number}", "500.00")
                if story == "arrangement kept":
                    yield _paid(at + 5, case_id, f"second-{number}", "500.00")
            case "part paid":
                yield _paid(at, case_id, f"part-{number}", "400.00")
            case "paid" | "paid, taken back":
                yield from self._payments(case_id, number, 0.2 if story == "paid" else 0.0)
            case "payments":
                yield from self._payments(case_id, number, self.draw.random())
            case _:
                assert_never(story)


def _paid(day: float, case_id: str, own: str, amount: str) -> Told:
    return Told(day, case_id, "payment_received", {"id": own, "amount": amount}, 2)
