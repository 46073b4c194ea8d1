"""Behind `maanwerk agency demo`: serves the demo agency, and says how a profile names it."""

from __future__ import annotations

import asyncio
import secrets
import signal
from dataclasses import replace

from api.serving.server import listener_at, served_by
from cli.failing import failed, refused
from cli.own_name import own_command
from config.addresses import AddressTaken
from config.connection_limits import API
from simulation.agency.book import CONDUCTS, AgencyBook, Conduct
from simulation.agency.server import DemoAgency, agency_app
from speech.words import to_people, tr

__all__ = ["serve"]

_ID = "demo"
_LARGEST = 100_000_000
"""Bytes of a file with its documents."""


def serve(port: int, named: str) -> None:
    """Serve it until SIGTERM or SIGINT."""
    conduct = next((each for each in CONDUCTS if each == named), None)
    if conduct is None:
        refused(f"--conduct {named!r} is none; give one of {', '.join(CONDUCTS)}")
    token = secrets.token_urlsafe(24)
    try:
        asyncio.run(_serve(port, conduct, token))
    except AddressTaken as problem:
        failed(str(problem))


async def _serve(port: int, conduct: Conduct, token: str) -> None:
    agency = DemoAgency(token, AgencyBook(conduct))
    listener = listener_at(f"127.0.0.1:{port}", "the agency", "--port")
    host, port = listener.getsockname()[:2]
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with served_by(agency_app(agency), listener, replace(API, body_bytes=_LARGEST, held_bytes=2 * _LARGEST)):
        with to_people():
            print(tr("The demo agency takes files at {address}. Ctrl-C stops it.", address=f"http://{host}:{port}"))
            print(f"\n{tr('In the profile of a creditor:')}\n")
            print("  partners:")
            print(f"    - id: {_ID}")
            print("      name: Demo")
            print("      register_number: '000000'")
            print("      channel: rest")
            print(f"      url: http://{host}:{port}")
            print(f"\n{tr('For the worker, and to try it:')}\n")
            print(f"  export MAANWERK_AGENCY_TOKENS={_ID}={token}")
            print(f"  {own_command(f'agency test {_ID}')} --creditor creditor.yaml", flush=True)
        await stop.wait()
    with to_people():
        print(
            tr(
                "It took {number} files and reported {events} times.",
                number=len(agency.book.taken),
                events=len(agency.book.events),
            )
        )
