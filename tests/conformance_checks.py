"""What an answer is held against, of a document that says what an API answers."""

from __future__ import annotations

from typing import Any

__all__ = ["conformance_checks"]


def conformance_checks() -> list[Any]:
    """Those of schemathesis, which only who asks for them imports."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    return [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
