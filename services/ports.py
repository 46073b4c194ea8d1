"""The port for everything that leaves: what a gateway is given, what it answers, and how it can fail.

One call of `send` has four outcomes and no more: it returns `Sent`, or raises `NotTaken`, `Refused` or
`OutcomeUnknown`. After an unknown outcome only `find` may be asked; it alone can turn "unknown" into "sent"
or "not sent". Reasons are codes or short technical texts: they are recorded in histories, so they hold no
personal data.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from domain.money import Money
from domain.provider_money import PaymentReport

Channel = Literal["email", "sms", "call", "post", "registered", "agency"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, complete: a gateway adds nothing to it and changes nothing in it.

    Attributes:
        key: The send key. The same key is the same message, however often it is handed over.
        channel: How it travels.
        to: Address for that channel: an e-mail address, a telephone number, a postal address in one line, or
        the
            name of an agency.
        subject: What it is about, in one line; for people who look at the sent messages.
        media_type: Form of the content, such as `message/rfc822` or `application/pdf`.
        content: The exact bytes that are sent.
        filename_hint: A name for it as a file, without extension: day, step and channel, never anybody's name.
    """

    key: str
    channel: Channel
    to: str
    subject: str
    media_type: str
    content: bytes
    filename_hint: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway took the message; `reference` is its own name for it."""

    reference: str


@dataclass(frozen=True, slots=True)
class Found:
    """The gateway has a message with this key; `reference` is its own name for it."""

    reference: str


@dataclass(frozen=True, slots=True)
class NotThere:
    """The gateway never took a message with this key. It is sure: the message may be sent again."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The gateway can't say now whether it took the message; ask again later, and do not send."""

    reason: str


Finding = Found | NotThere | CannotTell


class SendFailure(Exception):
    """A send that did not end in `Sent`; always one of the three kinds below.

    Attributes:
        reason: Code or short technical text, without personal data.
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason, which is also the message."""
        super().__init__(reason)
        self.reason = reason


class NotTaken(SendFailure):
    """Certainly not sent, for a passing cause; the planner may try again.

    Attributes:
        retry_after: How long to wait at least, if the gateway said so.
        stops: Whether our sender is set up wrong there, so that every other message would be refused as well.
    """

    def __init__(self, reason: str, retry_after: timedelta | None = None, *, stops: bool = False) -> None:
        """Keep the reason, the least time to wait, and what it says of our sender."""
        super().__init__(reason)
        self.retry_after = retry_after
        self.stops = stops


class Refused(SendFailure):
    """Certainly not sent, and never will be like this: a bad address, a blocked number.

    Attributes:
        blocks: Channels that are not to use this address any more.
    """

    def __init__(self, reason: str, blocks: tuple[Channel, ...] = ()) -> None:
        """Keep the reason, and what it says of the address."""
        super().__init__(reason)
        self.blocks = blocks


class OutcomeUnknown(SendFailure):
    """The request was written and no answer came: it may have been sent. Never send again; `find` it."""


class Gateway(Protocol):
    """A way out, for one or more channels."""

    async def send(self, message: Outgoing) -> Sent:
        """Hand over one message, once; the gateway itself never repeats a request.

        A cancelled call is an unknown outcome too: what was written can't be called back.

        Raises:
            NotTaken: certainly not sent, may be tried again.
            Refused: certainly not sent, and not sendable.
            OutcomeUnknown: perhaps sent.
        """
        ...

    async def find(self, key: str, *, since: datetime) -> Finding:
        """Say what became of a message.

        Args:
            key: The send key of the message.
            since: Aware moment before which the message can't have been handed over; gateways that have to
            search
                need not look further back.
        """
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a dossier.

    Attributes:
        name: File name with extension, without anybody's name in it.
        media_type: Such as `application/pdf`.
        content: The exact bytes.
        title: What it was called by whoever made it; stands inside the dossier only.
        kind: What it is: `statement`, `summary`, `message`, `invoice`, `credit`, `contract`, `terms`, `document`, or
            `from_debtor`; empty where nobody says it.
    """

    name: str
    media_type: str
    content: bytes
    title: str = ""
    kind: str = ""


DossierBuilder = Callable[[Mapping[str, object], Sequence[Document]], bytes]
"""Packs a manifest and documents for the agency; equal arguments give equal bytes."""


class Unreadable(ValueError):
    """What a payment provider posted can't be read, now or ever; the text says why, and quotes nothing of it."""


class CannotReadNow(Exception):
    """The provider, which has to be asked, does not answer; asked again it may.

    Attributes:
        retry_after: How long to wait at least, if it said so.
    """

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        """Keep the reason, without secrets and personal data, and the least time to wait."""
        super().__init__(reason)
        self.retry_after = retry_after


class PaymentReader(Protocol):
    """Reads what one payment provider posted; some providers are asked for what it is about."""

    def read(self, body: bytes, about: str = "") -> tuple[PaymentReport, ...]:
        """The payments that it is about; none where it says nothing of money that debtors pay.

        Args:
            body: What was posted, byte for byte; its signature was checked.
            about: The payment, where the event was of one alone.

        Raises:
            Unreadable: nobody can read it.
            CannotReadNow: the provider must be asked, and does not answer.
        """
        ...


# Payment links -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkWanted:
    """What is asked of a payment provider for a debtor who wants to pay now.

    Attributes:
        key: The same key is the same link, however often it is asked for.
        amount: What is to be paid.
        description: What it is for, with the numbers of the invoices and nobody's name: it stands on the bank
            statement, by which the payment finds its invoices.
        cases: Ids of the cases that it pays, where the provider keeps them with the payment.
        back: Where the payer comes back to, at our own address.
        told_at: Where the provider tells us that it was paid; None: nowhere but where its account says.
        until: From when on nobody may pay there any more.
        language: Language of the payer.
    """

    key: str
    amount: Money
    description: str
    cases: tuple[str, ...]
    back: str
    told_at: str | None
    until: datetime
    language: str


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A link at the provider.

    Attributes:
        id: Its own name for it.
        url: Where the payer is led.
        proof: What the provider alone brings back in the address of its webhook; empty where it signs.
    """

    id: str
    url: str
    proof: str = ""


class NoLink(Exception):
    """The provider made no link, or did not end one; the text is a code or short, without personal data."""


class PayLinks(Protocol):
    """Makes payment links at one provider.

    Attributes:
        name: Of the provider, such as `mollie`.
        origins: Where its pages are, as a content security policy writes it; no payer is led anywhere else.
    """

    @property
    def name(self) -> str:
        """See above."""
        ...

    @property
    def origins(self) -> tuple[str, ...]:
        """See above."""
        ...

    async def make(self, wanted: LinkWanted) -> LinkMade:
        """Make a link, or get the one that was made under the same key.

        Raises:
            NoLink: there is none: the provider did not answer, refused, or led elsewhere.
        """
        ...

    async def end(self, link_id: str) -> None:
        """See that nobody can pay there any more; harmless where it ended or was paid already.

        Raises:
            NoLink: it may still be paid.
        """
        ...


@dataclass(frozen=True, slots=True)
class Proven:
    """Who somebody is, as a provider of OpenID Connect has proved.

    Attributes:
        issuer: The provider.
        subject: Who he is there, for ever.
        login: What he signs in with here.
        name: As it is shown; empty where it was not told.
        roles: What the provider says that he may do, in words of its own.
    """

    issuer: str
    subject: str
    login: str
    name: str
    roles: tuple[str, ...] = ()


class NotProven(Exception):
    """Nothing proves who somebody is; the text says why, in English, and holds nothing of him."""


class SignInElsewhere(Protocol):
    """Lets people sign in elsewhere, and says who came back.

    Attributes:
        name: Of the provider, as people see it.
    """

    @property
    def name(self) -> str:
        """See above."""
        ...

    async def leads_to(self, state: str, nonce: str, verifier: str) -> str:
        """Where somebody goes to sign in.

        Args:
            state: What he brings back: that it is his browser.
            nonce: What the proof must name: that it is of this sign-in.
            verifier: What we show when we ask for the proof: that nobody else took the code.

        Raises:
            NotProven: nobody can sign in there now.
        """
        ...

    async def leaves_by(self) -> str | None:
        """Where who signed in there signs out of it; None where it has no such address, or does not answer now."""
        ...

    async def proven(self, code: str, nonce: str, verifier: str) -> Proven:
        """Who came back.

        Args:
            code: What he brings.
            nonce: As in `leads_to`.
            verifier: As in `leads_to`.

        Raises:
            NotProven: nothing proves it.
        """
        ...
