"""What a namespace of Temporal keeps of its case file, and which cases run in it.

It is kept in the namespace's `data`, a map that any client may read. Where it may not be written (Temporal Cloud) or
read, that is said once in the log; the rest must do then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta

import structlog
from temporalio.api.namespace.v1 import UpdateNamespaceInfo
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    ListWorkflowExecutionsRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from engine.client import TemporalUnreachable
from workflows.search_attributes import CASE_STAGE

__all__ = ["Kept", "NamespaceMemory", "NotReadable"]

_PAGE = 1000
_ANSWER = timedelta(seconds=10)
# A case under Temporal's own pause is not `Running`.
_RUNS = "WorkflowType = 'OverdueInvoice' AND ExecutionStatus IN ('Running', 'Paused')"
_NOT_ALLOWED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED)


class NotReadable(ValueError):
    """What the namespace keeps is not what we write there."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the namespace keeps of the case file.

    Attributes:
        id: Its id.
        epoch: When it was last accepted (seconds since 1970; 0: never).
        sequence: How far it was.
        where: Where the worker has it: an absolute path, or a URL without password; "" as versions before kept it.
        file: Device and inode of SQLite's file there, which a copy does not share; "" of another database.
    """

    id: str
    epoch: int
    sequence: int
    where: str = ""
    file: str = ""


@dataclass
class NamespaceMemory:
    """What a namespace keeps for one deployment.

    Attributes:
        client: A client on it.
        task_queue: Task queue of the cases: each deployment in a namespace has its own.
    """

    client: Client
    task_queue: str
    _complained: str | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """How to name it to a person."""
        return f"the namespace {self.client.namespace} of Temporal at {self.client.service_client.config.target_host}"

    @property
    def key(self) -> str:
        """Under which it keeps its part."""
        return f"maanwerk-case-file/{self.task_queue}"

    async def kept(self) -> Kept | None:
        """What it keeps, None when it keeps nothing.

        Raises:
            NotReadable: nobody can read it.
            RPCError: it may not be asked, or does not answer.
        """
        answer = await self.client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=self.client.namespace), retry=True, timeout=_ANSWER
        )
        if self.key not in answer.namespace_info.data:
            return None
        try:
            said = json.loads(answer.namespace_info.data[self.key])
            where, file = str(said.get("where", "")), str(said.get("file", ""))
            return Kept(str(said["id"]), int(said["epoch"]), int(said["sequence"]), where, file)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise NotReadable(f"{self.name} keeps under {self.key} what is no id of a case file") from None

    async def kept_if_told(self) -> Kept | None:
        """What it keeps; None also where it may not be asked.

        Raises:
            NotReadable: nobody can read it.
            TemporalUnreachable: it does not answer.
        """
        try:
            return await self.kept()
        except RPCError as problem:
            self._nothing_told(problem)
            return None

    async def keep(self, what: Kept) -> None:
        """Let it keep this instead; where that is not allowed it is said in the log."""
        info = UpdateNamespaceInfo()
        info.data[self.key] = json.dumps(asdict(what))
        request = UpdateNamespaceRequest(namespace=self.client.namespace, update_info=info)
        try:
            await self.client.workflow_service.update_namespace(request, retry=True, timeout=_ANSWER)
        except RPCError as problem:
            self.complain(problem.message)
        else:
            self._complained = None

    async def running_if_told(self) -> Mapping[str, bool]:
        """The ids of the running cases, with whether anything was ever decided on them; empty where nobody may ask.

        Raises:
            TemporalUnreachable: it does not answer.
        """
        found: dict[str, bool] = {}
        page = b""
        while True:
            request = ListWorkflowExecutionsRequest(
                namespace=self.client.namespace,
                page_size=_PAGE,
                next_page_token=page,
                query=f"{_RUNS} AND TaskQueue = '{self.task_queue}'",
            )
            service = self.client.workflow_service
            try:
                answer = await service.list_workflow_executions(request, retry=True, timeout=_ANSWER)
            except RPCError as problem:
                self._nothing_told(problem)
                return {}
            for each in answer.executions:
                found[each.execution.workflow_id] = CASE_STAGE.name in each.search_attributes.indexed_fields
            page = answer.next_page_token
            if not page:
                return found

    def complain(self, problem: str) -> None:
        """Say in the log, once, that it can't keep or tell what it should."""
        if problem != self._complained:
            self._complained = problem
            log = structlog.get_logger("maanwerk.worker")
            log.warning("case_file_not_kept_by_namespace", reason=problem, key=self.key)

    def _nothing_told(self, problem: RPCError) -> None:
        if problem.status not in _NOT_ALLOWED:
            raise TemporalUnreachable(f"{self.name} can't be asked: {problem.message}") from None
        self.complain(problem.message)
