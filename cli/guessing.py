"""Behind `maanwerk import --guess`: proposes a mapping with samples of each column, kept when a person agrees."""

from pathlib import Path

import typer

from cli.asking import confirmed
from cli.failing import failed, refused
from cli.output import console, new_table, said_here
from intake.findings import Unreadable
from intake.mappings.guessing import GuessedMapping, guess_mapping
from machine.regular import read_plain
from services.importing.mappings import preset_mappings
from speech.words import tr

_MOST_BYTES = 50_000_000


def run(file: Path, keep_as: Path | None, sheet: str | None, profile: Path) -> None:
    """Propose a mapping for a list.

    Args:
        file: The list.
        keep_as: Where the mapping is to be kept, None for a file beside the profile that is called as the list.
        sheet: Name of the sheet in a workbook.
        profile: The creditor's profile.
    """
    try:
        data = read_plain(file, _MOST_BYTES + 1)
        target = keep_as or profile.parent / f"{_name(file)}.yaml"
        guessed = guess_mapping(data, name=_name(target), presets=preset_mappings(), sheet=sheet)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        refused(f"{file}: {'there is no such file' if missing else f'cannot be read: {error.strerror or error}'}")
    except Unreadable as problem:
        refused(f"{file}: {problem}")
    _show(file, guessed)
    text = _yaml(guessed)
    typer.echo(text)
    if guessed.asks:
        for question in guessed.asks:
            typer.echo(f"? {said_here(question)}")
        typer.echo(tr("Answer these in the mapping before you use it."))
    if target.exists():
        refused(f"{target}: there is such a file already; name another with --mapping FILE")
    if not confirmed(tr("Is this right, and to be kept in {file}?", file=target)):
        typer.echo(tr("Nothing was kept."))
        return
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        failed(f"{target} can't be written: {error.strerror or error}")
    typer.echo(
        tr(
            "Kept in {file}. Use it with --mapping {file}, or for good: mapping: {name} in {profile}",
            file=target,
            name=_name(target),
            profile=profile,
        )
    )


def _name(file: Path) -> str:
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in file.stem.lower()).strip("-")
    return kept[:64] or "list"


def _show(file: Path, guessed: GuessedMapping) -> None:
    table = new_table("", "column", "samples", "read as", "")
    table.title = tr("{file}: what its columns seem to mean", file=file)
    for each in guessed.columns:
        ours = {None: "?", "-": tr("not read")}.get(each.ours, each.ours)
        table.add_row(
            each.heading, " · ".join(each.samples), ours, "" if each.sure or each.ours is None else tr("guessed")
        )
    console().print(table)


def _yaml(guessed: GuessedMapping) -> str:
    # Imported here: the commands that write no YAML need not wait for it.
    import yaml

    told = guessed.mapping.model_dump(exclude_defaults=True, mode="json")
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
