"""Cases whose workflow can't do its work: what a bad deploy, or a fault in the code, makes of it."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import CaseInput
    from workflows.overdue_invoice import OverdueInvoice


@workflow.defn(name="OverdueInvoice")
class Raises(OverdueInvoice):
    """Each of its tasks fails."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        raise RuntimeError("what an exception says of Els Ochtend is for nobody's log")


@workflow.defn(name="OverdueInvoice")
class ListensOnly(OverdueInvoice):
    """Takes everything, and records nothing."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        await workflow.wait_condition(lambda: False)
        return ""


@workflow.defn(name="OverdueInvoice")
class EndsAtOnce(OverdueInvoice):
    """Ends by itself, though its case is open."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        return "no such case"
