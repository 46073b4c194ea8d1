"""`maanwerk case`: look at cases, and tell them what a person decides.

Everything is read from the case file, so it works while no worker runs. What a person decides goes through the inbox:
written down first, then delivered; with a worker running the answer comes at once.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(no_args_is_help=True, help="Cases: look at them, and tell them what a person decides.")
quarantine = typer.Typer(no_args_is_help=True, help="Messages that could not be used: try again, or lay aside.")
app.add_typer(quarantine, name="quarantine")

_Id = Annotated[str, typer.Argument(metavar="ID", help="Case id or invoice number.")]
_Actor = Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Who decides; by default who you are.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]


# Looking ---------------------------------------------------------------------------------------------------


@app.command("list")
def list_cases(
    stage: Annotated[
        str | None, typer.Option("--stage", help="Only cases at this stage (new, reminder, closed …).")
    ] = None,
    attention: Annotated[bool, typer.Option("--attention", help="Only cases that a person should look at.")] = False,
    creditor: Annotated[str | None, typer.Option("--creditor", metavar="ID", help="Only of this creditor.")] = None,
    as_json: _Json = False,
) -> None:
    """Show all cases: stage, open amount, holds, and what comes next."""
    from cli.case.asking_beside import Beside

    # Temporal is asked before anything is imported that takes its time.
    with Beside(patient=attention) as beside:
        from casefile.listing import Which
        from cli.case.show_list import print_list

        print_list(Which(creditor=creditor, stage=stage, attention=attention), beside, as_json=as_json)


@app.command("show")
def show(
    case: _Id,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Day of the claim, by what is known now; else today."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Show one case: where it stands, what is owed and how it was counted, what comes next, and all that happened."""
    from cli.case.actions import print_case

    print_case(case, _date(as_of, "--as-of"), as_json)


@app.command("letter")
def letter(
    case: _Id,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step that sent it.")],
    issue: Annotated[int | None, typer.Option("--issue", help="Which issue of the step; else the last.")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="email, sms, post …; else the one with a PDF, or the first.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the bytes to this new file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --out.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Make the letter again from what is kept, and compare the bytes.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Give what was sent, byte for byte, or show what proves it."""
    from cli.case.letter import give_letter

    give_letter(case, step, issue=issue, channel=channel, out=out, force=force, check=check, as_json=as_json)


@app.command("credits")
def credits_(
    creditor: Annotated[str | None, typer.Option("--creditor", metavar="ID", help="Only of this creditor.")] = None,
    as_json: _Json = False,
) -> None:
    """Show the credit notes that are on no invoice."""
    from cli.case.credits import print_credits

    print_credits(creditor, as_json)


# Deciding --------------------------------------------------------------------------------------------------


@app.command("pause")
def pause(
    case: _Id,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="First free day; else no end.")] = None,
    reason: _Reason = "",
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Stop the ladder of a case, until a day or until resumed."""
    _tell(case, "pause_case", {"until": _day(until, "--until"), "reason": reason}, actor, as_json)


@app.command("resume")
def resume(case: _Id, actor: _Actor = None, as_json: _Json = False) -> None:
    """End all pauses of a case."""
    _tell(case, "resume_case", {}, actor, as_json)


@app.command("approve")
def approve(
    case: _Id,
    open_amount: Annotated[
        str | None,
        typer.Option("--open", metavar="AMOUNT", help="The open amount as you saw it; refused if it changed."),
    ] = None,
    step: Annotated[str | None, typer.Option("--step", help="Which hand-off, when the policy has several.")] = None,
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Approve the hand-off of a case."""
    _tell(case, "approve_handoff", {"open": open_amount, "step": step}, actor, as_json)


@app.command("log-call")
def log_call(
    case: _Id,
    outcome: Annotated[str, typer.Option("--outcome", help="What came of it.")] = "called",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was said.")] = "",
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Note a call with the debtor; it finishes the open call task."""
    _tell(case, "log_call", {"outcome": outcome, "note": note}, actor, as_json)


@app.command("task")
def task(
    case: _Id,
    kind: Annotated[str, typer.Argument(metavar="TASK", help="The task, as `case show` names it.")],
    outcome: Annotated[str, typer.Option("--outcome", help="What came of it.")] = "done",
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Finish an open task; the task of a hold ends that hold too."""
    _tell(case, "complete_task", {"task": kind, "outcome": outcome}, actor, as_json)


@app.command("write-off")
def write_off(
    case: _Id,
    amount: Annotated[str | None, typer.Option("--amount", help="How much; else all that is open.")] = None,
    reason: _Reason = "",
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Give up the claim, or an amount of it."""
    _tell(case, "write_off", {"amount": amount, "reason": reason}, actor, as_json)


@app.command("change-due")
def change_due(
    case: _Id,
    due: Annotated[str, typer.Argument(metavar="DATE", help="The new due date.")],
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Move the due date of a case."""
    _tell(case, "change_due_date", {"due": _day(due, "DATE")}, actor, as_json)


@app.command("change-policy")
def change_policy(
    case: _Id,
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="A policy file, or a name.")],
    version: Annotated[int | None, typer.Option("--version", help="Its version; else the newest.")] = None,
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Move a case to another policy, or another version of its own."""
    from cli.case import actions

    actions.change_policy(case, policy, version, actor, as_json)


@app.command("allocate")
def allocate(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The credit note, as `case credits` names it.")],
    case: _Id,
    kind: Annotated[
        Literal["correction", "return", "rebate"],
        typer.Option("--kind", help="What it is for: a correction voids the letters before it, a rebate does not."),
    ] = "correction",
) -> None:
    """Put a credit note that is on no invoice on the invoice of a case."""
    from cli.case import credits

    credits.allocate(number, case, kind)


@app.command("settle")
def settle(
    case: _Id,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step whose sending is unknown.")],
    outcome: Annotated[str, typer.Argument(metavar="sent|not-sent", help="What became of it.")],
    issue: Annotated[int | None, typer.Option("--issue", help="Which issue of the step.")] = None,
    received_on: Annotated[
        str | None, typer.Option("--received-on", metavar="DATE", help="Day on which the debtor got it, if proven.")
    ] = None,
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Say what became of a sending whose outcome is unknown."""
    content = {
        "step": step,
        "outcome": outcome.replace("-", "_"),
        "issue": issue,
        "received_on": _day(received_on, "--received-on"),
    }
    _tell(case, "settle_send", content, actor, as_json)


@app.command("reissue")
def reissue(
    case: _Id,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; you answer for it.")],
    step: Annotated[
        str | None, typer.Option("--step", help="The step that sent the notice; else the last one in force.")
    ] = None,
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Void the notice in force: it is given again, with a full new term."""
    _tell(case, "reissue_notice", {"reason": reason, "step": step}, actor, as_json)


@app.command("repair")
def repair(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Invoice numbers or case ids.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Look at every case, and mend those that need it.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Begin another run also where nothing is found wrong.")] = False,
    as_json: _Json = False,
) -> None:
    """Mend cases that have no living run in Temporal, or one whose task fails: what it was told is rescued first."""
    from cli.case.repair import run

    run(tuple(cases or ()), every=every, anew=anew, as_json=as_json)


@quarantine.command("list")
def list_quarantine(as_json: _Json = False) -> None:
    """Show every message in quarantine, also those for cases that do not exist."""
    from cli.case.quarantine import print_quarantine

    print_quarantine(as_json)


@quarantine.command("resubmit")
def resubmit(
    case: _Id,
    of: Annotated[str | None, typer.Argument(metavar="[MESSAGE]", help="Its id, when there are several.")] = None,
    payload: Annotated[str | None, typer.Option("--payload", metavar="JSON", help="Corrected content.")] = None,
    as_name: Annotated[str | None, typer.Option("--as", metavar="NAME", help="Corrected name.")] = None,
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Try a message in quarantine again, as it was or corrected."""
    corrected: object = None
    if payload is not None:
        try:
            corrected = json.loads(payload)
        except ValueError as error:
            raise typer.BadParameter(f"this is no JSON: {error}", param_hint="--payload") from None
    content = {"of": of or _only_quarantined(case), "payload": corrected, "as_name": as_name}
    _tell(case, "resubmit_quarantined", content, actor, as_json)


@quarantine.command("dismiss")
def dismiss(
    case: _Id,
    of: Annotated[str | None, typer.Argument(metavar="[MESSAGE]", help="Its id, when there are several.")] = None,
    reason: _Reason = "",
    actor: _Actor = None,
    as_json: _Json = False,
) -> None:
    """Lay a message in quarantine aside for good; its bytes stay in the case file."""
    from cli.case.quarantine import dismissed_stranger

    if dismissed_stranger(case, of):
        return
    _tell(case, "dismiss_quarantined", {"of": of or _only_quarantined(case), "reason": reason}, actor, as_json)


# How -------------------------------------------------------------------------------------------------------
# Imported where they are used: database and engine are heavy, and the other commands must not wait for them.


def _tell(case: str, name: str, content: Mapping[str, object], actor: str | None, as_json: bool) -> None:
    from cli.case.actions import tell

    tell(case, name, content, actor, as_json)


def _only_quarantined(case: str) -> str:
    from cli.case.actions import only_quarantined

    return only_quarantined(case)


def _day(written: str | None, where: str) -> str | None:
    day = _date(written, where)
    return None if day is None else day.isoformat()


def _date(written: str | None, where: str) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(f"{written!r} is no date; write it like 2026-03-01", param_hint=where) from None
