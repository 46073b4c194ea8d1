"""So many open invoices in a steady state: what a day brings, what it takes, and what that asks too much of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from benchmarks.cloud_price import PUBLISHED, Month, price_of_month
from benchmarks.portfolio_lives import Lives
from benchmarks.scale_constants import value

__all__ = ["Limit", "Scale", "limits", "step_ms"]

_MONTH, _YEAR = 365 / 12, 365
_HOUR = 3600
_TB, _GB, _MB = 1e12, 1e9, 1e6
_SHARDS = (512, 1024, 2048, 4096, 8192, 16384)


@dataclass(frozen=True)
class Scale:
    """So many open invoices in a steady state, whose cases live as those of the portfolio."""

    open_cases: int
    lives: Lives

    # What happens in a day ----------------------------------------------------------------------------

    @property
    def opened_a_day(self) -> float:
        """Cases opened a day, and ended (Little: as many as are open, by the days that each is)."""
        return self.open_cases / self.lives.days_open

    @property
    def busiest_steps(self) -> float:
        """Steps on the busiest morning of a week."""
        return self.opened_a_day * 7 * self.lives.steps * self.lives.busiest

    @property
    def steps_a_second(self) -> float:
        """Steps a second on that day, spread over the hours of sending."""
        return self.busiest_steps / (value("window_hours") * _HOUR)

    @property
    def steps_in_an_hour(self) -> float:
        """Steps a second where all that is due at 09:00 is done by 10:00."""
        return self.busiest_steps / _HOUR

    @property
    def payments_a_second(self) -> float:
        """Payments a second, taken as one a case."""
        return self.opened_a_day / (value("payment_hours") * _HOUR)

    @property
    def cores(self) -> float:
        """Cores of workers for `steps_a_second`."""
        return self.steps_a_second * step_ms() / 1000

    @property
    def cores_for_an_hour(self) -> float:
        """Cores of workers for `steps_in_an_hour`."""
        return self.steps_in_an_hour * step_ms() / 1000

    @property
    def cached_bytes(self) -> float:
        """Memory of the workers in which every case of the busiest morning stays cached."""
        return self.busiest_steps * value("cached_kib") * 1024

    # Temporal ------------------------------------------------------------------------------------------

    @property
    def actions_a_case(self) -> float:
        """Billable actions of a mean case."""
        return value("actions_case") + self.lives.steps * value("actions_step")

    @property
    def actions_a_month(self) -> float:
        """Billable actions a month."""
        return self.opened_a_day * _MONTH * self.actions_a_case

    def actions_a_second(self, steps: float) -> float:
        """Actions a second at so many steps a second, while payments are booked, too."""
        return steps * value("actions_step") + self.payments_a_second * value("actions_payment")

    @property
    def active_bytes(self) -> float:
        """History of the open cases."""
        return self.open_cases * (value("history_case") + self.lives.steps_while_open * value("history_step"))

    @property
    def retained_bytes(self) -> float:
        """History of the ended cases that are still kept."""
        each = value("history_case") + self.lives.steps * value("history_step")
        return self.opened_a_day * value("retained_days") * each

    @property
    def visible(self) -> float:
        """Rows of visibility: open cases, and ended ones that are kept."""
        return self.open_cases + self.opened_a_day * value("retained_days")

    @property
    def upserts_a_second(self) -> float:
        """Writes of visibility a second: a step upserts once, a payment upserts and ends its case."""
        return self.steps_a_second * value("upserts_step") + self.payments_a_second * 2

    def transitions_a_second(self, steps: float) -> float:
        """State transitions a second at so many steps a second, while payments are booked, too."""
        return steps * value("transitions_step") + self.payments_a_second * value("transitions_case")

    def shards(self, steps: float) -> int:
        """History shards for so many steps a second, the next usual number."""
        least = self.transitions_a_second(steps) / value("shard_transitions")
        return next((each for each in _SHARDS if each >= least), _SHARDS[-1])

    @cached_property
    def month(self) -> Month:
        """A month on Temporal Cloud."""
        return price_of_month(self.actions_a_month, self.active_bytes, self.retained_bytes)

    @cached_property
    def fair_month(self) -> Month:
        """The same with fairness on."""
        actions = self.actions_a_month * (1 + value("fairness"))
        return price_of_month(actions, self.active_bytes, self.retained_bytes)

    # The case file -------------------------------------------------------------------------------------

    @property
    def facts_a_year(self) -> float:
        """Rows of `facts` a year, the largest number of rows of any table."""
        return self.opened_a_day * _YEAR * (value("facts_case") + self.lives.steps * value("facts_step"))

    @property
    def sends_a_year(self) -> float:
        """Rows of `deliveries` a year: messages and dossiers."""
        return self.opened_a_day * _YEAR * (self.lives.sends + self.lives.handed_off / self.lives.cases)

    @property
    def deliveries_a_year(self) -> float:
        """Bytes of what is sent in a year: the one table `deliveries`."""
        contents = (
            (self.lives.sends - self.lives.papers) * value("mail_bytes")
            + self.lives.enclosed * value("enclosed_bytes")
            + self.lives.papers * value("paper_bytes")
            + self.lives.handed_off / self.lives.cases * value("dossier_bytes")
        )
        return self.opened_a_day * _YEAR * contents + self.sends_a_year * value("delivery_bytes")

    @property
    def letters_a_year(self) -> float:
        """Bytes of invoices, letters and dossiers, which may lie elsewhere."""
        return self.opened_a_day * _YEAR * value("document_bytes") + self.deliveries_a_year

    @property
    def bytes_a_year(self) -> float:
        """Bytes that the case file grows by in a year."""
        each = value("opened_bytes") + self.lives.steps * value("step_bytes")
        return self.opened_a_day * _YEAR * each + self.deliveries_a_year

    @property
    def kept_bytes(self) -> float:
        """Bytes of the case file when the first cases may be deleted."""
        return self.bytes_a_year * value("kept_years")

    @property
    def partitions(self) -> int:
        """Partitions (creditors by hash × year of the end) if all of it is kept in PostgreSQL."""
        return math.ceil(self.kept_bytes / (value("partition_gb") * _GB))

    @property
    def partitions_without_letters(self) -> int:
        """Partitions if the letters lie elsewhere."""
        rest = (self.bytes_a_year - self.letters_a_year) * value("kept_years")
        return math.ceil(rest / (value("partition_gb") * _GB))

    @property
    def log_a_second(self) -> float:
        """Bytes a second of PostgreSQL's log while steps are taken."""
        return self.steps_a_second * value("log_bytes")

    # The desk ------------------------------------------------------------------------------------------

    def lag_seconds(self, cores: float) -> float:
        """How long after 09:00 the last view of the busiest morning is right, with so many cores of workers."""
        return self.busiest_steps * step_ms() / 1000 / cores


def step_ms() -> float:
    """Milliseconds of a worker for a step with all that it makes: of the engine, and of the case file with letters."""
    return value("worker_ms") - value("plain_ms") + value("file_ms")


# What breaks -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """What is asked of something, and what it bears.

    Attributes:
        what: What would break.
        load: What is asked, `bears` what it bears, both in `unit`.
        remedy: What we would do.
    """

    what: str
    load: float
    bears: float
    unit: str
    remedy: str

    @property
    def times(self) -> float:
        """How many times over; above 1 it breaks."""
        return self.load / self.bears


def limits(scale: Scale) -> list[Limit]:
    """All limits that we know of, what breaks first at the head."""
    years = value("kept_years")
    found = [
        Limit(
            "the page Today of somebody who sees everything",
            scale.open_cases / 50_000 * value("today_ms") / 1000,
            value("desk_seconds"),
            "s a page, if it grows as the cases do",
            "sums kept by the day; a desk a creditor",
        ),
        Limit(
            "the round that lists all living runs, every tenth minute",
            scale.open_cases / value("listing_cases"),
            10 * value("sweep_seconds"),
            "s a list",
            "a round a task queue, by creditor; only what changed",
        ),
        Limit(
            "one worker process",
            scale.steps_a_second,
            1000 / step_ms(),
            "steps/s over the window",
            "more processes on the same queue",
        ),
        Limit(
            "SQLite, one writer",
            scale.steps_a_second,
            value("sqlite_steps"),
            "steps/s over the window",
            "PostgreSQL, which locks a debtor",
        ),
        Limit(
            "`deliveries` as one table: its size",
            scale.deliveries_a_year * years,
            value("table_tb") * _TB,
            "bytes in seven years",
            "letters in object storage; partitions",
        ),
        Limit(
            "`deliveries` as one table: its values outside the row",
            scale.sends_a_year * years,
            value("toast_values"),
            "letters in seven years",
            "letters in object storage; partitions",
        ),
        Limit(
            "one PostgreSQL server: its log",
            scale.log_a_second,
            value("log_mb") * _MB,
            "bytes a second, over the window",
            "several case files, by creditor",
        ),
        Limit(
            "the lock of an import",
            scale.opened_a_day,
            value("import_rows") * value("import_hours") * _HOUR,
            "rows a night",
            "several case files; a lock a creditor",
        ),
        Limit(
            "a namespace of Cloud: actions, spread over the window",
            scale.actions_a_second(scale.steps_a_second),
            value("aps"),
            "actions/s",
            "namespaces by creditor; provisioned capacity",
        ),
        Limit(
            "a namespace of Cloud: actions, all within an hour",
            scale.actions_a_second(scale.steps_in_an_hour),
            value("aps"),
            "actions/s",
            "spread the morning; provisioned capacity",
        ),
        Limit(
            "the published prices of Cloud",
            scale.actions_a_month,
            PUBLISHED,
            "actions a month",
            "a contract, or a Temporal of one's own",
        ),
        Limit(
            "a Temporal of one's own with 512 history shards",
            scale.transitions_a_second(scale.steps_a_second),
            512 * value("shard_transitions"),
            "transitions/s",
            "more shards, chosen at the start",
        ),
        Limit(
            "visibility of Cloud, for that list",
            scale.open_cases / value("listing_page") / 600,
            value("visibility"),
            "calls/s",
            "the same",
        ),
        Limit(
            "a batch job of Cloud that tells every case something",
            scale.open_cases / value("batch"),
            24 * _HOUR,
            "s, of a day",
            "one row that all cases read, as *sending nothing today* is",
        ),
    ]
    return sorted(found, key=lambda each: -each.times)
