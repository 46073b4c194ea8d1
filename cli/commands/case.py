"""`maanwerk case`: look at cases, and tell them what a person decides.

Everything is read from the case file, so it works while no worker runs. What a person decides goes through the inbox:
written down first, then delivered; with a worker running the answer comes at once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.case.options import (
    Actor,
    Debtor,
    File,
    Id,
    Ids,
    Json,
    Reason,
    Stage,
    WithoutNoticeOption,
    Yes,
    amount_of,
    choice_of,
    date_of,
    day_of,
    tell,
    tell_chosen,
)
from cli.commands import case_agency, case_arrange, case_handoff, case_link, case_money, case_talk, case_waits

_PartnerState = Literal[
    "submitted", "accepted", "more_wanted", "arrangement", "paused", "summons", "judgment", "seizure", "refused",
    "recalled", "closed", "recall_asked",
]  # fmt: skip
"""`domain.handoffs.partner_state.PartnerState`, which takes long to import; a test holds them against each other."""

app = typer.Typer(no_args_is_help=True, help="Cases: look at them, and tell them what a person decides.")
quarantine = typer.Typer(no_args_is_help=True, help="Messages that could not be used: try again, or lay aside.")
app.add_typer(quarantine, name="quarantine")


# Looking ---------------------------------------------------------------------------------------------------


@app.command("list")
def list_cases(
    every: Annotated[bool, typer.Option("--all", help="Also cases that are closed or not due yet.")] = False,
    stage: Annotated[
        str | None, typer.Option("--stage", help="Only cases at this stage (new, reminder, closed …).")
    ] = None,
    partner_state: Annotated[
        _PartnerState | None,
        typer.Option(
            "--partner-state", help="Only cases whose file stands like this with a partner (submitted, accepted …)."
        ),
    ] = None,
    attention: Annotated[bool, typer.Option("--attention", help="Only cases that a person should look at.")] = False,
    creditor: Annotated[str | None, typer.Option("--creditor", metavar="ID", help="Only of this creditor.")] = None,
    debtor: Annotated[
        str | None,
        typer.Option("--debtor", metavar="NAME", help="Only of this debtor: his number, or part of his name."),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="TEXT", help="Only with this in invoice number, case id or debtor."),
    ] = None,
    account: Annotated[
        bool,
        typer.Option(
            "--account",
            help="Only of who paid from an account, or is to pay to it: type the IBAN when asked, or pipe it in.",
        ),
    ] = False,
    by: Annotated[
        Literal["late", "owed", "next", "debtor", "invoice"], typer.Option("--sort", help="In which order.")
    ] = "late",
    as_json: Json = False,
) -> None:
    """Show what is collected now: days late, what is owed, what comes next; --all or a choice shows the rest too."""
    from cli.case.asking_beside import Beside

    sought = None
    if account or (search is not None and search.strip()[2:4].isdigit()):
        from cli.case.account import asked_account

        sought = asked_account(search, account)

    # Temporal is asked before anything is imported that takes its time.
    with Beside(patient=attention) as beside:
        from casefile.which_cases import Which
        from cli.case.show_list import print_list

        which = Which(
            creditor=creditor,
            stage=stage,
            attention=attention or None,
            debtor=debtor,
            search=search,
            partner_state=partner_state,
        )
        chosen = attention or any(each is not None for each in (stage, debtor, search, partner_state, sought))
        print_list(which, beside, every=every or chosen, by=by, as_json=as_json, account=sought)


@app.command("show")
def show(
    case: Id,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Day of the claim, by what is known now; else today."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show one case: where it stands, what is owed and how it was counted, what comes next, and all that happened."""
    from cli.case.actions import print_case

    print_case(case, date_of(as_of, "--as-of"), as_json)


@app.command("letter")
def letter(
    case: Id,
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
    as_json: Json = False,
) -> None:
    """Give what was sent, byte for byte, or show what proves it."""
    from cli.case.letter import give_letter

    give_letter(case, step, issue=issue, channel=channel, out=out, force=force, check=check, as_json=as_json)


@app.command("credits")
def credits_(
    creditor: Annotated[str | None, typer.Option("--creditor", metavar="ID", help="Only of this creditor.")] = None,
    as_json: Json = False,
) -> None:
    """Show the credit notes that are on no invoice."""
    from cli.case.credits import print_credits

    print_credits(creditor, as_json)


# Deciding --------------------------------------------------------------------------------------------------


@app.command("pause")
def pause(
    cases: Ids = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="First free day; else no end.")] = None,
    reason: Reason = "",
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Stop the ladder of cases, until a day or until resumed."""
    content = {"until": day_of(until, "--until"), "reason": reason}
    tell_chosen(choice_of(cases, debtor, stage, file, yes), "pause_case", content, actor, as_json)


@app.command("resume")
def resume(
    cases: Ids = None,
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """End all pauses of cases; of a debtor or stage, of those that are paused."""
    choice = choice_of(cases, debtor, stage, file, yes)
    tell_chosen(choice, "resume_case", {}, actor, as_json, fits=lambda row: "pause" in row.holds)


@app.command("approve")
def approve(
    cases: Ids = None,
    open_amount: Annotated[
        str | None,
        typer.Option("--open", metavar="AMOUNT", help="The open amount as you saw it; refused if it changed."),
    ] = None,
    total: Annotated[
        str | None,
        typer.Option("--total", metavar="AMOUNT", help="The same of all that goes along, as `case check` says it."),
    ] = None,
    step: Annotated[str | None, typer.Option("--step", help="Which hand-off, when the policy has several.")] = None,
    without_notice: WithoutNoticeOption = None,
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Approve the hand-off of cases; of a debtor or stage, of those that wait for it."""
    choice = choice_of(cases, debtor, stage, file, yes)
    if open_amount is not None and not choice.is_one:
        raise typer.BadParameter("it is of one case: name that one alone", param_hint="--open")
    if total is not None and not choice.is_one:
        raise typer.BadParameter("it is of one case: name that one alone", param_hint="--total")
    content = {
        "open": amount_of(open_amount, "--open"),
        "total": amount_of(total, "--total"),
        "step": step,
        "without_notice": without_notice,
    }
    waits = without_notice is None
    fits = (lambda row: "approve_handoff" in row.tasks) if waits else (lambda row: True)
    tell_chosen(choice, "approve_handoff", content, actor, as_json, fits=fits)
    if choice.is_one and not as_json:
        from cli.case.show_check import say_what_stops

        say_what_stops(choice.named[0])


@app.command("log-call")
def log_call(
    cases: Ids = None,
    outcome: Annotated[str, typer.Option("--outcome", help="What came of it.")] = "called",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What was said.")] = "",
    again: Annotated[
        str | None, typer.Option("--again", metavar="DAY", help="Call him again on this day; the call stays open.")
    ] = None,
    again_at: Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="At this hour of it.")] = None,
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Note a call with the debtor on his cases; it finishes the open call task, or puts it off."""
    choice = choice_of(cases, debtor, stage, file, yes)
    content = {"outcome": outcome, "note": note}
    if again is not None:
        content["again_on"] = str(day_of(again, "--again"))
    if again_at is not None:
        content["again_at"] = again_at
    tell_chosen(choice, "log_call", content, actor, as_json)


@app.command("task")
def task(
    cases: Annotated[
        list[str],
        typer.Argument(
            metavar="[ID…] TASK", help="Case ids or invoice numbers, then the task, as `case show` names it."
        ),
    ],
    outcome: Annotated[str, typer.Option("--outcome", help="What came of it.")] = "done",
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Finish an open task, of a debtor or stage in all cases that have it; the task of a hold ends that hold too."""
    *named, kind = cases
    choice = choice_of(named, debtor, stage, file, yes)
    content = {"task": kind, "outcome": outcome}
    tell_chosen(choice, "complete_task", content, actor, as_json, fits=lambda row: kind in row.tasks)


@app.command("write-off")
def write_off(
    case: Id,
    amount: Annotated[str | None, typer.Option("--amount", help="How much; else all that is open.")] = None,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="CODE",
            help="uncollectible, settlement, goodwill, small, insolvency or other; what else stands here is a note.",
        ),
    ] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in your words.")] = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Give up the claim, or an amount of it."""
    content = {"amount": amount_of(amount, "--amount"), "reason": reason, "note": note}
    tell(case, "write_off", content, actor, as_json)


@app.command("sign")
def sign(
    case: Id,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it: nothing is done.")] = False,
    of: Annotated[str | None, typer.Option("--of", metavar="ID", help="Which, where several wait.")] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, in your words.")] = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Sign for what a colleague asks that takes two people, or refuse it."""
    content = {"outcome": "refused" if refuse else "confirmed", "of": of, "note": note}
    tell(case, "sign_request", content, actor, as_json)


@app.command("change-due")
def change_due(
    case: Id,
    due: Annotated[str, typer.Argument(metavar="DATE", help="The new due date.")],
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Move the due date of a case."""
    tell(case, "change_due_date", {"due": day_of(due, "DATE")}, actor, as_json)


@app.command("change-policy")
def change_policy(
    cases: Annotated[
        list[str],
        typer.Argument(metavar="[ID…] POLICY", help="Case ids or invoice numbers, then a policy file, or its name."),
    ],
    version: Annotated[int | None, typer.Option("--version", help="Its version; else the newest.")] = None,
    debtor: Debtor = None,
    stage: Stage = None,
    file: File = None,
    yes: Yes = False,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Move cases to another policy, or another version of their own."""
    from cli.case.actions import own_or_shipped

    *named, policy = cases
    choice = choice_of(named, debtor, stage, file, yes)
    loaded = None if version is not None else own_or_shipped(policy)
    content: dict[str, object] = {"policy": policy, "version": version}
    if loaded is not None:
        content = {"policy": loaded.policy, "version": loaded.version}
    tell_chosen(choice, "change_policy", content, actor, as_json, policy=loaded)


@app.command("allocate")
def allocate(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The credit note, as `case credits` names it.")],
    case: Id,
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
    case: Id,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step whose sending is unknown.")],
    outcome: Annotated[str, typer.Argument(metavar="sent|not-sent", help="What became of it.")],
    issue: Annotated[int | None, typer.Option("--issue", help="Which issue of the step.")] = None,
    received_on: Annotated[
        str | None, typer.Option("--received-on", metavar="DATE", help="Day on which the debtor got it, if proven.")
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Say what became of a sending whose outcome is unknown."""
    content = {
        "step": step,
        "outcome": outcome.replace("-", "_"),
        "issue": issue,
        "received_on": day_of(received_on, "--received-on"),
    }
    tell(case, "settle_send", content, actor, as_json)


@app.command("reissue")
def reissue(
    case: Id,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; you answer for it.")],
    step: Annotated[
        str | None, typer.Option("--step", help="The step that sent the notice; else the last one in force.")
    ] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Void the notice in force: it is given again, with a full new term."""
    tell(case, "reissue_notice", {"reason": reason, "step": step}, actor, as_json)


@app.command("repair")
def repair(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Invoice numbers or case ids.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Look at every case, and mend those that need it.")] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Begin another run also where nothing is found wrong.")] = False,
    as_json: Json = False,
) -> None:
    """Mend cases that have no living run in Temporal, or one whose task fails: what it was told is rescued first."""
    from cli.case.repair import run

    run(tuple(cases or ()), every=every, anew=anew, as_json=as_json)


@quarantine.command("list")
def list_quarantine(as_json: Json = False) -> None:
    """Show every message in quarantine, also those for cases that do not exist."""
    from cli.case.quarantine import print_quarantine

    print_quarantine(as_json)


@quarantine.command("resubmit")
def resubmit(
    case: Id,
    of: Annotated[str | None, typer.Argument(metavar="[MESSAGE]", help="Its id, when there are several.")] = None,
    payload: Annotated[str | None, typer.Option("--payload", metavar="JSON", help="Corrected content.")] = None,
    as_name: Annotated[str | None, typer.Option("--as", metavar="NAME", help="Corrected name.")] = None,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Try a message in quarantine again, as it was or corrected."""
    corrected: object = None
    if payload is not None:
        try:
            corrected = json.loads(payload)
        except ValueError as error:
            raise typer.BadParameter(f"this is no JSON: {error}", param_hint="--payload") from None
    content = {"of": of or _only_quarantined(case), "payload": corrected, "as_name": as_name}
    tell(case, "resubmit_quarantined", content, actor, as_json)


@quarantine.command("dismiss")
def dismiss(
    case: Id,
    of: Annotated[str | None, typer.Argument(metavar="[MESSAGE]", help="Its id, when there are several.")] = None,
    reason: Reason = "",
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Lay a message in quarantine aside for good; its bytes stay in the case file."""
    from cli.case.quarantine import dismissed_stranger

    if dismissed_stranger(case, of):
        return
    tell(case, "dismiss_quarantined", {"of": of or _only_quarantined(case), "reason": reason}, actor, as_json)


def _only_quarantined(case: str) -> str:
    from cli.case.actions import only_quarantined

    return only_quarantined(case)


case_talk.add_to(app)
case_waits.add_to(app)
case_arrange.add_to(app)
case_money.add_to(app)
case_link.add_to(app)
case_handoff.add_to(app)
case_agency.add_to(app)
