"""The process of `maanwerk api`: the case file, a way to Temporal where it answers, and the application over both.

It needs neither worker nor Temporal to take anything: what it is told is in the case file before it is answered, and a
worker takes it up. It holds no key that can send anything or read at a provider; where debtors pay at one, it holds the
key with which it makes payment links.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from api.operator.application import Inside, api_application
from api.operator.asking import Answered, Ask
from api.operator.routes import operator_routes
from api.serving.server import Tls, listener_at, served_by
from casefile.case_file import CaseFile
from casefile.opening import open_case_file
from config.connection_limits import API, fitted, with_descriptors
from config.settings import Settings
from domain.policy import Policy
from engine.submit import Desk
from worker.debtor_pages import debtor_pages

__all__ = ["serve_api"]


async def serve_api(
    settings: Settings, stop: asyncio.Event, *, ready: Callable[[str], None] = lambda url: None
) -> None:
    """Serve until told to stop; requests under way are answered first.

    Args:
        settings: The deployment's settings.
        stop: Set to stop.
        ready: Told under which URL it is reached, once it is.

    Raises:
        AddressTaken: nobody can listen there.
        NoCaseFile: the case file can't be opened.
        BadTls: the certificate or its key can't be used.
    """
    log = structlog.get_logger("maanwerk.api")
    tls = _tls(settings)
    listener = listener_at(settings.api, "the API", "MAANWERK_API")
    try:
        file = open_case_file(settings.database, create=True)
    except BaseException:
        listener.close()
        raise
    try:
        inside = Inside(file, asking(file, settings), lambda: datetime.now(UTC), secure=tls is not None)
        app = api_application(inside, (*operator_routes(), *debtor_pages(settings, file, inside.ask, inside.now)))
        limits = fitted(API, with_descriptors())
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        async with served_by(app, listener, limits, tls=tls, proxies=settings.api_proxies):
            log.info("api_started", tls=tls is not None, connections=limits.connections)
            ready(f"{'http' if tls is None else 'https'}://{shown}:{port}")
            await stop.wait()
        log.info("api_stopped")
    finally:
        file.database.close()


def asking(file: CaseFile, settings: Settings) -> Ask:
    """Tells cases things, with one way to Temporal that is sought anew while there is none."""
    desk = Desk(file, settings, lasting=True)

    async def ask(case_id: str, name: str, content: Mapping[str, object], *, policy: Policy | None = None) -> Answered:
        result = await desk.submit(case_id, name, content, policy=policy)
        return Answered(result.outcome.value, result.says)

    return ask


def _tls(settings: Settings) -> Tls | None:
    certificate: Path | None = settings.api_tls_certificate
    return None if certificate is None else Tls(certificate, settings.api_tls_key)
