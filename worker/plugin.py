"""How our payloads and our sandbox work: one plugin for client, worker and replayer."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter, ToJsonOptions
from temporalio.converter import DataConverter, DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    HandleSignalInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = ("domain", "activities", "workflows")
"""Our modules that the sandbox shares with the worker: pure, or never touched by a workflow at run time.

The workflow's own module too: loading it anew for each case is a third of what a cached case costs. What the sandbox
then no longer notices in it (the clock, randomness), the linter forbids there.
"""


_REFUSALS = ("Refused", "Unreadable")
"""Types of the answers that say no to an update."""


class MaanwerkPayloadConverter(PydanticPayloadConverter):
    """Pydantic models as JSON; several values whose types nobody states stay raw.

    A signal with a surplus payload has no types for the SDK, which would then parse them as JSON and drop the
    signal where one is none. Raw, they reach `KeepSurplusPayloads`, and from there the quarantine.
    """

    def __init__(self) -> None:
        """Leave unset fields out: decisions travel in every event."""
        super().__init__(ToJsonOptions(exclude_unset=True))

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Decode payloads; several of unstated type stay raw."""
        if type_hints is None and len(payloads) > 1:
            return [RawValue(payload) for payload in payloads]
        return super().from_payloads(payloads, type_hints)


class PlainRefusals(DefaultFailureConverter):
    """Failures as usual; a refusal without the lines of code that said it: a person reads it in a form."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """Encode a failure."""
        super().to_failure(exception, payload_converter, failure)
        if isinstance(exception, ApplicationError) and exception.type in _REFUSALS:
            failure.stack_trace = ""


class _KeepSurplusPayloads(WorkflowInboundInterceptor):
    """Hands the surplus payloads of a signal to the case: its handler takes one, and more would jam it."""

    async def handle_signal(self, input: HandleSignalInput) -> None:
        """Pass on the first payload; keep the others beside it."""
        case = workflow.instance()
        if isinstance(case, KeepsSurplus) and len(input.args) > 1 and input.signal in case.named_signals:
            case.keep_surplus(input.signal, input.args[1:])
            input.args = input.args[:1]
        await super().handle_signal(input)


@runtime_checkable
class KeepsSurplus(Protocol):
    """A workflow that keeps the surplus payloads of its signals."""

    named_signals: frozenset[str]

    def keep_surplus(self, name: str, payloads: Sequence[RawValue]) -> None:
        """Keep payloads that came beside the one that a signal has."""


class KeepSurplusPayloads(Interceptor):
    """Worker interceptor that keeps surplus payloads of signals instead of jamming the case."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """The interceptor of each workflow run."""
        return _KeepSurplusPayloads


def data_converter() -> DataConverter:
    """The data converter of every client, worker, replayer and test."""
    return DataConverter(
        payload_converter_class=MaanwerkPayloadConverter,
        failure_converter_class=PlainRefusals,
    )


def _sandboxed(runner: WorkflowRunner | None) -> WorkflowRunner:
    if not isinstance(runner, SandboxedWorkflowRunner):
        runner = SandboxedWorkflowRunner()
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return dataclasses.replace(runner, restrictions=restrictions)


def maanwerk_plugin() -> SimplePlugin:
    """The plugin; hand it to `Client.connect` and to `Replayer`."""
    return SimplePlugin(
        "maanwerk",
        data_converter=data_converter(),
        workflow_runner=_sandboxed,
        interceptors=[KeepSurplusPayloads()],
    )
