"""What the check before a hand-off finds of one case by itself, and of its papers.

It only asks what the rules of the ladder ask (holds, terms, statuses, money), by their own functions, so there is no
second set of rules. What hangs on the debtor's other invoices, too, stands in `whole_check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.blockers import BlockerKind, HoldKind
from domain.case import Case
from domain.case_parts import Hold
from domain.handoffs.approving import without_notice
from domain.handoffs.findings import Finding, Point
from domain.handoffs.on_file import OnFile
from domain.invoice import TermBasis
from domain.notices import in_force, is_protected
from domain.planning.checks import is_checked, register_checked_on, register_unchecked
from domain.planning.conditions import coverage_needed
from domain.planning.held_money import held_back
from domain.planning.last_demand import follows_last_demand, needs_last_demand
from domain.planning.moments import term_end
from domain.policy import Policy, Step
from domain.reactions.deadlines import deadlines
from domain.surroundings import Surroundings
from domain.tasks import TaskKind

__all__ = ["lacking", "of_file", "own_findings"]

_BASES = {
    TermBasis.AGREED: "the term was agreed",
    TermBasis.PRINTED: "the term only stands on the invoice",
    TermBasis.STATUTORY: "the term is the statutory one",
    TermBasis.LARGE_COMPANY: "the term is that of large companies",
}
_DISPUTES = (HoldKind.DISPUTE,)
_AGREED = (HoldKind.ARRANGEMENT, HoldKind.ARRANGEMENT_PROPOSED, HoldKind.PROMISE, HoldKind.SETTLEMENT)


def own_findings(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> Iterator[Finding]:
    """What the case itself says, in the order in which it is asked before anything leaves.

    Whether it is enough, and whether a person approved it, hangs on what goes along and is asked with that.

    Args:
        case: The case.
        policy: Its policy.
        surroundings: Its surroundings.
        step: The hand-off.
        today: The day.
    """
    yield from _dispute(case, today)
    yield from _call(case)
    yield _final_demand(case, policy, step, today)
    yield _register(case, policy, step, today)
    yield _notice(case, policy, surroundings, step, today)
    yield from _holds(case, today)
    yield _term(case, today)
    yield _sent(case)
    yield _performed(case)
    yield _limitation(case, policy, surroundings, today)
    yield _clauses(case, policy, surroundings)
    yield _bank(case, policy, surroundings, step, today)
    yield _money(case, policy, surroundings)
    if policy.check == "first":
        yield _checked(case)


# What the debtor says, and what was agreed ------------------------------------------------------------------


def _dispute(case: Case, today: date) -> Iterator[Finding]:
    if case.open_disputes:
        first = case.open_disputes[0]
        yield Finding(
            Point.DISPUTE,
            "fails",
            f"a dispute ({first.reason}) waits for its answer",
            first.since,
            stops=True,
            code=BlockerKind.DISPUTE_OPEN,
        )
        return
    held = _hold(case, today, _DISPUTES)
    if held is not None:
        yield _held(Point.DISPUTE, held)
        return
    last = case.disputes[-1] if case.disputes else None
    if last is None:
        yield Finding(Point.DISPUTE, "ok", "nothing was disputed")
    else:
        yield Finding(Point.DISPUTE, "ok", f"the last dispute ended: {last.outcome}", last.resolved_on)


def _call(case: Case) -> Iterator[Finding]:
    # Who refused the debit probably disputes the invoice: he is called before anybody else hears of it.
    task = case.open_task(TaskKind.CALL_ABOUT_REFUSAL)
    if task is None:
        return
    yield Finding(
        Point.DISPUTE,
        "fails",
        "the debtor refused a direct debit, and nobody has called him",
        task.raised_on,
        stops=True,
        code=BlockerKind.TASK_OPEN,
    )


def _holds(case: Case, today: date) -> Iterator[Finding]:
    agreed = _hold(case, today, _AGREED)
    if agreed is not None:
        yield _held(Point.ARRANGEMENT, agreed)
    else:
        broken = case.arrangements[-1] if case.arrangements else None
        said = "nothing was agreed" if broken is None else "what was agreed is not to be kept any more"
        yield Finding(Point.ARRANGEMENT, "ok", said)
    lasting = [each for each in case.statuses if each.lasts]
    status = next((h for h in _stopping(case, today) if h.stops("frozen")), None)
    if status is not None:
        yield _held(Point.STATUS, status)
    elif lasting:
        yield Finding(Point.STATUS, "fails", f"the debtor is in {lasting[0].status.value}", lasting[0].since)
    else:
        yield Finding(Point.STATUS, "ok", "nothing was reported that he is in")
    known = (*_DISPUTES, *_AGREED)
    other = next((h for h in _stopping(case, today) if h.kind not in known and not h.stops("frozen")), None)
    yield Finding(Point.HOLD, "ok", "nothing holds the case") if other is None else _held(Point.HOLD, other)


def _stopping(case: Case, today: date) -> tuple[Hold, ...]:
    return case.holds_on(today, "sends")


def _hold(case: Case, today: date, kinds: tuple[HoldKind, ...]) -> Hold | None:
    return next((hold for hold in _stopping(case, today) if hold.kind in kinds), None)


def _held(point: Point, hold: Hold) -> Finding:
    return Finding(
        point,
        "fails",
        f"the case is on hold ({hold.kind.value})",
        hold.since,
        stops=True,
        code=hold.kind,
        until=hold.end,
    )


# Letters -----------------------------------------------------------------------------------------------------


def _final_demand(case: Case, policy: Policy, step: Step, today: date) -> Finding:
    if not needs_last_demand(case, policy):
        return Finding(Point.FINAL_DEMAND, "ok", "he is no consumer")
    follows = follows_last_demand(case, policy, step)
    if follows is None:
        return Finding(
            Point.FINAL_DEMAND,
            "fails",
            "no final demand was sent",
            stops=True,
            code=BlockerKind.NO_FINAL_DEMAND,
            task=TaskKind.SEND_FINAL_DEMAND,
        )
    if follows > today:
        return Finding(
            Point.FINAL_DEMAND,
            "fails",
            f"the days after the final demand run until {follows}",
            stops=True,
            code=BlockerKind.LAST_DEMAND_RUNNING,
            until=follows,
        )
    return Finding(Point.FINAL_DEMAND, "ok", f"a final demand was sent; it may follow from {follows} on", follows)


def _notice(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> Finding:
    gate = step.when.term_expired
    if gate is None:
        return Finding(Point.NOTICE, "unknown", f"policy {policy.policy} hands off without asking for a notice")
    ends = term_end(case, policy, surroundings.terms, step)
    taken = in_force(case, policy, gate)
    if ends is not None and ends.act_on <= today:
        proven = taken is not None and taken.received_on is not None
        known = "its receipt is proven" if proven else "its receipt is presumed"
        return Finding(Point.NOTICE, "ok", f"{gate}: {known}; its last day was {ends.last_day}", ends.last_day)
    early = without_notice(case, policy, today)
    if early is not None and case.approval is not None and case.approval.without_notice is not None:
        reason = case.approval.without_notice.replace("_", " ")
        return Finding(
            Point.NOTICE, "fails", f"handed off before it, as {case.approval.actor} decided: {reason}", case.approval.on
        )
    if taken is None:
        before = next((each for each in reversed(case.taken) if each.step == gate and each.kind == "send"), None)
        said = (
            f"{gate} was not sent" if before is None else f"{gate} of {before.on} does not count: it is sent once more"
        )
        code = BlockerKind.TERM_NOT_STARTED
    elif not taken.proven:
        said, code = f"nobody knows yet whether {gate} was sent", BlockerKind.TERM_UNPROVEN
    elif ends is None:
        said, code = f"the term of {gate} stands still", BlockerKind.TERM_RUNNING
    else:
        said, code = f"the term of {gate} runs until {ends.last_day}", BlockerKind.TERM_RUNNING
    return Finding(
        Point.NOTICE, "fails", said, taken.on if taken else None, True, code, None if ends is None else ends.act_on
    )


def _sent(case: Case) -> Finding:
    reminders = [taken for taken in case.taken if taken.kind == "send" and taken.proven]
    if not reminders:
        return Finding(Point.SENT, "fails", "no reminder was sent")
    return Finding(Point.SENT, "ok", f"{len(reminders)} sent, the last one was {reminders[-1].step}", reminders[-1].on)


# The claim ---------------------------------------------------------------------------------------------------


def _term(case: Case, today: date) -> Finding:
    basis = case.invoice.term_basis
    said = f"due {case.due}; {_BASES[basis]}"
    if today <= case.due:
        return Finding(Point.TERM, "fails", said, case.due)
    return Finding(Point.TERM, "unknown" if basis is TermBasis.PRINTED else "ok", said, case.due)


def _performed(case: Case) -> Finding:
    complaint = next((d for d in case.open_disputes if d.reason in ("not_received", "damaged", "late")), None)
    if complaint is not None:
        return Finding(Point.PERFORMED, "fails", f"the debtor says that not ({complaint.reason})", complaint.since)
    looked = next((t for t in case.tasks if t.kind == TaskKind.CHECK_INVOICE and t.done_on is not None), None)
    if looked is not None:
        return Finding(Point.PERFORMED, "ok", f"a person checked the invoice: {looked.outcome}", looked.done_on)
    if case.invoice.delivered_on is not None:
        return Finding(
            Point.PERFORMED, "ok", f"it was delivered on {case.invoice.delivered_on}", case.invoice.delivered_on
        )
    return Finding(Point.PERFORMED, "unknown", "nothing says when it was delivered or done")


def _limitation(case: Case, policy: Policy, surroundings: Surroundings, today: date) -> Finding:
    found = deadlines(case, policy, surroundings.terms)
    day = next((each.day for each in found if each.kind == "limitation"), None)
    if day is None:
        return Finding(Point.LIMITATION, "unknown", "no law is named that says when the claim is barred")
    if day < today:
        return Finding(
            Point.LIMITATION, "fails", f"the claim was barred after {day}", day, task=TaskKind.LIMITATION_PASSED
        )
    return Finding(Point.LIMITATION, "ok", f"the claim is barred after {day}", day)


def _clauses(case: Case, policy: Policy, surroundings: Surroundings) -> Finding:
    if not is_protected(case, policy):
        return Finding(Point.TERMS, "ok", "he is no consumer")
    if surroundings.terms.at_risk:
        return Finding(
            Point.TERMS, "fails", "nobody reviewed the clauses on interest and costs", task=TaskKind.REVIEW_TERMS
        )
    reviewed = surroundings.terms.clauses_reviewed_on
    if reviewed is None:
        return Finding(Point.TERMS, "ok", "no clause is relied on: interest and costs are the statutory ones")
    return Finding(Point.TERMS, "ok", "a person reviewed the clauses", reviewed)


# What must be known ------------------------------------------------------------------------------------------


def _register(case: Case, policy: Policy, step: Step, today: date) -> Finding:
    looked = register_checked_on(case)
    if register_unchecked(case, policy, step, today):
        return Finding(
            Point.REGISTER,
            "fails",
            "nobody looked into the register of late",
            looked,
            stops=True,
            code=BlockerKind.REGISTER_UNCHECKED,
            task=TaskKind.CHECK_REGISTER,
        )
    if looked is None:
        return Finding(Point.REGISTER, "unknown", "nobody looked, and the policy does not ask it")
    return Finding(Point.REGISTER, "ok", "a person looked into the register", looked)


def _bank(case: Case, policy: Policy, surroundings: Surroundings, step: Step, today: date) -> Finding:
    covered = surroundings.bank_covered_until
    if covered is None:
        return Finding(Point.BANK, "unknown", "no bank statements are read here")
    needed = coverage_needed(case, policy, surroundings.terms, step, today)
    if covered < needed:
        said = f"the bank statements cover up to {covered}; needed is {needed}"
        return Finding(Point.BANK, "fails", said, covered, stops=True, code=BlockerKind.BANK_NOT_COVERING)
    return Finding(Point.BANK, "ok", f"the bank statements cover up to {covered}", covered)


def _money(case: Case, policy: Policy, surroundings: Surroundings) -> Finding:
    stands = held_back(case, policy, surroundings)
    if stands is None:
        return Finding(Point.MONEY, "ok", "none stands with us")
    return Finding(
        Point.MONEY,
        "fails",
        "money of the debtor stands with us that is on no invoice, or too much on another",
        stops=True,
        code=BlockerKind.MONEY_UNALLOCATED,
        task=TaskKind.ALLOCATE_MONEY,
    )


def _checked(case: Case) -> Finding:
    if is_checked(case) or case.taken:
        return Finding(Point.CHECKED, "ok", "a person looked at it")
    return Finding(
        Point.CHECKED,
        "fails",
        "nobody looked at it",
        stops=True,
        code=BlockerKind.INTERNAL_CHECK,
        task=TaskKind.CHECK_INVOICE,
    )


def lacking(case: Case, on_file: OnFile) -> tuple[Finding, ...]:
    """What the file of the hand-off can't leave without, and what is not there."""
    return tuple(each for each in of_file(case, on_file) if each.stops)


# What the case file holds ------------------------------------------------------------------------------------


def of_file(case: Case, on_file: OnFile) -> Iterator[Finding]:
    """What the file of the hand-off can't be without."""
    mend = TaskKind.MEND_LETTER
    if on_file.named:
        yield Finding(Point.NAME, "ok", "the debtor's name is known")
    else:
        yield Finding(Point.NAME, "fails", "only the number of the debtor is known", stops=True, task=mend)
    if on_file.addressed:
        yield Finding(Point.ADDRESS, "ok", "his address is known")
    else:
        yield Finding(
            Point.ADDRESS, "fails", "no address of the debtor is known", stops=True, task=TaskKind.FIX_CONTACT
        )
    if on_file.described_by:
        yield Finding(
            Point.DESCRIPTION,
            "ok",
            "the list names the product" if on_file.described_by == "product" else "the invoice itself says it",
        )
    else:
        yield Finding(Point.DESCRIPTION, "fails", "neither the product nor the invoice is known", stops=True, task=mend)
    if on_file.invoice_copy:
        yield Finding(Point.INVOICE_COPY, "ok", f"it is kept as {on_file.invoice_copy}", case.invoice.invoice_date)
    else:
        said = "the invoice is not among the documents: import it once more with its PDF or as UBL"
        yield Finding(Point.INVOICE_COPY, "fails", said, stops=True, task=mend)
    yield _partner(on_file)


def _partner(on_file: OnFile) -> Finding:
    if not on_file.asks_partner:
        return Finding(Point.PARTNER, "unknown", "the creditor's profile names no partner")
    if not on_file.partner and on_file.partner_elsewhere:
        said = f"{on_file.partner_elsewhere} has other invoices of this debtor, and does not take this claim"
        return Finding(Point.PARTNER, "fails", said, stops=True)
    if not on_file.partner:
        return Finding(Point.PARTNER, "fails", "no partner of the profile takes this claim", stops=True)
    if on_file.partner_needs_number and not on_file.partner_number:
        said = f"{on_file.partner} has no number in the register of collection services (Wki), which the law asks"
        return Finding(Point.PARTNER, "fails", said, stops=True)
    number = on_file.partner_number or "not needed"
    return Finding(Point.PARTNER, "ok", f"it goes to {on_file.partner}, register number: {number}")
