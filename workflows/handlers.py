"""What a case may be told: each fact a signal, each request an update, all by one pattern.

A handler takes the raw payload, so that nothing a sender does wrong can make a task of the run fail.
"""

from __future__ import annotations

from collections.abc import Callable

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.messages import BaseMessage, Unreadable, read_message
    from workflows.reception import NOTHING, content_of, unopened

# `self` has no annotation in them: the SDK (1.35) would count it as an argument of the message.


def fact(message: type[BaseMessage]) -> Callable[..., None]:
    """A signal that tells a fact: it is queued, and judged when it is recorded.

    Args:
        message: What it tells. The attribute has the name of the signal; Temporal's web page shows its words.
    """
    name = message.fact_name()

    @workflow.signal(name=name, description=message.as_fact)
    def told(self, raw: RawValue = NOTHING) -> None:  # type: ignore[no-untyped-def]
        self.signalled(name, raw)

    return told


def request(message: type[BaseMessage]) -> Callable[..., object]:
    """An update that asks for something: refused at once if its form is wrong, else queued, judged and answered.

    Args:
        message: What it asks. The attribute has the name of the update; Temporal's web page shows its words.
    """
    name = message.request_name()

    @workflow.update(name=name, description=message.as_request)
    async def asked(self, request: RawValue = NOTHING) -> str:  # type: ignore[no-untyped-def]
        answer: str = await self.requested(name, request)
        return answer

    @asked.validator
    def has_its_form(self, request: RawValue = NOTHING) -> None:  # type: ignore[no-untyped-def]
        _check_form(name, request)

    return asked


def _check_form(name: str, request: RawValue) -> None:
    """Refuse an update whose form is wrong, before it enters the history."""
    problem = unopened(request)
    if problem is not None:
        raise ApplicationError(problem, type="Unreadable", non_retryable=True)
    try:
        read_message(name, content_of(request))
    except Unreadable as error:
        raise ApplicationError(str(error), type="Unreadable", non_retryable=True) from None
