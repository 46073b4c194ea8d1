"""What a list of open items means: cases to open, and changes to the cases that are known already.

Pure: rows and cases in, facts and messages out. `services.importing.lists` stores them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from domain.case import Case
from domain.facts import DueDateChanged, Fact, HoldKind
from domain.invoice import Invoice
from domain.law.nl import presumed_receipt
from domain.ledger import EntryKind
from domain.mail_domains import mail_domain, why_doubtful
from domain.money import Money
from domain.opening import History, UnknownStep, open_case
from domain.parties import Contact, Creditor, Debtor
from domain.policy import Policy
from domain.tasks import TaskKind
from domain.terms import CreditorTerms
from intake.open_item import OpenItem, case_key
from intake.open_items.list_state import BrokenRow, SettledItem

__all__ = [
    "CannotImport",
    "Change",
    "ChangeKind",
    "KnownCase",
    "compare",
    "compare_broken",
    "debtor_of",
    "email_in_doubt",
    "import_id",
    "language_of",
    "missing_from_list",
    "open_item",
    "settle_known",
    "unreadable_row",
    "what_changed",
]

_ACTOR = "import"
_LETTERS = ("nl", "en", "fr", "de")


class CannotImport(ValueError):
    """A row that is well written but can't be used; the text says why and what to do.

    Attributes:
        column: The documented name of the column to mend, None when it is about the whole row.
    """

    def __init__(self, column: str | None, reason: str) -> None:
        """Say which column and why."""
        super().__init__(reason)
        self.column = column


class ChangeKind(StrEnum):
    """What a list changes in a case that is known."""

    PAYMENT = "payment"
    DUE_DATE = "due_date"
    AMOUNT_RAISED = "amount_raised"
    MISSING = "missing"
    ROW_UNREADABLE = "row_unreadable"
    BACK = "back"
    CREDIT = "credit"
    CORRECTED = "corrected"
    EMAIL_DOMAIN = "email_domain"
    DEBTOR = "debtor"


@dataclass(frozen=True, slots=True)
class Change:
    """One message to a known case.

    Attributes:
        kind: What it is about.
        name: Name of the message.
        content: Its fields; the `id` in them makes writing it twice harmless.
        says: The change in a few words, for the person who imports.
    """

    kind: ChangeKind
    name: str
    content: Mapping[str, str]
    says: str = field(compare=False, default="")


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case as it stands, with what waits in its inbox.

    Attributes:
        id: Id of the case.
        case: Its fold, as if the waiting messages were recorded.
        listed_due: Due date that the last list told; what people changed since then is no change of the list.
    """

    id: str
    case: Case
    listed_due: date

    @classmethod
    def of(cls, case_id: str, case: Case, facts: Iterable[Fact]) -> KnownCase:
        """A case with what the lists before said of it.

        Args:
            case_id: Id of the case.
            case: The case.
            facts: All its facts, in order.
        """
        told = [fact.due for fact in facts if isinstance(fact, DueDateChanged) and fact.id.startswith(f"due:{_ACTOR}:")]
        return cls(case_id, case, told[-1] if told else case.invoice.due)


def import_id(data: bytes) -> str:
    """Name of a list in the ids of its messages: the same file has the same name, whenever it is imported."""
    return f"{_ACTOR}:{sha256(data).hexdigest()[:16]}"


# New cases -------------------------------------------------------------------------------------------------


def open_item(
    item: OpenItem, creditor: Creditor, policies: Mapping[str, Policy], at: datetime
) -> tuple[Policy, tuple[Fact, ...]]:
    """The policy and the first facts of a new case.

    Args:
        item: The row.
        creditor: Whose rule picks the policy.
        policies: The policies that the rule names, by name.
        at: Moment of the import, aware.

    Raises:
        CannotImport: no policy fits, or what is told of earlier collection does not fit the policy.
    """
    invoice = invoice_of(item)
    name = creditor.policy_for(invoice, item.tags, item.law)
    if name is None:
        raise CannotImport(
            "kind",
            f"no rule of creditor {creditor.id} picks a policy for this invoice: add a rule under policies,"
            " or correct kind, amount or tags",
        )
    policy = policies[name]
    try:
        facts = open_case(
            invoice, policy, at, open_amount=item.open, history=history_of(item, policy, creditor.terms), review=True
        )
    except UnknownStep as problem:
        raise CannotImport("handed_off" if item.handed_off else "last_step", f"{problem}: correct it") from None
    return policy, facts


def invoice_of(item: OpenItem) -> Invoice:
    """The invoice of a row."""
    return Invoice(
        number=item.number,
        debtor=item.debtor_id,
        invoice_date=item.invoice_date,
        due=item.due,
        amount=item.amount,
        legal_status=item.legal_status,
        term_basis=item.term_basis,
        received_on=item.received_on,
        claim_basis=item.claim_basis,
        contract=item.contract,
        goods=item.goods,
        delivered_on=item.delivered_on,
        product=item.product,
        payment_reference=item.payment_reference,
        payment_link=item.payment_link,
    )


def history_of(item: OpenItem, policy: Policy, terms: CreditorTerms) -> History:
    """What a row tells of earlier collection.

    A notice with any proof counts as received on the day on which the law presumes it, by the mail product of the
    profile; without proof it is repeated (practice.md, Onboarding). A notice without `last_step` is the notice of the
    policy.

    Raises:
        CannotImport: the policy has no notice, or the profile does not say how long a letter of that day took.
    """
    last_step = item.last_step
    if item.notice_posted_on is not None and last_step is None:
        last_step = next((step.id for step in policy.steps if step.term is not None), None)
        if last_step is None:
            raise CannotImport(
                "notice_posted_on",
                f"a notice was posted, but policy {policy.policy} has none: leave the cell empty or fill in last_step",
            )
    contacts = [day for day in (item.last_contact_on, item.notice_posted_on) if day is not None]
    proven = item.notice_posted_on is not None and item.notice_proof is not None
    return History(
        last_step=last_step,
        last_contact_on=max(contacts, default=None),
        notice_posted_on=item.notice_posted_on,
        notice_received_on=presumed_receipt(item.notice_posted_on, terms.delivery_days)
        if proven and item.notice_posted_on
        else None,
        notice_evidence=item.notice_proof.value if item.notice_proof is not None else None,
        promise_until=item.promise_until,
        on_hold=item.hold is not None,
        hold_until=item.hold_until,
        handed_off=item.handed_off,
    )


# Known cases -----------------------------------------------------------------------------------------------


def compare(item: OpenItem, known: KnownCase, import_name: str, today: date) -> tuple[Change, ...]:
    """What a row changes in the case of its invoice; nothing when the two agree.

    Args:
        item: The row.
        known: The case as it stands.
        import_name: What `import_id` says of the file.
        today: Local day of the import.

    Raises:
        CannotImport: the row is in another currency than the case.
    """
    _same_currency(item.currency, known.case)
    key = case_key(item)
    return (
        *_balance(item.open, known.case, key, import_name, today),
        *_due_date(item.due, known, key, import_name),
        *_readable_again(known.case, key, import_name, today),
    )


def compare_broken(row: BrokenRow, known: KnownCase, import_name: str, today: date) -> tuple[Change, ...]:
    """What a row that gave no item changes in a case: what is sure of it, else the case waits.

    Raises:
        CannotImport: the row is in another currency than the case.
    """
    if row.open is None or row.key is None:
        return unreadable_row(known, import_name, today)
    _same_currency(row.open.currency, known.case)
    return (
        *_balance(row.open, known.case, row.key, import_name, today),
        *_readable_again(known.case, row.key, import_name, today),
    )


def unreadable_row(known: KnownCase, import_name: str, today: date) -> tuple[Change, ...]:
    """What it means that nobody knows what a list says of a case: no letter goes out on yesterday's amount.

    Closed cases, and those that an agency has, get no letters.
    """
    case = known.case
    own = f"{import_name}:unreadable"
    if case.closed is not None or case.handed_off or f"hold:{own}" in case.seen:
        return ()
    if _is_held(case, HoldKind.ROW_UNREADABLE, today):
        return ()
    unreadable = HoldKind.ROW_UNREADABLE.value
    says = f"{case.open.text} open in the case, and the list can't be read; on hold"
    return (
        Change(ChangeKind.ROW_UNREADABLE, "place_hold", {"id": own, "hold": unreadable, "actor": _ACTOR}, says),
        Change(
            ChangeKind.ROW_UNREADABLE,
            "raise_task",
            {"id": own, "task": TaskKind.ROW_UNREADABLE.value, "actor": _ACTOR},
            says,
        ),
    )


def _same_currency(currency: str, case: Case) -> None:
    if currency != case.ledger.currency:
        raise CannotImport(
            "currency",
            f"the case of this invoice is kept in {case.ledger.currency}, not in {currency}: correct the currency",
        )


def _balance(still_open: Money, case: Case, key: str, import_name: str, today: date) -> Iterator[Change]:
    """What was paid, or that the list says more than we know."""
    if still_open < case.open:
        yield from _payment(case, case.open - still_open, f"{import_name}:{key}", today)
    elif still_open > case.open - case.ledger.total(EntryKind.WRITE_OFF):
        # What was written off here is open in their books still, and is no news.
        # Named by the two amounts: the same difference in tomorrow's list is the same task, done or not.
        raised = f"{_ACTOR}:raised:{key}:{still_open.minor}:{case.open.minor}"
        if f"task:{raised}" not in case.seen and case.open_task(TaskKind.AMOUNT_RAISED) is None:
            content = {"id": raised, "task": TaskKind.AMOUNT_RAISED.value, "actor": _ACTOR}
            says = f"{still_open.text} open in the list, {case.open.text} in the case"
            yield Change(ChangeKind.AMOUNT_RAISED, "raise_task", content, says)


def _due_date(due: date, known: KnownCase, key: str, import_name: str) -> Iterator[Change]:
    if due not in (known.listed_due, known.case.due):
        content = {"id": f"{import_name}:{key}", "due": due.isoformat(), "actor": _ACTOR}
        if f"due:{content['id']}" not in known.case.seen:
            yield Change(ChangeKind.DUE_DATE, "change_due_date", content, f"{known.case.due} → {due}")


def _readable_again(case: Case, key: str, import_name: str, today: date) -> Iterator[Change]:
    """The invoice is in a list, and its row can be read: the holds that waited for it end."""
    for hold, name in ((HoldKind.MISSING_FROM_LIST, "back"), (HoldKind.ROW_UNREADABLE, "readable")):
        if _is_held(case, hold, today):
            content = {"id": f"{import_name}:{key}:{name}", "hold": hold.value, "actor": _ACTOR}
            yield Change(ChangeKind.BACK, "lift_hold", content, "in the list again; its hold ends")


def settle_known(settled: SettledItem, known: KnownCase, import_name: str, today: date) -> tuple[Change, ...]:
    """What a row with nothing open changes: the rest was paid.

    Raises:
        CannotImport: the row is in another currency than the case.
    """
    case = known.case
    _same_currency(settled.currency, case)
    over = Money.zero(settled.currency) if settled.over is None else settled.over
    paid = case.open + over - case.overpaid
    if not paid.is_positive or (case.closed is not None and not case.handed_off and not over.is_positive):
        return ()
    return _payment(case, paid, f"{import_name}:{settled.key}", today)


def missing_from_list(known: KnownCase, import_name: str, today: date) -> tuple[Change, ...]:
    """What it means that a complete list does not name an open case: it waits until a person has looked.

    Closed cases, and those that an agency has, are not expected in the list.
    """
    case = known.case
    if case.closed is not None or case.handed_off or _is_held(case, HoldKind.MISSING_FROM_LIST, today):
        return ()
    missing = HoldKind.MISSING_FROM_LIST.value
    own = f"{import_name}:missing"
    if f"hold:{own}" in case.seen:
        return ()
    says = f"{case.open.text} open, but not in the list; on hold"
    hold = Change(ChangeKind.MISSING, "place_hold", {"id": own, "hold": missing, "actor": _ACTOR}, says)
    task = Change(
        ChangeKind.MISSING, "raise_task", {"id": own, "task": TaskKind.MISSING_FROM_LIST.value, "actor": _ACTOR}, says
    )
    return (hold, task)


def _is_held(case: Case, kind: HoldKind, today: date) -> bool:
    return any(hold.kind is kind for hold in case.holds_on(today))


def _payment(case: Case, amount: Money, own: str, today: date) -> tuple[Change, ...]:
    if own in case.seen:
        return ()
    content = {
        "id": own,
        "amount": amount.text,
        "currency": amount.currency,
        "credited_on": today.isoformat(),
        "actor": _ACTOR,
    }
    return (Change(ChangeKind.PAYMENT, "payment_received", content, f"{amount.text} paid"),)


# Debtors ---------------------------------------------------------------------------------------------------


def language_of(item: OpenItem) -> str | None:
    """The language of the row when we write no letters in it, None when all is well."""
    return item.language if item.language is not None and item.language not in _LETTERS else None


def debtor_of(items: Iterable[OpenItem], known: Debtor | None) -> Debtor | None:
    """A debtor as the rows of a list tell it.

    The first row that says something counts; where all are silent, what was known stays.

    Args:
        items: All rows of the debtor, at least one.
        known: What the case file knows of him.

    Returns:
        The debtor; None when nobody knows his name, so that no letter can go out.
    """
    rows = tuple(items)

    def told(name: str) -> str | None:
        return next((value for item in rows if (value := getattr(item, name)) is not None), None)

    name = told("debtor_name") or (known.name if known else None)
    if name is None:
        return None
    contact = known.contacts[0] if known and known.contacts else Contact()
    news = {"name": told("contact_name"), "email": told("email"), "phone": told("phone")}
    contact = contact.model_copy(update={key: value for key, value in news.items() if value is not None})
    reachable = contact.name or contact.email or contact.phone
    others = known.contacts[1:] if known else ()
    language = told("language")
    if language is not None and language not in _LETTERS:
        language = "en"
    return Debtor.model_validate(
        {
            "id": rows[0].debtor_id,
            "name": name,
            "address": _address(rows) or (known.address if known else ()),
            "language": language or (known.language if known else "nl"),
            "contacts": (contact, *others) if reachable else others,
            "kvk": told("kvk") or (known.kvk if known else None),
            "enterprise_number": told("enterprise_number") or (known.enterprise_number if known else None),
            "legal_form": known.legal_form if known else None,
        }
    )


def what_changed(debtor: Debtor, known: Debtor) -> str | None:
    """What a list changes in a debtor, in a few words; None when nothing."""
    contact, before = debtor.contact("finance"), known.contact("finance")
    told = (
        ("name", debtor.name, known.name),
        ("address", ", ".join(debtor.address), ", ".join(known.address)),
        ("language", debtor.language, known.language),
        ("contact", contact and contact.name, before and before.name),
        ("e-mail", contact and contact.email, before and before.email),
        ("telephone", contact and contact.phone, before and before.phone),
        ("KvK", debtor.kvk, known.kvk),
        ("KBO", debtor.enterprise_number, known.enterprise_number),
    )
    changed = [_says_field(what, old or "–", new or "–") for what, new, old in told if (new or "") != (old or "")]
    return "; ".join(changed) or None


def _says_field(what: str, old: str, new: str) -> str:
    """A change of a debtor, as a sentence that can be said in other languages."""
    match what:
        case "name":
            return f"name {old} → {new}"
        case "address":
            return f"address {old} → {new}"
        case "language":
            return f"language {old} → {new}"
        case "contact":
            return f"contact {old} → {new}"
        case "e-mail":
            return f"e-mail {old} → {new}"
        case "telephone":
            return f"telephone {old} → {new}"
        case "KvK":
            return f"KvK {old} → {new}"
        case _:
            return f"KBO {old} → {new}"


def email_in_doubt(debtor: Debtor) -> Change | None:
    """The task to check the domain of a debtor's e-mail address, None when there is nothing to check.

    Named by the domain, so that the same one asks once, and another one asks again. Mail goes out meanwhile.
    """
    for contact in debtor.contacts:
        domain = mail_domain(contact.email or "")
        if (why := why_doubtful(domain)) is not None:
            own = f"{_ACTOR}:email_domain:{sha256(domain.encode('utf-8', 'replace')).hexdigest()[:16]}"
            task = {"id": own, "task": TaskKind.CHECK_EMAIL_DOMAIN.value, "actor": _ACTOR}
            return Change(ChangeKind.EMAIL_DOMAIN, "raise_task", task, why)
    return None


def _address(rows: Iterable[OpenItem]) -> tuple[str, ...]:
    """The address of the first row that has a whole one, as it stands on an envelope."""
    for item in rows:
        if item.street and item.city:
            town = f"{item.postcode}  {item.city}" if item.postcode else item.city
            abroad = (item.country,) if item.country not in (None, "NL") else ()
            return tuple(line for line in (item.street, town, *abroad) if line)
    return ()
