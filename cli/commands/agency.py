"""`maanwerk agency`: what collection partners pass on."""

from __future__ import annotations

import typer

from cli.commands import agency_remittance

app = typer.Typer(no_args_is_help=True, help="Partners who take cases over: what they pass on.")
agency_remittance.add_to(app)
