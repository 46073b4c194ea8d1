"""Settings: environment variables `MAANWERK_…`. How to reach Temporal is the SDK's own (`TEMPORAL_ADDRESS` …)."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a deployment decides.

    Attributes:
        database: SQLAlchemy URL of the case file.
        outbox: Folder into which the embedded outbox puts what is sent.
        task_queue: Task queue of the cases.
        step_seconds: Longest time one step may take, in seconds.
        max_cached_cases: Cases that the worker keeps in memory.
    """

    model_config = SettingsConfigDict(env_prefix="MAANWERK_", extra="ignore")

    database: str = "sqlite:///var/case-file.sqlite3"
    outbox: Path = Path("var/outbox")
    task_queue: str = "maanwerk"
    step_seconds: float = Field(default=60.0, gt=0)
    max_cached_cases: int = Field(default=1000, ge=0)
