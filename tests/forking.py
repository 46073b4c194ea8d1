"""Processes of our program that are forked from one that has all of it imported.

Python needs more than a second to import our program with Temporal's SDK and SQLAlchemy, and a test that kills,
restarts and asks starts it a dozen times. What is forked finds what a new process finds: its arguments, environment,
folder and streams, no thread, and a module that runs as `__main__`. That Python itself starts it as well is proved in
`tests/packaging`, where README, runbook and wheel are tried: each kind of command as a person types it.

One process forks for all that test in a run, and for what it has forked (`tests.forked_children`).

    python -m tests.forking 7    the process that forks: descriptor 7 is the socket at which it listens
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import fcntl
import functools
import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

from machine import tied_process

ROOT = Path(__file__).parents[1]
IMPORTED = (
    "alembic.command",
    "alembic.config",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "cli.app",
    "cli.main",
    "cli.speaking",
    *(f"cli.commands.{name}" for name in ("case", "import_", "migrate", "nudge", "plan", "simulate", "up", "worker")),
    # What these import when they are called.
    *(f"cli.{name}" for name in ("failing", "importing", "same_case_file", "serving")),
    *(f"cli.case.{name}" for name in ("engine", "show_list", "show_report", "telling")),
    *(f"engine.{name}" for name in ("runs.status", "same_case_file", "submit")),
    *(f"services.{name}" for name in ("provider_money.unmatched", "reports.case_list")),
    *(f"worker.{name}" for name in ("api_keeping", "process", "standalone")),
    # What libraries import when they are first used: a connection, an API, a provider asked, a file handed off.
    "asyncssh",
    "cryptography.hazmat.backends.openssl.backend",
    "encodings.cp437",
    "encodings.utf_8_sig",
    "httpcore",
    "psycopg",
    "pydantic.v1",
    "temporalio.testing",
    "typer._adapters",
    "uvicorn.lifespan.off",
    # What those need that several do at once (`tests.at_once`).
    "gateways.outbox",
    "pytest",
    "tests.casefile.builders",
    "tests.chaos.chaos_worker",
    "tests.forked_children",
)
"""What most of them need; one that needs more imports it as every process does."""
LARGEST = 1 << 17
"""Bytes of a request: environments are long."""


# In the process that forks -----------------------------------------------------------------------------------


def serve(descriptor: int) -> None:
    """Fork a process for every request, until nobody is connected any more."""
    for name in IMPORTED:
        import_module(name)
    assert len(os.listdir("/proc/self/task")) == 1, "a process with threads can't be forked"
    listener = socket.socket(fileno=descriptor)
    # What is forked knows this module by its name.
    vars(import_module("tests.forking"))["address"] = listener.getsockname()
    # What is forked finds the templates and words of the letter that most of them send.
    import_module("letters.render").render_email(import_module("tests.letters.builders").example("reminder", "nl"))
    # What is forked may start Temporal: the name that it has for it is made once.
    import_module("engine.embedded").binary("temporal")
    gc.freeze()
    listener.settimeout(60)  # Who has started this is about to connect, if he lives.
    connected = {each.fileno(): each for each in [_accepted(listener)]}
    forked: dict[int, _Child] = {}
    looked = select.poll()
    for number in (descriptor, *connected):
        looked.register(number, select.POLLIN)
    while connected:
        for ready, _ in looked.poll():
            if ready == descriptor:
                new = _accepted(listener)
                connected[new.fileno()] = new
                looked.register(new, select.POLLIN)
                continue
            if ready in forked:
                looked.unregister(ready)
                forked.pop(ready).ended()
                continue
            try:
                request, descriptors, _, _ = socket.recv_fds(connected[ready], LARGEST, 16)
            except ConnectionError:
                request = b""
            if not request:
                looked.unregister(ready)
                connected.pop(ready).close()
                continue
            told, *given = descriptors
            child = os.fork()
            if child == 0:
                for ours in (listener, *connected.values()):
                    ours.close()
                for number in (told, *forked, *(other.told for other in forked.values())):
                    os.close(number)
                _become(json.loads(request), given[:3], given[3:])
            for number in given:
                os.close(number)
            new_one = _Child(child, told)
            forked[new_one.descriptor] = new_one
            looked.register(new_one.descriptor, select.POLLIN)


class _Child:
    """One that was forked, as long as it lives: who asked for it hears which process it is, and how it ended.

    Attributes:
        told: Where it is said.
        descriptor: Can be read once it has ended.
    """

    def __init__(self, process: int, told: int) -> None:
        self._process = process
        self.told = told
        self.descriptor = os.pidfd_open(process)
        self._say(process)

    def ended(self) -> None:
        """Lay it to rest."""
        _, status = os.waitpid(self._process, 0)
        self._say(os.waitstatus_to_exitcode(status))
        os.close(self.told)
        os.close(self.descriptor)

    def _say(self, number: int) -> None:
        with contextlib.suppress(BrokenPipeError):  # Nobody asks any more.
            os.write(self.told, b"%d\n" % number)


def _accepted(listener: socket.socket) -> socket.socket:
    """The next connection of somebody with our rights: others might have anything run."""
    while True:
        connection, _ = listener.accept()
        _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if user == os.getuid():
            return connection
        connection.close()


def _become(asked: Mapping[str, Any], streams: Sequence[int], kept: Sequence[int]) -> NoReturn:
    """Be the process that was asked for."""
    if asked["own_session"]:
        os.setsid()
    # Out of the way first: one may have got the number that another is to have.
    high = [fcntl.fcntl(each, fcntl.F_DUPFD, 512) for each in (*streams, *kept)]
    for each in (*streams, *kept):
        os.close(each)
    for number, each in zip((0, 1, 2, *asked["kept"]), high, strict=True):
        os.dup2(each, number)
        os.close(each)
    if asked["forks"]:
        import_module("tests.forked_children").fork_them()
    if not asked["tied"]:
        tied_process.ends_with = lambda parent: None
    os.chdir(asked["folder"])
    os.umask(asked["umask"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    gc.unfreeze()
    # It is to run as `__main__` alone.
    sys.modules.pop(asked["module"], None)
    sys.argv = [asked["module"], *asked["arguments"]]
    code = 0
    try:
        runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = _said(ended)
    except KeyboardInterrupt:
        traceback.print_exc()
        code = -signal.SIGINT
    except BaseException:
        traceback.print_exc()
        code = 1
    _end(code)


def _said(ended: SystemExit) -> int:
    """The exit code, as Python makes it of what was given to `sys.exit`."""
    if ended.code is None or isinstance(ended.code, int):
        return ended.code or 0
    print(ended.code, file=sys.stderr)
    return 1


def _end(code: int) -> NoReturn:
    """End as Python does, but for laying down module after module: of shared memory it takes most of a second."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # Nobody reads it any more.
            stream.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


# In the process that tests -----------------------------------------------------------------------------------


address: bytes | None = None
"""Where the process that forks listens, in what it has forked."""


@functools.cache
def _forks() -> socket.socket:
    """Our connection to the process that forks: the first that needs it starts it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    where = address or f"\0maanwerk-forks-{run}".encode()
    while True:
        # Where another has been quicker, it listens already, or is about to; the name goes with the process.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(where)
            listener.listen()
            _started.append(_start(listener.fileno()))
        here = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            here.connect(where)
        except ConnectionRefusedError:
            here.close()
            time.sleep(0.01)
        else:
            return here


_started: list[subprocess.Popen[bytes]] = []


def _start(descriptor: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.forking", str(descriptor)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[descriptor],
        # Whoever began the tests may ask all of his group to end, and this is to say still how the others ended.
        start_new_session=True,
    )


def _umask() -> int:
    """Ours: it can only be asked for by setting it."""
    found = os.umask(0o077)
    os.umask(found)
    return found


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "wb", buffering=0)


def _has_news(news: IO[bytes], timeout: float | None) -> bool:
    """Whether something can be read, within so many seconds; also where its descriptor is above 1,023."""
    looked = select.poll()
    looked.register(news, select.POLLIN)
    return bool(looked.poll(None if timeout is None else timeout * 1000))


class Forked:
    """A process of ours; as `subprocess.Popen`, as far as tests use it.

    Attributes:
        pid: Its number.
        returncode: Its exit code, or the negative number of the signal that ended it; None while it lives or nobody
            has looked.
        stdout: What it writes, where a pipe was asked for.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        folder: Path = ROOT,
        stdout: IO[bytes] | int | None = None,
        stderr: IO[bytes] | None = None,
        own_session: bool = False,
        stdin: IO[bytes] | None = None,
        kept: Sequence[int] = (),
        tied: bool = True,
        forks: bool = True,
        umask: int | None = None,
    ) -> None:
        """Start it.

        Args:
            module: Runs as with `python -m`.
            arguments: Behind its name.
            environment: The whole of it; that of the tests by default.
            folder: Where it works.
            stdout: Where it writes; nowhere by default, and with `subprocess.PIPE` to be read from the attribute.
            stderr: Likewise, but for the pipe.
            own_session: Whether it is the first of a group of its own, as in a terminal.
            stdin: What it reads; nothing by default.
            kept: Descriptors that it finds under the same numbers.
            tied: Whether it may tie its life to that of its parent, who is not the one who asks here.
            forks: Whether the processes of ours that it starts are forked, too.
            umask: What others may not do with its files; ours by default.
        """
        request = {
            "module": module,
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "folder": str(folder),
            "own_session": own_session,
            "kept": list(kept),
            "tied": tied,
            "forks": forks,
            "umask": _umask() if umask is None else umask,
        }
        self.returncode: int | None = None
        self.stdout: IO[bytes] | None = None
        self._wrote = b""
        with contextlib.ExitStack() as ours:
            if stdout == subprocess.PIPE:
                self.stdout, stdout = _pipe()
                ours.enter_context(stdout)
            assert not isinstance(stdout, int)
            self._news, telling = _pipe()
            ours.enter_context(telling)
            nowhere = ours.enter_context(open(os.devnull, "r+b"))
            streams = (telling, stdin or nowhere, stdout or nowhere, stderr or nowhere)
            descriptors = [*(each.fileno() for each in streams), *kept]
            socket.send_fds(_forks(), [json.dumps(request).encode()], descriptors)
        self.pid = int(self._line())

    def _line(self) -> bytes:
        found = b""
        while not found.endswith(b"\n"):
            more = self._news.read(1)
            assert more, "the process that forks has ended"
            found += more
        return found

    def poll(self) -> int | None:
        """Its exit code, None while it lives."""
        if self.returncode is None and _has_news(self._news, 0):
            self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            TimeoutExpired: it did not within so many seconds.
        """
        if self.returncode is None:
            if not _has_news(self._news, timeout):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            self._read()
        assert self.returncode is not None
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[bytes, None]:
        """What it wrote, when it has ended; nothing else may read it.

        Raises:
            TimeoutExpired: it did not within so many seconds; it may be asked again.
        """
        assert self.stdout is not None
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self.stdout.closed:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not _has_news(self.stdout, left):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            if more := self.stdout.read(1 << 16):
                self._wrote += more
            else:
                self.stdout.close()
        self.wait(timeout)
        return self._wrote, None

    async def ended(self) -> int:
        """Wait until it has ended, while others go on."""
        while self.poll() is None:
            # A few a second would do, but a kill is to be noticed before much else has happened.
            await asyncio.sleep(0.02)
        return self.wait()

    def _read(self) -> None:
        self.returncode = int(self._line())
        self._news.close()

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@contextlib.contextmanager
def forked(module: str, *arguments: str, **how: Any) -> Iterator[Forked]:
    """A process that does not outlive the block; the arguments are those of `Forked`."""
    process = Forked(module, *arguments, **how)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ran(
    module: str, *arguments: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a module to its end, and give what it said.

    Raises:
        TimeoutExpired: it took longer than so many seconds.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with forked(module, *arguments, environment=environment, folder=folder, stdout=out, stderr=err) as process:
            code = process.wait(timeout)
        said = []
        for each in (out, err):
            each.seek(0)
            said.append(each.read().decode())
    return subprocess.CompletedProcess([module, *arguments], code, *said)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
