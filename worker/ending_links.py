"""Payment links that ask what is owed no more end within seconds, as long as an API runs that can make them."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import OperationalError

from services.debtor_page.ending import EndingLinks

__all__ = ["keep_ending"]

_LOOK_SECONDS = 5.0


async def keep_ending(ending: EndingLinks, look_seconds: float = _LOOK_SECONDS) -> None:
    """Look again and again, until cancelled.

    Args:
        ending: What is looked at.
        look_seconds: The pause between two looks.
    """
    log = structlog.get_logger("maanwerk.api")
    while True:
        try:
            await ending.look()
        except OperationalError as problem:
            log.warning("payment_links_not_compared", reason=str(problem.orig))
        except Exception as problem:
            # The next look must come, whatever this was.
            log.error("payment_links_not_compared", reason=type(problem).__name__)
        await asyncio.sleep(look_seconds)
