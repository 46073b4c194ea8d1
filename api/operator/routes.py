"""All routes of the operator's endpoints, one file a subject."""

from __future__ import annotations

from fastapi import APIRouter

from api.operator.cases import cases_router

__all__ = ["operator_routes"]


def operator_routes() -> tuple[APIRouter, ...]:
    """The routers, in the order of the documentation."""
    return (cases_router(),)
