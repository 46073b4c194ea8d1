"""Behind `maanwerk migrate`."""

import typer
from alembic.util.exc import CommandError

from casefile.opening import NoCaseFile, open_case_file
from casefile.revisions import revisions_of, take_back_to
from cli.environment import read_settings
from cli.failing import failed, refused
from cli.output import said_here
from speech.words import tr

__all__ = ["bring_up", "show", "take_back"]


def bring_up() -> None:
    """Bring the tables up to date; SQLite's file is made where there is none."""
    url = read_settings().database
    try:
        open_case_file(url, create=True).database.close()
        have, _ = revisions_of(url)
    except NoCaseFile as problem:
        failed(str(problem))
    typer.echo(said_here(f"up to date: {have}"))


def take_back(revision: str, *, lose_data: bool) -> None:
    """Take migrations back to a revision."""
    if not lose_data:
        refused("maanwerk: this deletes what the tables taken back hold; make a backup, then say --lose-data")
    url = read_settings().database
    try:
        take_back_to(url, revision)
        have, _ = revisions_of(url)
    except NoCaseFile as problem:
        failed(str(problem))
    except CommandError as problem:
        refused(f"maanwerk: {problem}")
    typer.echo(tr("now at {version}", version=have or "base"))


def show() -> None:
    """Say how far the tables are."""
    try:
        have, latest = revisions_of(read_settings().database)
    except NoCaseFile as problem:
        failed(str(problem))
    if have != latest:
        failed(f"the tables are at {have or 'base'}, the latest is {latest}: run `maanwerk migrate up`")
    typer.echo(said_here(f"up to date: {have}"))
