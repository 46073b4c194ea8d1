"""`/desk/cijfers`: the figures as charts, as tables and as data."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.desk.figures.charts import bars_of, line_of
from api.desk.naming import hold_name, stage_name, step_name
from api.desk.rendering import plain_headers
from api.desk.visiting import Visit, needs
from api.desk.writing import money, number
from api.operator.problems import Problem
from casefile.people import DeskRole
from services.figures.figures import Amounts, Figures
from services.figures.of_creditors import NoSuchCreditor, creditor_names, figures_in
from services.today.day import office_day
from services.today.words import kind_text

__all__ = ["figures_router"]

_MOST = 50
"""Creditors that an address may name."""


def figures_router() -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/cijfers")
    async def figures(visit: Annotated[Visit, needs(DeskRole.READ)]) -> Response:
        """The figures of today, of all or of some creditors (`schuldeiser`); with `?als=json` as data."""
        asked = visit.request.query_params.getlist("schuldeiser")[:_MOST]

        def look() -> tuple[Figures, tuple[str, ...]]:
            file = visit.desk.inside.file
            try:
                return figures_in(file, office_day(visit.now), asked), creditor_names(file)
            except NoSuchCreditor as problem:
                raise Problem(404, "no_such_creditor", str(problem)) from None

        found, creditors = await asyncio.to_thread(look)
        if visit.request.query_params.get("als") == "json":
            return JSONResponse(found.model_dump(mode="json"), headers=plain_headers())
        return visit.page(
            "figures", 200, figures=found, kind_text=kind_text, creditors=creditors, chosen=asked, **_drawn(found)
        )

    return router


def _drawn(found: Figures) -> dict[str, object]:
    """The drawings, in the euro where there are several currencies: a bar is of one."""
    ageing = [
        (kind_text(each.kind), each.open.amount, money(each.open)) for part in found.ageing[:1] for each in part.buckets
    ]
    hits = [(step_name(each.step), each.percent or Decimal(0), _said(each.percent)) for each in found.hits]
    first = {each.currency for each in found.ageing[:1]}
    stages = [each for each in found.by_stage if each.open.currency in first]
    holds = [each for each in found.by_hold if each.open.currency in first]
    return {
        "ageing_bars": bars_of(ageing),
        "hit_bars": bars_of(hits),
        "stage_bars": bars_of([(stage_name(each.kind), each.open.amount, money(each.open)) for each in stages]),
        "hold_bars": bars_of([(hold_name(each.kind), each.open.amount, money(each.open)) for each in holds]),
        "cei_line": line_of([week.cei[0].percent if week.cei else None for week in found.weeks]),
        "stage_line": line_of([_sum(week.by_stage) for week in found.weeks]),
        "hold_line": line_of([_sum(week.by_hold) if week.by_stage else None for week in found.weeks]),
        "stage_kinds": _kinds(week.by_stage for week in found.weeks),
        "hold_kinds": _kinds(week.by_hold for week in found.weeks),
        "dso_line": line_of([week.dso[0].days if week.dso else None for week in found.weeks]),
        "kept_line": line_of([week.kept[0].percent if week.kept else None for week in found.weeks]),
        "hit_line": line_of([week.percent for week in found.weeks]),
        "said": _said,
        "number_of": number,
    }


def _said(share: Decimal | None) -> str:
    return "–" if share is None else f"{number(str(share))} %"


def _sum(amounts: Sequence[Amounts]) -> Decimal | None:
    """What they come to, in the first currency; None where nothing was kept."""
    if not amounts:
        return None
    first = amounts[0].open.currency
    return sum((each.open.amount for each in amounts if each.open.currency == first), Decimal(0))


def _kinds(weeks: Iterable[Sequence[Amounts]]) -> tuple[str, ...]:
    """All kinds that there were in any week."""
    return tuple(dict.fromkeys(each.kind for week in weeks for each in week))
