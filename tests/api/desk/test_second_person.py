"""What takes two people, by every door: desk, HTTP with a key, a command; and never one person by two of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.operator.access import Principal
from casefile.api_keys import ApiKey, Role, create_key
from casefile.people import DeskRole, create_user
from domain.opening import open_case
from domain.policy import Policy
from services.persons import known_by_key, known_on_machine, known_user
from tests.api.desk.test_creditors import app_of
from tests.api.desk.world import Browser, World, words
from tests.casefile.builders import CREDITOR
from tests.domain.builders import invoice, policy, send

CASE = "case:devaart:T-1"
OFF = {"amount": "60,00", "reason": "goodwill", "note": "voor de goede vrede"}


def rules() -> Policy:
    return policy(send("reminder", {"after_due": "5d"}), policy="two", two_people={"write_off": "50.00"})


@pytest.fixture
def two(world: World) -> World:
    with world.file.write() as transaction:
        transaction.parties.save_policy(rules())
        transaction.cases.open(CASE, CREDITOR.id, open_case(invoice(number="T-1"), rules(), world.now), world.now)
    world.advance(CASE)
    return world


async def asked_at_the_desk(two: World) -> Browser:
    browser = two.browser(app_of(two), DeskRole.APPROVE)
    await browser.get(f"/desk/zaken/{CASE}?doe=afboeken")
    answer = await browser.record(f"/desk/zaken/{CASE}/doen/afboeken", OFF)
    page = words((await browser.follow(answer)).text)
    assert "gevraagd: iemand anders tekent ervoor" in page and "wacht op een tweede persoon" in page
    return browser


def open_of(two: World) -> str:
    with two.file.read() as transaction:
        return transaction.cases.load(CASE).case.open.text


def key_of(two: World, name: str, user: DeskRole | None = None) -> str:
    own = "" if user is None else two.users[user].id
    return create_key(two.file, name, Role.ADMIN, two.now, user_id=own).secret


async def by_key(two: World, secret: str, actor: str) -> tuple[int, str]:
    client = Browser(app_of(two)).client
    client.headers["Authorization"] = f"Bearer {secret}"
    answer = await client.post(f"/cases/{CASE}/sign_request", json={"outcome": "confirmed", "actor": actor})
    return answer.status_code, answer.text


async def test_one_asks_at_the_desk_and_another_signs_there(two: World) -> None:
    own = await asked_at_the_desk(two)
    assert open_of(two) == "1000.00"
    await own.get(f"/desk/zaken/{CASE}?doe=tekenen")
    refused = await own.post(
        f"/desk/zaken/{CASE}/doen/tekenen",
        {"of": own.hidden("of") or _of(two), "outcome": "confirmed", "wat": "vooraf", "form": own.hidden("form")},
    )
    assert refused.status_code == 409 and "iemand anders tekent ervoor" in words(refused.text)
    other = two.browser(app_of(two), DeskRole.ADMIN)
    morning = words((await other.get("/desk")).text)
    assert "teken voor wat een collega boven een bedrag vraagt" in morning.casefold(), "it waits in block 4"
    await other.get(f"/desk/zaken/{CASE}?doe=tekenen")
    signed = await other.record(f"/desk/zaken/{CASE}/doen/tekenen", {"of": _of(two), "outcome": "confirmed"})
    assert signed.status_code == 303 and open_of(two) == "940.00"


def _of(two: World) -> str:
    with two.file.read() as transaction:
        return transaction.cases.load(CASE).case.asked[0].id


async def test_who_asked_at_the_desk_does_not_sign_by_a_key(two: World) -> None:
    await asked_at_the_desk(two)
    for secret, actor in (
        (key_of(two, "bookkeeping", DeskRole.APPROVE), "Joris"),
        (key_of(two, "bookkeeping"), "mies APPROVE"),
        (key_of(two, "Mies Approve"), "Joris"),
        (key_of(two, "approve@devaart.example"), ""),
    ):
        status, text = await by_key(two, secret, actor)
        assert status == 409 and "another person signs" in text, (actor, text)
    assert (await by_key(two, key_of(two, "bookkeeping"), "Joris"))[0] == 200
    assert open_of(two) == "940.00"


async def test_a_role_that_may_not_give_up_money_does_not_sign(two: World) -> None:
    await asked_at_the_desk(two)
    browser = two.browser(app_of(two), DeskRole.WORK)
    await browser.get("/desk/ik")
    answer = await browser.post(f"/desk/zaken/{CASE}/doen/tekenen", {"of": _of(two), "outcome": "confirmed"})
    assert answer.status_code == 403


def test_who_types_a_command_is_the_user_of_the_desk_with_his_name(two: World) -> None:
    at_the_desk = set(known_user(two.users[DeskRole.APPROVE]).splitlines())
    for login, named in (("approve", ""), ("root", "Mies Approve"), ("root", "APPROVE@devaart.example")):
        assert at_the_desk & set(known_on_machine(two.file, login, named).splitlines()), (login, named)
    assert not at_the_desk & set(known_on_machine(two.file, "joris", "").splitlines())
    assert known_on_machine(two.file, "", "Joris") == "", "a name alone proves nothing"


def test_a_name_with_a_line_break_is_one_name(two: World) -> None:
    key = ApiKey("k", "a\nuser 1", Role.ADMIN, datetime(2026, 1, 1, tzinfo=UTC), None, None)
    assert known_by_key(two.file, key, "x\ncalled Joris").splitlines() == [
        "key k", "called a user 1", "called x called Joris",
    ]  # fmt: skip
    assert Principal(key).actor("") == "a\nuser 1 (api key k)"


def test_two_users_with_one_name_are_one_person_to_it(two: World) -> None:
    """Better that a colleague is asked than that somebody signs for himself."""
    namesake = create_user(two.file, "other@devaart.example", "MIES approve", DeskRole.APPROVE, two.now)
    own = {line.casefold() for line in known_user(two.users[DeskRole.APPROVE]).splitlines()}
    assert own & {line.casefold() for line in known_user(namesake).splitlines()}
