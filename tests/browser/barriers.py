"""What axe-core has against a page: the rules of WCAG 2.2 A and AA that a machine can check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

__all__ = ["AXE", "axe", "barriers_of", "seen_as"]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
"""`make test` installs it, from the lock beside `package.json`."""

_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@cache
def axe() -> str:
    """Its source, for the browser of who looks at pages."""
    return AXE.read_text("utf-8")


@cache
def _version() -> str:
    version: str = json.loads((AXE.parent / "package.json").read_text("utf-8"))["version"]
    return version


async def seen_as(page: Page, size: Mapping[str, int], *, dark: bool) -> None:
    """Look at the page that is open, or will be, through a window of this size, in the light or the dark scheme."""
    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await page.emulate_media(color_scheme="dark" if dark else "light")


async def barriers_of(page: Page) -> list[str]:
    """Rule, impact and first place of each violation.

    The visitor brings the tool along (`visitor(…, tool=axe())`), so that the page's own policy stays as it is.
    """
    # Of what passed nothing is asked, which takes half of the time.
    found: dict[str, Any] = await page.evaluate(
        """async (tags) => {
          const runOnly = {type: 'tag', values: tags};
          const found = await axe.run(document, {runOnly, preload: false, resultTypes: ['violations']});
          return {version: found.testEngine.version, violations: found.violations};
        }""",
        list(_TAGS),
    )
    assert found["version"] == _version()
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found["violations"]
    ]
