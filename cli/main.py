"""The command line `maanwerk`."""

import sys
from importlib.metadata import version

__all__ = ["main"]


def main() -> None:
    """Run the command that was typed, and leave with its code."""
    # Asked by scripts and by people who report a bug: it is answered before what commands are made of is imported.
    if sys.argv[1:] == ["--version"]:
        print(f"maanwerk {version('maanwerk')}")
        sys.exit(0)
    from cli.app import run

    run()


if __name__ == "__main__":
    main()
