"""How our payloads and our workflows are handled: one plugin for client, worker and replayer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    EncodingPayloadConverter,
    PayloadConverter,
)
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    HandleSignalInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
    WorkflowRunner,
)

from activities.contracts import CodesOnly
from engine.core_log import remember_run
from engine.payload_marks import ENCRYPTED, KEY_ID, PLAIN

if TYPE_CHECKING:
    from config.keys import KeyRing


class CannotDecrypt(RuntimeError):
    """A payload that is needed is encrypted under a key that is not here, or damaged; the text says which key."""


_REFUSALS = ("Refused", "Unreadable")
"""Types of the answers that say no to an update."""


@cache
def _shared_converters() -> tuple[EncodingPayloadConverter, ...]:
    return tuple(PydanticPayloadConverter(ToJsonOptions(exclude_unset=True)).converters.values())


class MaanwerkPayloadConverter(PydanticPayloadConverter):
    """Pydantic models as JSON; several values whose types nobody states stay raw.

    A signal with a surplus payload has no types for the SDK, which would then parse them as JSON and drop the
    signal where one is none. Raw, they reach `KeepSurplusPayloads`, and from there the quarantine.
    """

    def __init__(self) -> None:
        """Leave unset fields out: decisions travel in every event.

        The SDK makes a converter for each task and each run. What they convert by keeps nothing of them, so all share
        it, and with it what pydantic made of our types.
        """
        CompositePayloadConverter.__init__(self, *_shared_converters())

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Decode payloads; several of unstated type stay raw.

        Raises:
            CannotDecrypt: one whose content is needed is encrypted still.
        """
        if type_hints is None and len(payloads) > 1:
            return [RawValue(payload) for payload in payloads]
        for payload, wanted in zip(payloads, type_hints or [object] * len(payloads), strict=False):
            if wanted is not RawValue and payload.metadata.get("encoding") == ENCRYPTED:
                raise CannotDecrypt(_why_not(payload))
        return super().from_payloads(payloads, type_hints)


def _why_not(payload: Payload) -> str:
    key_id = payload.metadata.get(KEY_ID, b"").decode("utf-8", "replace")[:64]
    return (
        f"a payload is encrypted under the key {key_id!r}, and can't be read: put that key back into MAANWERK_KEYS or "
        "MAANWERK_KEYS_FILE, behind the newest one, and start again (where it is there, the payload is damaged)"
    )


class MarkingPayloadConverter(MaanwerkPayloadConverter):
    """The same, where payloads are encrypted: what holds codes only is marked, and stays readable."""

    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        """Encode values."""
        payloads = super().to_payloads(values)
        for value, payload in zip(values, payloads, strict=True):
            if isinstance(value, CodesOnly):
                payload.metadata[PLAIN] = b"1"
        return payloads


class PlainRefusals(DefaultFailureConverter):
    """Failures as usual; a refusal without the lines of code that said it: a person reads it in a form."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """Encode a failure."""
        if isinstance(exception, CannotDecrypt) and self._encode_common_attributes:
            # It holds no more than the id of a key, and who has to mend it may have no key.
            DefaultFailureConverter().to_failure(exception, payload_converter, failure)
            return
        super().to_failure(exception, payload_converter, failure)
        if isinstance(exception, ApplicationError) and exception.type in _REFUSALS:
            failure.stack_trace = ""
            if self._encode_common_attributes:
                said = {"message": exception.message, "stack_trace": ""}
                failure.encoded_attributes.CopyFrom(payload_converter.to_payloads([said])[0])


class EncryptedFailures(PlainRefusals):
    """The same, with message and stack in a payload, so that they are encrypted too."""

    def __init__(self) -> None:
        """Move what a failure says into its payload."""
        super().__init__(encode_common_attributes=True)


class _KeepSurplusPayloads(WorkflowInboundInterceptor):
    """Hands the surplus payloads of a signal to the case: its handler takes one, and more would jam it."""

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        """Remember whose run this is: the SDK's core knows only the run when a task of it fails."""
        info = outbound.info()
        remember_run(info.run_id, info.workflow_id)
        super().init(outbound)

    async def handle_signal(self, input: HandleSignalInput) -> None:
        """Pass on the first payload; keep the others beside it."""
        case = workflow.instance()
        if isinstance(case, KeepsSurplus) and len(input.args) > 1 and workflow.get_signal_handler(input.signal):
            case.keep_surplus(input.signal, input.args[1:])
            input.args = input.args[:1]
        await super().handle_signal(input)


@runtime_checkable
class KeepsSurplus(Protocol):
    """A workflow that keeps the surplus payloads of its signals."""

    def keep_surplus(self, name: str, payloads: Sequence[RawValue]) -> None:
        """Keep payloads that came beside the one that a signal has."""


class KeepSurplusPayloads(Interceptor):
    """Worker interceptor that keeps surplus payloads of signals instead of jamming the case."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """The interceptor of each workflow run."""
        return _KeepSurplusPayloads


def data_converter(keys: KeyRing | None = None) -> DataConverter:
    """The data converter of every client, worker, replayer and test; with keys it encrypts."""
    if keys is not None:
        # Here, for the library takes long to import, and most commands need none of it.
        from engine.encryption import PayloadEncryption

        return DataConverter(
            payload_converter_class=MarkingPayloadConverter,
            payload_codec=PayloadEncryption(keys),
            failure_converter_class=EncryptedFailures,
        )
    return DataConverter(
        payload_converter_class=MaanwerkPayloadConverter,
        failure_converter_class=PlainRefusals,
    )


def _bare(_: WorkflowRunner | None) -> WorkflowRunner:
    """Workflows run as they are: all of ours came through the sandbox unlooked at (decision 0058)."""
    return UnsandboxedWorkflowRunner()


def maanwerk_plugin(keys: KeyRing | None = None) -> SimplePlugin:
    """The plugin; hand it to `Client.connect` and to `Replayer`.

    Args:
        keys: What Temporal keeps is encrypted under the newest of them; None leaves it plain. What came plain is read
            all the same.
    """
    return SimplePlugin(
        "maanwerk",
        data_converter=data_converter(keys),
        workflow_runner=_bare,
        interceptors=[KeepSurplusPayloads()],
    )
