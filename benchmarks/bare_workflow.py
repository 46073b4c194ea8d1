"""The workflow that the engine is held against: the same commands as a case, and nothing in them."""

from __future__ import annotations

from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from workflows.search_attributes import CASE_STAGE, DEBTOR, NEXT_ACTION_AT

_PARTNER = timedelta(days=30)


@activity.defn(name="bare_record")
async def record(_: str) -> str:
    """Stands for `advance`; does nothing."""
    return ""


@activity.defn(name="bare_step")
async def step(_: str) -> str:
    """Stands for the activity of a step; does nothing."""
    return ""


@workflow.defn(name="Bare")
class Bare:
    """Waits and acts so many times; records each message in a local activity."""

    def __init__(self) -> None:
        """Nothing told yet."""
        self._told: list[str] = []

    @workflow.run
    async def run(self, plan: list[float], inside: list[int]) -> None:
        """Wait so many seconds before each step, from the step before; those at these places are local activities."""
        await self._record("")
        for place, seconds in enumerate(plan):
            until = workflow.now() + timedelta(seconds=seconds)
            while (left := until - workflow.now()) > timedelta(0):
                try:
                    await workflow.wait_condition(lambda: bool(self._told), timeout=left)
                except TimeoutError:
                    break
                await self._record(self._told.pop())
            if place in inside:
                await self._record("")
                continue
            await workflow.execute_activity(step, "", start_to_close_timeout=timedelta(seconds=60))

    async def _record(self, message: str) -> None:
        await workflow.execute_local_activity(record, message, start_to_close_timeout=timedelta(seconds=30))

    @workflow.signal(name="payment_received")
    def payment_received(self, message: str) -> None:
        """Queue it."""
        self._told.append(message)


@workflow.defn(name="Fair")
class Fair:
    """The same, and its activities do what a case must do in any engine: `benchmarks.fair_floor`."""

    def __init__(self) -> None:
        """Nothing told yet."""
        self._told: list[str] = []
        self._turns = 0
        self._number = 0

    @workflow.run
    async def run(self, plan: list[float], inside: list[int], number: int, upserts: bool) -> None:
        """Wait so many seconds before each step, from the step before.

        Args:
            plan: How many seconds before each step.
            inside: Places of the steps that are local activities.
            number: Whose messages it makes.
            upserts: Whether each turn shows in search attributes.
        """
        self._number = number
        await self._record(upserts)
        for place, seconds in enumerate(plan):
            until = workflow.now() + timedelta(seconds=seconds)
            while (left := until - workflow.now()) > timedelta(0):
                try:
                    await workflow.wait_condition(lambda: bool(self._told), timeout=left)
                except TimeoutError:
                    break
                self._told.pop()
                await self._record(upserts)
            if place in inside:
                await self._record(upserts)
                continue
            await workflow.execute_activity(
                "fair_turn", args=self._place(), start_to_close_timeout=timedelta(seconds=60)
            )
            self._show(upserts)
        # A case that was handed over waits for what its partner reports, and is ended from outside: so is this one.
        await workflow.wait_condition(lambda: bool(self._told), timeout=_PARTNER)

    async def _record(self, upserts: bool) -> None:
        place = self._place()
        await workflow.execute_local_activity("fair_turn", args=place, start_to_close_timeout=timedelta(seconds=30))
        self._show(upserts)

    def _place(self) -> list[int]:
        self._turns += 1
        return [self._number, self._turns - 1]

    def _show(self, upserts: bool) -> None:
        if upserts:
            at = workflow.now()
            stage = CASE_STAGE.value_set(f"step{self._turns}")
            workflow.upsert_search_attributes([stage, NEXT_ACTION_AT.value_set(at), DEBTOR.value_set("nobody")])

    @workflow.signal(name="payment_received")
    def payment_received(self, message: str) -> None:
        """Queue it."""
        self._told.append(message)


@workflow.defn(name="BareTold")
class BareTold:
    """Writes down each message that it is told in a local activity, and nothing else."""

    def __init__(self) -> None:
        """Nothing told yet."""
        self._told: list[str] = []

    @workflow.run
    async def run(self, own: str) -> None:
        """Wait for messages until terminated."""
        while True:
            await workflow.wait_condition(lambda: bool(self._told))
            self._told.pop()
            await workflow.execute_local_activity("write_row", own, start_to_close_timeout=timedelta(seconds=30))

    @workflow.signal(name="payment_received")
    def payment_received(self, _: object) -> None:
        """Queue it."""
        self._told.append("")
