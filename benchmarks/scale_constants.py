"""What docs/scale.md counts with: each figure with its unit, and whether we measured it, read it or assume it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CONSTANTS", "Constant", "value"]

Origin = Literal["measured", "read", "assumed"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A figure and where it comes from.

    Attributes:
        name: By which the calculation asks for it.
        value: In `unit`.
        origin: Measured by us (on two cores of a shared machine), read, or assumed.
        source: The command that measures it again; or where it was read, and when; or why it is assumed.
    """

    name: str
    value: float
    unit: str
    origin: Origin
    source: str


_LIVES = "`python -m benchmarks.life_sizes 8`"
_BYTES = "`python -m benchmarks.case_bytes 60`"
_STEPS = "`python -m benchmarks.step_latency 200`"
_DECISION = "docs/decisions/0017"
_SHARDS = "Temporal (concepts, history shard): one write at a time; 10 ms each make 100; a fifth, for bursts"
_CLOUD = "Temporal, documentation, cloud/pricing, read 2026-11-28"
_LIMITS = "Temporal, documentation, cloud/limits, read 2026-11-28"
_PERFORMANCE = "docs/performance.md"

CONSTANTS: tuple[Constant, ...] = (
    # A life on Temporal.
    Constant("actions_case", 7, "actions of a case that is paid before its first step", "measured", _LIVES),
    Constant("actions_step", 3, "actions more for each step", "measured", _LIVES),
    Constant("actions_payment", 3, "actions of those for the payment", "measured", _LIVES),
    Constant(
        "history_case", 4_110, "bytes of history of a case without a step, its payment included", "measured", _LIVES
    ),
    Constant("history_step", 2_270, "bytes more for each step", "measured", _LIVES),
    Constant("transitions_case", 6, "state transitions of a case without a step", "measured", _LIVES),
    Constant("transitions_step", 6, "state transitions more for each step", "measured", _LIVES),
    Constant("upserts_step", 1, "upserts of search attributes a step", "measured", _LIVES),
    Constant(
        "worker_ms", 29, "ms of the worker a step, all wake-ups of a life included, e-mail, SQLite", "measured", _LIVES
    ),
    Constant("server_ms", 24, "ms of the dev server a step (SQLite in memory); not counted with", "measured", _LIVES),
    Constant("plain_ms", 7.2, "ms for the case file in `worker_ms`: a step with an e-mail, SQLite", "measured", _STEPS),
    Constant("sqlite_steps", 136, "steps a second on SQLite, e-mail, on the clock", "measured", _STEPS),
    Constant("cached_kib", 102, "KiB of the worker for a cached case", "measured", _PERFORMANCE),
    # The case file.
    Constant("file_ms", 22, "ms for a step on PostgreSQL, letters and dossier included", "measured", _BYTES),
    Constant("statements", 31, "SQL statements a step", "measured", _BYTES),
    Constant(
        "opened_bytes",
        61_200,
        "bytes of an open case without a step, on PostgreSQL with all indexes",
        "measured",
        _BYTES,
    ),
    Constant("document_bytes", 55_300, "bytes of those for the invoice of 50 kB", "measured", _BYTES),
    Constant("step_bytes", 3_300, "bytes a step, without what it sends", "measured", _BYTES),
    Constant("mail_bytes", 9_100, "bytes of an e-mail without an invoice", "measured", _BYTES),
    Constant("enclosed_bytes", 68_300, "bytes more for an invoice of 50 kB in an e-mail", "measured", _BYTES),
    Constant("paper_bytes", 34_600, "bytes of a letter on paper", "measured", _BYTES),
    Constant("dossier_bytes", 278_000, "bytes of a dossier, with all that was sent in it", "measured", _BYTES),
    Constant("delivery_bytes", 4_900, "bytes beside the content of each of them, indexes included", "measured", _BYTES),
    Constant("facts_case", 3, "facts of a case without a step: opened, paid, closed", "read", "`domain/facts`"),
    Constant("facts_step", 3.7, "facts more for each step", "measured", _BYTES),
    Constant("log_bytes", 78_600, "bytes of PostgreSQL's log a step, over a life to the hand-off", "measured", _BYTES),
    Constant(
        "import_rows", 690, "rows a second of an import on PostgreSQL (20,000 in 28.9 s)", "measured", _PERFORMANCE
    ),
    Constant("listing_cases", 3_333, "living runs listed a second (10,000 in 3 s, dev server)", "measured", _DECISION),
    Constant("listing_page", 1000, "runs that one call of visibility lists", "read", "`engine/runs/listing.py`"),
    Constant("today_ms", 99, "ms for the page Today over 50,000 cases, PostgreSQL", "measured", _PERFORMANCE),
    # What others say.
    Constant("aps", 500, "actions a second of a namespace on Cloud, to begin with", "read", _LIMITS),
    Constant("visibility", 30, "calls of visibility a second of a namespace", "read", _LIMITS),
    Constant("batch", 50, "executions a second of the one batch job of a namespace", "read", _LIMITS),
    Constant("active_gbh", 0.042, "$ a GBh of active storage", "read", _CLOUD),
    Constant("retained_gbh", 0.00105, "$ a GBh of retained storage", "read", _CLOUD),
    Constant("plan_actions", 2.5e6, "actions a month in the Business plan", "read", _CLOUD),
    Constant("plan_active", 2.5, "GB of active storage in it", "read", _CLOUD),
    Constant("plan_retained", 100, "GB of retained storage in it", "read", _CLOUD),
    Constant("month_hours", 744, "hours by which Cloud turns GB into GBh", "read", _CLOUD),
    Constant("plan_least", 500, "$ a month at least for the plan, or a tenth of the use", "read", _CLOUD),
    Constant("fairness", 0.1, "actions more an action where fairness is on", "read", _CLOUD),
    Constant("toast_values", 2**32, "values kept outside their row in one table", "read", "PostgreSQL wiki, TOAST"),
    Constant("table_tb", 32, "TB of one table", "read", "PostgreSQL 16, appendix K"),
    # What nobody told us.
    Constant("shard_transitions", 20, "state transitions a second a history shard", "assumed", _SHARDS),
    Constant("window_hours", 7, "hours of sending: 09:00 to 16:00", "read", "`policies/nl-business.yaml`"),
    Constant("payment_hours", 8, "hours in which payments of a day are booked", "assumed", "office hours"),
    Constant("retained_days", 30, "days that ended runs are kept", "read", _LIMITS + " (default)"),
    Constant("kept_years", 7, "years that a case is kept", "read", "AWR art. 52"),
    Constant("partition_gb", 200, "GB of one partition", "assumed", "vacuumed and restored in hours"),
    Constant("log_mb", 100, "MB a second that one PostgreSQL server writes to its log", "assumed", "a disk of its own"),
    Constant("import_hours", 8, "hours in which new invoices are imported", "assumed", "a night"),
    Constant("sweep_seconds", 60, "s between two rounds of the worker", "read", "`worker/process.py`"),
    Constant("desk_seconds", 1, "s for a page of the desk", "read", "design"),
)

_BY_NAME = {each.name: each.value for each in CONSTANTS}


def value(name: str) -> float:
    """The figure of that name."""
    return _BY_NAME[name]
