"""The channel `email` of a partner: a mail with a link, under which he fetches the file with a code that he knows.

In the mail stands nothing of the debtor: neither a name nor a number of an invoice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from api.partner.fetching import PATH
from casefile.agency_links import make_link
from casefile.case_file import CaseFile
from domain.parties import Creditor
from domain.send_key import opaque_key
from services.ports import Finding, Gateway, NotTaken, Outgoing, Sent

__all__ = ["MailedLink"]

_TEXT = """\
Beste relatie,

{creditor} draagt u een dossier over. U haalt het hier op:

  {link}

De pagina vraagt om de code die wij met u hebben afgesproken. De link werkt {days} dagen en is voor u alleen;
elke keer dat het dossier wordt opgehaald, leggen wij vast. In dit bericht staan geen gegevens van de debiteur.

Ons kenmerk van het dossier: {key}

--

{creditor} hands a file over to you. Fetch it under the link above, with the code that was agreed with you;
it works for {days} days. Our key of the file stands above: give it with what you report.
"""


_NOTICE = """\
Beste relatie,

{creditor} heeft nieuws over een dossier dat u van ons hebt: een betaling, een geschil of een verzoek. U haalt het op:

  {link}

De pagina vraagt om de code die wij met u hebben afgesproken. De link werkt {days} dagen en is voor u alleen.
Ons kenmerk van het dossier: {key}

--

{creditor} has news of a file that you have. Fetch it under the link above, with the code that was agreed with you.
"""


@dataclass(frozen=True)
class MailedLink:
    """A `Gateway`: the way of mails, with the link in the place of the file.

    Attributes:
        mails: The way of mails.
        file: The case file, in which the link is kept.
        partner: Id of the partner, and `to` his address.
        creditor: Who hands off.
        public_url: Under which URL the outside reaches us.
        days: For how many days a link opens.
        now: The real clock.
    """

    mails: Gateway
    file: CaseFile
    partner: str
    to: str
    creditor: Creditor
    public_url: str
    days: int
    now: Callable[[], datetime]

    async def send(self, message: Outgoing) -> Sent:
        """Make the link, then send the mail; raises as the way of mails does.

        Raises:
            NotTaken: as the way of mails says.
            Refused: as it says.
            OutcomeUnknown: as it says.
        """
        return await self._mailed(message, _TEXT, message.key)

    async def tell(self, file_key: str, message: Outgoing) -> Sent:
        """The same with a notice about a file; raises as `send` does."""
        return await self._mailed(message, _NOTICE, file_key)

    async def told(self, file_key: str, key: str) -> Finding:
        """What became of the mail about a notice."""
        return await self.mails.find(key, since=self.now())

    async def _mailed(self, message: Outgoing, text: str, file_key: str) -> Sent:
        at, lasts = self.now(), timedelta(days=self.days)
        token = await asyncio.to_thread(make_link, self.file, message.key, self.partner, at, lasts)
        link = f"{self.public_url}/{PATH}/{token}"
        said = text.format(creditor=self.creditor.name, link=link, days=self.days, key=opaque_key(file_key))
        content = self._mail(said, opaque_key(message.key), at)
        mail = replace(
            message,
            channel="email",
            to=self.to,
            subject=self._subject,
            media_type="message/rfc822",
            content=content,
        )
        return await self.mails.send(mail)

    async def find(self, key: str, *, since: datetime) -> Finding:
        """What became of the mail."""
        return await self.mails.find(key, since=since)

    async def check(self) -> str:
        """Whether a mail could leave: one line. None does.

        Raises:
            NotTaken: it could not.
        """
        if not self.public_url.startswith("https://") and "//127.0.0.1" not in self.public_url:
            raise NotTaken("MAANWERK_PUBLIC_URL is no https: a file would cross the network in the clear")
        return f"a mail to {self.to} with a link under {self.public_url}/{PATH}/, for {self.days} days"

    @property
    def _subject(self) -> str:
        return f"Een dossier van {self.creditor.name} / a file for you"

    def _mail(self, said: str, key: str, at: datetime) -> bytes:
        mail = EmailMessage()
        mail["From"] = f"{_quoted(self.creditor.name)} <{self.creditor.email}>"
        mail["To"] = self.to
        mail["Subject"] = self._subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{key[:40]}@{self.creditor.email.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(said)
        return mail.as_bytes()


def _quoted(name: str) -> str:
    plain = name.replace("\\", " ").replace('"', " ").replace("\n", " ").replace("\r", " ")
    return f'"{plain}"'
