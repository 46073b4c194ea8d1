"""A workflow whose file imports a module of ours that nobody meant to share: what the sandbox test must notice."""

from __future__ import annotations

from temporalio import workflow

import intake.written.dates
from activities.contracts import CaseInput


@workflow.defn(name="OverdueInvoice")
class Careless:
    """Does nothing; its imports are the point."""

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        return intake.written.dates.__name__
