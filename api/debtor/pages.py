"""`/pay/TOKEN`: what a debtor owes and why, how he pays, and what became of what he told us."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.debtor.forms import FORMS, Form, filled_in
from api.debtor.rendering import STYLE_PATH, style
from api.debtor.visit import Pages, Visit, visited
from services.debtor_page.paying import payable_together
from services.debtor_page.standing import PageInvoice, Standing
from services.debtor_page.transfer import transfer_of
from services.ports import NoLink

__all__ = ["debtor_router"]

_DONE = ("paid", "disagree", "instalments", "contact")
"""What a debtor can have told us, by the page on which he did."""


def debtor_router(pages: Pages) -> APIRouter:
    """The routes; none is in the API's documentation, for none is for machines.

    What an address holds each reads by itself: all of it is text, and FastAPI would make a model for each piece.
    """
    router = APIRouter(prefix="/pay", include_in_schema=False)

    @router.get(f"/{STYLE_PATH}")
    async def style_sheet() -> Response:
        """The style of all pages; the link to it changes with it."""
        return Response(
            style(), media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"}
        )

    @router.get("/{token}")
    async def overview(request: Request) -> Response:
        """What he owes."""
        return await visited(pages, request, _overview)

    @router.post("/{token}/pay")
    async def pay(request: Request) -> Response:
        """Lead him to the payment provider."""
        return await visited(pages, request, _pay)

    @router.get("/{token}/back")
    async def back(request: Request) -> Response:
        """He comes back from the payment provider: nobody knows yet whether he paid."""
        return await visited(pages, request, _back)

    @router.get("/{token}/done/{what}")
    async def done(request: Request) -> Response:
        """What follows from what he told us."""

        async def shown(visit: Visit, request: Request) -> Response:
            what = request.path_params["what"]
            return visit.page("done", what=what, here=f"done/{what}") if what in _DONE else visit.page("missing", 404)

        return await visited(pages, request, shown)

    for form in FORMS:
        _add(router, pages, form)

    @router.api_route("/{token}/{rest:path}", methods=["GET", "POST"])
    async def nothing(request: Request) -> Response:
        """There is no such page."""

        async def missing(visit: Visit, request: Request) -> Response:
            return visit.page("missing", 404)

        return await visited(pages, request, missing)

    return router


def _add(router: APIRouter, pages: Pages, form: Form) -> None:
    """The page with a form, and what takes it."""

    async def shown(request: Request) -> Response:
        return await visited(pages, request, form.show)

    async def taken(request: Request) -> Response:
        return await visited(pages, request, form.take)

    router.add_api_route(f"/{{token}}/{form.name}", shown, methods=["GET"], name=f"{form.name} shown")
    router.add_api_route(f"/{{token}}/{form.name}", taken, methods=["POST"], name=f"{form.name} taken")


async def _overview(visit: Visit, request: Request) -> Response:
    return _owed(visit)


def _owed(visit: Visit, status: int = 200, problem: str = "") -> Response:
    standing = visit.standing
    # Who has nothing to pay yet may pay what comes.
    shown = standing.payable or standing.early
    transfer = transfer_of(standing, shown, visit.look.language) if standing.asks else None
    online = visit.pages.paying is not None and transfer is not None and transfer.in_one and payable_together(shown)
    return visit.page(
        "overview", status, transfer=transfer, online=online, seal=visit.sealing.seal("pay"), problem=problem
    )


async def _pay(visit: Visit, request: Request) -> Response:
    """Make a link for what is owed now, and lead on."""
    paying = visit.pages.paying
    filled = await filled_in(request)
    if filled is None or visit.sealing.opened("pay", filled.raw("seal")) is None:
        return _owed(visit, 403, "form_too_old")
    invoices = _chosen(visit.standing, filled.raw("case"))
    transfer = transfer_of(visit.standing, invoices, visit.look.language) if visit.standing.asks else None
    if paying is None or transfer is None or not transfer.in_one or not payable_together(invoices):
        return _owed(visit, 409, "changed_meanwhile")
    if filled.raw("amount") != "+".join(f"{each.now.text}{each.now.currency}" for each in invoices):
        # He saw another sum: interest of a new day, or a payment that came. He presses the button for the right one.
        return _owed(visit, 409, "amount_changed")
    try:
        url = await paying.link(visit.standing, invoices, visit.secret, visit.look.language)
    except NoLink as problem:
        structlog.get_logger("maanwerk.api").warning("no_payment_link", reason=str(problem))
        return _owed(visit, 503, "provider_away")
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _chosen(standing: Standing, number: str) -> Sequence[PageInvoice]:
    """All that is to be paid, or one invoice by its number: only those of this debtor are looked at."""
    if not number:
        return standing.payable
    return tuple(each for each in standing.early if each.number == number)


async def _back(visit: Visit, request: Request) -> Response:
    return visit.page("back", here="back")
