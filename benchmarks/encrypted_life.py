"""What encryption costs: a case's whole life with it against the same life without."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from contextlib import AsyncExitStack
from statistics import median

from benchmarks.cases import Engine, engine
from benchmarks.measured import Measured, report
from benchmarks.whole_life import case_lives, round_of
from config.keys import KeyRing, new_key
from engine.plugin import data_converter

_BUDGET = 1.25
_CASES = 64
_PAIRS = 1


async def _history_kib(made: Engine, case_id: str) -> float:
    history = await made.client.get_workflow_handle(case_id).fetch_history()
    return sum(event.ByteSize() for event in history.events) / 1024


async def _microseconds(keys: KeyRing, size: int) -> float:
    """Time to encrypt and decrypt one payload of so many bytes."""
    codec = data_converter(keys).payload_codec
    if codec is None:
        raise AssertionError("with keys there is a codec")
    (payload,) = await data_converter().encode([secrets.token_hex(size // 2)])
    began = time.process_time()
    for _ in range(5000):
        await codec.decode(await codec.encode([payload]))
    return (time.process_time() - began) / 5000 * 1e6


async def _measured() -> Measured:
    keys = KeyRing((new_key(),))
    async with AsyncExitStack() as running:
        engines = [await running.enter_async_context(engine(own)) for own in (None, keys)]
        ratios = []
        for pair in range(-1, _PAIRS):
            found = []
            for number, made in enumerate(engines):
                ids = made.open_cases(f"e{number}-{pair}", _CASES)
                found.append(await round_of(case_lives(made, ids)))
            if pair < 0:
                # The first pair warms everything up.
                continue
            (plain, plain_used, _), (closed, closed_used, _) = found
            ratios.append((closed / plain, closed_used / plain_used))
            print(
                f"  pair {pair + 1}: plain {plain:.2f} s (processor {plain_used:.2f} s), "
                f"encrypted {closed:.2f} s (processor {closed_used:.2f} s)",
                file=sys.stderr,
                flush=True,
            )
        sizes = [
            await _history_kib(made, f"case:benchmark:e{number}-0-{_CASES // 2}") for number, made in enumerate(engines)
        ]
    clock, processor = (median(each) for each in zip(*ratios, strict=True))
    return Measured(
        budget="encryption: a whole life takes at most 1.25 × what it takes in plain",
        found=f"{clock:.2f} × on the clock; processor time {processor:.2f} ×",
        share=max(clock, processor) / _BUDGET,
        command="python -m benchmarks.encrypted_life",
        notes=(
            f"{_PAIRS} pair of {_CASES} lives in turn; worker and server",
            f"a history of {sizes[0]:.1f} KiB becomes {sizes[1]:.1f} KiB",
            f"one payload there and back: {await _microseconds(keys, 500):.0f} µs for 500 bytes, "
            f"{await _microseconds(keys, 100_000):.0f} µs for 100 kB",
        ),
    )


def measure() -> Measured:
    """Let cases live in turn on two engines, one of which encrypts."""
    return asyncio.run(_measured())


def main() -> None:
    """Measure and print."""
    report(measure())


if __name__ == "__main__":
    main()
