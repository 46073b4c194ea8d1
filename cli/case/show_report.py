"""Prints what a person reads of one case, as tables."""

from collections import Counter
from collections.abc import Callable

from cli.output import console, new_table
from domain.blockers import counted
from domain.tasks import task_text
from services.reports.case_report import CaseReport, WaitingLine

__all__ = ["show_report"]

_SAID = 3
"""Most words of people that stand above; the others stand in what happened."""


def show_report(report: CaseReport, between: Callable[[], None] = lambda: None) -> None:
    """Print a report as tables.

    Args:
        report: The report.
        between: Prints what belongs between where the case stands and its ledger.
    """
    out = console()
    head = new_table(f"{report.number}  ({report.case_id})", "", "")
    head.show_header = False
    over = f", {report.overpaid} paid too much" if report.overpaid else ""
    rows = [
        ("debtor", report.debtor),
        ("stage", report.stage + (f" ({report.closed})" if report.closed and report.closed != report.stage else "")),
        ("open", f"{report.open} {report.currency}{over}"),
        ("due", report.due),
        ("policy", report.policy),
        ("now", report.state),
        ("next", _next(report)),
        ("why not now", "; ".join(report.why)),
        (
            "on hold",
            "; ".join(_holds(report)),
        ),
        ("said", "\n".join(_said(report))),
        ("to do", "; ".join(f"{t.asks} ({t.kind}, since {t.raised_on})" for t in report.tasks)),
        ("written down", "; ".join(_waiting(each) for each in report.waiting)),
    ]
    if not report.started:
        rows.append(("engine", "not started yet: a worker starts it"))
    elif report.engine is not None and report.engine.state != "running":
        rows.insert(2, ("engine", report.engine.says))
    for name, value in rows:
        if value:
            head.add_row(name, value)
    out.print(head)
    if report.quarantined:
        table = new_table("\nIn quarantine", "id", "message", "why")
        for each in report.quarantined:
            table.add_row(each.id, each.name, each.error)
        out.print(table)
    between()
    ledger = new_table("\nLedger", "credited", "known", "entry", "amount", "id", right=("amount",))
    for entry in report.ledger:
        ledger.add_row(entry.credited_on, entry.known_on, entry.kind, entry.amount, entry.id)
    out.print(ledger)
    if report.messages:
        sent = new_table("\nMessages", "when", "step", "channel", "outcome", "SHA-256")
        for message in report.messages:
            status = f"{message.status}, crossed by a payment" if message.crossed else message.status
            step = message.step if message.issue == 1 else f"{message.step} {message.issue}"
            sent.add_row(message.at, step, message.channel, status, message.sha256)
        out.print(sent)
    out.print("\nWhat happened")
    for entry_line in report.timeline:
        out.print(f"  {entry_line}")


def _holds(report: CaseReport) -> list[str]:
    """The kinds of holds, each once, with the day after the last one."""
    kinds = Counter(hold.kind for hold in report.holds)
    said = []
    for kind, number in kinds.items():
        ends = [hold.until for hold in report.holds if hold.kind == kind]
        last = None if None in ends else max(filter(None, ends))
        said.append(counted(kind, number) + (f" until {last}" if last else ""))
    return said


def _said(report: CaseReport) -> list[str]:
    """The last words of people, the newest first; all of them stand in what happened."""
    lines = [
        f"{each.on} {each.what}: {each.words}" + (f" ({each.by})" if each.by else "")
        for each in report.said
        if each.words
    ]
    return lines[: -_SAID - 1 : -1]


def _next(report: CaseReport) -> str:
    if report.next == "close" or report.closed:
        return ""
    what = report.step or (task_text(report.task) if report.task else "nothing")
    return (
        f"{what} on {report.next_at} ({report.zone})" if report.next_at else f"{what}, when a person or message says so"
    )


def _waiting(each: WaitingLine) -> str:
    return each.name if each.refusal is None else f"{each.name} (will be refused: {each.refusal})"
