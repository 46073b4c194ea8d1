"""What the imports of lists and of e-invoices share: files, results, and writing to cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from casefile.case_file import Transaction
from casefile.cases import UnknownCase
from casefile.taken_lists import Staying
from domain.case import Case
from domain.facts import Fact
from domain.invoice import Kind
from domain.messages import inbox_id
from domain.parties import Creditor, Debtor
from domain.planning.planner import plan
from domain.policy import Policy
from domain.surroundings import Surroundings
from domain.terms import CreditorTerms
from intake.comparing import Change, KnownCase, email_in_doubt
from intake.findings import Finding
from intake.open_item import OpenItem, plain
from letters.references import StructuredReference, checked_reference
from policies.creditor_profile import CreditorProfile
from services.current_case import current_case

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "OPENED",
    "UNALLOCATED",
    "UNCHANGED",
    "Counter",
    "Imported",
    "ImportedList",
    "ListFile",
    "OtherAccountStored",
    "OtherPolicyStored",
    "Progress",
    "known_case",
    "save_profile",
    "says_opened",
    "structured_reference",
    "tell_doubt",
    "tell_known",
    "with_checked_reference",
]

MAX_DOCUMENT_BYTES = 20_000_000
"""Largest invoice document that is kept; mail servers refuse more."""

OPENED, UNCHANGED, UNALLOCATED = "opened", "unchanged", "unallocated"

Progress = Callable[[int, int], None]
"""Told how many rows are done, and how many there are."""


class OtherPolicyStored(ValueError):
    """A policy of the profile is in use with another content under the same version."""


class OtherAccountStored(ValueError):
    """The profile names another account than the one that letters have asked payment into."""

    def __init__(self, known: str, new: str) -> None:
        """Ask whether that is meant.

        Args:
            known: The account of the case file.
            new: That of the profile.
        """
        super().__init__(f"debtors are asked to pay into {known}, and this profile says {new}")


def accounts_of(creditor: Creditor) -> tuple[str, ...]:
    """The accounts that letters name, without spaces."""
    written = (creditor.iban, *(each.iban for each in creditor.pay_to))
    return tuple("".join(account.split()).upper() for account in written)


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list of open items, or an e-invoice, as it lies on disk or came over a page.

    Attributes:
        name: As findings call it.
        data: Its bytes.
        folder: Where its documents lie; None where it came over a page: nothing is read from this machine's disk then.
        beside: Documents that came along, by name.
    """

    name: str
    data: bytes
    folder: Path | None
    beside: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one invoice.

    Attributes:
        line: Line of the list, None for an invoice that it does not name.
        case_id: Its case; empty for a credit note that is on none.
        what: `opened`, `unchanged`, `unallocated`, or the kind of change (`intake.comparing.ChangeKind`).
        says: Details for a person.
        debtor: Name of the debtor, or his number where no name is told.
    """

    line: int | None
    number: str
    case_id: str
    what: str
    says: str = ""
    debtor: str = ""


@dataclass(frozen=True, slots=True)
class ImportedList:
    """What became of one file: of each invoice, and all remarks in order of line.

    Attributes:
        is_invoice: Whether the file is an e-invoice, not a list.
        stays: Of a list that is refused as a whole, what goes on as it was.
    """

    file: str
    rows: tuple[Imported, ...]
    findings: tuple[Finding, ...]
    is_invoice: bool = False
    stays: Staying | None = None

    @property
    def has_errors(self) -> bool:
        """Whether anything was left out because it could not be used."""
        return any(finding.severity == "error" for finding in self.findings)

    def count(self, what: str) -> int:
        """Number of invoices of which something became."""
        return sum(row.what == what for row in self.rows)


@dataclass(slots=True)
class Counter:
    """Counts what is done, and tells of it."""

    progress: Progress
    total: int
    done: int = 0

    def count(self) -> None:
        """One more is done."""
        self.done += 1
        self.progress(self.done, self.total)


def save_profile(transaction: Transaction, profile: CreditorProfile, *, accept_new_account: bool = False) -> None:
    """Store the creditor and his policies.

    Args:
        transaction: One that locks the whole file.
        profile: The creditor with his policies.
        accept_new_account: Letters from now on may ask for payment into another account than those before.

    Raises:
        OtherAccountStored: debtors were told another account, and nobody has accepted the new one.
        OtherPolicyStored: a policy is in use with another content.
    """
    creditor = profile.creditor
    known = transaction.parties.known_creditor(creditor.id)
    if known is not None and not accept_new_account and accounts_of(known) != accounts_of(creditor):
        raise OtherAccountStored(", ".join(accounts_of(known)), ", ".join(accounts_of(creditor)))
    transaction.parties.save_creditor(creditor)
    for policy in profile.policies.values():
        try:
            transaction.parties.save_policy(policy)
        except ValueError as problem:
            raise OtherPolicyStored(str(problem)) from None


def known_case(transaction: Transaction, case: str, at: datetime, due: date | None = None) -> KnownCase | None:
    """A case as it stands with what waits in its inbox, None when there is none.

    Args:
        transaction: The case file.
        case: Id of the case.
        at: Moment of the import.
        due: Due date that a list tells; only one that differs asks what the lists before have said.
    """
    try:
        current = current_case(transaction, case, at)
    except UnknownCase:
        return None
    asks = due is not None and due != current.case.due
    facts = (*transaction.cases.facts(case), *current.pending_facts) if asks else ()
    return KnownCase.of(case, current.case, facts)


def tell_known(
    transaction: Transaction, known: KnownCase, line: int | None, changes: Iterable[Change], at: datetime
) -> list[Imported]:
    """Put changes into the inbox of a case; what was told before is told once.

    Returns:
        What became of it: one row for each kind of change, or `unchanged`.
    """
    number, debtor = known.case.invoice.number, known.case.invoice.debtor
    told: dict[str, str] = {}
    for change in changes:
        raw = json.dumps(dict(change.content)).encode()
        message = inbox_id(change.name, raw, change.content["id"])
        if transaction.inbox.accept(known.id, message, change.name, raw, at):
            told[change.kind.value] = change.says
    if not told:
        return [Imported(line, number, known.id, UNCHANGED, debtor=debtor)]
    return [Imported(line, number, known.id, what, says, debtor) for what, says in told.items()]


def tell_doubt(
    transaction: Transaction, debtor: Debtor | None, cases: Iterable[tuple[str, int]], at: datetime
) -> list[Imported]:
    """Have a person look at the e-mail address of a debtor whose domain looks like another one.

    Args:
        transaction: The case file.
        debtor: The debtor, as he is kept.
        cases: Id and line of each of his cases in the file, new ones among them.
        at: Moment of the import.

    Returns:
        What became of it; nothing of cases that are closed, or were told before.
    """
    change = None if debtor is None else email_in_doubt(debtor)
    if change is None:
        return []
    found = ((known_case(transaction, case, at), line) for case, line in cases)
    told = [
        row
        for known, line in found
        if known is not None and known.case.closed is None
        for row in tell_known(transaction, known, line, (change,), at)
    ]
    return [row for row in told if row.what != UNCHANGED]


def says_opened(policy: Policy, facts: Sequence[Fact], case: Case, terms: CreditorTerms, at: datetime) -> str:
    """How a new case begins, in a few words: what is open, when it was due, of whom, and what happens first.

    Args:
        policy: The policy it got.
        facts: Its first facts.
        case: The fold of them.
        terms: What the law must know of the creditor.
        at: Moment of the import, aware.
    """
    consumer = case.invoice.legal_status.protected_as_consumer
    holds = [fact.hold.value.replace("_", " ") for fact in facts if fact.kind == "hold_placed"]
    kind = Kind.CONSUMER if consumer else Kind.BUSINESS
    says = f"{case.open.text} {case.ledger.currency} open, due {case.due}, {kind}, policy {policy.policy}"
    if holds:
        return f"{says}, on hold: {', '.join(holds)}"
    first = plan(case, policy, Surroundings(terms=terms), at)
    if first.step is None or first.at is None:
        return says
    day = policy.sending_calendar.local_date(max(first.at, at))
    return f"{says}, first: {first.step} on {day}"


# References ------------------------------------------------------------------------------------------------


def with_checked_reference(item: OpenItem, warn: Callable[[str, str], None]) -> OpenItem:
    """A row of a list with a structured reference that a bank can match, or with none.

    What stands in the column for it is checked. In the column `reference`, which also holds order numbers, only RF and
    the Belgian form with its signs are taken for one: bare digits pass the Dutch check by chance.

    Args:
        item: The row.
        warn: Told column and reason.
    """
    if item.payment_reference is not None:
        try:
            found: StructuredReference | None = checked_reference(item.payment_reference)
        except ValueError as problem:
            warn("payment_reference", f"{problem}; letters give the invoice number alone")
            found = None
    else:
        found = _checked(item.reference or "")
        if found is not None and found.standard == "betalingskenmerk":
            found = None
    told = None if found is None else found.shown
    return item if told == item.payment_reference else replace(item, payment_reference=told)


def structured_reference(texts: Iterable[str], number: str) -> str | None:
    """The first structured reference among what an e-invoice says that the payer should quote, as people read it.

    Args:
        texts: What it says.
        number: The invoice number, which many senders write there and which is none.
    """
    for text in texts:
        found = None if plain(text) == plain(number) else _checked(text)
        if found is not None:
            return found.shown
    return None


def _checked(text: str) -> StructuredReference | None:
    try:
        return checked_reference(text)
    except ValueError:
        return None
