"""Settings: environment variables `MAANWERK_…`. How to reach Temporal is the SDK's own (`TEMPORAL_ADDRESS` …)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from worker.connection_limits import WEBHOOKS
from worker.listening import Address
from worker.provider_settings import ProviderSettings


class Settings(ProviderSettings):
    """What a deployment decides, besides the providers.

    Attributes:
        database: URL of the case file: `sqlite:///path`, or `postgresql://user:password@host/database`.
        outbox: Folder into which the embedded outbox puts what is sent.
        task_queue: Task queue of the cases.
        step_seconds: Longest time one step may take, in seconds.
        max_cached_cases: Cases that the worker keeps in memory.
        http: `host:port` for `/healthz`, `/readyz` and `/metrics`; None serves none.
        webhooks: `host:port` for `/webhooks/…`, taken by a process of its own; None serves none.
        webhooks_connections: Most connections at once to it.
        webhooks_connections_per_address: Most connections at once to it from one remote address.
        metrics: `host:port` for the metrics of Temporal's SDK; None serves none.
        build_id: Build of this worker; with one, cases stay on the build they began with until they continue as new.
        mail_per_second: Most e-mails a second that this process hands over; None is no limit.
        sms_per_second: Most text messages a second.
        call_per_second: Most telephone calls a second.
        post_per_second: Most letters a second, registered ones included.
    """

    model_config = SettingsConfigDict(env_prefix="MAANWERK_", extra="ignore", hide_input_in_errors=True)

    database: str = "sqlite:///var/case-file.sqlite3"
    outbox: Path = Path("var/outbox")
    task_queue: str = "maanwerk"
    step_seconds: float = Field(default=60.0, gt=0)
    max_cached_cases: int = Field(default=1000, ge=0)
    http: Address | None = None
    webhooks: Address | None = None
    webhooks_connections: int = Field(default=WEBHOOKS.connections, ge=1)
    webhooks_connections_per_address: int = Field(default=WEBHOOKS.connections_of_one, ge=1)
    metrics: Address | None = None
    build_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    mail_per_second: float | None = Field(default=None, gt=0)
    sms_per_second: float | None = Field(default=None, gt=0)
    call_per_second: float | None = Field(default=None, gt=0)
    post_per_second: float | None = Field(default=None, gt=0)
