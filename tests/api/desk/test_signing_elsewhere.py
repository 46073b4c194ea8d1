"""Signing in by a provider of OpenID Connect: what proves who somebody is, and all that proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from api.desk.application import desk_application
from api.desk.visiting import Desk
from api.operator.application import api_application
from api.operator.inside import Inside
from casefile.acts import acts
from casefile.people import DeskRole, disable_user, user_of_login, users
from config.signing_in import SigningInSettings
from gateways.oidc.provider import OidcProvider
from services.signing_in import Elsewhere
from tests.api.desk.openid import CLIENT, SECRET, Provider, serving
from tests.api.desk.world import PASSWORD, SITE, Browser, World, words

LOGIN = "work@devaart.example"


@dataclass
class There:
    """The world, and the provider to which its desk leads."""

    world: World
    provider: Provider
    rules: Elsewhere = field(default_factory=Elsewhere)
    role_claim: str = ""
    login_claim: str = "email"

    def app(self) -> FastAPI:
        inside = Inside(self.world.file, self.world.ask, self.world.ask_many, lambda: self.world.now)
        gateway = OidcProvider(
            self.provider.address, CLIENT, SECRET, f"{SITE}/desk/inloggen/terug",
            login_claim=self.login_claim, role_claim=self.role_claim, now=lambda: self.world.now,
        )  # fmt: skip
        desk = Desk(inside, elsewhere=gateway, elsewhere_rules=self.rules)
        return api_application(inside, (), desk=desk_application(desk))

    async def sign_in(self, browser: Browser | None = None, naar: str = "") -> tuple[Browser, httpx.Response]:
        browser = browser or Browser(self.app())
        begun = await browser.get(f"/desk/inloggen/elders{naar}")
        assert begun.status_code == 303, words(begun.text)
        return browser, await browser.get("/desk/inloggen/terug" + self.provider.sees(begun.headers["location"]))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    from tests.api.desk.world import NOW

    with serving(Provider(NOW)) as provider:
        yield provider


@pytest.fixture
def there(world: World, served: Provider) -> There:
    fresh = Provider(world.now, served.address)
    served.__dict__.update(fresh.__dict__)
    return There(world, served)


async def test_who_proves_himself_is_let_in_led_on_and_bound(there: There) -> None:
    browser = Browser(there.app())
    page = await browser.get("/desk/inloggen?naar=%2Fdesk%2Ftaken")
    assert "Inloggen via 127.0.0.1" in words(page.text), "beside the password"
    _, answer = await there.sign_in(browser, "?naar=%2Fdesk%2Ftaken")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/taken")
    assert (await browser.get("/desk/ik")).status_code == 200
    user = user_of_login(there.world.file, LOGIN)
    assert user is not None and user.subject == "248289761001"
    assert [(each.actor, each.act) for each in acts(there.world.file)] == [("Mies Work", "sign in elsewhere")]
    # Bound to who he is there, he is the same under another address; that one's user stays free.
    there.provider.claims = {"email": "read@devaart.example"}
    again, _ = await there.sign_in()
    assert "Mies Work" in (await again.get("/desk/ik")).text


async def test_what_is_asked_there_can_be_used_once_by_this_browser_alone(there: There) -> None:
    begun = await Browser(there.app()).get("/desk/inloggen/elders")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(begun.headers["location"]).query).items()}
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{SITE}/desk/inloggen/terug" and "openid" in asked["scope"].split()
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    cookie = begun.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and asked["state"] not in cookie
    brought = there.provider.sees(begun.headers["location"])
    other = await Browser(there.app()).get(f"/desk/inloggen/terug{brought}")
    assert other.status_code == 403, "another browser, which somebody was led to with his own code"


async def test_what_came_back_once_opens_nothing_more(there: There) -> None:
    browser, answer = await there.sign_in()
    assert answer.status_code == 303
    again = await browser.get(f"/desk/inloggen/terug?code=the-code&state={there.provider.begun['state']}")
    assert again.status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": ["work@devaart.example"]},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(there: There, claims: dict[str, object]) -> None:
    there.provider.claims = claims
    browser, answer = await there.sign_in()
    assert answer.status_code == 403 and "U bent niet ingelogd" in words(answer.text)
    assert (await browser.get("/desk/ik")).status_code == 303
    assert all(not each.subject for each in users(there.world.file))


@pytest.mark.parametrize("late", [-3600, -61, 3600])
async def test_a_token_is_good_in_its_time(there: There, late: int) -> None:
    at = int(there.world.now.timestamp())
    there.provider.claims = {"exp": at + late, "iat": at + late - 300} if late < 0 else {"iat": at + late}
    assert (await there.sign_in())[1].status_code == 403


@pytest.mark.parametrize("signed_by", ["none", "secret", "another", "forged"])
async def test_only_a_key_that_it_publishes_signs(there: There, signed_by: str) -> None:
    """alg none; a secret that both know; a key of somebody else, also under a name that it publishes."""
    there.provider.signed_by = signed_by
    assert (await there.sign_in())[1].status_code == 403


async def test_a_new_key_is_found_and_not_looked_for_at_every_bad_token(there: There) -> None:
    app = there.app()
    assert (await there.sign_in(Browser(app)))[1].status_code == 303
    there.provider.publishes, there.provider.signed_by = ("one", "two"), "two"
    assert (await there.sign_in(Browser(app)))[1].status_code == 403, "read less than a minute ago"
    there.world.now += timedelta(minutes=2)
    there.provider.now = there.world.now
    assert (await there.sign_in(Browser(app)))[1].status_code == 303
    assert there.provider.asked.count("/keys") == 2


async def test_a_user_who_may_not_is_kept_out(there: There) -> None:
    assert (await there.sign_in())[1].status_code == 303
    disable_user(there.world.file, there.world.users[DeskRole.WORK].id, there.world.now)
    assert (await there.sign_in())[1].status_code == 403


async def test_nobody_is_made_a_user_unless_that_is_set(there: There) -> None:
    there.provider.claims = {"email": "new@devaart.example", "sub": "9", "name": "Nieuw Iemand"}
    assert (await there.sign_in())[1].status_code == 403
    there.rules = Elsewhere(creates=DeskRole.READ)
    assert (await there.sign_in())[1].status_code == 303
    made = user_of_login(there.world.file, "new@devaart.example")
    assert made is not None and (made.name, made.role, made.subject) == ("Nieuw Iemand", DeskRole.READ, "9")


async def test_nobody_takes_over_a_user_who_is_bound_to_another(there: There) -> None:
    """An address there that was given to somebody new, or is claimed by him."""
    there.rules = Elsewhere(creates=DeskRole.READ)
    assert (await there.sign_in())[1].status_code == 303
    there.provider.claims = {"sub": "somebody-new"}
    assert (await there.sign_in())[1].status_code == 403


async def test_only_these_domains(there: There) -> None:
    there.rules = Elsewhere(domains=frozenset({"papierhuis.example"}))
    assert (await there.sign_in())[1].status_code == 403
    there.provider.claims = {"email": "work@devaart.example@papierhuis.example.evil"}
    assert (await there.sign_in())[1].status_code == 403
    there.rules = Elsewhere(domains=frozenset({"devaart.example"}))
    there.provider.claims = {}
    assert (await there.sign_in())[1].status_code == 303


async def test_the_provider_may_say_the_role(there: There) -> None:
    there.role_claim, there.rules = "groups", Elsewhere(by_role=True)
    there.provider.claims = {"groups": ["staff"]}
    assert (await there.sign_in())[1].status_code == 403, "without a role of ours he is not let in"
    there.provider.claims = {"groups": ["staff", "maanwerk-read", "maanwerk-approve"]}
    assert (await there.sign_in())[1].status_code == 303
    user = user_of_login(there.world.file, LOGIN)
    assert user is not None and user.role is DeskRole.APPROVE


async def test_a_provider_that_leads_elsewhere_is_not_followed(there: There) -> None:
    for discovery in (
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "file:///etc/passwd"},
    ):
        there.provider.discovery = dict(discovery)
        assert (await Browser(there.app()).get("/desk/inloggen/elders")).status_code == 403, discovery


async def test_a_refusal_there_is_one_here_and_passwords_work_on(there: There) -> None:
    browser = Browser(there.app())
    begun = await browser.get("/desk/inloggen/elders")
    state = there.provider.sees(begun.headers["location"]).partition("state=")[2]
    answer = await browser.get(f"/desk/inloggen/terug?error=access_denied&state={state}")
    assert answer.status_code == 403 and "access_denied" not in answer.text
    await browser.get("/desk/inloggen")
    assert (await browser.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD})).status_code == 303


async def test_where_no_provider_is_set_there_is_nothing(world: World) -> None:
    for path in ("/desk/inloggen/elders", "/desk/inloggen/terug?code=a&state=b"):
        assert (await Browser(world.app()).get(path)).status_code == 404
    assert "via" not in words((await Browser(world.app()).get("/desk/inloggen")).text).split()


@pytest.mark.parametrize("naar", ["//evil.example", "https://evil.example", "/desk\\@evil.example", "/cases"])
async def test_nobody_is_led_elsewhere_by_coming_back(there: There, naar: str) -> None:
    from urllib.parse import quote

    _, answer = await there.sign_in(naar=f"?naar={quote(naar, safe='')}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")


@pytest.mark.parametrize(
    "environment",
    [
        {"OIDC_ISSUER": "http://login.example"},
        {"OIDC_ISSUER": "https://login.example"},
        {"OIDC_ISSUER": "https://login.example/#x", "OIDC_CLIENT_ID": "a"},
        {"OIDC_ISSUER": "https://a:b@login.example", "OIDC_CLIENT_ID": "a"},
        {"OIDC_DOMAINS": "*"},
        {"OIDC_CREATE": "admin"},
        {"OIDC_LOGIN_CLAIM": "not a claim"},
    ],
)
def test_settings_that_would_let_in_too_many_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="oidc"):
        SigningInSettings(**{name.lower(): value for name, value in environment.items()})  # type: ignore[arg-type]


def test_a_provider_is_asked_over_tls_or_on_this_machine() -> None:
    for issuer in ("https://login.example/tenant", "http://127.0.0.1:8080", "http://[::1]:9", "http://localhost:1"):
        assert SigningInSettings(oidc_issuer=issuer, oidc_client_id="a").oidc_issuer == issuer
    assert SigningInSettings(oidc_domains="A.example, b.example").oidc_allowed == {"a.example", "b.example"}


async def test_who_signs_out_is_led_on_to_sign_out_there_too(there: There) -> None:
    """OpenID Connect RP-Initiated Logout 1.0, section 2: the two parameters that name nobody."""
    there.provider.discovery = {"end_session_endpoint": f"{there.provider.address}/logout?tenant=1"}
    browser, answer = await there.sign_in()
    await browser.follow(answer)
    out = await browser.post("/desk/uitloggen")
    assert out.headers["location"] == "/desk/uitgelogd"
    assert (await browser.get("/desk/ik")).status_code == 303, "the session here has ended"
    page = await browser.get("/desk/uitgelogd")
    address = page.text.partition('class="btn go" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert address.startswith(f"{there.provider.address}/logout?tenant=1&")
    assert parse_qs(urlsplit(address).query) == {
        "tenant": ["1"],
        "client_id": [CLIENT],
        "post_logout_redirect_uri": [f"{SITE}/desk/inloggen"],
    }
    assert "Uitgelogd" in words(page.text) and f"url={address}" in page.text.replace("&amp;", "&")


@pytest.mark.parametrize("published", [{}, {"end_session_endpoint": "http://elsewhere.example/logout"}])
async def test_where_the_provider_has_no_safe_address_for_it_signing_out_ends_here(
    there: There, published: dict[str, object]
) -> None:
    there.provider.discovery = published
    browser, answer = await there.sign_in()
    await browser.follow(answer)
    out = await browser.follow(await browser.post("/desk/uitloggen"))
    assert (out.status_code, out.headers["location"]) == (303, "/desk/inloggen")


async def test_who_signed_in_by_a_password_is_led_nowhere(there: There) -> None:
    """Also where he signed in there before, in the same browser."""
    there.provider.discovery = {"end_session_endpoint": f"{there.provider.address}/logout"}
    browser, _ = await there.sign_in()
    await browser.get("/desk/inloggen")
    answer = await browser.post("/desk/inloggen", {"login": LOGIN, "password": PASSWORD})
    await browser.follow(answer)
    assert (await browser.post("/desk/uitloggen")).headers["location"] == "/desk/inloggen"
