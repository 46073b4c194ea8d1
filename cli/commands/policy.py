"""`maanwerk policy`: check policy files, show what is shipped."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import print_errors, said_here
from letters.render import known_letters
from policies.load import Finding, load_policy_file, shipped_policies
from policies.problems import SourceError
from speech.words import tr

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
        print_errors(*map(_shown, loaded.findings))
        if loaded.errors:
            wrong = True
        else:
            policy = loaded.policy
            told = tr(
                "{policy} version {version}, {steps} steps",
                policy=policy.policy,
                version=policy.version,
                steps=len(policy.steps),
            )
            typer.echo(f"ok: {file}: {told}")
    if wrong:
        raise typer.Exit(2)


def _shown(finding: Finding) -> str:
    return said_here(str(finding.problem)) + (tr(" (warning)") if finding.severity == "warning" else "")


@app.command("list")
def list_shipped() -> None:
    """Show the policies that come with the program."""
    for name in shipped_policies():
        typer.echo(name)
