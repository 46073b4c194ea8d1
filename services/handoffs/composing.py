"""The file of a hand-off: everything that the partner gets, or what it still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256

from casefile.case_file import Transaction
from casefile.deliveries import Letter
from casefile.handed_off import partner_having
from casefile.proof import Enclosed, Proof
from domain.bundle import Member, message_id
from domain.facts import Asked
from domain.handoffs.check import lacking
from domain.handoffs.partners import Partner
from domain.handoffs.with_partner import former_partners
from domain.invoice import LegalStatus, YesNo, YesNoUnknown
from domain.money import Money
from domain.parties import Creditor, Debtor
from domain.sent import UNMADE
from intake.written.legal_forms import legal_form
from letters.errors import Unprintable
from letters.statement.content import Party, PartyKind, Statement, TakingOver, court_language
from letters.statement.papers import ListedDocument, claim_statement, summary
from services.correspondence.calculation import calculation_json
from services.correspondence.composing import Composed
from services.correspondence.making import Made
from services.handoffs.claimed import claimed_of
from services.handoffs.documents import documents_of, kept_messages, message_document
from services.handoffs.manifest import ManifestEntry, ManifestMessage, manifest_of
from services.handoffs.on_file import on_file_of
from services.ports import Document, DossierBuilder

__all__ = ["compose_hand_off"]

_MOST_NAMED = 8
"""Invoices that the subject of a file names."""

_PAPERS = {"nl": ("01 samenvatting.pdf", "02 vordering.pdf"), "fr": ("01 resume.pdf", "02 decompte.pdf")}


def compose_hand_off(
    transaction: Transaction,
    creditor: Creditor,
    members: Sequence[Member],
    asked: Sequence[Asked],
    on: date,
    build: DossierBuilder,
    made: Made | None = None,
) -> Composed:
    """Compose the file of one or more cases of a debtor; refused, with what is missing, when it is not complete.

    Args:
        transaction: On the case file.
        creditor: Who hands off.
        members: The cases, each with its hand-off.
        asked: What is owed of each.
        on: Local day.
        build: Packs the file.
        made: What was made of it before; None: nothing.
    """
    making = made or Made()
    lead = members[0]
    message, key = _names(transaction, creditor, members, on)
    whole = sum((each.case.open for each in members[1:]), start=lead.case.open)
    having = partner_having(transaction.session, creditor.id, lead.case.invoice.debtor)
    missing = [each for member in members for each in _missing(transaction, creditor, member, whole, having)]
    if missing:
        return Composed(message, (), (("agency", key),), {key: f"{UNMADE}: the file lacks something: {missing[0]}"})
    try:
        partner = _partner(creditor, members, whole, having)
        manifest, documents = _content(transaction, creditor, members, on, making, partner)
    except Unprintable as error:
        return Composed(message, (), (("agency", key),), {key: f"{UNMADE}: {error}"})
    letter = Letter(
        key=key,
        message=message,
        step=lead.step.id,
        issue=lead.issue,
        letter="dossier",
        channel="agency",
        recipient=creditor.agency,
        subject=f"{creditor.name}: {_numbers(members)}",
        media_type="application/zip",
        content=making.of(build, manifest, documents),
        filename_hint=f"{on} {lead.step.id} agency",
        partner=None if partner is None else partner.id,
        way=None if partner is None else partner.channel,
        proof=Proof(
            calculation=calculation_json(members, asked, on),
            enclosed=tuple(
                Enclosed(each.title or each.name, each.media_type, sha256(each.content).hexdigest())
                for each in documents
            ),
        ),
    )
    return Composed(message, (letter,), (("agency", key),), {}, "" if partner is None else partner.id)


def _names(transaction: Transaction, creditor: Creditor, members: Sequence[Member], on: date) -> tuple[str, str]:
    """Id and send key of the file; another try of the same cases has the names of the first."""
    lead = members[0]
    alone = f"{lead.case.invoice.number}/{lead.step.id}/{lead.issue}"
    own_key = f"{lead.key}/{lead.step.id}/{lead.issue}/agency/{lead.step.hand_off}"
    if len(members) == 1:
        return alone, own_key
    tried = {None if each.attempt is None else each.attempt.message for each in members}
    before = next(iter(tried)) if len(tried) == 1 else None
    message = before or message_id(members, lead.case.invoice.debtor, on)
    key = f"bundle:{creditor.id}/{message}/agency/{lead.step.hand_off}"
    # What left today under that name was another file of his.
    return (message, key) if transaction.deliveries.may_intend(key) else (alone, own_key)


def _numbers(members: Sequence[Member]) -> str:
    return ", ".join(each.case.invoice.number for each in members[:_MOST_NAMED])


def _missing(
    transaction: Transaction, creditor: Creditor, member: Member, whole: Money, having: str | None
) -> list[str]:
    on_file = on_file_of(transaction, member.key, creditor, member.case, member.policy, whole, having)
    return [f"{member.case.invoice.number}: {each.evidence}" for each in lacking(member.case, on_file)]


def _content(
    transaction: Transaction,
    creditor: Creditor,
    members: Sequence[Member],
    on: date,
    making: Made,
    partner: Partner | None,
) -> tuple[dict[str, object], list[Document]]:
    lead = members[0]
    debtor = transaction.parties.debtor(creditor.id, lead.case.invoice.debtor)
    if debtor is None:
        raise LookupError(f"debtor {lead.case.invoice.debtor} is not in the case file")
    language = court_language(lead.policy.law, debtor.language)
    found: dict[str, Document] = {}
    about: dict[str, dict[str, None]] = {}
    for member in members:
        for each in kept_messages(transaction, member.key):
            document = message_document(each, member, language)
            found[document.name] = document
            about.setdefault(document.name, {})[member.case.invoice.number] = None
    for member in members:
        for document in documents_of(transaction, member.key, language):
            found[document.name] = document
            about.setdefault(document.name, {})[member.case.invoice.number] = None
    # Numbered as exhibits are: 1 and 2 are the papers that tell of the others.
    numbered = {name: replace(each, name=f"{n:02d} {name}") for n, (name, each) in enumerate(found.items(), start=3)}
    invoices = []
    ledger: list[ManifestEntry] = []
    messages: dict[str, ManifestMessage] = {}
    for member in members:
        invoices.append(claimed_of(transaction, member, on, numbered, language))
        for each in kept_messages(transaction, member.key):
            messages[each.key] = ManifestMessage(
                case=member.key,
                step=each.step,
                channel=each.channel,
                sent_at=each.intended_at.isoformat(),
                sha256=each.sha256,
            )
        ledger += [
            ManifestEntry(
                case=member.key, id=e.id, kind=e.kind.value, amount=e.amount, credited_on=e.credited_on, of=e.of
            )
            for e in member.case.ledger.entries
        ]
    statement = Statement(
        on=on,
        language=language,
        law=lead.policy.law,
        creditor=_creditor(creditor),
        debtor=_debtor(debtor, lead.case.invoice.legal_status),
        partner=None
        if partner is None
        else TakingOver(
            name=partner.name,
            kind=partner.kind,
            register_number=partner.register_number,
            iso=partner.iso,
            guarantee_fund=partner.guarantee_fund,
            address=partner.address,
        ),
        invoices=tuple(invoices),
    )
    documents = list(numbered.values())
    listed = [
        ListedDocument(d.name, d.kind, sha256(d.content).hexdigest(), tuple(about[name]))
        for name, d in numbered.items()
    ]
    first, second = _PAPERS[language]
    papers = [
        Document(first, "application/pdf", making.of(summary, statement), kind="summary"),
        Document(second, "application/pdf", making.of(claim_statement, statement, listed), kind="statement"),
    ]
    return manifest_of(statement, tuple(ledger), tuple(messages.values())), [*papers, *documents]


def _partner(creditor: Creditor, members: Sequence[Member], whole: Money, having: str | None) -> Partner | None:
    lead = members[0]
    former = frozenset[str]().union(*(former_partners(each.case) for each in members))
    return creditor.partner_of(lead.case.invoice, whole, lead.policy.law, having, but=former)


def _creditor(creditor: Creditor) -> Party:
    factor = creditor.paid_to("factor")
    return Party(
        name=creditor.name,
        address=creditor.address,
        legal_form=_form(creditor.name),
        kvk=creditor.kvk,
        enterprise_number=creditor.enterprise_number,
        vat=creditor.vat,
        iban=creditor.iban if factor is None else factor.iban,
        bic=creditor.bic if factor is None else factor.bic,
        account_name=None if factor is None else factor.name,
        email=creditor.email,
        phone=creditor.phone,
    )


def _debtor(debtor: Debtor, status: LegalStatus) -> Party:
    contact = debtor.contacts[0] if debtor.contacts else None
    return Party(
        name=debtor.name,
        address=debtor.address,
        kind=_kind(status),
        legal_form=debtor.legal_form or _form(debtor.name),
        kvk=debtor.kvk,
        enterprise_number=debtor.enterprise_number,
        email=None if contact is None else contact.email,
        phone=None if contact is None else contact.phone,
    )


def _form(name: str) -> str | None:
    found = legal_form(name)
    return None if found is None else found.upper() if len(found) <= 4 else found.capitalize()


def _kind(status: LegalStatus) -> PartyKind:
    if status.government is YesNo.YES:
        return "public_body"
    if status.natural_person is YesNoUnknown.NO:
        return "company"
    if status.natural_person is YesNoUnknown.YES and status.in_business is YesNoUnknown.YES:
        return "person_in_business"
    if status.natural_person is YesNoUnknown.YES and status.in_business is YesNoUnknown.NO:
        return "consumer"
    return "unknown"
