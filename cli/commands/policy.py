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


@app.command("diff")
def diff(
    new: Annotated[Path, typer.Argument(metavar="NEW.yaml", help="The edited policy.")],
    instead_of: Annotated[
        str | None,
        typer.Option("--instead-of", metavar="NAME", help="Look at the cases under that policy instead."),
    ] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", metavar="N", min=1, help="Look at N open cases, drawn evenly.")
    ] = None,
    rows: Annotated[int, typer.Option("--rows", metavar="N", min=0, help="How many cases to print.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what an edited policy would change over the open cases; nothing is recorded."""
    # Imported here: the database is heavy, and the other commands must not wait for it.
    from cli.policy_change import show_change

    show_change(new, instead_of, sample, rows, as_json)


@app.command("manual")
def manual(
    policy: Annotated[
        str, typer.Argument(metavar="P", help="A policy file, or a name: NAME.yaml here, else a shipped policy.")
    ] = "nl-business",
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the procedure manual of a policy: every rung, who decides, what stops it, and the terms of law."""
    # Imported here: the press is heavy, and the other commands must not wait for it.
    from cli.policy_manual import show_manual

    show_manual(policy, pdf, as_json)
