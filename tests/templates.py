"""Templates of pages and letters are compiled once a run, by whichever process asks first: all of them take a second.

What is kept has the text of its template and how it is compiled in its name, so it is never another's.
"""

from __future__ import annotations

from functools import wraps
from hashlib import sha1
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

_HOW = ("trim_blocks", "lstrip_blocks", "keep_trailing_newline", "undefined", "is_async", "optimized")


class KeptTemplates(FileSystemBytecodeCache):
    """Compiled templates in a folder; without one nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(str(folder or "unused"), "%s")
        self.folder = folder

    def keep_in(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.directory, self.folder = str(folder), folder

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        escape = environment.autoescape(name) if callable(environment.autoescape) else environment.autoescape
        how = (escape, *(getattr(environment, each) for each in _HOW), *environment.extensions)
        bucket = Bucket(environment, sha1(repr((name, filename, source, how)).encode()).hexdigest(), "")
        if self.folder is not None:
            self.load_bytecode(bucket)
        return bucket

    def set_bucket(self, bucket: Bucket) -> None:
        if self.folder is not None:
            self.dump_bytecode(bucket)


KEPT = KeptTemplates()


def compile_templates_once() -> None:
    """From now on, in every environment that says nothing else; in a folder as soon as `KEPT` has one."""
    make = Environment.__init__

    @wraps(make)
    def made(self: Environment, *args: object, **more: object) -> None:
        make(self, *args, **more)  # type: ignore[arg-type]
        if self.bytecode_cache is None:
            self.bytecode_cache = KEPT

    Environment.__init__ = made  # type: ignore[method-assign]
