"""The handler that our webhooks are held against: FastAPI, uvicorn, one row a request, and nothing proved or looked at.

`python -m benchmarks.bare_webhook PORT URL`
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, create_engine, event, insert

_ROWS = Table(
    "bare_events", MetaData(), Column("seq", Integer, primary_key=True), Column("body", LargeBinary, nullable=False)
)


def bare(url: str) -> FastAPI:
    """The application, on a database that commits as durably as ours."""
    engine = create_engine(url)

    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _: object) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA busy_timeout=30000")

    _ROWS.metadata.create_all(engine)
    app = FastAPI()

    def store(body: bytes) -> None:
        with engine.begin() as connection:
            connection.execute(insert(_ROWS), {"body": body})

    @app.post("/webhooks/stripe")
    async def receive(request: Request) -> dict[str, str]:
        """Write the row, then answer."""
        await asyncio.to_thread(store, await request.body())
        return {}

    return app


if __name__ == "__main__":
    uvicorn.run(bare(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
