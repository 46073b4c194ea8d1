"""Lives of a case whose histories are kept: each takes another way through the workflow's code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError

from casefile.case_file import CaseFile
from domain.money import Money
from domain.opening import open_case
from domain.parties import Creditor
from domain.policy import Policy
from engine.dispatcher import Dispatcher
from gateways.outbox import Fault
from simulation.virtual_time import VirtualTime
from tests.casefile.builders import CREDITOR, DEBTOR
from tests.domain.builders import call, hand_off, invoice, local, policy, send

Play = Callable[["Stage"], Awaitable[None]]


def ladder(**fields: Any) -> Policy:
    """Five steps of every kind."""
    return policy(
        send("reminder", {"after_due": "5d"}),
        send("second_reminder", {"after_due": "12d"}, send=["email", "sms"]),
        call("call", {"after_due": "17d"}, wait_for_task="3d"),
        send("notice", {"after_due": "24d"}, send=["post", "email"], term="14d"),
        hand_off({"term_expired": "notice"}),
        **fields,
    )


class Stage:
    """Where a case is played: virtual time, a case file, an outbox that can be told to fail."""

    def __init__(
        self, client: Client, file: CaseFile, time: VirtualTime, dispatcher: Dispatcher, faults: dict[str, list[Fault]]
    ) -> None:
        self.client = client
        self.file = file
        self.time = time
        self.dispatcher = dispatcher
        self.faults = faults
        self.runs: dict[str, list[str]] = {}
        self._told = 0

    async def open(self, *numbers: str, rules: Policy | None = None, creditor: Creditor = CREDITOR) -> None:
        """Open and start cases of invoices of 1000.00 that are due on 1 March 2026."""
        of = rules or ladder()
        at = await self.time.now()
        for number in numbers or ("F-1",):
            case_id = f"case:{creditor.id}:2026-{number}"
            with self.file.write() as transaction:
                transaction.parties.save_creditor(creditor)
                transaction.parties.save_debtor(creditor.id, DEBTOR)
                transaction.parties.save_policy(of)
                transaction.cases.open(case_id, creditor.id, open_case(invoice(number=number), of, at), at)
            self.time.cases[number] = case_id
            self.runs[number] = []
            await self.dispatcher.start(case_id)
            await self.settle(number)

    def handle(self, number: str = "F-1") -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(self.time.cases[number])

    async def settle(self, number: str = "F-1") -> None:
        await self.time.settle([number])
        run = (await self.handle(number).describe()).run_id
        if run not in self.runs[number]:
            self.runs[number].append(run)

    async def until(self, on: str, at: str = "00:00") -> None:
        await self.time.pass_until(local(on, at))
        for number in self.runs:
            await self.settle(number)

    async def tell(self, name: str, number: str = "F-1", **content: object) -> None:
        """By the inbox, as every door of ours does."""
        self._told += 1
        await self.dispatcher.tell(self.time.cases[number], name, content, f"told-{self._told}")
        await self.settle(number)

    async def signal(self, name: str, *payloads: object, number: str = "F-1") -> None:
        """Straight to Temporal, as a person in its UI does."""
        before = self._facts(number)
        await self.handle(number).signal(name, args=list(payloads))
        while self._facts(number) == before:
            await asyncio.sleep(0.01)
        await self.settle(number)

    async def ask(self, name: str, content: object, number: str = "F-1") -> str:
        """An update; returns the answer or the refusal."""
        try:
            return str(await self.handle(number).execute_update(name, content))
        except WorkflowUpdateFailedError as error:
            return f"refused: {error.cause}"
        finally:
            await self.settle(number)

    async def ended(self, number: str = "F-1") -> bool:
        return (await self.handle(number).describe()).status is WorkflowExecutionStatus.COMPLETED

    def _facts(self, number: str) -> int:
        with self.file.read() as transaction:
            return len(transaction.cases.facts(self.time.cases[number]))

    def stage_of(self, number: str = "F-1") -> str:
        with self.file.read() as transaction:
            return transaction.cases.load(self.time.cases[number]).case.stage


def expect(holds: object, what: str) -> None:
    """A history is kept only of a life that went as its name says."""
    if not holds:
        raise AssertionError(f"not recorded: {what}")


async def unpaid_to_handoff(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-04-30")
    expect(stage.stage_of() == "handed_off" and await stage.ended(), "handed off")


async def paid_early(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-08")
    await stage.tell("payment_received", id="p1", amount="400.00")
    await stage.until("2026-03-10")
    await stage.tell("payment_received", id="p2", amount="600.00")
    expect(await stage.ended(), "paid")


async def paused_and_resumed(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-03")
    await stage.signal("pause", "on holiday")
    await stage.until("2026-03-20")
    await stage.signal("resume")
    await stage.ask("pause_case", {"until": "2026-03-28", "actor": "j"})
    await stage.until("2026-03-24")
    await stage.ask("resume_case", {"actor": "j"})
    await stage.until("2026-04-04")
    await stage.tell("payment_received", id="p1", amount="1000.00")
    expect(await stage.ended(), "paid after the pauses")


async def reversed_after_closing(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-08")
    await stage.tell("payment_received", id="p1", amount="1000.00")
    expect(await stage.ended(), "closed")
    await stage.until("2026-03-20")
    await stage.tell("payment_reversed", payment="p1")
    await stage.until("2026-05-30")
    expect(len(stage.runs["F-1"]) == 2 and await stage.ended(), "a second run to the hand-off")


async def unknown_and_found(stage: Stage) -> None:
    stage.faults["/reminder/"] = ["time_out_after"]
    await stage.open()
    await stage.until("2026-03-08")
    expect(stage.stage_of() == "reminder", "found")
    await stage.tell("payment_received", id="p1", amount="1000.00")


async def unknown_and_sent_after_all(stage: Stage) -> None:
    stage.faults["/reminder/"] = ["time_out_before", "not_taken"]
    await stage.open()
    await stage.until("2026-03-08")
    expect(stage.stage_of() == "reminder", "sent")
    await stage.tell("payment_received", id="p1", amount="1000.00")


async def refused_and_mended(stage: Stage) -> None:
    stage.faults["/reminder/"] = ["refused"]
    await stage.open()
    await stage.until("2026-03-08")
    await stage.ask("complete_task", {"task": "fix_contact", "outcome": "new address"})
    await stage.until("2026-03-10")
    expect(stage.stage_of() == "reminder", "sent to the new address")
    await stage.ask("write_off", {"reason": "goodwill"})
    expect(await stage.ended(), "written off")


async def quarantined(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-02")
    wrong: tuple[tuple[object, ...], ...] = ((), (None,), ("tr_1",), ([],), ({"amount": 5},))
    for payloads in (*wrong, ({"id": "p1", "amount": "5.00"}, {"more": 1})):
        await stage.signal("payment_received", *payloads)
    await stage.signal("zork", 1, 2)
    with stage.file.read() as transaction:
        kept = transaction.cases.load(stage.time.cases["F-1"]).case.quarantined
    await stage.ask("dismiss_quarantined", {"of": kept[0], "reason": "empty"})
    await stage.ask("resubmit_quarantined", {"of": kept[1], "payload": {"id": "p2", "amount": "995.00"}})
    expect(await stage.ended(), "paid by the corrected message")


async def continued_as_new(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-08")
    await stage.signal("pause", {"until": "2026-03-10"})
    await stage.ask("log_call", {"outcome": "no answer"})
    await stage.until("2026-05-10")
    expect(len(stage.runs["F-1"]) >= 3 and await stage.ended(), "several runs to the hand-off")


async def shown_from_its_start(stage: Stage) -> None:
    """Each run begins with the search attributes that its first turn, or the run before, shows."""
    stage.dispatcher = replace(stage.dispatcher, readable="all")
    await stage.open()
    await stage.until("2026-03-08")
    await stage.tell("payment_received", id="p1", amount="400.00")
    await stage.until("2026-04-10")
    expect(len(stage.runs["F-1"]) >= 2 and stage.stage_of() == "notice", "several runs to the notice")


async def bundled(stage: Stage) -> None:
    await stage.open("F-1", "F-2", rules=ladder(bundle="debtor"))
    await stage.until("2026-03-14")
    for number in ("F-1", "F-2"):
        await stage.tell("payment_received", number, id="p1", amount="1000.00")
        expect(await stage.ended(number), "paid")


async def due_date_and_policy_changed(stage: Stage) -> None:
    await stage.open()
    with stage.file.write() as transaction:
        transaction.parties.save_policy(policy(send("reminder", {"after_due": "3d"}), version=2))
    await stage.until("2026-03-02")
    await stage.ask("change_due_date", {"due": "2026-03-20", "actor": "j"})
    await stage.ask("change_policy", {"policy": "test", "version": 2, "actor": "j"})
    await stage.until("2026-03-25")
    expect(stage.stage_of() == "reminder", "reminded by the new due date and policy")
    await stage.tell("invoice_credited", id="c1", amount="1000.00")
    expect(await stage.ended(), "credited")


async def looked_and_tasked_inside(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-03")
    await stage.ask("pause_case", {"until": "2026-03-08", "actor": "j"})
    await stage.until("2026-03-24")
    expect(stage.stage_of() == "call", "looked again after the pause, reminded twice, a person asked to call")
    await stage.tell("payment_received", id="p1", amount="1000.00")
    expect(await stage.ended(), "paid")


async def updates_refused(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-02")
    expect("refused" in await stage.ask("log_call", "a bare word"), "refused for its form")
    expect("refused" in await stage.ask("resume_case", {}), "refused by a rule")
    expect("refused" in await stage.ask("write_off", {"amount": "5000.00"}), "refused by a rule")
    expect("refused" in await stage.ask("settle_send", {"step": "notice", "outcome": "sent"}), "refused by a rule")
    await stage.ask("write_off", {"amount": "1000.00"})
    expect(await stage.ended(), "written off")


async def approved_and_handed_off(stage: Stage) -> None:
    rules = policy(
        send("notice", {"after_due": "5d"}, term="7d"), hand_off({"term_expired": "notice"}, approval="required")
    )
    await stage.open(rules=rules)
    await stage.until("2026-03-20")
    await stage.ask("approve_handoff", {"actor": "j"})
    await stage.until("2026-03-22")
    expect(stage.stage_of() == "handed_off" and await stage.ended(), "handed off")
    await stage.tell("payment_received", id="p1", amount="1000.00")
    await stage.until("2026-03-23")


async def step_failed(stage: Stage) -> None:
    """The case file lacks the creditor's profile for a while: the step's activity fails, is planned again."""
    await stage.open()
    with stage.file.write() as transaction:
        transaction.session.connection.exec_driver_sql("UPDATE creditors SET body = 'not json'")
    await stage.time.pass_until(local("2026-03-06", "11:59"))
    mend = asyncio.create_task(_mended_after_two_failures(stage))
    await stage.until("2026-03-08")
    await mend
    expect(stage.stage_of() == "reminder", "sent in the end")
    await stage.tell("payment_received", id="p1", amount="1000.00")


async def _mended_after_two_failures(stage: Stage) -> None:
    failed = 0
    while failed < 2:
        await asyncio.sleep(0.05)
        history = await stage.handle().fetch_history()
        failed = sum(event.HasField("activity_task_failed_event_attributes") for event in history.events)
    with stage.file.write() as transaction:
        transaction.parties.save_creditor(CREDITOR)


async def cancelled(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-08")
    before = stage._facts("F-1")
    await stage.handle().cancel()
    while stage._facts("F-1") == before:
        await asyncio.sleep(0.01)
    await stage.settle()
    with stage.file.read() as transaction:
        holds = transaction.cases.load(stage.time.cases["F-1"]).case.holds
    expect(len(holds) == 1, "a cancelled case is a paused case")
    await stage.signal("resume")
    await stage.tell("payment_received", id="p1", amount="1000.00")
    expect(await stage.ended(), "paid")


async def overpaid(stage: Stage) -> None:
    await stage.open()
    await stage.until("2026-03-08")
    await stage.signal("payment_received", {"id": "p1", "amount": "1500.00"})
    expect(await stage.ended(), "closed with a task")
    with stage.file.read() as transaction:
        case = transaction.cases.load(stage.time.cases["F-1"]).case
    expect(case.overpaid == Money.parse("500.00", "EUR"), "overpaid")


async def woken_by_another(stage: Stage) -> None:
    """F-2 waits a week for the money on F-1; whoever returns it wakes F-2. F-3, whose run is gone, stops nobody."""
    await stage.open("F-1", "F-2", "F-3", rules=ladder(bundle="none"))
    await stage.tell("payment_received", id="p1", amount="2500.00")
    await stage.until("2026-03-08")
    expect(stage.stage_of("F-2") == "new" and stage.stage_of("F-3") == "new", "held")
    await stage.handle("F-3").terminate()
    del stage.runs["F-3"]
    await stage.tell("complete_task", task="overpayment", outcome="returned")
    await stage.until("2026-03-09")
    expect(stage.stage_of("F-2") == "reminder", "reminded the day after, not a week later")
    await stage.tell("payment_received", "F-2", id="p2", amount="1000.00")
    expect(await stage.ended("F-2"), "paid")


EVENTS_PER_RUN = {"continued_as_new": 30, "shown_from_its_start": 30}

SCENARIOS: dict[str, Play] = {
    play.__name__: play
    for play in (
        unpaid_to_handoff,
        paid_early,
        paused_and_resumed,
        reversed_after_closing,
        unknown_and_found,
        unknown_and_sent_after_all,
        refused_and_mended,
        quarantined,
        continued_as_new,
        bundled,
        due_date_and_policy_changed,
        updates_refused,
        approved_and_handed_off,
        step_failed,
        cancelled,
        overpaid,
        woken_by_another,
        looked_and_tasked_inside,
        shown_from_its_start,
    )
}
