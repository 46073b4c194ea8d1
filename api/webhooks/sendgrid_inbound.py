"""`POST /webhooks/sendgrid/inbound`: what debtors answer to our mails, by SendGrid's inbound parse.

Who calls proves himself by a secret, as the last part of the path or as the password of basic authentication; and where
a security policy is attached there, by its signature as well. A mail and what follows from it are stored in one
transaction before the request is answered, so it may come again. Each of our mails asks to be answered to an address
with a token of its own (`case+TOKEN@…`), which says whose cases an answer is about; one without waits for a person.
What is in it stands in the case file, and nowhere else.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from api.webhooks.bodies import body_of
from casefile.case_file import CaseFile
from casefile.replies import Reply, ReplyFile, cases_of_token, keep_reply
from casefile.telling import accept_once
from domain.file_names import safe_filename
from gateways.sendgrid.inbound import InboundMail, NoMail, read_inbound
from gateways.sendgrid.signature import SendgridSignature

__all__ = ["LARGEST_BODY", "PATH", "inbound_mails"]

LARGEST_BODY = 31_000_000
"""Bytes of a request: SendGrid takes in mails of at most 30 MB."""

PATH = "/webhooks/sendgrid/inbound"

_BY_DEBTOR, _BY_MACHINE = "debtor", "automatic reply"


def inbound_mails(
    keys: Sequence[str],
    reply_domain: str,
    file: CaseFile,
    ring: Callable[[str], None],
    now: Callable[[], datetime],
    signature: SendgridSignature | None = None,
) -> APIRouter:
    """The routes.

    Args:
        keys: Secrets, one or two while it is changed.
        reply_domain: Where answers to our mails go.
        file: The case file.
        ring: Told of each case that has something waiting.
        now: The real clock.
        signature: Says whether a mail is SendGrid's; None: the secret is all that proves it. A mail that is brought
            again is one, by its `Message-ID`, so the age of a signature is not looked at.
    """
    router = APIRouter()
    log = structlog.get_logger("maanwerk.api")
    address = re.compile(rf"case\+([0-9a-f]{{32}})@{re.escape(reply_domain.lower())}")

    def refused(status: int, reason: str) -> Response:
        log.warning("inbound_mail_refused", status=status, reason=reason)
        return Response(reason + "\n", status, media_type="text/plain")

    async def receive(request: Request, given: str) -> Response:
        if not _one_of(keys, given):
            return refused(401, "the secret is wrong")
        body = await body_of(request, LARGEST_BODY)
        if body is None:
            return refused(413, f"the body is larger than {LARGEST_BODY} bytes")
        if signature is not None and not await asyncio.to_thread(_signed, signature, request, body):
            return refused(401, "the signature is not SendGrid's")
        try:
            mail = await asyncio.to_thread(read_inbound, body, request.headers.get("Content-Type"))
        except NoMail as problem:
            return refused(400, str(problem))
        tokens = [found[1] for each in mail.receivers if (found := address.fullmatch(each))]
        # What we send ourselves never holds a case: two machines would write to each other for ever.
        ours = mail.sender.lower().rstrip(">").endswith("@" + reply_domain.lower())
        try:
            told = await asyncio.to_thread(_store, file, mail, tokens, now(), holds=not mail.automatic and not ours)
        except SQLAlchemyError as problem:
            log.warning("inbound_mail_failed", reason=type(problem).__name__)
            return Response("the case file does not answer\n", 503, media_type="text/plain")
        for case_id in told:
            ring(case_id)
        log.info("inbound_mail", automatic=mail.automatic, files=len(mail.files), matched=bool(tokens), cases=len(told))
        return Response(status_code=204)

    @router.post(PATH)
    async def by_password(request: Request) -> Response:
        """Store a mail; the secret is the password of basic authentication."""
        return await receive(request, _password(request.headers.get("Authorization")))

    @router.post(PATH + "/{secret}")
    async def by_path(request: Request, secret: str) -> Response:
        """Store a mail; the secret stands in the path."""
        return await receive(request, secret)

    return router


def _signed(signature: SendgridSignature, request: Request, body: bytes) -> bool:
    given = request.headers.get("X-Twilio-Email-Event-Webhook-Signature")
    return signature.signs(body, given, request.headers.get("X-Twilio-Email-Event-Webhook-Timestamp"))


def _one_of(keys: Sequence[str], given: str) -> bool:
    right = False
    for key in keys:
        right |= hmac.compare_digest(key.encode("utf-8"), given.encode("utf-8", "surrogatepass"))
    return right


def _password(header: str | None) -> str:
    kind, _, told = (header or "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(told, validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""


def _store(file: CaseFile, mail: InboundMail, tokens: Sequence[str], at: datetime, *, holds: bool) -> tuple[str, ...]:
    """Store a mail, and hold its cases where a person wrote it; the cases that have something waiting now."""
    case_ids: tuple[str, ...] = ()
    for token in tokens:
        case_ids = case_ids or cases_of_token(file, token)
    reply = Reply(mail.id, at, mail.sender, mail.subject, automatic=not holds)
    # The cases of one mail are of one debtor, so the lock of one covers them all.
    with file.write(case_ids[0] if case_ids else f"reply:{mail.id}") as transaction:
        keep_reply(transaction, reply, _files(mail), case_ids, _BY_DEBTOR if holds else _BY_MACHINE)
        if not holds:
            return ()
        for case_id in case_ids:
            hold = {"id": f"reply:{mail.id}", "hold": "inbox_unread"}
            accept_once(transaction, case_id, "place_hold", hold, at)
            if transaction.cases.load(case_id).case.closed is not None:
                # A closed case can't be held; what he wrote is to be read all the same.
                task = {"id": f"reply:{mail.id}:read", "task": "read_reply"}
                accept_once(transaction, case_id, "raise_task", task, at)
    return case_ids


def _files(mail: InboundMail) -> tuple[ReplyFile, ...]:
    """The text under a head that says who wrote what, then the attachments."""
    text = f"From: {mail.sender}\nSubject: {mail.subject}\n\n{mail.text}\n"
    written = ReplyFile("mail.txt", "text/plain; charset=utf-8", text.encode("utf-8", "replace"))
    names = [safe_filename(each.name, otherwise="attachment") for each in mail.files]
    attached = (ReplyFile(name, each.media_type, each.content) for name, each in zip(names, mail.files, strict=True))
    return (written, *attached)
