"""The process of `maanwerk api`: the case file, a way to Temporal where it answers, and the application over both.

It needs neither worker nor Temporal to take anything: what it is told is in the case file before it is answered, and a
worker takes it up. It holds no key that can send anything or read at a provider; where debtors pay at one, it holds the
key with which it makes payment links.
"""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from api.desk.application import desk_application
from api.desk.intake.uploaded import BODY_BYTES, PATHS
from api.desk.visiting import Desk as PeoplesDesk
from api.operator.application import api_application
from api.operator.asking import Answered, Ask, AskMany
from api.operator.inside import Inside
from api.operator.problems import refusal
from api.operator.rates import Rate
from api.operator.routes import operator_routes
from api.serving.server import Tls, listener_at, served_by
from api.webhooks.agencies import AGENCY_REPORTS
from api.webhooks.sendgrid_inbound import PATH as INBOUND_MAILS
from api.webhooks.taking import PROVIDER_EVENTS
from casefile.case_file import CaseFile
from casefile.opening import open_case_file
from casefile.people import DeskRole
from config.addresses import is_loopback, split_address
from config.connection_limits import API, MAIL_BODY_BYTES, Limits, fitted, with_descriptors
from config.desk_address import desk_address
from config.settings import Settings
from domain.policy import Policy
from engine.rung_cases import RungCases
from engine.submit import Desk, Result
from policies.load import shipped_policies, shipped_policy
from services.debtor_page.ending import EndingLinks
from services.signing_in import Elsewhere
from worker.debtor_pages import debtor_pages, pay_links
from worker.door import webhooks
from worker.doorkeeping import message_keys_of
from worker.ending_links import keep_ending
from worker.payment_providers import keys_of
from worker.unmatched_payments import UnmatchedOfCaseFile

__all__ = ["OpenToAll", "asking", "asking_many", "must_be_safe", "serve_api", "serve_api_on"]

_THREADS = 16
"""Requests that read or write the case file at once."""


class OpenToAll(ValueError):
    """The API would be reached from outside in the clear; the text is one line and says what to set."""


def must_be_safe(settings: Settings) -> None:
    """Refuse to serve others in the clear (docs/decisions/0028).

    Raises:
        OpenToAll: it would be.
    """
    host, _ = split_address(settings.api)
    if settings.api_tls_certificate is not None or settings.api_proxies.strip() or is_loopback(host):
        return
    raise OpenToAll(
        f"MAANWERK_API={settings.api} is reached from outside, and keys and what debtors owe would cross the network "
        "in the clear: set MAANWERK_API_TLS_CERTIFICATE, or MAANWERK_API_PROXIES to the address of your proxy with TLS"
    )


def _limits_of(settings: Settings) -> Limits:
    """What clients may take: longer bodies only where files are dropped, and where mails are taken in."""
    mails = ((INBOUND_MAILS, MAIL_BODY_BYTES),) if settings.inbound_secrets else ()
    return replace(API, larger_bodies=(*((path, BODY_BYTES) for path in PATHS), *mails))


def _ring(rung: RungCases) -> Callable[[str], None]:
    """Nudges the case that is rung for; what payment providers told is read by a worker, which looks by itself."""

    def ring(what: str) -> None:
        if what not in (PROVIDER_EVENTS, AGENCY_REPORTS):
            rung.take(what)

    return ring


async def serve_api(
    settings: Settings, stop: asyncio.Event, *, ready: Callable[[str], None] = lambda url: None
) -> None:
    """Serve until told to stop; requests under way are answered first.

    Args:
        settings: The deployment's settings.
        stop: Set to stop.
        ready: Told under which URL it is reached, once it is.

    Raises:
        OpenToAll: it would be reached from outside in the clear.
        AddressTaken: nobody can listen there.
        NoCaseFile: the case file can't be opened.
        BadTls: the certificate or its key can't be used.
    """
    must_be_safe(settings)
    await serve_api_on(listener_at(settings.api, "the API", "MAANWERK_API"), settings, stop, ready=ready)


async def serve_api_on(
    listener: socket.socket,
    settings: Settings,
    stop: asyncio.Event,
    *,
    ready: Callable[[str], None],
    create: bool = True,
) -> None:
    """The same at a socket that listens already; it is closed at the end.

    Args:
        listener: The socket.
        settings: As in `serve_api`.
        stop: As in `serve_api`.
        ready: As in `serve_api`.
        create: Make the case file where there is none.
    """
    log = structlog.get_logger("maanwerk.api")
    tls = _tls(settings)
    try:
        file = open_case_file(settings.database, create=create)
    except BaseException:
        listener.close()
        raise
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "maanwerk-api"))
    desk = Desk(file, settings, lasting=True)
    rung = RungCases(desk)
    beside = [asyncio.create_task(rung.nudge())]
    try:
        loop = asyncio.get_running_loop()

        def ring_from_a_thread(case_id: str) -> None:
            loop.call_soon_threadsafe(rung.take, case_id)

        inside = Inside(
            file,
            asking(file, desk),
            asking_many(file, settings),
            lambda: datetime.now(UTC),
            secure=tls is not None or (settings.public_url or "").startswith("https:"),
            rate=Rate(settings.api_per_second, max(1, round(10 * settings.api_per_second))),
            ring=ring_from_a_thread,
        )
        links = pay_links(settings) if settings.public_url is not None else None
        routers = (
            *operator_routes(),
            *webhooks(
                settings.sendgrid_webhook_key,
                file,
                _ring(rung),
                payments=keys_of(settings),
                messages=message_keys_of(settings),
            ),
            *debtor_pages(settings, file, inside.ask, inside.now, links),
        )
        if links is not None:
            beside.append(asyncio.create_task(keep_ending(EndingLinks(file, links, inside.now))))
        nobodys = UnmatchedOfCaseFile(file, ring_from_a_thread)
        people = _desk_of(settings, inside, nobodys)
        beside.append(asyncio.create_task(people.running.keep_on()))
        app = api_application(inside, routers, unmatched=nobodys, desk=desk_application(people))
        limits = fitted(_limits_of(settings), with_descriptors())
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        # Nothing that is there by now goes before the end: looking through it for rubbish took a quarter of a page.
        gc.freeze()
        async with served_by(app, listener, limits, tls=tls, proxies=settings.api_proxies, refusal=refusal):
            log.info("api_started", tls=tls is not None, connections=limits.connections)
            ready(f"{'http' if tls is None else 'https'}://{shown}:{port}")
            await stop.wait()
        log.info("api_stopped")
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        file.database.close()


def _desk_of(settings: Settings, inside: Inside, unmatched: UnmatchedOfCaseFile) -> PeoplesDesk:
    """What the desk stands on, with where people may sign in as well."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return PeoplesDesk(inside, unmatched)
    # Slow to import, and few need it.
    from gateways.oidc.provider import OidcProvider

    secret = settings.oidc_client_secret
    provider = OidcProvider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        None if secret is None else secret.get_secret_value(),
        f"{desk_address(settings)}/inloggen/terug",
        login_claim=settings.oidc_login_claim,
        role_claim=settings.oidc_role_claim,
        now=inside.now,
    )
    rules = Elsewhere(
        domains=settings.oidc_allowed,
        by_role=bool(settings.oidc_role_claim),
        creates=None if settings.oidc_create == "none" else DeskRole(settings.oidc_create),
    )
    return PeoplesDesk(inside, unmatched, elsewhere=provider, elsewhere_rules=rules)


def asking(file: CaseFile, desk: Desk) -> Ask:
    """Tells cases things, with one way to Temporal that is sought anew while there is none."""

    async def ask(
        case_id: str,
        name: str,
        content: Mapping[str, object],
        *,
        message: str | None = None,
        mark: str | None = None,
        by: str = "",
    ) -> Answered:
        brought = await asyncio.to_thread(_policy_brought, file, name, content)
        return _answered(await desk.submit(case_id, name, content, policy=brought, message=message, mark=mark, by=by))

    return ask


def asking_many(file: CaseFile, settings: Settings) -> AskMany:
    """Tells many cases the same; each time with a way of its own, which soon knows that nobody answers."""

    async def ask(
        messages: Mapping[str, str], name: str, content: Mapping[str, object], *, by: str = ""
    ) -> Mapping[str, Answered]:
        brought = await asyncio.to_thread(_policy_brought, file, name, content)
        answers: dict[str, Answered] = {}

        def told(case_id: str, result: Result) -> None:
            answers[case_id] = _answered(result)

        desk = Desk(file, settings)
        await desk.submit_all(tuple(messages), name, content, told, policy=brought, own_id=messages.get, by=by)
        return answers

    return ask


def _answered(result: Result) -> Answered:
    return Answered(result.outcome.value, result.says)


def _policy_brought(file: CaseFile, name: str, content: Mapping[str, object]) -> Policy | None:
    """The shipped policy that a message names, where the case file does not know one of that name."""
    if name != "change_policy":
        return None
    wanted, version = content.get("policy"), content.get("version")
    if not isinstance(wanted, str) or wanted not in shipped_policies():
        return None
    with file.read() as transaction:
        if transaction.parties.policy(wanted, None) is not None:
            return None
    shipped = shipped_policy(wanted)
    return shipped if version in (None, shipped.version) else None


def _tls(settings: Settings) -> Tls | None:
    certificate: Path | None = settings.api_tls_certificate
    return None if certificate is None else Tls(certificate, settings.api_tls_key)
