"""`maanwerk worker`: the process that runs the cases."""


def worker() -> None:
    """Run the cases. Settings are MAANWERK_… variables; Temporal is found as its SDK says (TEMPORAL_ADDRESS …)."""
    # Imported here: database and engine are heavy, and the other commands must not wait for them.
    from cli.serving import run

    run()
