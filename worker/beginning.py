"""Begins a process of ours: `python -m worker.beginning worker.door`.

Nothing that is imported goes before the end, and Python would look through all of it again and again for what could go:
a sixth of the time until a process serves, and as long again when it ends.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module


def main() -> None:
    """Import a module, and be what its `main` makes of this process."""
    gc.disable()
    begun = import_module(sys.argv[1])
    gc.freeze()
    gc.enable()
    try:
        begun.main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
