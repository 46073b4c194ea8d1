"""Behind `maanwerk samples`: the sample list, e-invoices and profile as files, with the dates of a day of one's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

from cli.failing import failed, refused
from cli.own_name import own_command
from domain.views.explain import day_text
from speech.words import tr

__all__ = ["FOLDER", "write_samples"]

FOLDER = Path("out/samples")
"""Where the samples go; out of the way of files that somebody keeps."""

_MARK = ".maanwerk-samples"
_ZONE = ZoneInfo("Europe/Amsterdam")
_WRITTEN_FOR = date(2026, 4, 1)
"""The day on which the demo imports the samples: some invoices are then due for a reminder, some old, some early."""

_DUTCH = re.compile(r"\b[0-3][0-9]-[01][0-9]-20[0-9]{2}\b")
_ISO = re.compile(r"(?<=Date>)20[0-9]{2}-[01][0-9]-[0-3][0-9](?=<)")

_LADDER = "nl-business-any-hour"
_LADDER_REMARK = (
    "# The ladder nl-business at any hour of any day, so that a sample sends something at once, whenever you try it.\n"
    "# For your own invoices take nl-business: its days and hours are those on which invoices get approved.\n"
)


def write_samples(folder: Path, day: str | None, *, today: bool) -> None:
    """Write the samples into a folder, and say how to import them.

    Args:
        folder: One that is empty, or in which samples were written before.
        day: The day that their dates follow, as written; None for the day of the demo.
        today: Let them follow today.
    """
    from cli.written import written_day

    if today and day is not None:
        refused("maanwerk: say --today or --day, not both")
    chosen = datetime.now(UTC).astimezone(_ZONE).date() if today else written_day(day, "--day")
    _empty(folder)
    with as_file(files("samples")) as samples, as_file(files("policies")) as policies:
        _write(folder, samples, policies, None if chosen is None else chosen - _WRITTEN_FOR)
    told = tr("Samples") if chosen is None else tr("Samples whose dates follow {day}", day=day_text(chosen))
    print(f"{told}: {folder}/\n")
    print(tr("Now, while `{command}` runs in another terminal:", command=own_command("up")) + "\n")
    print(f"  {own_command(f'import {folder}/open_items.csv --creditor {folder}/creditor.yaml')}")
    print(f"  {own_command('case list')}", flush=True)


def _empty(folder: Path) -> None:
    """Make the folder anew; one with other things in it is left alone."""
    try:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).exists():
            refused(f"{folder} is not empty and no samples were written there before: name another folder with --out")
        if folder.is_dir():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / _MARK).touch()
    except OSError as problem:
        failed(f"{folder} can't be written: {problem.strerror}")


def _write(folder: Path, samples: Path, policies: Path, shift: timedelta | None) -> None:
    move = (lambda text, form, pattern: text) if shift is None else _moved_by(shift)
    table = (samples / "open_items.csv").read_text("utf-8")
    (folder / "open_items.csv").write_text(move(table, "%d-%m-%Y", _DUTCH), "utf-8")
    (folder / "ubl").mkdir()
    for invoice in sorted((samples / "ubl").glob("*.xml")):
        (folder / "ubl" / invoice.name).write_text(move(invoice.read_text("utf-8"), "%Y-%m-%d", _ISO), "utf-8")
    profile = (samples / "creditor.yaml").read_text("utf-8")
    if shift is not None:
        profile = profile.replace("policy: nl-business}", f"policy: {_LADDER}}}")
        ladder = (policies / "nl-business.yaml").read_text("utf-8")
        (folder / f"{_LADDER}.yaml").write_text(_LADDER_REMARK + _at_any_hour(ladder), "utf-8")
    (folder / "creditor.yaml").write_text(profile, "utf-8")


def _moved_by(shift: timedelta) -> Callable[[str, str, re.Pattern[str]], str]:
    def moved(text: str, form: str, pattern: re.Pattern[str]) -> str:
        def one(found: re.Match[str]) -> str:
            return (datetime.strptime(found[0], form).date() + shift).strftime(form)  # noqa: DTZ007 - a day, no moment

        return pattern.sub(one, text)

    return moved


def _at_any_hour(ladder: str) -> str:
    ladder = ladder.replace("policy: nl-business\n", f"policy: {_LADDER}\n")
    ladder = ladder.replace("  holidays: NL\n", "")
    ladder = ladder.replace("days: [tue, wed, thu]", "days: [mon, tue, wed, thu, fri, sat, sun]")
    return ladder.replace('from: "09:00"', 'from: "00:00"').replace('until: "16:00"', 'until: "23:59"')
