"""A command that writes a message into the inbox and is killed before it says so: it is there, or it is not."""

from __future__ import annotations

import argparse
import os
import signal
from datetime import datetime

from casefile.case_file import CaseFile
from casefile.database import Database
from domain.messages import inbox_id

MOMENTS = ("in_transaction", "after_commit")


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("database", "case", "name", "content", "delivery", "at"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--kill", choices=MOMENTS, required=True)
    given = parser.parse_args()
    raw = given.content.encode()
    with CaseFile(Database(given.database)).write(given.case) as transaction:
        own = inbox_id(given.name, raw, given.delivery)
        transaction.inbox.accept(given.case, own, given.name, raw, datetime.fromisoformat(given.at))
        if given.kill == "in_transaction":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
