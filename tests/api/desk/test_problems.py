"""What goes wrong is told in a page, in words, and repeats nothing of what was sent."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from casefile.people import DeskRole
from tests.api.desk.world import CASE, World, words

SENT = "zeker-niet-herhalen"


@pytest.mark.parametrize(
    "path",
    [
        f"/desk/{SENT}",
        f"/desk/zaken/{SENT}",
        f"/desk/zaken/{CASE}/berichten/{SENT}/lezen",
        f"/desk/zaken/{CASE}/stukken/{SENT}",
        f"/desk/zaken/{CASE}/ontvangen/{SENT}",
        f"/desk/debiteuren/devaart/{SENT}",
        "/desk/zaken/%00",
        f"/desk/nieuws?sinds={SENT}",
        f"/desk/link/{SENT}",
    ],
)
async def test_what_is_not_there_is_told_in_a_page(world: World, path: str) -> None:
    answer = await world.browser(world.app(), DeskRole.ADMIN).get(path)
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    assert SENT not in answer.text and "<h1>" in answer.text


async def test_a_case_file_that_does_not_answer_is_told_and_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = world.browser(world.app(), DeskRole.READ)

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    monkeypatch.setattr(world.file, "read", gone)
    answer = await browser.get(f"/desk/zaken/{CASE}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "antwoordt niet" in words(answer.text)


async def test_a_fault_of_ours_is_told_in_a_page_and_raised(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = world.browser(world.app(), DeskRole.READ)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(SENT)

    monkeypatch.setattr(world.file, "read", broken)
    with pytest.raises(RuntimeError):
        await browser.get(f"/desk/zaken/{CASE}")
    transport = httpx.ASGITransport(world.app(), raise_app_exceptions=False, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, cookies=browser.client.cookies) as client:
        answer = await client.get(f"http://127.0.0.1:8236/desk/zaken/{CASE}")
    assert answer.status_code == 500 and "De fout ligt bij ons" in words(answer.text) and SENT not in answer.text
