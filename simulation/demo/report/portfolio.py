"""All cases added up: what was invoiced, what became of it, what was sent, and what people still have to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.ledger import EntryKind
from domain.money import Money
from domain.tasks import task_text
from simulation.demo.report.letterbox import CHANNEL_NAMES, ReadMessage
from simulation.demo.report.wording import END_NAMES, summed
from speech.words import tr

if TYPE_CHECKING:
    from simulation.demo.quarter import DemoCase

CHANNEL_PLURALS = {
    "email": "e-mails",
    "sms": "text messages",
    "call": "calls",
    "post": "letters",
    "registered": "registered letters",
    "agency": "files to the agency",
}
"""What several messages of a channel are called."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of what was invoiced: what became of it, how much, and its part of the whole in per cent."""

    kind: str
    name: str
    amount: str
    percent: float


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The head of the report.

    Attributes:
        invoices: How many.
        debtors: Of how many debtors.
        invoiced: Sum of the principals.
        paid: What was paid of it, less what was taken back and paid too much.
        open: What is open in cases that go on.
        handed_off: What the agency collects.
        overpaid: What was paid too much, empty when nothing was.
        extras: Interest and costs that were paid beside the invoices, empty when none were.
        shares: What became of what was invoiced, largest currency only.
        sent: Messages by channel: channel, name, count, share of the largest count in per cent.
        ends: How many cases ended how.
        tasks: What people still have to do, and how often.
        currency: The currency of the chart.
        money_in: Days and amounts of the payments during the quarter, negative when taken back.
        came_in: Their sum.
        before: What had come in before the import, empty when nothing had.
    """

    invoices: int
    debtors: int
    invoiced: str
    paid: str
    open: str
    handed_off: str
    overpaid: str
    extras: str
    shares: tuple[Share, ...]
    sent: tuple[tuple[str, str, int, float], ...]
    ends: tuple[tuple[str, str, int], ...]
    tasks: tuple[tuple[str, int], ...]
    currency: str
    money_in: tuple[tuple[date, Money], ...]
    came_in: str
    before: str


def end_of(each: DemoCase) -> str:
    """How a case ended: `open`, or the reason of its closing."""
    return each.case.closed.value if each.case.closed is not None else "open"


def add_up(cases: Sequence[DemoCase], messages: Sequence[ReadMessage]) -> Portfolio:
    """Add up all cases.

    Args:
        cases: The cases.
        messages: All messages, each once.
    """
    parts: dict[str, list[Money]] = {
        "paid": [],
        "credited": [],
        "written_off": [],
        "handed_off": [],
        "open": [],
        "small": [],
    }
    for each in cases:
        ledger, currency = each.case.ledger, each.case.ledger.currency
        undone = {e.of: e for e in ledger.entries if e.kind is EntryKind.REVERSAL}
        credited = -ledger.total(EntryKind.CREDIT)
        for entry in ledger.entries:
            if entry.kind is EntryKind.CREDIT and entry.id in undone:
                credited = credited - undone[entry.id].amount
        written_off = -ledger.total(EntryKind.WRITE_OFF)
        parts["credited"].append(credited)
        parts["written_off"].append(written_off)
        parts["paid"].append(ledger.total(EntryKind.PRINCIPAL) - each.case.open - credited - written_off)
        if each.case.handed_off:
            parts["handed_off"].append(each.case.open)
        elif each.case.closed is None:
            parts["open"].append(each.case.open)
        else:
            parts["small"].append(each.case.open)
        too_much = each.view.overpaid or Money.zero(currency)
        parts.setdefault("overpaid", []).append(too_much)
        # What came in beyond the invoices and was owed all the same.
        parts.setdefault("extras", []).append(each.case.overpaid - too_much)
    currency = Counter(each.case.ledger.currency for each in cases).most_common(1)[0][0]
    counted = Counter(message.channel for message in messages if message.status in ("sent", "unproven"))
    most = max(counted.values(), default=1)
    money_in = tuple(
        (entry.credited_on, -entry.amount)
        for each in cases
        for entry in each.case.ledger.entries
        if entry.kind in (EntryKind.PAYMENT, EntryKind.REVERSAL) and entry.id != "before-import"
    )
    before = [-e.amount for each in cases for e in each.case.ledger.entries if e.id == "before-import"]
    ends = Counter(end_of(each) for each in cases)
    tasks = Counter(task_text(task.kind) for each in cases for task in each.case.tasks if task.done_on is None)
    return Portfolio(
        invoices=len(cases),
        debtors=len({each.case.invoice.debtor for each in cases}),
        invoiced=summed(each.case.ledger.total(EntryKind.PRINCIPAL) for each in cases),
        paid=summed(parts["paid"]),
        open=summed(parts["open"]),
        handed_off=summed(parts["handed_off"]),
        overpaid=summed(parts["overpaid"]) if any(amount for amount in parts["overpaid"]) else "",
        extras=summed(parts["extras"]) if any(amount for amount in parts["extras"]) else "",
        shares=_shares(parts, currency),
        sent=tuple(
            (
                channel,
                tr(CHANNEL_PLURALS[channel]),
                counted[channel],
                100 * counted[channel] / most,
            )
            for channel in CHANNEL_NAMES
            if counted[channel]
        ),
        ends=tuple((end, tr(name), ends[end]) for end, name in END_NAMES.items() if ends[end]),
        tasks=tuple(tasks.most_common()),
        currency=currency,
        money_in=money_in,
        came_in=summed(amount for _, amount in money_in),
        before=summed(before) if before else "",
    )


SHARE_NAMES = {
    "paid": "paid",
    "credited": "credited",
    "written_off": "written off",
    "handed_off": "with the agency",
    "open": "still open",
    "small": "too little to chase",
}
"""What may have become of what was invoiced."""


def _shares(parts: dict[str, list[Money]], currency: str) -> tuple[Share, ...]:
    sums = {kind: sum(a.minor for a in parts[kind] if a.currency == currency) for kind in SHARE_NAMES}
    whole = sum(sums.values()) or 1
    return tuple(
        Share(kind, tr(name), summed([Money.from_minor(sums[kind], currency)]), round(100 * sums[kind] / whole, 2))
        for kind, name in SHARE_NAMES.items()
        if sums[kind] > 0
    )
