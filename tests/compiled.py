"""Compiles what a fresh clone has not compiled yet, once, before the processes of a test run begin.

Else each of them compiles all of our program at the same time, and rewrites the `assert`s of every test file.

    python -m tests.compiled    in as many processes as there are processors
"""

from __future__ import annotations

import compileall
import os
from collections.abc import Sequence
from multiprocessing import Pool
from pathlib import Path

from _pytest.assertion import rewrite

ROOT = Path(__file__).parents[1]
_OTHERS = frozenset((".venv", "build", "dist", "node_modules", "out", "var", "__pycache__"))


def compile_all() -> None:
    """Compile every file of this checkout that has no compiled form, or another one than it would have now."""
    processes = len(os.sched_getaffinity(0))
    files = ours()
    with Pool(processes) as pool:
        pool.map(compile_files, [files[number::processes] for number in range(processes)], chunksize=1)


def ours() -> list[Path]:
    """Every Python file of this checkout."""
    found: list[Path] = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [each for each in below if each not in _OTHERS and not each.startswith(".")]
        found += (Path(folder, name) for name in names if name.endswith(".py"))
    return sorted(found)


def compile_files(files: Sequence[Path]) -> None:
    """Compile those that are not yet, each as who imports it would."""
    for file in files:
        if _has_asserts_rewritten(file):
            _rewrite(file)
        else:
            compileall.compile_file(file, quiet=2)


def _has_asserts_rewritten(file: Path) -> bool:
    return ROOT / "tests" in file.parents and (file.name.startswith("test_") or file.name == "conftest.py")


def _rewrite(file: Path) -> None:
    """As pytest does when it imports the file, and where it looks first."""
    kept = rewrite.get_cache_dir(file) / (file.stem + rewrite.PYC_TAIL)
    if rewrite._read_pyc(file, kept) is not None:
        return
    kept.parent.mkdir(exist_ok=True)
    source_hash, code = rewrite._rewrite_test(file, None)  # type: ignore[arg-type]
    with open(partial := kept.with_suffix(f".{os.getpid()}"), "wb") as written:
        rewrite._write_pyc_fp(written, source_hash, code)
    partial.replace(kept)


if __name__ == "__main__":
    compile_all()
