"""What a debtor's pages may have to show, and every page there is, in every language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.api.debtor.world import World
from tests.domain.builders import invoice

FORMS = ("paid", "disagree", "instalments", "contact")
INSTALMENTS = [{"due": "2026-04-20", "amount": "634.56"}, {"due": "2026-05-20", "amount": "600.00"}]


async def owing(world: World) -> None:
    """Two invoices of which nothing was said."""


async def talking(world: World) -> None:
    """Everything that a debtor may have told or agreed."""
    world.open(invoice(number="F-3", amount="1234.56"), "case:devaart:F-3")
    dispute = {"amount": "300.00", "actor": "debtor", "id": "d", "reason": "damaged", "note": "the box was wet"}
    for case_id, name, content in (
        ("case:devaart:F-1", "raise_dispute", dispute),
        ("case:devaart:F-2", "hold_case", {"hold": "payment_claimed", "actor": "debtor", "id": "p"}),
        ("case:devaart:F-3", "agree_arrangement", {"instalments": INSTALMENTS, "actor": "els", "id": "a"}),
    ):
        assert (await world.ask(case_id, name, content)).outcome == "written"


async def paid(world: World) -> None:
    """Nothing is open."""
    for case_id in ("case:devaart:F-1", "case:devaart:F-2"):
        content = {"id": f"p:{case_id}", "amount": "2000.00", "credited_on": "2026-04-01"}
        assert (await world.ask(case_id, "payment_received", content)).outcome == "written"


async def insolvent(world: World) -> None:
    """Nothing may be asked of him."""
    content: dict[str, object] = {"status": "bankruptcy", "since": "2026-04-01"}
    for case_id in ("case:devaart:F-1", "case:devaart:F-2"):
        assert (await world.ask(case_id, "report_debtor_status", content)).outcome == "written"


State = Callable[[World], Awaitable[None]]
STATES: tuple[State, ...] = (owing, talking, paid, insolvent)
DONE = tuple(f"/done/{form}" for form in FORMS)
PAGES = ("", *(f"/{form}" for form in FORMS), "/instalments?pay_day=25", "/back", *DONE, "/nowhere")
LANGUAGES = ("nl", "fr", "de", "en")


def asked_in(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"
