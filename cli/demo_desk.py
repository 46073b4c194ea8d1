"""Behind `maanwerk desk --demo`: plays the quarter where it was not, and serves it on this machine alone."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from api.serving.server import listener_at, served_by
from cli.environment import read_settings
from cli.failing import failed
from config.addresses import AddressTaken, split_address
from config.connection_limits import API, fitted, with_descriptors
from simulation.demo.at_the_desk import DemoDesk, played
from speech.words import to_people, tr

__all__ = ["run_demo_desk"]


def run_demo_desk(folder: Path) -> None:
    """Serve it until SIGTERM or SIGINT.

    Args:
        folder: Where the quarter was played, or is to be.
    """
    if not played(folder):
        from cli.commands.demo import demo

        demo(out=folder, story=False, live=False, no_wait=False, until=None)
    _, port = split_address(read_settings().api)
    try:
        asyncio.run(_serve(folder, f"127.0.0.1:{port}"))
    except AddressTaken as problem:
        failed(str(problem))


async def _serve(folder: Path, address: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    listener = listener_at(address, "the desk", "MAANWERK_API")
    desk = DemoDesk.opened(folder)
    try:
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with served_by(desk.app(), listener, fitted(API, with_descriptors())):
            with to_people():
                print(tr("The quarter is at the desk, on the morning after its last day. Ctrl-C stops it."))
                print(f"\n{tr('With this link you sign in, once and within an hour:')}\n")
                print(f"  {desk.link(site)}\n", flush=True)
            await stop.wait()
    finally:
        desk.close()
