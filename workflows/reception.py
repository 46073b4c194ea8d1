"""What becomes of a signal or an update on its arrival: the messages to be recorded, each under an id of its own.

Pure, and used twice: by the workflow as things arrive, and by whoever reads the history of a run that has ended and
must find the very same ids. An id says *the k-th time that this content came in this run*. A reset keeps the id with
which the run began and plays the same messages again, so what is told again counts once, in whatever order; two equal
payments without an id of their own are still two.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from activities.contracts import Delivered
from domain.messages import MAX_BYTES

NOTHING = RawValue(Payload())
"""A signal or update that was sent with no payload at all."""

CANCELLED = RawValue(Payload(data=b'{"reason": "cancelled"}'))
"""What a case that is cancelled tells itself, as a pause."""

NUDGE = "nudge"
"""The signal that carries nothing: what there is to know is in the case file."""


class Reception:
    """Turns what arrives at one run into messages."""

    def __init__(self, run: str) -> None:
        """Begin with nothing received.

        Args:
            run: Id of the run as its first event has it (`original_execution_run_id`), which a reset does not change.
        """
        self._run = run
        self._received = 0
        self._times: dict[str, int] = {}

    def signal(self, name: str, payloads: Sequence[RawValue]) -> list[Delivered]:
        """The messages of a signal with all its payloads; none for a nudge that carries nothing."""
        first = payloads[0] if payloads else NOTHING
        return [*self.surplus(name, payloads[1:]), *self.first(name, first)]

    def first(self, name: str, raw: RawValue) -> list[Delivered]:
        """The messages of a signal's first payload; a pause whose content nobody can read still pauses."""
        if name == NUDGE and content_of(raw) in (None, b"null"):
            return []
        problem = _foreign(raw) or _oversize(raw)
        plain = [self._message(name, None)] if problem is not None and name == "pause" else []
        return [*plain, self._message(name, content_of(raw), problem)]

    def surplus(self, name: str, payloads: Sequence[RawValue]) -> list[Delivered]:
        """The payloads beside the one that a signal has, as messages nobody can read."""
        why = "a signal has one payload; this one came beside another"
        return [self._message(name, content_of(raw), _oversize(raw) or why) for raw in payloads]

    def request(self, name: str, raw: RawValue, update_id: str) -> Delivered:
        """The message of an update; its form was checked, and only of a pause it may be too large to be kept.

        Its id, under which the answer comes, is that of the update: a replay may play updates and signals that came
        together in another order.
        """
        problem = None if name == "pause_case" else _oversize(raw)
        message = self._message(name, content_of(raw), problem)
        return message.model_copy(update={"id": f"update:{update_id}", "answered": True})

    @property
    def last_by_number(self) -> str:
        """What the last message was called when messages were numbered: answers that were recorded then say so."""
        return f"{self._run}:{self._received}"

    def _message(self, name: str, content: bytes | None, problem: str | None = None) -> Delivered:
        self._received += 1
        digest = sha256()
        for part in (self._run, name, problem or ""):
            digest.update(part.encode("utf-8", "backslashreplace") + b"\0")
        digest.update(b"" if content is None else b"\1" + content)
        mark = digest.hexdigest()[:32]
        times = self._times[mark] = self._times.get(mark, 0) + 1
        once = f"{mark}:{times}"
        # What is too large to be read is not carried about either: its hash and size stand in `problem`.
        kept = None if content is not None and len(content) > MAX_BYTES else content
        return Delivered(id=once, once=once, name=name, raw=kept, problem=problem)


def content_of(raw: RawValue) -> bytes | None:
    """The bytes of a payload, None when it has none."""
    return raw.payload.data or None


def unopened(raw: RawValue) -> str | None:
    """What is wrong with a payload that is encrypted still; None of any other."""
    if raw.payload.metadata.get("encoding") != b"binary/encrypted":
        return None
    key = raw.payload.metadata.get("encryption-key-id", b"").decode("utf-8", "replace")
    return f"the payload is encrypted (binary/encrypted), and the key {key[:64]!r} does not open it here; send JSON"


def _foreign(raw: RawValue) -> str | None:
    """What is wrong with a payload that is no JSON."""
    if (problem := unopened(raw)) is not None:
        return problem
    encoding = raw.payload.metadata.get("encoding", b"").decode("ascii", "replace")
    if encoding in ("json/plain", "binary/null", ""):
        return None
    return f"the payload is encoded as {encoding[:40]!r}; send JSON"


def _oversize(raw: RawValue) -> str | None:
    """What is wrong with a payload that is too large."""
    size = len(raw.payload.data)
    if size <= MAX_BYTES:
        return None
    digest = sha256(raw.payload.data).hexdigest()
    return f"{size} bytes; a message has at most {MAX_BYTES}: only its SHA-256 was kept, {digest}"
