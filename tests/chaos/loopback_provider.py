"""A provider on the loopback interface, in a process of its own, that accepts messages by key and misbehaves.

    POST /messages {"key", "channel", "sha256"}    takes a message: every acceptance is a row, so that a key taken
                                                   twice is seen as two
    GET /messages?key=                             finds it, but only some time (its lag) after it was taken

What goes wrong is drawn from the seed, the key and the number of the request for it, so a run can be repeated.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import sqlite3
import struct
import threading
import time
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

BAD_DAYS = ("drop_after", "reset_before", "unavailable", "late", "mute")
"""Takes it and drops the connection; drops it unread; 503; answers too late; takes it, drops, and never finds it."""


def bad_day(seed: int, key: str, number: int, share: float) -> str | None:
    """What goes wrong at the n-th request for a key; at last nothing does."""
    draw = random.Random(f"{seed}:{key}:{number}")
    if number > 3 or draw.random() >= share:
        return None
    return draw.choices(BAD_DAYS, weights=(4, 3, 3, 2, 1))[0]


class Provider(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, store: Path, seed: int, share: float, lag: float, late: float) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.seed, self.share, self.lag, self.late = seed, share, lag, late
        self.lock = threading.Lock()
        self.store = sqlite3.connect(store, check_same_thread=False, isolation_level=None)
        self.store.execute("PRAGMA journal_mode=WAL")
        self.store.execute("CREATE TABLE taken (key TEXT, channel TEXT, sha256 TEXT, at REAL)")
        self.store.execute("CREATE TABLE asked (key TEXT, fault TEXT)")

    def plan(self, key: str) -> str | None:
        with self.lock:
            number = self.store.execute("SELECT count(*) FROM asked WHERE key = ?", (key,)).fetchone()[0]
            fault = bad_day(self.seed, key, number, self.share)
            self.store.execute("INSERT INTO asked VALUES (?, ?)", (key, fault))
        return fault

    def take(self, message: dict[str, str]) -> int:
        row = (message["key"], message["channel"], message["sha256"], time.time())
        with self.lock:
            return self.store.execute("INSERT INTO taken VALUES (?, ?, ?, ?)", row).lastrowid or 0

    def find(self, key: str) -> tuple[int, float, bool] | None:
        with self.lock:
            row = self.store.execute("SELECT rowid, at FROM taken WHERE key = ? LIMIT 1", (key,)).fetchone()
            mute = self.store.execute("SELECT 1 FROM asked WHERE key = ? AND fault = 'mute'", (key,)).fetchone()
        return (row[0], row[1], mute is not None) if row else None


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = self.server.plan(message["key"])
        if fault == "reset_before":
            return self.drop()
        if fault == "unavailable":
            return self.answer(503, {"error": "busy"})
        reference = self.server.take(message)
        if fault in ("drop_after", "mute"):
            return self.drop()
        if fault == "late":
            time.sleep(self.server.late)
        return self.answer(202, {"reference": reference})

    def do_GET(self) -> None:
        key = parse_qs(urlsplit(self.path).query)["key"][0]
        found = self.server.find(key)
        if found is not None and found[2]:
            return self.answer(500, {"error": "the list is closed"})
        if found is None or time.time() < found[1] + self.server.lag:
            return self.answer(404, {"error": "not known"})
        return self.answer(200, {"reference": found[0]})

    def answer(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # Whoever asked is dead: that is what this is all about.

    def drop(self) -> None:
        """End the connection with a reset instead of an answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):
            self.close_connection = True  # A connection that was dropped, by us or by a kill.

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the store is the log."""


def acceptances(store: Path) -> list[tuple[str, str, str]]:
    """Key, channel and hash of every acceptance."""
    with closing(sqlite3.connect(store)) as reader:
        return list(reader.execute("SELECT key, channel, sha256 FROM taken ORDER BY rowid"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--lag", type=float, default=0.5)
    parser.add_argument("--late", type=float, default=2.0)
    given = parser.parse_args()
    provider = Provider(given.store, given.seed, given.share, given.lag, given.late)
    print(provider.server_address[1], flush=True)
    provider.serve_forever()


if __name__ == "__main__":
    main()
