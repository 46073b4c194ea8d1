"""The pictures of `docs/desk.md` and `docs/handboek.md`; `python -m tests.browser.desk_pictures` makes them anew.

They show the demo's quarter on a morning in the middle of it: sample data alone.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from PIL import Image
from playwright.async_api import Page, async_playwright

from api.serving.server import served_by
from casefile.desk_sessions import begin_session
from casefile.people import DeskRole, create_user
from config.connection_limits import API
from policies.load import shipped_policies
from simulation.demo.at_the_desk import DemoDesk
from simulation.demo.quarter import clear_folder, play_demo
from tests.api.desk.handbook import FILES
from tests.browser.visitor import chromium

_UNTIL = date(2026, 5, 19)
_SIZE = {"width": 1280, "height": 660}
_EDITED = (
    ("version: 3 ", "version: 4 "),
    ("notice, margin: 7}", "notice, margin: 20}"),
    ('tolerance: "5.00"', 'tolerance: "90.00"'),
)


async def make(folder: Path) -> None:
    """Make them.

    Args:
        folder: Where they are written.
    """
    with TemporaryDirectory() as out:
        clear_folder(Path(out) / "demo")
        await play_demo(Path(out) / "demo", lambda day, what: None, _UNTIL)
        desk = DemoDesk.opened(Path(out) / "demo")
        try:
            await _serve(desk, folder)
        finally:
            desk.close()


async def _serve(desk: DemoDesk, folder: Path) -> None:
    user = create_user(
        desk.file, "m.postma@x.example", "Marieke Postma", DeskRole.APPROVE, desk.now(), language="nl", password="none"
    )
    listener = socket.create_server(("127.0.0.1", 0))
    async with served_by(desk.app(), listener, API), async_playwright() as playwright:
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = await browser.new_context(viewport=_SIZE, locale="nl-NL")  # type: ignore[arg-type]
        secret = begin_session(desk.file, user, desk.now())
        await context.add_cookies([{"name": "desk", "value": secret, "url": site}])
        page = await context.new_page()
        with desk.file.read() as transaction:
            case = next(each for each in transaction.cases.open_ids() if each.endswith("261089"))
        for name, path in (
            ("vandaag", ""),
            ("zaken", "/zaken"),
            ("zaak", f"/zaken/{quote(case, safe='')}"),
            ("besluit", f"/zaken/{quote(case, safe='')}?doe=pauze#doen"),
            ("bellen", "/bellen"),
            ("cijfers", "/cijfers"),
            ("handleiding", "/handleiding?beleid=nl-business"),
        ):
            await page.goto(f"{site}/desk{path}")
            await _keep(page, folder, name)
        await page.goto(f"{site}/desk/zaken?dagen=31-60")
        await page.locator("tbody input[name=zaak]").first.check()
        await page.get_by_role("checkbox", name="van dit filter").check()
        await page.get_by_role("button", name="Aanhouden…").click()
        await _keep(page, folder, "veel-tegelijk")
        await page.goto(f"{site}/desk/importeren")
        await page.set_input_files(
            "#bestand", {"name": "lijst.csv", "mimeType": "text/csv", "buffer": FILES["lijst.csv"]}
        )
        await page.click("button.go")
        await _keep(page, folder, "importeren")
        await page.goto(f"{site}/desk/beleid")
        assert "nl-business" in shipped_policies()
        text = Path("policies/nl-business.yaml").read_text("utf-8")
        for was, now in _EDITED:
            text = text.replace(was, now, 1)
        await page.fill("#b-text", text)
        await page.click("button.go")
        await _keep(page, folder, "beleid")
        await browser.close()


async def _keep(page: Page, folder: Path, name: str) -> None:
    while await page.locator("[data-running]").count():
        await page.wait_for_timeout(500)
        await page.reload()
    path = folder / f"bureau-{name}.png"
    await page.screenshot(path=path)
    # Of so many colours nobody misses any, and a page of the manual loads three times as fast.
    with Image.open(path) as taken:
        taken.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]) if sys.argv[1:] else Path("docs/pictures")))
