"""The command line `maanwerk`: one app, one file a command."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cli import case, claim, demo, import_, keys, migrate, nudge, plan, policy, simulate, up, worker
from cli.output import print_errors
from policies.yaml_source import SourceError

__all__ = ["app", "main"]

app = typer.Typer(
    name="maanwerk",
    help="An escalation engine for overdue invoices: every invoice is one durable workflow.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"maanwerk {version('maanwerk')}")
        raise typer.Exit


@app.callback()
def _root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Nothing by itself; the commands do the work."""


# One line a command.
app.command("simulate")(simulate.simulate)
app.command("demo")(demo.demo)
app.command("plan")(plan.plan)
app.command("claim")(claim.claim)
app.add_typer(policy.app, name="policy")
app.command("import")(import_.import_)
app.add_typer(case.app, name="case")
app.command("up")(up.up)
app.command("worker")(worker.worker)
app.command("nudge")(nudge.nudge)
app.add_typer(migrate.app, name="migrate")
app.add_typer(keys.app, name="keys")


def main() -> None:
    """Run the command line; bad input ends with 2 and one line per problem, without a traceback."""
    try:
        code = app(standalone_mode=False)
    except SourceError as error:
        print_errors(*str(error).splitlines())
        code = 2
    except TyperException as error:
        # Raised by typer for options it does not know, missing arguments and the like.
        print_errors(f"maanwerk: {error.format_message()}")
        code = error.exit_code
    except typer.Abort:
        print_errors("maanwerk: stopped")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
