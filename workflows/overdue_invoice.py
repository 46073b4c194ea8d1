"""`OverdueInvoice`: one overdue invoice as a durable workflow.

The workflow is the loop and nothing else. Every decision is taken by an activity, recorded, and only then
branched on; so a new rule, rate or holiday changes the next decision and never breaks the replay of an open case.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        AdvanceRequest,
        Answer,
        CaseActivities,
        CaseInput,
        Delivered,
        StepRequest,
        Turn,
    )
    from domain import messages as m
    from domain.clock import REAL_TIME
    from domain.views.details import render_details
    from workflows import options, search_attributes
    from workflows.handlers import fact, request
    from workflows.reception import CANCELLED, NOTHING, NUDGE, Reception

_STEPS = {
    "send": CaseActivities.send_message,
    "hand_off": CaseActivities.hand_off,
    "task": CaseActivities.raise_task,
    "wait": CaseActivities.raise_task,
    "reconcile": CaseActivities.reconcile,
}
_INSIDE = ("task", "wait")
"""What has no effect outside the case file: nothing that comes meanwhile needs to stop it."""


@workflow.defn(name="OverdueInvoice")
class OverdueInvoice:
    """Collects one overdue invoice: waits, records what it is told, takes the steps that are decided."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        """Messages may arrive before `run`: be ready to queue them."""
        self._case = case
        self._queue: list[Delivered] = list(case.carried)
        self._answers: dict[str, Answer] = {}
        self._reception = Reception(workflow.info().original_execution_run_id)
        self._nudged = False
        self._failures = 0
        self._handed_back = 0
        self._not_before: datetime | None = None
        self._turn: Turn | None = None
        self._seen = case.seen
        self._timeline: deque[str] = deque(maxlen=50)
        self._attributes: tuple[object, ...] | None = None
        self._has_waited = False
        self._just_advanced = False

    @workflow.run
    async def run(self, case: CaseInput) -> str:
        """Run the case to its end; returns why it ended."""
        while True:
            try:
                return await self._collect()
            except (asyncio.CancelledError, ActivityError) as error:
                if not is_cancelled_exception(error):
                    raise
                # Whoever cancels wants it to stop, not to be forgotten: a cancelled case is a paused case.
                self.signalled("pause", CANCELLED)

    async def _collect(self) -> str:
        turn = await self._advance()
        while True:
            if turn.action == "end" and not self._told:
                await workflow.wait_condition(workflow.all_handlers_finished)
                if not self._told:
                    return turn.summary
            if self._may_continue(turn) and self._can_be_carried():
                await self._continue_as_new()
            moment_came = not self._told and await self._wait(turn)
            self._has_waited = True
            if moment_came and turn.loop > 2 and turn.action in _INSIDE:
                self._failures, self._not_before, self._handed_back = 0, None, 0
                moment_came = False
            turn = await (self._take(turn) if moment_came else self._advance())

    async def _wait(self, turn: Turn) -> bool:
        """Wait for the turn's moment or a message; True when the moment came first."""
        timeout = None
        if turn.at is not None:
            timeout = self._time_left(turn.at)
            if turn.loop == 1 and timeout.total_seconds() <= 0:
                return True
            # A moment that has come is waited for too: whether it has come, only a timer says alike on every replay.
            timeout = max(timeout, options.SHORTEST_WAIT)
            if turn.due and not self._failures:
                # It fires at once: waited out whatever comes, for what is about to fire is not to be cancelled.
                await workflow.sleep(timeout, summary=turn.summary or None)
                return not self._told
        try:
            await workflow.wait_condition(lambda: self._told, timeout=timeout, timeout_summary=turn.summary or None)
        except TimeoutError:
            return not self._told
        return False

    def _time_left(self, at: datetime) -> timedelta:
        """Real time until a moment of the case, and at least until a step that failed is tried again.

        The only place that counts with `workflow.now()`, and only for the length of a timer: on replay a workflow task
        may read a later time than it did, since Temporal plays the heartbeats of a long local activity as one task.
        """
        now = workflow.now()
        left = self._case.clock.real_wait(at - self._case.clock.now(now))
        return left if self._not_before is None else max(left, self._not_before - now)

    @property
    def _told(self) -> bool:
        """Whether there is something to record."""
        return bool(self._queue) or self._nudged

    async def _advance(self) -> Turn:
        """Record what was queued and decide anew."""
        messages, self._queue, self._nudged = tuple(self._queue), [], False
        request = AdvanceRequest(
            case_id=self._case.case_id,
            at=self._now(),
            messages=messages,
            failures=self._failures,
            all_of_timeline=self._turn is None or self._turn.view is None,
            clock=self._case.clock,
            seen=self._seen,
        )
        try:
            turn = await workflow.execute_local_activity_method(
                CaseActivities.advance,
                request,
                start_to_close_timeout=options.ADVANCE_TIMEOUT,
                retry_policy=options.ADVANCE_RETRY,
                local_retry_threshold=options.ADVANCE_HELD,
            )
        except (asyncio.CancelledError, ActivityError):
            # Recorded or not: told again under the same id, it counts once.
            self._queue, self._nudged = [*messages, *self._queue], True
            raise
        self._just_advanced = True
        return await self._shown(turn)

    async def _take(self, turn: Turn) -> Turn:
        """The moment of a step: its activity plans again, acts or declines, and decides what comes next."""
        request = StepRequest(
            case_id=self._case.case_id,
            at=self._now(),
            clock=self._case.clock,
            step_seconds=self._case.step_seconds,
            handed_back=self._handed_back,
            seen=self._seen,
        )
        try:
            taken = await workflow.execute_activity_method(
                _STEPS[turn.action],
                request,
                start_to_close_timeout=options.step_timeout(turn.action, self._case.step_seconds),
                retry_policy=options.STEP_RETRY,
                summary=turn.summary or None,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._failures += 1
            self._not_before = workflow.now() + options.wait_after(self._failures)
            return await self._advance()
        if taken.look_again:
            self._handed_back += 1
            return await self._advance()
        self._failures, self._not_before, self._handed_back = 0, None, 0
        self._just_advanced = False
        return await self._shown(taken)

    async def _shown(self, turn: Turn) -> Turn:
        """Wake the other cases of the debtor that a turn concerns, and make it visible."""
        if turn.wake:
            # Something may have come meanwhile, and a workflow task been told: as after an activity.
            self._just_advanced = False
            try:
                await asyncio.gather(*(_wake(case_id) for case_id in turn.wake))
            except (Exception, asyncio.CancelledError):
                # Whoever waits for an answer hears it in any case. (Not where the run leaves memory: there is nobody.)
                self._show(turn)
                raise
        # Who sees it knows that the others have been told.
        self._show(turn)
        return turn

    def _show(self, turn: Turn) -> None:
        """Make a turn visible: answers, details, timeline, search attributes."""
        self._turn, self._seen = turn, turn.seen or self._seen
        if turn.real_time:
            self._case = self._case.model_copy(update={"clock": REAL_TIME})
        self._timeline.extend(turn.timeline)
        self._answers.update({answer.id: answer for answer in turn.answers})
        if turn.view is not None:
            workflow.set_current_details(render_details(self._case.case_id, turn.view, tuple(self._timeline)))
            values = search_attributes.values_of(turn.view)
            if changed := search_attributes.updates(self._shown_before(turn), values):
                workflow.upsert_search_attributes(changed)
            self._attributes = values
        else:
            workflow.set_current_details(turn.summary)

    def _shown_before(self, turn: Turn) -> tuple[object, ...] | None:
        """What the search attributes say; before edition 4 of the loop a run showed anew what it began with."""
        if self._attributes is None and turn.loop > 3:
            return search_attributes.begun_with(workflow.info().typed_search_attributes)
        return self._attributes

    def _now(self) -> datetime:
        return self._case.clock.now(workflow.now())

    def _can_be_carried(self) -> bool:
        """Whether what is queued fits into the input of the next run; what does not is recorded first."""
        return sum(options.carried_size(message.raw) for message in self._queue) <= options.MOST_CARRIED

    def _may_continue(self, turn: Turn) -> bool:
        """Whether to go on in a fresh run, asked only where every replay gives the same answer.

        How long the history is and which build is wanted stands in each workflow task, and on replay several may be
        played as one: not across the marker of a local activity, though, nor across the timer that is started next.
        """
        if turn.loop > 1 and self._told and not self._just_advanced:
            return False
        return self._is_to_continue()

    def _is_to_continue(self) -> bool:
        """Whether to go on in a fresh run: the history is long, or another build is to take over."""
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            # Not at once in a fresh run: one that an operator pinned to its build would go round and round.
            or (self._has_waited and info.is_target_worker_deployment_version_changed())
            or self._run_is_long()
        )

    def _run_is_long(self) -> bool:
        limit = self._case.events_per_run
        return limit is not None and workflow.info().get_current_history_length() >= limit

    async def _continue_as_new(self) -> None:
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or self._told)
        if workflow.all_handlers_finished():
            workflow.continue_as_new(
                self._case.model_copy(update={"carried": tuple(self._queue), "seen": self._seen}),
                # A run stays on its build; between two runs is the moment to change it.
                initial_versioning_behavior=workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE
                if workflow.info().is_target_worker_deployment_version_changed()
                else None,
            )

    # What it may be told -------------------------------------------------------------------------------

    payment_received = fact(m.PaymentReceived)
    payment_reversed = fact(m.PaymentReversed)
    invoice_credited = fact(m.InvoiceCredited)
    delivery_reported = fact(m.DeliveryReported)
    pause = fact(m.Pause)
    resume = fact(m.Resume)
    place_hold = fact(m.PlaceHold)
    lift_hold = fact(m.LiftHold)
    raise_task = fact(m.RaiseTask)
    dispute_raised = fact(m.RaiseDispute)
    dispute_resolved = fact(m.ResolveDispute)
    promise_made = fact(m.RecordPromise)
    settlement_agreed = fact(m.AgreeSettlement)
    debtor_status_reported = fact(m.ReportDebtorStatus)
    arrangement_proposed = fact(m.ProposeArrangement)
    arrangement_agreed = fact(m.AgreeArrangement)
    agency_reported = fact(m.ReportAgency)

    pause_case = request(m.Pause)
    resume_case = request(m.Resume)
    log_call = request(m.LogCall)
    record_payment = request(m.RecordPayment)
    record_refund = request(m.RecordRefund)
    settle_duplicate = request(m.SettleDuplicate)
    write_off = request(m.WriteOff)
    change_policy = request(m.ChangePolicy)
    settle_send = request(m.SettleSend)
    reissue_notice = request(m.ReissueNotice)
    resubmit_quarantined = request(m.ResubmitQuarantined)
    dismiss_quarantined = request(m.DismissQuarantined)
    complete_task = request(m.CompleteTask)
    approve_handoff = request(m.ApproveHandoff)
    sign_request = request(m.SignRequest)
    change_due_date = request(m.ChangeDueDate)
    raise_dispute = request(m.RaiseDispute)
    resolve_dispute = request(m.ResolveDispute)
    record_promise = request(m.RecordPromise)
    withdraw_promise = request(m.WithdrawPromise)
    agree_settlement = request(m.AgreeSettlement)
    hold_case = request(m.PlaceHold)
    unhold_case = request(m.LiftHold)
    report_debtor_status = request(m.ReportDebtorStatus)
    end_debtor_status = request(m.EndDebtorStatus)
    agree_arrangement = request(m.AgreeArrangement)
    change_arrangement = request(m.ChangeArrangement)
    end_arrangement = request(m.EndArrangement)
    report_agency = request(m.ReportAgency)
    recall_handoff = request(m.RecallHandoff)

    @workflow.signal(name=NUDGE, description="Look into the inbox and decide anew. Nothing to fill in.")
    def nudge(self, raw: RawValue = NOTHING) -> None:
        """Carries nothing: what there is to know is in the case file. What comes with it all the same is kept."""
        self._nudged = True
        self.signalled(NUDGE, raw)

    @workflow.signal(dynamic=True, description="Anything else is kept in quarantine for a person to look at.")
    def unknown(self, name: str, payloads: Sequence[RawValue]) -> None:
        """A signal that we have no name for."""
        self._queue.extend(self._reception.signal(name, payloads))

    # What becomes of it --------------------------------------------------------------------------------

    def signalled(self, name: str, raw: RawValue) -> None:
        """Queue what a signal told."""
        self._queue.extend(self._reception.first(name, raw))

    def keep_surplus(self, name: str, payloads: Sequence[RawValue]) -> None:
        """Keep the payloads beside the one that a signal has, as messages nobody can read."""
        self._queue.extend(self._reception.surplus(name, payloads))

    async def requested(self, name: str, raw: RawValue) -> str:
        """Queue a request, wait for the loop to judge it, answer."""
        info = workflow.current_update_info()
        request = self._reception.request(name, raw, info.id if info else "")
        self._queue.append(request)
        ids = (request.id, self._reception.last_by_number)
        await workflow.wait_condition(lambda: any(each in self._answers for each in ids))
        answer = self._answers.pop(next(each for each in ids if each in self._answers))
        if answer.refusal is not None:
            raise ApplicationError(answer.refusal, type="Refused", non_retryable=True)
        view = self._turn.view if self._turn else None
        stands = f"; stage {view.stage}, open {view.open.text}" if view else ""
        return f"accepted{stands}; {answer.remark}" if answer.remark else f"accepted{stands}"

    # Questions -----------------------------------------------------------------------------------------

    @workflow.query(name="case", description="Where the case stands, why nothing is sent now, what comes next.")
    def case(self) -> dict[str, object]:
        """The last view, as JSON."""
        view = self._turn.view if self._turn else None
        return view.model_dump(mode="json", exclude_unset=True) if view else {}

    @workflow.query(name="timeline", description="The last fifty things that happened.")
    def timeline(self) -> list[str]:
        """One line for each fact, the oldest first."""
        return list(self._timeline)


async def _wake(case_id: str) -> None:
    """Make another case look again; one that does not run has nothing to do, or is found by whoever starts it."""
    try:
        await workflow.get_external_workflow_handle(case_id).signal(NUDGE)
    except FailureError as failure:
        if is_cancelled_exception(failure):
            raise
        workflow.logger.info("another case of the debtor could not be woken: %s", failure.message)
