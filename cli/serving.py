"""Behind `maanwerk worker`: connects, serves until a signal, ends with one clear line when it can't."""

import asyncio
import signal

from cli.environment import read_settings
from cli.failing import failed
from worker.case_storage import NoCaseFile, open_case_file
from worker.connecting import TemporalUnreachable, connect
from worker.logs import configure_logs
from worker.serving import serve
from worker.settings import Settings

__all__ = ["run"]


def run(*, restore: bool) -> None:
    """Run the worker until SIGTERM or SIGINT; steps under way are finished first.

    Args:
        restore: First start every open case that does not run: after Temporal's own data were lost.
    """
    configure_logs()
    settings = read_settings()
    try:
        asyncio.run(_run(settings, restore=restore))
    except (NoCaseFile, TemporalUnreachable) as problem:
        failed(str(problem))


async def _run(settings: Settings, *, restore: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    client = await connect()
    file = open_case_file(settings.database, create=True)
    try:
        await serve(client, file, settings, stop, restore=restore)
    finally:
        file.database.close()
