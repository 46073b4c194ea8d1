"""What axe-core has against a page: the rules of WCAG 2.2 A and AA that a machine can check."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

__all__ = ["AXE", "barriers_of"]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
"""`make test` installs it, from the lock beside `package.json`."""

_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@cache
def _source() -> str:
    return AXE.read_text("utf-8")


async def barriers_of(page: Page) -> list[str]:
    """Rule, impact and first place of each violation.

    The browser's debugger evaluates it, so it is not put into the page, whose own policy stays as it is.
    """
    await page.evaluate(_source())
    found: dict[str, Any] = await page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, preload: false})",
        list(_TAGS),
    )
    assert found["testEngine"]["version"] == json.loads((AXE.parent / "package.json").read_text("utf-8"))["version"]
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found["violations"]
    ]
