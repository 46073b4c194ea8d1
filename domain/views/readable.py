"""What may be read of a case in Temporal without its keys."""

from typing import Literal

__all__ = ["Readable"]

Readable = Literal["all", "codes"]
"""What Temporal may show of a case to who has no key: all that it shows, or codes and days only."""
