"""Whether another checkout plays the same: for who makes the rules quicker, and changes none.

`python -m benchmarks.same_plays CHECKOUT [INVOICES]` plays all shipped scenarios and a random portfolio with the rules
of both, and names each whose JSON (`maanwerk simulate --json`) or whose facts are not the same, byte for byte.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["main", "portfolio"]

_INVOICES = 800
_SEED = 13
_START = date(2026, 1, 5)
_UNTIL = date(2026, 9, 30)
_POLICIES = (
    ("nl-business", "business"),
    ("nl-consumer", "consumer"),
    ("be-business", "business"),
    ("be-consumer", "consumer"),
    ("preset-7-14-21", "business"),
)


def portfolio(invoices: int, seed: int = _SEED) -> dict[str, Any]:
    """A scenario of one to four invoices a debtor, under several policies, to which all sorts of things happen.

    Args:
        invoices: How many, about.
        seed: The same gives the same.
    """
    draw = Random(seed)
    rows: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    while len(rows) < invoices:
        policy, kind = draw.choice(_POLICIES)
        debtor = f"d{len(rows)}"
        for _ in range(draw.choice((1, 1, 2, 2, 3, 4))):
            due = _START + timedelta(days=draw.randrange(70))
            row: dict[str, Any] = {
                "number": f"F-{len(rows)}",
                "debtor": debtor,
                "kind": kind,
                "invoice_date": due - timedelta(days=draw.choice((14, 30))),
                "due": due,
                "amount": f"{draw.randrange(2_000, 1_500_000) / 100:.2f}",
                "policy": policy,
                "term_basis": draw.choice(("agreed", "agreed", "printed")),
                "goods": draw.random() < 0.3,
            }
            rows.append(row)
            events.extend(_happening(draw, row))
    events.sort(key=lambda event: event["on"])
    return {
        "scenario": f"a random portfolio of seed {seed}",
        "policy": "nl-business",
        "start": _START,
        "until": _UNTIL,
        "invoices": rows,
        "events": events,
    }


def _happening(draw: Random, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What happens to an invoice: nothing, or up to four things in turn."""
    number, on = row["number"], row["due"] - timedelta(days=10)
    for place in range(draw.choice((0, 1, 1, 2, 3, 4))):
        on += timedelta(days=draw.randrange(1, 40))
        if on > _UNTIL:
            return
        own, some = f"{number}-{place}", f"{float(row['amount']) * draw.choice((0.1, 0.4, 0.5)):.2f}"
        at: dict[str, Any] = {"on": max(on, _START), "invoice": number}
        choices: Sequence[dict[str, Any]] = (
            {"payment": row["amount"], "id": own},
            {"payment": some, "id": own},
            {"payment": some, "id": own},
            {"reverse": f"{number}-{place - 1}"},
            {"credit": some, "id": own, "kind": draw.choice(("correction", "rebate"))},
            {"pause": {"until": on + timedelta(days=draw.randrange(1, 30))}},
            {"dispute": {"id": own, "reason": "damaged"}},
            {"dispute": {"id": own, "reason": "late", "amount": some}},
            {"resolve": {"outcome": draw.choice(("rejected", "upheld", "withdrawn"))}},
            {"promise": {"by": on + timedelta(days=draw.randrange(1, 14))}},
            {"settlement": {"amount": some, "by": on + timedelta(days=10), "approved_by": "els"}},
            {"hold": {"kind": "payment_claimed", "until": on + timedelta(days=5)}},
            {"status": {"kind": draw.choice(("debt_help", "bankruptcy", "vulnerable"))}},
            {"task_done": draw.choice(("call", "check_register", "approve_handoff"))},
            {"approve": "handoff"},
            {"write_off": some},
        )
        yield {**at, **draw.choice(choices)}


def _played() -> dict[str, str]:
    """What each scenario named on the standard input comes to, as a digest, by the rules that are imported here."""
    from simulation.pure import run
    from simulation.scenario_file import load_scenario, shipped_scenarios

    found = {}
    for path in (*shipped_scenarios(), *sys.stdin.read().split("\n")):
        outcome = run(load_scenario(Path(path)))
        digest = sha256(json.dumps(outcome.as_json()).encode())
        for each in outcome.played:
            digest.update("".join(map(repr, (*each.facts, each.open))).encode())
            decided = each.decision
            if decided is not None:
                digest.update(f"{decided.action} {decided.at} {decided.step} {decided.blockers!r}".encode())
        found[Path(path).name] = digest.hexdigest()
    return found


def main(arguments: Sequence[str]) -> int:
    """Play in both, and say which are not the same.

    Returns:
        0 when all are.
    """
    if arguments == ["--play"]:
        print(json.dumps(_played()))
        return 0
    here, other = Path(__file__).parents[1], Path(arguments[0]).resolve()
    invoices = int(arguments[1]) if len(arguments) > 1 else _INVOICES
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "random-portfolio.yaml"
        file.write_text(json.dumps(portfolio(invoices), default=str))
        found = []
        for checkout in (other, here):
            told = subprocess.run(
                [sys.executable, "-P", __file__, "--play"],
                cwd=checkout,
                env={**os.environ, "PYTHONPATH": str(checkout)},
                input=str(file),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            found.append(json.loads(told.stdout))
    theirs, ours = found
    others = sorted(name for name in {*theirs, *ours} if theirs.get(name) != ours.get(name))
    for name in others:
        print(f"{name} is played otherwise")
    print(f"{len(ours) - len(others)} of {len(ours)} are played alike")
    return 1 if others else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
