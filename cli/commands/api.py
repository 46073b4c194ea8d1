"""`maanwerk api`: the process that payment providers, people's systems and debtors reach over HTTP."""


def api() -> None:
    """Serve webhooks, the operator's endpoints and the debtor's pages, until Ctrl-C; at MAANWERK_API."""
    # Imported here: database and engine are heavy, and the other commands must not wait for them.
    from cli.serving import run_api

    run_api()
