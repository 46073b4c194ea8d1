"""`maanwerk figures`: how old the money is, how fast it comes, and what our steps do."""

from cli.case.options import Json


def figures(as_json: Json = False) -> None:
    """Ageing, DSO, collection effectiveness, promises kept, what our steps bring, money by stage and hold, by week."""
    from cli.figures import show_figures

    show_figures(as_json)
