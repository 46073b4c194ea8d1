"""Behind `maanwerk worker`: connects, serves until a signal, ends with one clear line when it can't."""

import asyncio
import os
import signal

from sqlalchemy.engine import make_url

from cli.environment import read_settings
from cli.failing import failed
from disk.private import close_folder, make_folder, private_opener
from worker.case_storage import NoCaseFile, open_case_file
from worker.connecting import TemporalUnreachable, connect
from worker.listening import AddressTaken, local_url
from worker.logs import configure_logs
from worker.own_folder import FOLDER, WORKER_LOG, is_ours
from worker.serving import serve
from worker.settings import Settings
from worker.standing_alone import CannotStand, Places, stand_alone

__all__ = ["run", "stand"]


def run(*, restore: bool) -> None:
    """Run the worker until SIGTERM or SIGINT; steps under way are finished first.

    Args:
        restore: First start every open case that does not run: after Temporal's own data were lost.
    """
    configure_logs()
    settings = read_settings()
    try:
        asyncio.run(_run(settings, restore=restore))
    except (NoCaseFile, TemporalUnreachable, AddressTaken) as problem:
        failed(str(problem))


def stand(port: int | None, ui_port: int | None) -> None:
    """Run engine and worker under `var/` until SIGTERM or SIGINT.

    Args:
        port: Port of the engine.
        ui_port: Port of the Temporal UI.
    """
    settings = read_settings()
    log = FOLDER / WORKER_LOG

    async def standing() -> None:
        await stand_alone(settings, FOLDER, _told_to_stop(), tell, log=log, port=port, ui_port=ui_port)

    def tell(places: Places) -> None:
        _say_where(settings, places)

    try:
        make_folder(FOLDER)
        close_folder(FOLDER, is_ours)
        with open(log, "a", encoding="utf-8", opener=private_opener) as stream:
            configure_logs(stream=stream)
            asyncio.run(standing())
    except (CannotStand, NoCaseFile, AddressTaken) as problem:
        failed(str(problem))
    except OSError as problem:
        failed(f"{FOLDER} can't be written: {problem.strerror}")
    print("Stopped. `maanwerk up` goes on from here.")


def _say_where(settings: Settings, places: Places) -> None:
    print("Maanwerk is up. Ctrl-C stops it; nothing is lost, however it ends.\n")
    case_file = make_url(settings.database).render_as_string(hide_password=True).removeprefix("sqlite:///")
    print(f"  Temporal UI   {places.ui}")
    print(f"  case file     {case_file}")
    print(f"  what is sent  {settings.outbox}/")
    print(f"  health        {places.http}/readyz and {places.http}/metrics")
    if settings.codec is not None:
        print(f"  decrypts      {local_url(settings.codec)}/codec, for who gives the token there")
    print(f"  log           {places.log}\n")
    print("Now, in another terminal:\n")
    if os.environ.get("TEMPORAL_ADDRESS", "localhost:7233") not in (places.address, _same_host(places.address)):
        print(f"  export TEMPORAL_ADDRESS={places.address}")
    print("  maanwerk import samples/open_items.csv --creditor samples/creditor.yaml")
    print("  maanwerk case list", flush=True)


def _same_host(address: str) -> str:
    return address.replace("127.0.0.1", "localhost")


def _told_to_stop() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _run(settings: Settings, *, restore: bool) -> None:
    stop = _told_to_stop()
    client = await connect(keys=settings.key_ring, metrics=settings.metrics)
    file = open_case_file(settings.database, create=True)
    try:
        await serve(client, file, settings, stop, restore=restore)
    finally:
        file.database.close()
