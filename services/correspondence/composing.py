"""Composing: from a decision to the exact bytes that leave, each under its send key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

from pydantic import ValidationError

from casefile.case_file import Transaction
from casefile.deliveries import Letter
from casefile.handed_off import partner_having
from casefile.pay_tokens import new_secret
from casefile.proof import Enclosed, Proof
from casefile.replies import new_reply_token, reply_token
from domain.bundle import Member, channels_done, channels_of, leading, message_id
from domain.case import Case
from domain.claims.claim import Claim
from domain.facts import Asked
from domain.file_names import distinct_filenames, safe_filename, with_extension
from domain.parties import Creditor, Debtor
from domain.sent import UNMADE
from letters.content import LetterContent
from letters.eml import Attachment, BadAddress, compose_email
from letters.render import (
    UnknownLetter,
    Unprintable,
    VoidLetter,
    effective_letter,
    render_email,
    render_paper,
    render_sms,
    template_version,
)
from services.correspondence.calculation import calculation_json
from services.correspondence.letter_content import letter_content
from services.correspondence.making import Made
from services.correspondence.stages import overdue_others
from services.debtor_page.linking import PayPages


@dataclass(frozen=True, slots=True)
class Form:
    """A letter in the form of one channel."""

    subject: str
    media_type: str
    content: bytes


_CARRY_FILES = ("email", "post", "registered")
"""Channels whose messages can hold the invoice."""

_NOT_ON_PAPER = ("email", "sms", "call")

_MAY_BE_BLOCKED = ("email", "sms", "call")
"""Channels of which a provider may say that an address reaches nobody, or that its owner does not want it."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message, complete.

    Attributes:
        message: Its id, shared by all cases in it.
        letters: What is handed to the gateways.
        deliveries: `(channel, send key)` of every channel, also of those that can't be used.
        unusable: Why a channel can't be used, by send key.
        partner: Id of the partner who gets it, of the file of a hand-off; empty where the profile names none.
    """

    message: str
    letters: tuple[Letter, ...]
    deliveries: tuple[tuple[str, str], ...]
    unusable: Mapping[str, str]
    partner: str = ""


def compose_message(
    transaction: Transaction,
    creditor: Creditor,
    members: Sequence[Member],
    asked: Sequence[Asked],
    on: date,
    at: datetime,
    pages: PayPages | None = None,
    *,
    reply_domain: str | None = None,
    made: Made | None = None,
    claims: Sequence[Claim] | None = None,
) -> Composed:
    """Compose the message of one or more cases of one debtor, for every channel of their steps.

    Args:
        transaction: The case file, for debtor and documents; of a reader nothing is written.
        creditor: Who asks.
        members: The cases in the message; their keys are case ids.
        asked: What it says of each of them.
        on: Local day of sending.
        at: Moment of sending.
        pages: Makes the link to the debtor's page; None: the message carries none.
        reply_domain: Where answers to e-mails are taken in, each at an address of its own; None: the sender gets them.
        made: What was made of the message before, and is kept for the next time.
        claims: `claims_of` the cases, where that is known.
    """
    made = made or Made()
    lead = leading(members)
    debtor_id = lead.case.invoice.debtor
    debtor = transaction.parties.debtor(creditor.id, debtor_id) or Debtor(id=debtor_id, name=debtor_id)
    others = _others(transaction, creditor, members, on)
    content: LetterContent | None = None
    contradiction = ""
    message = lead.attempt.message if lead.attempt else message_id(members, debtor_id, on)

    def page() -> str | None:
        return (
            None
            if pages is None
            else pages.made_for(transaction, creditor.id, debtor_id, message, made.drawn("page", new_secret))
        )

    def having() -> str | None:
        return partner_having(transaction.session, creditor.id, debtor_id) if creditor.partners else None

    try:
        content = letter_content(
            members, asked, creditor, debtor, debtor.contact(lead.step.to), on, others, page, having
        )
    except ValidationError as error:
        # What it was to say is not so any more, or never was: nobody gets it, a person is told, and the case goes on.
        contradiction = "; ".join(dict.fromkeys(str(each["msg"]) for each in error.errors()))
    root = _send_key_root(creditor, members, debtor_id, on, lead, message)
    calculation = calculation_json(members, asked, on, claims)

    def reply_to() -> str | None:
        if reply_domain is None or channel != "email":
            return None
        drawn = made.drawn("reply", new_reply_token)
        token = reply_token(transaction.session, message, [member.key for member in members], drawn)
        return f"case+{token}@{reply_domain}"

    letters: list[Letter] = []
    deliveries: list[tuple[str, str]] = []
    unusable: dict[str, str] = {}
    for channel in channels_of(members):
        key = f"{root}/{channel}/{lead.step.to}"
        if channel not in channels_done(lead) and not transaction.deliveries.may_intend(key):
            # The bundle it once belonged to went without it: it goes under its own key now.
            key = f"{lead.key}/{lead.step.id}/{lead.issue}/{channel}/{lead.step.to}"
        deliveries.append((channel, key))
        recipient = debtor.address_for(channel, lead.step.to)
        if recipient is None:
            unusable[key] = f"no address for {channel} is known"
            continue
        if channel in _MAY_BE_BLOCKED and (blocked := transaction.blocked.why(channel, recipient)) is not None:
            unusable[key] = f"{channel} is not used for this address: {blocked}"
            continue
        if content is None:
            unusable[key] = f"{UNMADE} for {channel}: {contradiction}"
            continue
        enclosed = _attachments(transaction, members) if channel in _CARRY_FILES else ()
        try:
            if channel in _NOT_ON_PAPER:
                form = made.of(form_of, channel, content, recipient, key, at, attachments=enclosed, reply_to=reply_to())
            else:
                form = made.printed(form_on_paper, content, enclosed)
            made_with = template_version(effective_letter(content), content.language)
        except (VoidLetter, UnknownLetter) as error:
            # What a letter lacks is told; it names parts and phrases, and nobody's data.
            unusable[key] = f"{UNMADE} for {channel}: {error}"
            continue
        except (Unprintable, BadAddress) as error:
            unusable[key] = f"{type(error).__name__}: the message can't be made for {channel}"
            continue
        letters.append(
            Letter(
                key=key,
                message=message,
                step=lead.step.id,
                issue=lead.issue,
                letter=content.letter,
                channel=channel,
                recipient=recipient,
                subject=form.subject,
                media_type=form.media_type,
                content=form.content,
                filename_hint=f"{on} {lead.step.id} {channel}",
                proof=Proof(
                    calculation=calculation,
                    content=content.model_dump_json(),
                    template_version=made_with,
                    enclosed=tuple(_enclosed(each.filename, each.media_type, each.content) for each in enclosed),
                ),
            )
        )
    return Composed(message, tuple(letters), tuple(deliveries), unusable)


def _others(transaction: Transaction, creditor: Creditor, members: Sequence[Member], on: date) -> tuple[Case, ...]:
    """The debtor's other overdue invoices, where the policy lists them."""
    lead = leading(members)
    if not lead.policy.lists_others:
        return ()
    ids = transaction.cases.siblings(creditor.id, lead.case.invoice.debtor, lead.key)
    loaded = map(transaction.cases.load, ids)
    return overdue_others(((each.case, each.policy) for each in loaded), members, on)


def _send_key_root(
    creditor: Creditor, members: Sequence[Member], debtor: str, on: date, lead: Member, message: str
) -> str:
    """The case or bundle, step and issue part of the send key (design §2)."""
    if len(members) == 1 and not message.startswith(f"{debtor}/"):
        return f"{lead.key}/{lead.step.id}/{lead.issue}"
    return f"bundle:{creditor.id}/{message}"


def _attachments(transaction: Transaction, members: Sequence[Member]) -> tuple[Attachment, ...]:
    """The invoices that go with the message, for the steps that say so: as PDF, or what there is without one.

    Their names come from others: each is made one that is safe on any system, ends as its type does, and that no other
    in the message has.
    """
    found: list[tuple[str, str, bytes]] = []
    attaching = [member.key for member in members if "invoice" in member.step.attach]
    for documents in transaction.documents.of_cases(attaching).values():
        readable = [each for each in documents if each[1] == "application/pdf"]
        found.extend(readable or documents)
    names = distinct_filenames(
        with_extension(safe_filename(name, otherwise="document"), media_type) for name, media_type, _ in found
    )
    return tuple(
        Attachment(name, media_type, content) for name, (_, media_type, content) in zip(names, found, strict=True)
    )


def _enclosed(name: str, media_type: str, content: bytes) -> Enclosed:
    return Enclosed(name, media_type, sha256(content).hexdigest())


def form_of(
    channel: str,
    content: LetterContent,
    recipient: str,
    key: str,
    at: datetime,
    *,
    attachments: Sequence[Attachment] = (),
    reply_to: str | None = None,
) -> Form:
    """A letter in the form of its channel; equal arguments give equal bytes, now and years later.

    Args:
        channel: The channel.
        content: What the letter says.
        recipient: Address on this channel.
        key: The send key.
        at: Moment of sending; only an e-mail names it, in UTC and to the second.
        attachments: What goes with an e-mail, or inside the PDF of a letter, in this order.
        reply_to: Where an e-mail asks to be answered to, if not to its sender.

    Raises:
        UnknownLetter: there is no such letter in this language.
        VoidLetter: the letter would not stand.
        Unprintable: the letter holds signs that can't be printed.
        BadAddress: the e-mail address of sender or recipient is none.
    """
    if channel not in _NOT_ON_PAPER:
        return form_on_paper(content, attachments)
    email = render_email(content)
    if channel == "email":
        body = compose_email(
            email=email,
            sender=content.creditor.email,
            sender_name=content.creditor.name,
            to=recipient,
            key=key,
            on=at.astimezone(UTC),
            attachments=attachments,
            reply_to=reply_to,
        )
        return Form(email.subject, "message/rfc822", body)
    if channel == "call":
        # A machine or a colleague may hear it: neutral as to a consumer, without amount.
        neutral = content.model_copy(update={"consumer": True})
        return Form(email.subject, "text/plain", render_sms(neutral).encode("utf-8"))
    return Form(email.subject, "text/plain", render_sms(content).encode("utf-8"))


def form_on_paper(content: LetterContent, attachments: Sequence[Attachment] = ()) -> Form:
    """A letter as it is printed; raises what `form_of` raises."""
    paper = render_paper(content, attachments)
    return Form(paper.subject, "application/pdf", paper.pdf)
