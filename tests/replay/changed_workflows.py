"""Workflows that are changed in a way that would jam open cases: what the replay test must notice."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import CaseInput, Turn
    from workflows.overdue_invoice import OverdueInvoice


@workflow.defn(name="OverdueInvoice")
class SleepsFirst(OverdueInvoice):
    """Waits a second before it begins."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        await workflow.sleep(timedelta(seconds=1))
        return await super().run(case)


@workflow.defn(name="OverdueInvoice")
class SkipsTheUpsert(OverdueInvoice):
    """Shows nothing in the search attributes."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        return await super().run(case)

    def _show(self, turn: Turn) -> None:
        self._turn = turn


@workflow.defn(name="OverdueInvoice")
class StaysTheSame(OverdueInvoice):
    """Changed in nothing but its name in Python: shows that a subclass as such replays."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        return await super().run(case)
