"""What Jinja makes of a template is made once a run, not in each process: all of ours take it a second."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

__all__ = ["compile_templates_once"]

_made = Environment.__init__


class _OfThisRun(FileSystemBytecodeCache):
    """Keeps each by its source and by how it is read: two rooms have a `base.html`, each its own."""

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """What is kept of a source."""
        escaped = environment.autoescape if isinstance(environment.autoescape, bool) else environment.autoescape(name)
        how = (
            escaped,
            environment.trim_blocks,
            environment.lstrip_blocks,
            environment.undefined,
            sorted(environment.extensions),
        )
        key = hashlib.sha256(repr((name, filename, how, source)).encode()).hexdigest()
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket


def compile_templates_once(folder: Path) -> None:
    """From now on.

    Args:
        folder: Where all processes of a run keep them.
    """
    folder.mkdir(exist_ok=True)
    kept = _OfThisRun(str(folder))

    def made(self: Environment, *args: Any, **kwargs: Any) -> None:
        _made(self, *args, **kwargs)
        self.bytecode_cache = self.bytecode_cache or kept

    Environment.__init__ = made  # type: ignore[method-assign]
