"""`maanwerk plan`: the calendar of one invoice that nobody pays."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, new_table, print_json
from cli.written import plain_amount, written_day
from domain.invoice import Invoice
from domain.policy import Policy
from domain.views.explain import day_text
from letters.render import known_letters
from policies.finding import find_policy
from policies.yaml_source import load_yaml, load_yaml_file
from simulation.preview import PlannedStep, preview
from simulation.scenario_invoice import read_invoice
from speech.words import tr

_TERM = timedelta(days=30)


def plan(
    invoice: Annotated[
        Path | None,
        typer.Argument(metavar="INVOICE", help="A YAML file with one invoice, as in a scenario."),
    ] = None,
    policy: Annotated[
        str,
        typer.Option("--policy", metavar="P", help="A policy file, or a name: NAME.yaml here, else a shipped policy."),
    ] = "nl-business",
    due: Annotated[str | None, typer.Option("--due", metavar="DATE", help="Due date, instead of a file.")] = None,
    amount: Annotated[str, typer.Option("--amount", help="Amount, with --due.")] = "1000.00",
    invoice_date: Annotated[
        str | None, typer.Option("--invoice-date", metavar="DATE", help="With --due; 30 days earlier by default.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="business|consumer", help="With --due; else the policy's kind.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the calendar of one invoice that nobody pays: every step, its day, and why that day."""
    rules = find_policy(policy, Path(), known_letters())
    if (invoice is None) == (due is None):
        raise typer.BadParameter(tr("give either a file with the invoice or --due"))
    if invoice is not None:
        subject = read_invoice(load_yaml_file(invoice), rules)
    else:
        asked = written_day(due, "--due")
        assert asked is not None, "one of them was given"
        subject = _inline(asked, _amount(amount), written_day(invoice_date, "--invoice-date"), kind, rules)
    steps = preview(subject, rules)
    if as_json:
        print_json(_json(subject, rules, steps))
        return
    _table(subject, rules, steps)


def _amount(text: str) -> str:
    try:
        return plain_amount(text)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--amount") from None


def _inline(due: date, amount: str, invoice_date: date | None, kind: str | None, rules: Policy) -> Invoice:
    """The invoice of the options, read like a file so that it is checked like one."""
    issued = invoice_date or due - min(_TERM, due - date.min)
    values = {"number": tr("invoice"), "debtor": "debtor", "invoice_date": issued, "due": due, "amount": amount}
    if kind is not None:
        values["kind"] = kind
    lines = (f"{key}: '{str(value).replace(chr(39), chr(39) * 2)}'" for key, value in values.items())
    return read_invoice(load_yaml("\n".join(lines), "options"), rules)


def _json(invoice: Invoice, policy: Policy, steps: tuple[PlannedStep, ...]) -> dict[str, object]:
    return {
        "policy": policy.policy,
        "version": policy.version,
        "invoice": invoice.number,
        "due": invoice.due.isoformat(),
        "steps": [
            {
                "on": each.on.isoformat(),
                "weekday": day_text(each.on)[:3],
                "time": _time(each, policy),
                "step": each.step,
                "issue": each.issue,
                "channels": list(each.channels),
                "why": each.why,
                "passed_over": each.passed_over,
            }
            for each in steps
        ],
    }


def _time(step: PlannedStep, policy: Policy) -> str:
    return f"{policy.sending_calendar.local_time(step.at):%H:%M}"


def _table(invoice: Invoice, policy: Policy, steps: tuple[PlannedStep, ...]) -> None:
    title = tr(
        "{number}: {amount} {currency}, due {day}, unpaid, under {policy} version {version}",
        number=invoice.number,
        amount=invoice.amount.text,
        currency=invoice.amount.currency,
        day=day_text(invoice.due),
        policy=policy.policy,
        version=policy.version,
    )
    table = new_table(title, "day", "time", "step", "channels", "why that day")
    for each in steps:
        name = each.step if each.issue == 1 else f"{each.step} ({each.issue})"
        if each.passed_over is None:
            table.add_row(day_text(each.on), _time(each, policy), name, ", ".join(each.channels), each.why)
        else:
            table.add_row(day_text(each.on), "", name, "–", tr("passed over: {why}", why=each.passed_over))
    out = console()
    out.print(table)
    if not steps:
        out.print(tr("No step of this policy comes for this invoice."))
