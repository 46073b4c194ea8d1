"""Which way a file goes to its partner: as the profile says, with the secrets of the settings; else into the outbox.

A file is bound to the way that was its intent's. Where the profile names another one by now nothing is sent over it
under the old intent, and nothing sought over it: that it is not there would say nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, assert_never

from pydantic import SecretStr

from casefile.agency_reports import open_reports, submission_of
from casefile.case_file import CaseFile
from casefile.deliveries import StoredDelivery
from casefile.parties import creditor_names
from casefile.session import reading
from config.settings import Settings
from domain.handoffs.channels import NOTICE_TYPE
from domain.handoffs.partners import Partner
from domain.parties import Creditor
from domain.send_key import opaque_key
from gateways.provider_call import ASK_OPERATOR
from services.ports import CannotTell, Channel, Finding, Found, Gateway, NotTaken, Outgoing, Sent
from worker.agency_mail import MailedLink

__all__ = ["AgencyWay", "AgencyWays", "NotSetUp", "agency_ways", "problems_of_partners", "way_of"]


class NotSetUp(ValueError):
    """A partner can't be reached as things stand; the text names the field or the setting, and what to do."""


class AgencyWay(Gateway, Protocol):
    """A way to a partner: for files, for notices about them, and to be tried without sending anything."""

    async def tell(self, file_key: str, message: Outgoing) -> Sent:
        """Tell him something about a file that he has.

        Args:
            file_key: The send key of the file.
            message: The notice.

        Raises:
            NotTaken: as `send`.
            Refused: as `send`.
            OutcomeUnknown: as `send`.
        """
        ...

    async def told(self, file_key: str, key: str) -> Finding:
        """What became of a notice; the arguments are send keys."""
        ...

    async def check(self) -> str:
        """Who answers there: one line.

        Raises:
            NotTaken: nothing would be taken there.
        """
        ...


WayOf = Callable[[Creditor, Partner], AgencyWay | None]
"""The way to a partner of a creditor; None: the outbox. Raises `NotSetUp`."""


def way_of(settings: Settings, file: CaseFile, mails: Gateway, seconds: float, now: Callable[[], datetime]) -> WayOf:
    """Gives the way to each partner, made once for each.

    Args:
        settings: The deployment's settings.
        file: The case file.
        mails: The way of mails.
        seconds: Time-out of connecting, and again of an answer.
        now: The real clock.
    """
    made: dict[tuple[str, str], tuple[Partner, AgencyWay]] = {}

    def way(creditor: Creditor, partner: Partner) -> AgencyWay | None:
        if partner.channel == "folder":
            return None
        known = made.get((creditor.id, partner.id))
        if known is None or known[0] != partner:
            known = partner, _made(settings, file, mails, seconds, now, creditor, partner)
            made[(creditor.id, partner.id)] = known
        return known[1]

    return way


def _made(
    settings: Settings,
    file: CaseFile,
    mails: Gateway,
    seconds: float,
    now: Callable[[], datetime],
    creditor: Creditor,
    partner: Partner,
) -> AgencyWay:
    match partner.channel:
        case "email":
            if settings.public_url is None:
                raise NotSetUp(f"partner {partner.id}: MAANWERK_PUBLIC_URL is not set: where would he fetch the file?")
            if settings.agency_code(partner.id) is None:
                raise NotSetUp(f"partner {partner.id}: MAANWERK_AGENCY_CODES has no {partner.id}=code: agree one")
            to, days = partner.email or "", settings.agency_link_days
            return MailedLink(mails, file, partner.id, to, creditor, settings.public_url, days, now)
        case "sftp":
            # Slow to import, and few need it.
            from gateways.agencies.sftp import BadKeyFile, SftpAgency, private_key

            password, key_file = settings.agency_password(partner.id), settings.agency_key_file(partner.id)
            if (password is None) == (key_file is None):
                raise NotSetUp(
                    f"partner {partner.id}: give {partner.id}=… in MAANWERK_AGENCY_KEY_FILES or in "
                    "MAANWERK_AGENCY_PASSWORDS, one of them"
                )
            try:
                key = None if key_file is None else private_key(key_file)
            except BadKeyFile as problem:
                raise NotSetUp(f"partner {partner.id}: MAANWERK_AGENCY_KEY_FILES: {problem}") from None
            if partner.sftp is None:
                raise AssertionError("the profile let sftp through without its server")
            return SftpAgency(partner.id, partner.sftp, password=password, key=key, timeout=seconds, now=now)
        case "rest":
            from gateways.agencies.rest import RestAgency

            return RestAgency(partner.id, partner.url or "", _token(settings, partner), timeout=seconds, now=now)
        case "debitura":
            from gateways.agencies.debitura import DebituraAgency

            country, url, token = partner.country or "", partner.url or "", _token(settings, partner)
            return DebituraAgency(partner.id, url, token, country, _kept_in(file), timeout=seconds, now=now)
        case "payt":
            from gateways.agencies.payt import PaytAgency

            return PaytAgency(
                partner.id,
                partner.url or "",
                _token(settings, partner),
                partner.administration or "",
                partner.country,
                _kept_in(file),
                _cases_in(file, partner.id),
                timeout=seconds,
                now=now,
            )
        case "folder":
            raise AssertionError("the outbox is no way of a partner's own")
        case _:
            assert_never(partner.channel)


def _token(settings: Settings, partner: Partner) -> SecretStr:
    """The token for the API of a partner.

    Raises:
        NotSetUp: the settings have none.
    """
    token = settings.agency_token(partner.id)
    if token is None:
        raise NotSetUp(f"partner {partner.id}: MAANWERK_AGENCY_TOKENS has no {partner.id}=token")
    return token


def _cases_in(file: CaseFile, partner: str) -> Callable[[str], tuple[str, ...]]:
    """Looks up which cases are in what a partner got, by our key of it."""

    def cases(key: str) -> tuple[str, ...]:
        with reading(file.database) as session:
            found = submission_of(session, partner, key, "")
        return () if found is None else found.cases

    return cases


def _kept_in(file: CaseFile) -> Callable[[str], bytes | None]:
    """Looks up in the case file what was handed over under a send key."""

    def kept(key: str) -> bytes | None:
        with file.read() as transaction:
            delivery = transaction.deliveries.delivery(key)
        return None if delivery is None else delivery.content

    return kept


@dataclass(frozen=True)
class AgencyWays:
    """The `Gateway` of the channel `agency`.

    Attributes:
        file: The case file, which knows for whom a file is.
        outbox: Where a file goes that is for nobody, or for a partner of the channel `folder`.
        way: Gives the way to a partner.
    """

    file: CaseFile
    outbox: Gateway
    way: WayOf

    async def send(self, message: Outgoing) -> Sent:
        """Hand a file over by the way of its intent, or a notice by the way of its file.

        The partner's reference of a file is written down before anybody hears of it.

        Raises:
            NotTaken: the way is not set up, or as it says.
            Refused: as the way says.
            OutcomeUnknown: as the way says.
        """
        try:
            way, file_key = await asyncio.to_thread(self._way, message.key)
        except NotSetUp as problem:
            raise NotTaken(str(problem), ASK_OPERATOR) from None
        if way is None:
            return await self.outbox.send(message)
        if file_key != message.key:
            return await way.tell(file_key, message)
        sent = await way.send(message)
        await asyncio.to_thread(self._taken_as, message.key, sent.reference)
        return sent

    async def find(self, key: str, *, since: datetime) -> Finding:
        """What became of a file: what we wrote down, what he reported of it, and then what his side says."""
        known = await asyncio.to_thread(self._known, key)
        if known is not None:
            return known
        try:
            way, file_key = await asyncio.to_thread(self._way, key)
        except NotSetUp as problem:
            return CannotTell(str(problem))
        if way is None:
            return await self.outbox.find(key, since=since)
        return await (way.find(key, since=since) if file_key == key else way.told(file_key, key))

    def _way(self, key: str) -> tuple[AgencyWay | None, str]:
        """The way of a file, or of the file that a notice is about, and the key of that; None: the outbox."""
        with self.file.read() as transaction:
            delivery = transaction.deliveries.delivery(key)
            if delivery is None:
                return None, key
            cases = transaction.deliveries.cases_of(key)
            creditor = transaction.parties.creditor(transaction.cases.load(cases[0]).creditor)
            if delivery.media_type == NOTICE_TYPE:
                files = [
                    each for each in transaction.deliveries.of_case(cases[0]) if each.partner == delivery.recipient
                ]
                delivery = files[-1] if files else delivery
        if delivery.partner is None or delivery.way in (None, "folder"):
            return None, key
        partner = next((each for each in creditor.partners if each.id == delivery.partner), None)
        if partner is None:
            raise NotSetUp(f"partner {delivery.partner} is not in the profile of {creditor.id} any more: put it back")
        if partner.channel != delivery.way:
            raise NotSetUp(
                f"partner {partner.id}: this file was to go by {delivery.way}, the profile says {partner.channel}"
            )
        return self.way(creditor, partner), delivery.key

    def _known(self, key: str) -> Found | None:
        with reading(self.file.database) as session:
            reports = open_reports(session)
        with self.file.read() as transaction:
            delivery: StoredDelivery | None = transaction.deliveries.delivery(key)
        if delivery is None or delivery.partner is None:
            return None
        if delivery.reference:
            return Found(delivery.reference)
        own = opaque_key(key)
        if any(each.partner == delivery.partner and f'"submission": "{own}"' in each.body for each in reports):
            return Found(own)
        return None

    def _taken_as(self, key: str, reference: str) -> None:
        with self.file.write(key) as transaction:
            transaction.deliveries.taken_as(key, reference)


def agency_ways(
    settings: Settings,
    file: CaseFile,
    ways: Mapping[Channel, Gateway],
    seconds: float,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AgencyWays:
    """The gateway of the channel `agency`.

    Args:
        settings: The deployment's settings.
        file: The case file.
        ways: Those of the other channels; `agency` among them is the outbox.
        seconds: Time-out of connecting, and again of an answer.
        now: The real clock.
    """
    return AgencyWays(file, ways["agency"], way_of(settings, file, ways["email"], seconds, now))


def problems_of_partners(file: CaseFile, way: WayOf, secrets: Collection[str] = ()) -> tuple[str, ...]:
    """What is not set up of the partners that the profiles name; nobody is called.

    Args:
        file: The case file.
        way: Gives the way to each.
        secrets: Ids of the partners whose posts are proved by the settings.
    """
    problems: dict[str, None] = {}
    known: set[str] = set()
    with file.read() as transaction:
        creditors = [transaction.parties.creditor(own) for own in creditor_names(transaction.session)]
    for creditor in creditors:
        for partner in creditor.partners:
            known.add(partner.id)
            try:
                way(creditor, partner)
            except NotSetUp as problem:
                problems[str(problem)] = None
    for name in sorted(set(secrets) - known):
        problems[f"MAANWERK_AGENCY_WEBHOOK_SECRETS names {name}, who is in no profile of a creditor"] = None
    return tuple(problems)
