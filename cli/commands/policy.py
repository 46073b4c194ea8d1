"""`maanwerk policy`: check policy files, show what is shipped."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import print_errors
from letters.render import known_letters
from policies.load import load_policy_file, shipped_policies
from policies.problems import SourceError

app = typer.Typer(no_args_is_help=True, help="Policies: the written escalation ladders.")


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Policy files (YAML).")],
) -> None:
    """Check policy files as a whole: exit 0 when all may be used, 2 when not."""
    letters = known_letters()
    wrong = False
    for file in files:
        try:
            loaded = load_policy_file(file, letters)
        except SourceError as error:
            wrong = True
            print_errors(*str(error).splitlines())
            continue
        print_errors(*map(str, loaded.findings))
        if loaded.errors:
            wrong = True
        else:
            policy = loaded.policy
            typer.echo(f"ok: {file}: {policy.policy} version {policy.version}, {len(policy.steps)} steps")
    if wrong:
        raise typer.Exit(2)


@app.command("list")
def list_shipped() -> None:
    """Show the policies that come with the program."""
    for name in shipped_policies():
        typer.echo(name)
