"""Signing in at the desk: who knows his password is let in, by a secret that nobody gave him before."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from api.desk.visiting import back_path
from casefile.acts import acts
from casefile.desk_sessions import IDLE, LASTS, link_for, session_of
from casefile.people import DeskRole, create_user, disable_user, set_password, users
from services.passwords import hashed, is_password
from tests.api.desk.world import PASSWORD, Browser, World, words
from tests.casefile.builders import opened

LOGIN = "work@devaart.example"


async def test_who_knows_his_password_is_let_in_and_led_on(world: World) -> None:
    browser = world.browser(world.app())
    answer = await browser.get("/desk/zaken?zoek=F-1")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/desk/inloggen?naar=%2Fdesk%2Fzaken%3Fzoek%3DF-1",
    )
    await browser.follow(answer)
    answer = await browser.post(
        "/desk/inloggen", {"login": " Work@DeVaart.example ", "password": PASSWORD, "naar": browser.hidden("naar")}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/zaken?zoek=F-1")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("desk=") and "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert (await browser.get("/desk/zaken")).status_code == 200
    assert [(act.actor, act.act) for act in acts(world.file)] == [("Mies Work", "sign in")]


async def test_a_wrong_password_says_so_and_nobody_learns_whether_there_is_such_a_user(world: World) -> None:
    browser = world.browser(world.app())
    said = []
    for login in (LOGIN, "nobody@devaart.example"):
        await browser.get("/desk/inloggen")
        answer = await browser.post("/desk/inloggen", {"login": login, "password": "een ander wachtwoord"})
        assert answer.status_code == 403 and "set-cookie" not in answer.headers
        said.append(words(answer.text).replace(login, ""))
    assert said[0] == said[1] and "horen niet bij elkaar" in said[0]


@pytest.mark.usefixtures("quick")
async def test_after_five_wrong_passwords_the_right_one_waits_too(world: World) -> None:
    browser = world.browser(world.app())
    await browser.get("/desk/inloggen")
    for _ in range(5):
        await browser.post("/desk/inloggen", {"login": LOGIN, "password": "fout fout fout fout"})
    answer = await browser.post("/desk/inloggen", {"login": LOGIN.upper(), "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    other = await browser.post("/desk/inloggen", {"login": "read@devaart.example", "password": PASSWORD})
    assert other.status_code == 303, "another user is not held up"


async def test_what_a_browser_brought_before_is_never_taken_over(world: World) -> None:
    """Session fixation: somebody plants a secret, and waits until it is signed in."""
    planted = "planted-by-somebody-else-planted-by-somebody"
    browser = world.browser(world.app())
    browser.client.cookies.set("desk", planted, domain="127.0.0.1")
    await browser.get("/desk/inloggen")
    answer = await browser.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD})
    given = answer.cookies["desk"]
    assert given != planted and session_of(world.file, planted, world.now) is None
    assert session_of(world.file, given, world.now) is not None
    # Who signs in once more ends what he had.
    await browser.get("/desk/inloggen")
    await browser.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD})
    assert session_of(world.file, given, world.now) is None


async def test_one_is_signed_in_for_a_working_day_and_not_while_nothing_is_done(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.READ)
    begun = world.now
    for hours in range(1, 12):
        world.now = begun + timedelta(hours=hours)
        assert (await browser.get("/desk/ik")).status_code == 200
    world.now = begun + LASTS
    assert (await browser.get("/desk/ik")).status_code == 303
    browser = world.browser(world.app(), DeskRole.READ)
    world.now += IDLE - timedelta(seconds=1)
    # A page that looks for news by itself is nobody who does something.
    assert (await browser.get("/desk/nieuws")).status_code == 200
    world.now += timedelta(seconds=1)
    assert (await browser.get("/desk/ik")).status_code == 303


async def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(world: World) -> None:
    browser = world.browser(world.app(), DeskRole.WORK)
    kept = browser.client.cookies["desk"]
    await browser.get("/desk/ik")
    assert (await browser.post("/desk/uitloggen")).status_code == 303
    browser.client.cookies.set("desk", kept, domain="127.0.0.1")
    assert (await browser.get("/desk/ik")).status_code == 303


async def test_a_user_who_may_no_more_is_out_at_once_and_so_is_who_has_another_password(world: World) -> None:
    app = world.app()
    out, other = world.browser(app, DeskRole.WORK), world.browser(app, DeskRole.READ)
    disable_user(world.file, world.users[DeskRole.WORK].id, world.now)
    set_password(world.file, world.users[DeskRole.READ].id, hashed("een nieuw lang wachtwoord"))
    assert [(await each.get("/desk/ik")).status_code for each in (out, other)] == [303, 303]
    await out.get("/desk/inloggen")
    assert (await out.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD})).status_code == 403


@pytest.mark.parametrize(
    ("site", "address", "name"),
    [
        ("https://desk.example", "127.0.0.1", "__Host-desk"),
        ("http://desk.example", "127.0.0.1", "__Host-desk"),
        ("http://localhost:8236", "10.0.0.9", "__Host-desk"),
        ("http://localhost:8236", "::1", "desk"),
        ("http://127.0.0.1:8236", "127.0.0.1", "desk"),
    ],
)
async def test_a_cookie_crosses_no_network_in_the_clear(world: World, site: str, address: str, name: str) -> None:
    answer = await Browser(world.app(), site, address).get("/desk/inloggen")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{name}_form=") and ("Secure" in cookie) == name.startswith("__Host-")
    assert "Path=/" in cookie and "Domain" not in cookie


@pytest.mark.parametrize(
    "naar",
    [
        "https://evil.example/desk",
        "//evil.example/desk",
        "/\\evil.example",
        "/desk\\@evil.example",
        "/desk/../../evil",
        "/desk/%2e%2e/evil",
        "/desk/%2f/evil",
        "/desk//evil.example",
        "javascript:alert(1)",
        "/deskevil",
        "/cases",
        "/desk/\nSet-Cookie: a=b",
        "",
    ],
)
async def test_nobody_is_led_elsewhere_after_signing_in(world: World, naar: str) -> None:
    browser = world.browser(world.app())
    await browser.get("/desk/inloggen")
    answer = await browser.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD, "naar": naar})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")


def test_pages_of_the_desk_may_be_led_back_to() -> None:
    for path in ("/desk", "/desk/zaken?zoek=a%20b&op=nr", "/desk/zaken/case%3Adevaart%3AF-1?doe=pauze"):
        assert back_path(path) == path


# Links -----------------------------------------------------------------------------------------------------------


async def test_the_first_user_makes_himself_by_a_link_that_works_once(tmp_path: Path) -> None:
    empty = World(opened(tmp_path / "empty.sqlite3"))
    secret, other = (link_for(empty.file, None, empty.now) for _ in range(2))
    browser = empty.browser(empty.app())
    await browser.get(f"/desk/link/{secret}", **{"accept-language": "en"})
    chosen = {"name": "Mies  Maas", "login": "Mies@DeVaart.example", "password": PASSWORD, "again": PASSWORD}
    nameless = await browser.post(f"/desk/link/{secret}", {**chosen, "name": ""})
    assert nameless.status_code == 422 and "mies@" in nameless.text.casefold(), "nothing typed is lost"
    assert (await browser.post(f"/desk/link/{secret}", chosen)).status_code == 303
    (user,) = users(empty.file)
    assert (user.name, user.login, user.role) == ("Mies Maas", "mies@devaart.example", DeskRole.ADMIN)
    assert (await browser.get("/desk/ik")).status_code == 200
    for link in (secret, other):
        assert (await browser.get(f"/desk/link/{link}")).status_code == 404, "there is a first user now"


async def test_a_link_lets_a_user_choose_a_password_once_and_for_an_hour(world: World) -> None:
    user = world.users[DeskRole.READ]
    secret = link_for(world.file, user, world.now)
    browser = world.browser(world.app())
    await browser.get(f"/desk/link/{secret}")
    short = await browser.post(f"/desk/link/{secret}", {"password": "kort", "again": "kort"})
    assert short.status_code == 422
    own = await browser.post(f"/desk/link/{secret}", {"password": user.login, "again": user.login})
    assert own.status_code == 422
    typo = await browser.post(f"/desk/link/{secret}", {"password": "vier gele fietsen", "again": "vier gele fietse"})
    assert typo.status_code == 422
    done = await browser.post(f"/desk/link/{secret}", {"password": "vier gele fietsen", "again": "vier gele fietsen"})
    assert done.status_code == 303 and (await browser.get("/desk/ik")).status_code == 200
    assert (await browser.get(f"/desk/link/{secret}")).status_code == 404
    late = link_for(world.file, user, world.now - timedelta(hours=1))
    assert (await browser.get(f"/desk/link/{late}")).status_code == 404
    assert (await browser.get("/desk/link/nonsense")).status_code == 404
    assert len(users(world.file)) == len(DeskRole)


# Wrong passwords -------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes longer than counting."""

    def is_it(password: str, kept: str | None) -> bool:
        return kept is not None and password == PASSWORD

    monkeypatch.setattr("api.desk.people.signing_in.is_password", is_it)


async def wrong(browser: Browser, times: int, login: str = LOGIN) -> list[int]:
    await browser.get("/desk/inloggen")
    form = {"login": login, "password": "fout fout fout fout"}
    return [(await browser.post("/desk/inloggen", form)).status_code for _ in range(times)]


@pytest.mark.usefixtures("quick")
async def test_wrong_passwords_count_in_all_processes_and_over_a_restart(world: World) -> None:
    one, other = Browser(world.app()), Browser(world.app())
    assert await wrong(one, 3) == [403] * 3
    assert await wrong(other, 3) == [403, 403, 429]
    assert await wrong(Browser(world.app()), 1) == [429]
    world.now += timedelta(minutes=15)
    assert await wrong(one, 1) == [403]


@pytest.mark.usefixtures("quick")
async def test_who_tries_a_known_login_from_elsewhere_does_not_lock_its_user_out(world: World) -> None:
    app = world.app()
    elsewhere = Browser(app, "https://desk.example", "198.51.100.7")
    assert await wrong(elsewhere, 7) == [403] * 5 + [429] * 2
    own = Browser(app)
    await own.get("/desk/inloggen")
    assert (await own.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD})).status_code == 303


@pytest.mark.usefixtures("quick")
async def test_from_one_address_thirty_wrong_ones_of_any_login_are_enough(world: World) -> None:
    app = world.app()
    for each in range(6):
        assert await wrong(Browser(app), 5, f"a{each}@devaart.example") == [403] * 5
    assert await wrong(Browser(app), 1, "b@devaart.example") == [429]


@pytest.mark.usefixtures("quick")
async def test_a_right_password_forgets_the_wrong_ones_before_it(world: World) -> None:
    browser = Browser(world.app())
    await wrong(browser, 4)
    await browser.get("/desk/inloggen")
    assert (await browser.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD})).status_code == 303
    assert await wrong(browser, 5) == [403] * 5


@pytest.mark.usefixtures("quick")
async def test_many_at_once_are_no_more_than_so_many_in_a_row(world: World) -> None:
    """Each is counted before its password is looked at."""
    browser = Browser(world.app())
    await browser.get("/desk/inloggen")
    form = {"login": LOGIN, "password": "fout fout fout fout", "csrf": browser.hidden("csrf")}
    answers = await asyncio.gather(*(browser.client.post("/desk/inloggen", data=form) for _ in range(9)))
    assert sorted(each.status_code for each in answers) == [403] * 5 + [429] * 4


@pytest.mark.parametrize("login", [LOGIN, "nobody@devaart.example", "link@devaart.example"])
async def test_a_password_is_hashed_once_whoever_is_asked_for(
    world: World, login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That there is no such user, or none with a password, takes as long to say: the same work is done."""
    create_user(world.file, "link@devaart.example", "Link", DeskRole.READ, world.now)
    looked: list[str | None] = []

    def seen(password: str, kept: str | None) -> bool:
        looked.append(kept)
        return is_password(password, kept)

    monkeypatch.setattr("api.desk.people.signing_in.is_password", seen)
    assert await wrong(Browser(world.app()), 1, login) == [403]
    assert len(looked) == 1
