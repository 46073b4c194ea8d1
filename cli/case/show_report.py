"""Prints what a person reads of one case, as tables."""

from collections import Counter
from collections.abc import Callable

from cli.case.stage import stage_text
from cli.output import console, new_table, said_here
from domain.blockers import counted
from domain.facts import ArrangementOutcome
from domain.tasks import task_text
from domain.views.agencies import STATES
from domain.views.arrangement_lines import interest_text
from services.reports.case_report import CaseReport, LooseLine, NotFinalLine, TaskLine, WaitingLine
from services.reports.partner_lines import PartnerLine
from services.reports.talk_lines import AgreedLine, ArrangementLine, DisputeLine
from speech.words import tr

__all__ = ["show_report"]

_SAID = 3
"""Most words of people that stand above; the others stand in what happened."""

_AMOUNTS = ("amount", "paid", "open")

_OUTCOMES: dict[ArrangementOutcome, str] = {
    "kept": "kept",
    "broken": "broken",
    "agreement": "ended by agreement",
    "changed": "changed",
}


def show_report(report: CaseReport, between: Callable[[], None] = lambda: None) -> None:
    """Print a report as tables.

    Args:
        report: The report.
        between: Prints what belongs between where the case stands and its ledger.
    """
    out = console()
    head = new_table(f"{report.number}  ({report.case_id})", "", "")
    head.show_header = False
    over = tr(", {amount} paid too much", amount=report.overpaid) if report.overpaid else ""
    rows = [
        ("debtor", report.debtor),
        ("stage", stage_text(report.stage, report.closed)),
        ("with the partner", None if report.partner is None else _partner(report.partner)),
        ("open", f"{report.open} {report.currency}{over}"),
        ("on no invoice", "; ".join(map(_loose, report.on_no_invoice))),
        ("due", report.due),
        ("policy", report.policy),
        ("now", report.state),
        ("next", _next(report)),
        ("why not now", "; ".join(report.why)),
        (
            "on hold",
            "; ".join(_holds(report)),
        ),
        ("disputed", "\n".join(map(_dispute, report.disputes))),
        ("agreed", "; ".join(map(_agreed, report.agreed))),
        ("arrangement", "\n".join(map(_arrangement, report.arrangements))),
        ("not final", "\n".join(map(_not_final, report.not_final))),
        ("register checked", report.register_checked_on),
        ("pays on", None if report.pays_on_day is None else tr("day {day} of the month", day=report.pays_on_day)),
        ("said", "\n".join(_said(report))),
        ("to do", "; ".join(map(_task, report.tasks))),
        ("written down", "; ".join(_waiting(each) for each in report.waiting)),
    ]
    if not report.started:
        rows.append(("engine", tr("not started yet: a worker starts it")))
    elif report.engine is not None and report.engine.state != "running":
        rows.insert(2, ("engine", report.engine.says))
    for name, value in rows:
        if value:
            head.add_row(tr(name), value)
    out.print(head)
    if report.quarantined:
        table = new_table("\n" + tr("In quarantine"), "id", "message", "why")
        for each in report.quarantined:
            table.add_row(each.id, each.name, said_here(each.error))
        out.print(table)
    for arrangement in report.arrangements[-1:]:
        plan = new_table("\n" + tr("Instalments"), "number", "due", "amount", "paid", "open", right=_AMOUNTS)
        for row in arrangement.instalments:
            plan.add_row(str(row.number), row.due, row.amount, row.paid, row.open)
        out.print(plan)
    between()
    ledger = new_table("\n" + tr("Ledger"), "credited on", "known", "entry", "amount", "id", right=("amount",))
    for entry in report.ledger:
        ledger.add_row(entry.credited_on, entry.known_on, tr(entry.kind.replace("_", " ")), entry.amount, entry.id)
    out.print(ledger)
    if report.messages:
        sent = new_table("\n" + tr("Messages"), "when", "step", "channel", "outcome", "SHA-256")
        for message in report.messages:
            status = tr(message.status.replace("_", " ")) + (tr(", crossed by a payment") if message.crossed else "")
            step = message.step if message.issue == 1 else f"{message.step} {message.issue}"
            sent.add_row(message.at, step, message.channel, status, message.sha256)
        out.print(sent)
    out.print("\n" + tr("What happened"))
    for entry_line in report.timeline:
        out.print(f"  {entry_line}")


def _partner(line: PartnerLine) -> str:
    """How the file stands with the partner: his name and reference, since when, what came in there and what it cost."""
    words = [tr("{state} since {day}", state=tr(STATES[line.state]), day=line.since)]
    if line.until is not None:
        words.append(tr("rests until {day}", day=line.until))
    words += [each for each in (line.partner, line.reference) if each]
    words += [tr("{amount} paid there", amount=line.paid), tr("{amount} costs of his", amount=line.costs)]
    if line.recall_asked_on is not None:
        words.append(tr("asked back on {day}", day=line.recall_asked_on))
    return ", ".join(words)


def _holds(report: CaseReport) -> list[str]:
    """The kinds of holds, each once, with the day after the last one."""
    kinds = Counter(hold.kind for hold in report.holds)
    said = []
    for kind, number in kinds.items():
        ends = [hold.until for hold in report.holds if hold.kind == kind]
        last = None if None in ends else max(filter(None, ends))
        said.append(counted(kind, number) + (tr(" until {day}", day=last) if last else ""))
    return said


def _agreed(each: AgreedLine) -> str:
    text = tr(
        "{kind} {id}: {amount} by {day}, {paid} came in",
        kind=tr(each.kind),
        id=each.id,
        amount=each.amount,
        day=each.by,
        paid=each.paid,
    )
    return text if each.outcome is None else f"{text} ({tr(each.outcome)})"


def _said(report: CaseReport) -> list[str]:
    """The last words of people, the newest first; all of them stand in what happened."""
    lines = [
        f"{each.on} {each.what}: {each.words}" + (f" ({each.by})" if each.by else "")
        for each in report.said
        if each.words
    ]
    return lines[: -_SAID - 1 : -1]


def _dispute(each: DisputeLine) -> str:
    amount = each.amount or tr("all of it")
    reason = tr(each.reason.replace("_", " "))
    if each.outcome is None:
        return tr(
            "{amount} ({id}, {reason}): answer by {day}", amount=amount, id=each.id, reason=reason, day=each.answer_by
        )
    ended = tr(each.outcome)
    not_owed = tr(", {amount} not owed", amount=each.not_owed) if each.not_owed else ""
    return (
        tr("{amount} ({id}, {reason}): {outcome}", amount=amount, id=each.id, reason=reason, outcome=ended) + not_owed
    )


def _arrangement(each: ArrangementLine) -> str:
    interest = interest_text(each.interest)
    if each.outcome is None:
        return tr(
            "{id}: {paid} of {total} paid, {interest}", id=each.id, paid=each.paid, total=each.total, interest=interest
        )
    return tr(
        "{id}: {paid} of {total} paid, {outcome} {day}",
        id=each.id,
        paid=each.paid,
        total=each.total,
        outcome=tr(_OUTCOMES[each.outcome]),
        day=each.ended_on,
    )


def _next(report: CaseReport) -> str:
    if report.next == "close" or report.closed:
        return ""
    what = report.step or (task_text(report.task) if report.task else tr("nothing"))
    if report.next_at is None:
        return tr("{what}, when a person or message says so", what=what)
    return tr("{what} on {moment} ({zone})", what=what, moment=report.next_at, zone=report.zone)


def _loose(each: LooseLine) -> str:
    return tr(
        "{amount} {currency} of payment {payment}", amount=each.amount, currency=each.currency, payment=each.payment
    )


def _not_final(each: NotFinalLine) -> str:
    method = tr(each.method.replace("_", " "))
    text = tr("{payment} ({method}): final on {day}", payment=each.payment, method=method, day=each.final_on)
    if each.from_memory:
        text += tr(" (days from memory: write those of your contract into the profile, terms: finality)")
    if each.unauthorised_until is None:
        return text
    return text + tr("; if it was never authorised, it comes back until {day}", day=each.unauthorised_until)


def _task(each: TaskLine) -> str:
    return tr("{asks} ({kind}, since {day})", asks=each.asks, kind=each.kind, day=each.raised_on)


def _waiting(each: WaitingLine) -> str:
    return (
        each.name
        if each.refusal is None
        else tr("{name} (will be refused: {why})", name=each.name, why=said_here(each.refusal))
    )
