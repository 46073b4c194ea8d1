"""Budget: a webhook is answered within 50 ms at p99 while 200 arrive per second, also when half-open posts stand.

A whole worker with its door runs as in production, against an engine of its own. SendGrid's side signs each batch,
opens a connection for it, and counts from the moment at which the batch was due, so that a queue shows. Then as much
again while somebody keeps 2,000 half-open posts standing and opens those anew that are closed.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks.measured import Measured, report
from engine.embedded import dev_server, free_port

_BUDGET_MS = 50.0
_PER_SECOND = 200
_HEALTH_PER_SECOND = 10
_HALF_OPEN = 2000
_PATIENCE = 60.0
_KEY = ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a round came to: milliseconds of each answer, and how many were none."""

    webhooks: tuple[float, ...]
    health: tuple[float, ...]
    failed: int
    health_failed: int
    worker_descriptors: int
    door_descriptors: int
    door_milliseconds: float

    def words(self) -> str:
        return (
            f"webhooks p50 {share_of(self.webhooks, 0.5):.0f}, p99 {share_of(self.webhooks, 0.99):.0f} ms, "
            f"{self.failed} of {len(self.webhooks) + self.failed} not taken; "
            f"health p99 {share_of(self.health, 0.99):.0f} ms, {self.health_failed} of "
            f"{len(self.health) + self.health_failed} not answered; "
            f"descriptors at most {self.worker_descriptors} in the worker, {self.door_descriptors} in the door; "
            f"{self.door_milliseconds:.1f} ms of processor time of the door for a webhook"
        )


def share_of(found: tuple[float, ...], share: float) -> float:
    """The figure below which so large a share of them lies."""
    return sorted(found)[int(share * (len(found) - 1))] if found else float("inf")


def _post(number: int) -> bytes:
    """A signed batch of one event."""
    key = f"{number:064x}"
    event = {"sg_event_id": f"e{number}", "send_key": key, "event": "delivered", "timestamp": int(time.time())}
    body = json.dumps([{**event, "sg_message_id": f"m{number}.x"}]).encode() + b"\r\n"
    moment = str(int(time.time()))
    signature = base64.b64encode(_KEY.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    head = (
        "POST /webhooks/sendgrid HTTP/1.1\r\nHost: door\r\nConnection: close\r\n"
        f"X-Twilio-Email-Event-Webhook-Signature: {signature}\r\n"
        f"X-Twilio-Email-Event-Webhook-Timestamp: {moment}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(port: int, request: bytes, expected: bytes) -> bool:
    """Whether a request on a connection of its own is answered so."""
    try:
        async with asyncio.timeout(10):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                return (await reader.readline()).split()[1:2] == [expected]
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def steadily(
    per_second: int, seconds: float, ask: Callable[[int], Awaitable[bool]]
) -> tuple[tuple[float, ...], int]:
    """Ask so many times a second, whether or not the last is answered; milliseconds of each from when it was due."""
    began = time.monotonic()
    found: list[float] = []

    async def one(number: int) -> None:
        due = began + number / per_second
        await asyncio.sleep(due - time.monotonic())
        if await ask(number):
            found.append((time.monotonic() - due) * 1000)

    number = int(per_second * seconds)
    await asyncio.gather(*(one(each) for each in range(number)))
    return tuple(found), number - len(found)


def _keep_half_open(port: int, number: int, pause: float) -> None:
    """Keep so many half-open posts standing until killed; those that are closed are opened again after a pause."""
    begun = b"POST /webhooks/sendgrid HTTP/1.1\r\nHost: door\r\nContent-Length: 1000\r\n\r\n["
    # On Linux all of 127/8 is this machine: an address that is not SendGrid's.
    other = "127.0.0.2" if sys.platform == "linux" else "127.0.0.1"

    async def one() -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(other, 0))
                writer.write(begun)
                with contextlib.suppress(OSError):
                    while await reader.read(1000):
                        pass
                writer.close()
            # Not all at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(number)))

    asyncio.run(all_of_them())


@dataclass(frozen=True, slots=True)
class _Site:
    """A worker with its door."""

    process: int
    http: int
    webhooks: int
    log: Path

    def door(self) -> int:
        lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]
        return max((line["process"] for line in lines if line["event"] == "door_opened"), default=0)


@contextlib.asynccontextmanager
async def _site(folder: Path) -> AsyncIterator[_Site]:
    http, webhooks = free_port(), free_port()
    log = folder / "worker.log"
    public = _KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    async with dev_server() as client:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
        environment = {
            **own,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "TEMPORAL_ADDRESS": client.service_client.config.target_host,
            "MAANWERK_HTTP": f"127.0.0.1:{http}",
            "MAANWERK_WEBHOOKS": f"127.0.0.1:{webhooks}",
            "MAANWERK_SENDGRID_WEBHOOK_KEY": base64.b64encode(public).decode(),
        }
        with log.open("ab") as out:
            worker = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "worker"], env=environment, cwd=folder, stdout=out, stderr=out
            )
        site = _Site(worker.pid, http, webhooks, log)
        try:
            deadline = time.monotonic() + _PATIENCE
            while not (await ask(http, _HEALTH, b"200") and await ask(webhooks, _post(0), b"204")):
                assert time.monotonic() < deadline, log.read_text("utf-8")
                await asyncio.sleep(0.1)
            yield site
        finally:
            worker.terminate()
            worker.wait()


_HEALTH = b"GET /healthz HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n\r\n"


async def _round(site: _Site, seconds: float, first: int) -> _Seen:
    most = {site.process: 0, site.door(): 0}

    async def watch() -> None:
        while True:
            for process in most:
                with contextlib.suppress(OSError):  # Only Linux shows them.
                    most[process] = max(most[process], len(os.listdir(f"/proc/{process}/fd")))
            await asyncio.sleep(0.1)

    used, watching = processor_seconds(site.door()), asyncio.create_task(watch())
    (webhooks, failed), (health, health_failed) = await asyncio.gather(
        steadily(_PER_SECOND, seconds, lambda each: ask(site.webhooks, _post(first + each), b"204")),
        steadily(_HEALTH_PER_SECOND, seconds, lambda _: ask(site.http, _HEALTH, b"200")),
    )
    watching.cancel()
    worker, door = most.values()
    spent = (processor_seconds(site.door()) - used) * 1000 / len(webhooks) if webhooks else float("inf")
    return _Seen(webhooks, health, failed, health_failed, worker, door, spent)


def processor_seconds(process: int) -> float:
    """Processor time of a process so far; 0 where the system does not show it."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _both(seconds: float, pause: float) -> tuple[_Seen, _Seen, int]:
    with TemporaryDirectory() as name:
        async with _site(Path(name)) as site:
            await _round(site, 2, 1)
            quiet = await _round(site, seconds, 1_000_000)
            logged = site.log.stat().st_size
            other = multiprocessing.get_context("spawn").Process(
                target=_keep_half_open, args=(site.webhooks, _HALF_OPEN, pause)
            )
            other.start()
            try:
                await asyncio.sleep(3)
                crowded = await _round(site, seconds, 2_000_000)
            finally:
                other.kill()
                other.join()
            return quiet, crowded, site.log.stat().st_size - logged


def measure(seconds: float = 10, pause: float = 10) -> Measured:
    """Take 200 webhooks a second, alone and beside half-open posts.

    Args:
        seconds: How long each round lasts.
        pause: Seconds after which a half-open post that was closed is opened again.
    """
    quiet, crowded, logged = asyncio.run(_both(seconds, pause))
    worst = share_of(crowded.webhooks, 0.99)
    return Measured(
        budget="a webhook: answered within 50 ms at p99 while 200 arrive per second and 2,000 half-open posts stand",
        found=f"{worst:.0f} ms; without the half-open posts {share_of(quiet.webhooks, 0.99):.0f} ms",
        share=worst / _BUDGET_MS,
        command="python -m benchmarks.webhook_door",
        notes=(
            f"alone: {quiet.words()}",
            f"beside {_HALF_OPEN:,} half-open posts that are opened again {pause:g} s after they are closed: "
            f"{crowded.words()}; {logged:,} bytes of log",
        ),
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=10, help="how long a round lasts")
    options.add_argument("--pause", type=float, default=10, help="seconds until a closed half-open post comes again")
    given = options.parse_args()
    report(measure(given.seconds, given.pause))


if __name__ == "__main__":
    main()
