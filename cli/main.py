"""The command line `maanwerk`."""

import gc
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command that was typed, and leave with its code."""
    # Asked by scripts and by people who report a bug: it is answered before what commands are made of is imported.
    if sys.argv[1:] == ["--version"]:
        from importlib.metadata import version

        print(f"maanwerk {version('maanwerk')}")
        sys.exit(0)
    from cli.app import run

    try:
        run()
    finally:
        # All that was imported lives to the end: Python need not look through it once more for what could go.
        gc.freeze()


if __name__ == "__main__":
    main()
