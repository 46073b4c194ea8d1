"""Reconciling: a remittance of a partner against his reports and his fees, to the cent.

Each line agrees, differs, was passed on before, or is of something that nobody reported; and what he reported and does
not pass on is listed beside them. A line about a case that nobody can explain becomes a task of that case; one that
means no case waits among what the partner reported and nobody could be told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from casefile.agency_reports import keep_line
from casefile.case_file import Transaction
from casefile.remittances import cases_with, held_there, keep_remittance, remittance_of, remitted_by
from domain.case import Case
from domain.handling.agencies import booked_as
from domain.handoffs.partners import Fees, Partner
from domain.handoffs.with_partner import reference_of
from domain.ledger import EntryKind
from domain.messages import inbox_id
from domain.money import Money, round_half_up
from domain.tasks import TaskKind
from intake.remittance import Remittance, RemittanceLine
from services.provider_money.partner_transfers import look_for_transfers

__all__ = ["LackingLine", "OtherRemittance", "ReconciledLine", "Reconciliation", "take_in_remittance"]

LineOutcome = Literal["agrees", "differs", "too_much", "unknown", "not_known"]
"""What was found of a line; `not_known`: nothing here says what it should be."""


_NO_CASE = "no case of this creditor is meant by it"


class OtherRemittance(ValueError):
    """A remittance of this number was taken in with another content."""


@dataclass(frozen=True, slots=True)
class ReconciledLine:
    """A line of the file, the case it is of, and what was found of it; `says` is in English."""

    line: int
    kind: str
    case: str
    amount: str
    outcome: LineOutcome
    says: str


@dataclass(frozen=True, slots=True)
class LackingLine:
    """What he reported up to that day and does not pass on: less than nothing where he may keep something back."""

    case: str
    number: str
    entry: str
    amount: str
    on: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was found of a remittance.

    Attributes:
        total: What he transfers.
        expected: What his lines come to: payments, less what came back, his fees, his costs and the VAT on them.
        balanced: Whether both are the same to the cent, every line agrees, and nothing lacks.
        again: Whether it had been taken in before; then this is what was found at that time.
    """

    number: str
    partner: str
    on: str
    currency: str
    total: str
    expected: str
    balanced: bool
    lines: tuple[ReconciledLine, ...]
    lacking: tuple[LackingLine, ...]
    again: bool = False

    def as_json(self) -> dict[str, object]:
        """As JSON values."""
        return asdict(self)


@dataclass(slots=True)
class _Taking:
    """A remittance while it is reconciled; `passed_on` are the entries that its lines pass on."""

    transaction: Transaction
    creditor: str
    partner: Partner
    remittance: Remittance
    passed_on: dict[tuple[str, str], int] = field(default_factory=dict)
    paid_of: dict[str, Money] = field(default_factory=dict)
    unknown: dict[str, list[int]] = field(default_factory=dict)
    of_nobody: list[RemittanceLine] = field(default_factory=list)
    references: dict[str, str] | None = None

    def case_of(self, line: RemittanceLine) -> str | None:
        """The case that a line names, or whose file has the reference that it names."""
        if line.case:
            found = [
                each
                for each in self.transaction.cases.find(line.case)
                if self.transaction.cases.load(each).creditor == self.creditor
            ]
            return found[0] if len(found) == 1 else None
        if not line.reference:
            return None
        if self.references is None:
            ids = cases_with(self.transaction, self.creditor, self.partner.id)
            self.references = {reference_of(self.transaction.cases.load(each).case): each for each in ids}
        return self.references.get(line.reference)

    def lines(self) -> Iterator[ReconciledLine]:
        """What is found of each line, fees last, for they are counted of what the others pass on."""
        ordered = sorted(self.remittance.lines, key=lambda each: each.kind in ("fee", "vat"))
        for line in ordered:
            case_id = self.case_of(line)
            outcome, says = self._judged(line, case_id)
            if outcome == "unknown" and case_id is not None:
                self.unknown.setdefault(case_id, []).append(line.line)
            elif outcome == "unknown":
                self.of_nobody.append(line)
            yield ReconciledLine(line.line, line.kind, case_id or line.case, line.amount.text, outcome, says)

    def _judged(self, line: RemittanceLine, case_id: str | None) -> tuple[LineOutcome, str]:
        if line.kind == "fee":
            return self._fee(line, case_id)
        if line.kind == "vat":
            return "not_known", "the VAT on his fees: compare it with his invoice"
        if case_id is None:
            return "unknown", _NO_CASE
        case = self.transaction.cases.load(case_id).case
        if line.kind == "costs":
            told = [each for each in case.reports if each.amount == line.amount and not each.status.startswith("pay")]
            return ("agrees", "") if told else ("unknown", "he reported no such costs")
        return self._money(line, case_id, case)

    def _money(self, line: RemittanceLine, case_id: str, case: Case) -> tuple[LineOutcome, str]:
        wanted = EntryKind.PAYMENT if line.kind == "payment" else EntryKind.REVERSAL
        own = booked_as(self.partner.id, line.report)
        named = own if wanted is EntryKind.PAYMENT else f"reversal:{own}"
        theirs = [each for each in case.ledger.entries if each.source == self.partner.id and each.kind is wanted]
        if line.report:
            found = next((each for each in theirs if each.id == named), None)
        else:
            alike = [each for each in theirs if abs(each.amount) == line.amount]
            free = [each for each in alike if self._before(case_id, each.id) is None]
            found = next(iter(free or alike), None)
        if found is None:
            return "unknown", "he reported no such payment"
        before = self._before(case_id, found.id)
        if before is not None:
            return "too_much", f"passed on before, {before}"
        if abs(found.amount) != line.amount:
            reported, other = abs(found.amount), found.amount.currency != line.amount.currency
            return (
                "differs",
                f"he reported {reported.text} {reported.currency}" if other else f"he reported {reported.text}",
            )
        self.passed_on[(case_id, found.id)] = line.line
        paid = self.paid_of.get(case_id, Money.zero(line.amount.currency))
        self.paid_of[case_id] = paid + line.amount if wanted is EntryKind.PAYMENT else paid - line.amount
        return "agrees", ""

    def _before(self, case_id: str, entry: str) -> str | None:
        """Where an entry was passed on before, if it was."""
        line = self.passed_on.get((case_id, entry))
        if line is not None:
            return f"in line {line}"
        number = remitted_by(self.transaction, case_id, entry)
        return None if number is None else f"by {number}"

    def _fee(self, line: RemittanceLine, case_id: str | None) -> tuple[LineOutcome, str]:
        fees = self.partner.fees
        if fees is None:
            return "not_known", "the profile does not say what the partner asks: `fees`"
        zero = Money.zero(line.amount.currency)
        about = self.paid_of if case_id is None else {case_id: self.paid_of.get(case_id, zero)}
        right = _agreed_fees(fees, tuple(about.values()), line.amount.currency)
        if line.amount in right:
            return "agrees", ""
        return "differs", f"by the agreement {right[0].text}"

    def lacking(self) -> tuple[LackingLine, ...]:
        """What was paid to him, or came back, and is passed on by no remittance."""
        left = held_there(self.transaction, self.creditor, self.partner.id, self.remittance.on)
        currency = self.remittance.total.currency
        left = tuple(
            each
            for each in left
            if (each.case_id, each.entry) not in self.passed_on and each.amount.currency == currency
        )
        payments = {(each.case_id, each.entry) for each in left if each.of is None}
        found = []
        for each in left:
            # What came back before he passed it on is none of it.
            if each.of is not None and (each.case_id, each.of) in payments:
                continue
            back = [o.amount for o in left if (o.case_id, o.of) == (each.case_id, each.entry)]
            amount = -sum(back, each.amount)
            if not amount.is_zero:
                found.append(LackingLine(each.case_id, each.number, each.entry, amount.text, each.on.isoformat()))
        return tuple(found)


def take_in_remittance(
    transaction: Transaction,
    creditor: str,
    partner: Partner,
    remittance: Remittance,
    content: bytes,
    actor: str,
    at: datetime,
) -> Reconciliation:
    """Reconcile a remittance and keep it; taken in again nothing changes.

    Raises:
        OtherRemittance: one of its number was taken in, with another content.
    """
    digest = sha256(content).hexdigest()
    kept = remittance_of(transaction, creditor, partner.id, remittance.number)
    if kept is not None:
        if kept.sha256 != digest:
            raise OtherRemittance(
                f"remittance {remittance.number} of {partner.id} was taken in with another content; "
                "ask him which one holds, and give what is new a number of its own"
            )
        return _read_again(kept.result)
    taking = _Taking(transaction, creditor, partner, remittance)
    lines = tuple(sorted(taking.lines(), key=lambda each: each.line))
    lacking = taking.lacking()
    expected = _sum_of(remittance.lines, remittance.total.currency)
    good = all(each.outcome in ("agrees", "not_known") for each in lines)
    found = Reconciliation(
        number=remittance.number,
        partner=partner.id,
        on=remittance.on.isoformat(),
        currency=remittance.total.currency,
        total=remittance.total.text,
        expected=expected.text,
        balanced=good and not lacking and expected == remittance.total,
        lines=lines,
        lacking=lacking,
    )
    keep_remittance(
        transaction,
        creditor,
        partner.id,
        remittance.number,
        sha256=digest,
        on=remittance.on,
        total=remittance.total,
        result=found.as_json(),
        entries=taking.passed_on,
        actor=actor,
        at=at,
    )
    look_for_transfers(transaction, creditor, partner.id, at)
    for case_id in taking.unknown:
        raw = json.dumps(
            {"id": f"remittance:{partner.id}:{remittance.number}", "task": TaskKind.CHECK_REMITTANCE}
        ).encode()
        transaction.inbox.accept(case_id, inbox_id("raise_task", raw, ""), "raise_task", raw, at)
    for line in taking.of_nobody:
        _keep_of_nobody(transaction, creditor, partner.id, remittance, line, at)
    return found


def _keep_of_nobody(
    transaction: Transaction, creditor: str, partner: str, remittance: Remittance, line: RemittanceLine, at: datetime
) -> None:
    """A line that means no case waits among the reports of the partner, until a person says whose it is."""
    body = {
        "remittance": remittance.number,
        "on": remittance.on.isoformat(),
        "line": line.line,
        "status": line.kind,
        "case": line.case,
        "reference": line.reference,
        "report": line.report,
        "amount": line.amount.text,
        "currency": line.amount.currency,
        "creditor": creditor,
    }
    own = f"remittance:{creditor}:{remittance.number}:{line.line}"
    problem = f"remittance {remittance.number}, line {line.line}: {_NO_CASE}"
    said = json.dumps({name: value for name, value in body.items() if value})
    keep_line(transaction.session, partner, own, said, problem, at)


def _read_again(result: object) -> Reconciliation:
    said = dict(result) if isinstance(result, dict) else {}
    lines = tuple(ReconciledLine(**each) for each in said.pop("lines", ()))
    lacking = tuple(LackingLine(**each) for each in said.pop("lacking", ()))
    return Reconciliation(**{**said, "lines": lines, "lacking": lacking, "again": True})


def _sum_of(lines: Sequence[RemittanceLine], currency: str) -> Money:
    total = Money.zero(currency)
    for line in lines:
        total = total + line.amount if line.kind == "payment" else total - line.amount
    return total


def _agreed_fees(fees: Fees, amounts: Sequence[Money], currency: str) -> tuple[Money, ...]:
    """What the agreement makes of what was passed on: the percentage, and with it the fee for opening each file."""
    share = sum((each.amount for each in amounts), Decimal(0)) * fees.percent / 100
    base = round_half_up(share, currency)
    return tuple(base + Money(fees.fixed * number, currency) for number in range(len(amounts) + 1))
