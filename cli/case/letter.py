"""`maanwerk case letter`: gives what was sent, byte for byte, and shows how it came about."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import typer

from casefile.deliveries import StoredDelivery
from cli.case.actions import find_case, opened_case_file
from cli.failing import failed, refused
from cli.output import print_json, said_here
from machine.private import write_private
from machine.regular import NotPlainFile
from services.correspondence.proving import Comparison, compare, is_intact
from services.reports.case_deliveries import OwnDelivery, own_deliveries
from speech.words import tr

__all__ = ["give_letter"]

_PDF = "application/pdf"


def give_letter(
    case: str,
    step: str,
    *,
    issue: int | None,
    channel: str | None,
    out: Path | None,
    force: bool,
    check: bool,
    as_json: bool,
) -> None:
    """Give a letter: its bytes to a file or standard output, its record as JSON, or the outcome of making it again.

    Ends with 1 when the bytes are not those that were written down, or when the letter can't be made again as it was
    though the templates are the same.
    """
    with opened_case_file(any_one=True) as file, file.read() as transaction:
        case_id = find_case(transaction, case)
        found = _one_of(own_deliveries(transaction, case_id), case, step, issue, channel)
        stored = found.stored
        if not is_intact(stored):
            failed(
                tr(
                    "the stored bytes of {key} do not have the SHA-256 that was written down with them"
                    " ({sha256}): somebody changed them, and they prove nothing",
                    key=stored.key,
                    sha256=stored.sha256,
                )
            )
        compared = compare(transaction, stored) if check else None
    if out is not None:
        _write(out, stored.content, force)
    if as_json:
        print_json(_record(case_id, found, compared))
    elif compared is not None:
        intact = tr(
            "{key}: the stored bytes have the SHA-256 that was written down, {sha256}",
            key=stored.key,
            sha256=stored.sha256,
        )
        typer.echo(intact)
        typer.echo(said_here(compared.says))
    elif out is None:
        _to_standard_output(stored)
    if compared is not None and (compared.same is None or (not compared.same and not compared.templates_changed)):
        raise typer.Exit(1)


def _one_of(
    all_of_them: tuple[OwnDelivery, ...], case: str, step: str, issue: int | None, channel: str | None
) -> OwnDelivery:
    """The one delivery that is asked for."""
    if not all_of_them:
        refused(tr("nothing was sent for {case}", case=case))
    of_step = [each for each in all_of_them if each.step == step]
    wanted = max((each.issue for each in of_step), default=0) if issue is None else issue
    of_issue = [each for each in of_step if each.issue == wanted]
    if not of_issue:
        asked = step if issue is None else tr("{step}, issue {issue},", step=step, issue=issue)
        _refused_with_all(tr("nothing was sent for {case} under {step}", case=case, step=asked), all_of_them)
    named = channel
    if named is None:
        named = next((e for e in of_issue if e.stored.media_type == _PDF), of_issue[0]).stored.channel
    over = [each for each in of_issue if each.stored.channel == named]
    if not over:
        _refused_with_all(tr("{step} was not sent over {channel}", step=step, channel=named), all_of_them)
    # With others under one key, and again alone under its own: what went out counts, else the last try.
    return next((each for each in reversed(over) if each.stored.status == "sent"), over[-1])


def _refused_with_all(problem: str, all_of_them: tuple[OwnDelivery, ...]) -> NoReturn:
    lines = dict.fromkeys(f"  {e.step} --issue {e.issue} --channel {e.stored.channel}" for e in all_of_them)
    refused(tr("{problem}; there is:", problem=problem), *lines)


def _write(out: Path, content: bytes, force: bool) -> None:
    try:
        write_private(out, content, replace=force)
    except FileExistsError:
        refused(tr("{file} exists: give another --out, or --force to replace it", file=out))
    except NotPlainFile as problem:
        refused(f"--out {out}: {problem.strerror}")
    except OSError as problem:
        failed(tr("{file} can't be written: {why}", file=out, why=problem.strerror))


def _to_standard_output(stored: StoredDelivery) -> None:
    if sys.stdout.isatty():
        size = len(stored.content)
        refused(
            tr("this is {type}, {size} bytes: name a file with --out, or pipe it", type=stored.media_type, size=size)
        )
    sys.stdout.buffer.write(stored.content)
    sys.stdout.buffer.flush()


def _record(case_id: str, found: OwnDelivery, compared: Comparison | None) -> dict[str, object]:
    """Everything about a letter but its bytes."""
    stored, proof = found.stored, found.stored.proof
    record: dict[str, object] = {
        "case": case_id,
        "step": found.step,
        "issue": found.issue,
        "letter": stored.letter,
        "channel": stored.channel,
        "recipient": stored.recipient,
        "subject": stored.subject,
        "key": stored.key,
        "message": stored.message,
        "at": stored.intended_at.isoformat(),
        "concluded_at": None if stored.concluded_at is None else stored.concluded_at.isoformat(),
        "status": stored.status,
        "reason": stored.reason,
        "reference": stored.reference,
        "crossed": stored.crossed,
        "media_type": stored.media_type,
        "bytes": len(stored.content),
        "sha256": stored.sha256,
        "template_version": None if proof is None else proof.template_version,
        "documents": [] if proof is None else [asdict(each) for each in proof.enclosed],
        "calculation": None if proof is None else json.loads(proof.calculation),
        "content": None if proof is None or proof.content is None else json.loads(proof.content),
    }
    if compared is not None:
        record["check"] = {
            "same": compared.same,
            "template_version_then": compared.kept,
            "template_version_now": compared.own,
            "says": compared.says,
        }
    return record
