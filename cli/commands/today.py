"""`maanwerk today`: the morning screen."""

from cli.case.options import Json


def today(as_json: Json = False) -> None:
    """What a credit controller must see in the morning: may we send, money, what leaves, what waits, calls, figures."""
    from cli.today import show_today

    show_today(as_json)
