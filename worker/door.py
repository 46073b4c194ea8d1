"""The process that takes webhooks: `/webhooks/…`, and nothing else.

It runs apart from the worker, which starts it (`worker.doorkeeping`): its descriptors, memory and event loop are its
own, so whatever is done to it the cases go on. It knows the case file and the keys that webhooks are checked with;
it has no way to Temporal and no key that can send anything.

What is told here is in the inbox before it is answered. Then the worker is rung: the id of the case is written, a line
each, to standard output, which the worker reads. A ring that gets lost is made good by a sweep.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, Field

from api.serving.server import served_by
from api.webhooks.adyen import adyen_events
from api.webhooks.agencies import agency_reports
from api.webhooks.gocardless import gocardless_events
from api.webhooks.message_keys import MessageKeys
from api.webhooks.mollie import mollie_posts
from api.webhooks.mollie_events import mollie_events
from api.webhooks.payment_keys import PaymentKeys
from api.webhooks.sendgrid import sendgrid_events
from api.webhooks.sendgrid_inbound import inbound_mails
from api.webhooks.stripe import stripe_events
from api.webhooks.taking import taking_of
from api.webhooks.twilio import twilio_callbacks
from casefile.case_file import CaseFile
from casefile.opening import NoCaseFile, open_case_file
from config.connection_limits import Limits, fitted, with_descriptors
from config.logs import configure_logs
from domain.messages import inbox_id
from gateways.sendgrid.signature import SendgridSignature
from gateways.twilio.signature import TwilioSignature
from machine.tied_process import ends_with
from worker.kept_process import ALIVE_SECONDS

__all__ = ["DoorWork", "door_app", "webhooks"]

_WRITERS = 8

Ring = Callable[[str], None]
"""Tells the worker that something waits in the inbox of a case."""


class DoorWork(BaseModel):
    """What the worker hands over on standard input, in one line of JSON: secrets stand in no argument.

    Attributes:
        listener: Descriptor of the socket that listens.
        database: URL of the case file.
        sendgrid_webhook_key: Public key of SendGrid's signed event webhook; None serves none.
        payments: What the webhooks of payment providers are checked with.
        messages: What the other webhooks about our messages are checked with.
        limits: What clients may take.
        log_level: Least level that is logged.
        alive_seconds: How often it shows that its event loop turns.
        worker: Process of the worker.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    listener: int
    database: str
    sendgrid_webhook_key: str | None
    payments: PaymentKeys = PaymentKeys()
    messages: MessageKeys = Field(default=MessageKeys(), repr=False)
    limits: Limits
    log_level: int = logging.INFO
    alive_seconds: float = ALIVE_SECONDS
    worker: int


def webhooks(
    sendgrid_webhook_key: str | None,
    file: CaseFile,
    ring: Ring,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    payments: PaymentKeys | None = None,
    messages: MessageKeys | None = None,
) -> tuple[APIRouter, ...]:
    """The webhooks that there is a key for; there are no others.

    Args:
        sendgrid_webhook_key: Public key of SendGrid's signed event webhook.
        file: The case file.
        ring: Told of each case that has something waiting, and where payment providers told something.
        now: The real clock.
        payments: What the webhooks of payment providers are checked with.
        messages: What the other webhooks about our messages are checked with.
    """
    others = (
        *_payment_webhooks(payments or PaymentKeys(), file, ring, now),
        *_message_webhooks(messages or MessageKeys(), file, ring, now),
    )
    if sendgrid_webhook_key is None:
        return others

    def accept(case_id: str, name: str, raw: bytes, delivery: str) -> None:
        with file.write(case_id) as transaction:
            transaction.inbox.accept(case_id, inbox_id(name, raw, delivery), name, raw, now())

    async def tell(case_id: str, name: str, content: Mapping[str, object], delivery: str) -> None:
        await asyncio.to_thread(accept, case_id, name, json.dumps(content).encode(), delivery)
        ring(case_id)

    return (sendgrid_events(SendgridSignature(sendgrid_webhook_key), file, tell, now), *others)


def _payment_webhooks(
    keys: PaymentKeys, file: CaseFile, ring: Ring, now: Callable[[], datetime]
) -> tuple[APIRouter, ...]:
    taking = taking_of(file, ring)
    routers = []
    if keys.stripe:
        routers.append(stripe_events(keys.stripe, taking("stripe"), now))
    if keys.adyen:
        routers.append(adyen_events(keys.adyen, keys.adyen_user, taking("adyen"), now))
    if keys.gocardless:
        routers.append(gocardless_events(keys.gocardless, taking("gocardless"), now))
    if keys.mollie:
        routers.append(mollie_posts(taking("mollie"), now))
    if keys.mollie_events:
        routers.append(mollie_events(keys.mollie_events, taking("mollie-events"), now))
    return tuple(routers)


def _message_webhooks(
    keys: MessageKeys, file: CaseFile, ring: Ring, now: Callable[[], datetime]
) -> tuple[APIRouter, ...]:
    routers = []
    if keys.twilio and keys.public_url is not None:
        routers.append(twilio_callbacks(TwilioSignature(keys.twilio), keys.public_url, file, ring, now))
    if keys.inbound and keys.reply_domain is not None:
        signature = None if keys.inbound_key is None else SendgridSignature(keys.inbound_key)
        routers.append(inbound_mails(keys.inbound, keys.reply_domain, file, ring, now, signature))
    if keys.agencies:
        routers.append(agency_reports(keys.agencies, file, ring, now))
    return tuple(routers)


def door_app(routers: tuple[APIRouter, ...]) -> FastAPI:
    """The application, without documentation pages beside its routes."""
    app = FastAPI(title="Maanwerk webhooks", docs_url=None, redoc_url=None, openapi_url=None)
    for router in routers:
        # As they are: to include a router analyses each of its routes anew.
        app.router.routes.extend(router.routes)
    return app


class _Bell:
    """Writes to the worker, and never waits for him."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor

    def ring(self, case_id: str = "") -> None:
        # A full pipe: the worker has enough to do, and finds the rest by a sweep. A broken one: he has gone.
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            os.write(self._descriptor, f"{case_id}\n".encode())


async def _gone(reader: asyncio.StreamReader) -> None:
    """Wait until the worker has gone, or closes our standard input."""
    while await reader.read(1024):
        pass


async def _stand(bell: _Bell) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    told = await reader.readline()
    if not told:
        return  # The worker has gone before he could say what to do.
    work = DoorWork.model_validate_json(told)
    tie = ends_with(work.worker)
    if tie is not None:
        tie()
    logging.getLogger().setLevel(work.log_level)
    log = structlog.get_logger("maanwerk.door")
    listener = socket.socket(fileno=work.listener)
    limits = fitted(work.limits, with_descriptors())
    if limits.connections < work.limits.connections:
        log.warning("fewer_connections", wanted=work.limits.connections, possible=limits.connections)
    file = open_case_file(work.database, create=False)
    # Writers of SQLite that meet wait for each other by looking again and again: here they queue instead.
    loop.set_default_executor(ThreadPoolExecutor(1 if file.database.locks_all else _WRITERS))
    app = door_app(webhooks(work.sendgrid_webhook_key, file, bell.ring, payments=work.payments, messages=work.messages))
    async with served_by(app, listener, limits) as gate:
        log.info(
            "door_opened",
            process=os.getpid(),
            connections=limits.connections,
            connections_of_one=limits.connections_of_one,
        )
        waits = {asyncio.create_task(stop.wait()), asyncio.create_task(_gone(reader))}
        given_up = 0
        while not any(each.done() for each in waits):
            bell.ring()
            if gate.given_up > given_up:
                log.warning("connections_given_up", number=gate.given_up - given_up, open=len(gate))
                given_up = gate.given_up
            await asyncio.wait(waits, timeout=work.alive_seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
    file.database.close()
    log.info("door_closed")


def main() -> None:
    """Serve until the worker says so, or has gone."""
    configure_logs(sdk=False)
    # What a library prints must not be taken for the name of a case.
    bell = _Bell(os.dup(sys.stdout.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        asyncio.run(_stand(bell))
    except NoCaseFile as problem:
        structlog.get_logger("maanwerk.door").warning("door_has_no_case_file", reason=str(problem))
        sys.exit(1)


if __name__ == "__main__":
    main()
