"""An administrator makes a creditor, or changes one: shown before it is kept, by the service of the import."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from casefile.acts import acts
from casefile.people import DeskRole
from letters.render import known_letters
from policies.creditor_profile import load_creditor
from services.importing.mappings import profile_of
from services.importing.profiles import kept_profile, profile_in
from tests.api.desk.world import Browser, World, words

ADMIN = DeskRole.ADMIN
PROFILE = """\
id: drukker
name: Drukkerij Vlug B.V.
address: [Persweg 4, 1000 AA Stad]
kvk: "12345678"
iban: NL20INGB0001234567
email: debiteuren@drukker.example
default_kind: business
policies:
  - {kind: business, policy: test}
  - {policy: nl-consumer}
"""


@pytest.fixture
def browser(world: World) -> Browser:
    return world.browser(world.app(), ADMIN)


async def shown(browser: Browser, text: str, **more: str) -> str:
    await browser.get("/desk/schuldeisers")
    return words((await browser.post("/desk/schuldeisers", {"tekst": text, **more})).text)


async def kept(browser: Browser, text: str, **more: str) -> None:
    data = {"tekst": text, "wat": "vastleggen", "gezien": browser.hidden("gezien"), **more}
    await browser.follow(await browser.post("/desk/schuldeisers", data))


async def test_a_creditor_is_made_after_it_was_shown_and_invoices_can_be_imported_for_him(
    world: World, browser: Browser
) -> None:
    page = await shown(browser, PROFILE)
    # The policy of the case file comes before a shipped one; that of consumers is shipped.
    assert "Een nieuwe schuldeiser: Drukkerij Vlug B.V." in page and "test, versie 1" in page and "nl-consumer" in page
    assert profile_of(world.file, "drukker") is None
    await kept(browser, PROFILE)
    assert "Het profiel is bewaard" in words(browser.seen)
    profile = profile_of(world.file, "drukker")
    assert (
        profile is not None and profile.creditor.kvk == "12345678" and set(profile.policies) == {"test", "nl-consumer"}
    )
    assert "Drukkerij Vlug" in (await browser.get("/desk/schuldeisers")).text
    assert "<option>drukker</option>" in (await browser.get("/desk/importeren")).text
    (row,) = acts(world.file, name="save_creditor")
    assert (row.actor, row.subject, row.outcome) == ("Mies Admin", "drukker", "done")


async def test_only_what_was_shown_is_kept(world: World, browser: Browser) -> None:
    await shown(browser, PROFILE)
    changed = PROFILE.replace("Vlug", "Traag")
    answer = await browser.post(
        "/desk/schuldeisers", {"tekst": changed, "wat": "vastleggen", "gezien": browser.hidden("gezien")}
    )
    assert "Drukkerij Traag" in words(answer.text) and profile_of(world.file, "drukker") is None


async def test_another_account_wants_a_yes_of_its_own(world: World, browser: Browser) -> None:
    text = kept_profile(world.file, "devaart")
    assert text is not None and "NL91ABNA0417164300" in text
    other = text.replace("NL91ABNA0417164300", "NL20INGB0001234567")
    page = await shown(browser, other)
    assert "Het verandert: iban" in page and "andere rekening" in page and "Profiel bewaren" not in page
    answer = await browser.post(
        "/desk/schuldeisers", {"tekst": other, "wat": "vastleggen", "gezien": browser.hidden("gezien")}
    )
    assert answer.status_code == 200 and kept_profile(world.file, "devaart") == text
    assert "Profiel bewaren" in await shown(browser, other, rekening="ja")
    await kept(browser, other, rekening="ja")
    assert "NL20INGB0001234567" in str(kept_profile(world.file, "devaart"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (PROFILE.replace("NL20INGB0001234567", "NL20INGB0001234568"), "creditor.yaml:5"),
        (PROFILE.replace("policy: test", "policy: tset"), "creditor.yaml:9"),
        (PROFILE.replace("name:", "naam:"), "creditor.yaml:2"),
        (PROFILE + "mapping: ../../etc/passwd\n", "creditor.yaml:11"),
        (PROFILE + "colour: red\n", "creditor.yaml:11"),
        ("", "60.000"),
    ],
)
async def test_what_is_wrong_names_line_and_field_and_nothing_is_kept(
    world: World, browser: Browser, wrong: str, told: str
) -> None:
    assert told in await shown(browser, wrong)
    assert profile_of(world.file, "drukker") is None and not acts(world.file, name="save_creditor")


async def test_the_profile_that_a_page_begins_with_is_one_and_a_kept_one_is_read_as_it_was(
    world: World, browser: Browser
) -> None:
    sample = load_creditor(Path("samples/creditor.yaml"), known_letters())
    begins = unescape((await browser.get("/desk/schuldeisers")).text.partition("<textarea")[2].partition("<")[0])
    begins = begins.partition(">")[2]
    assert sample.creditor.name not in begins and sample.creditor.iban not in begins
    # As it stands it is nobody's; with the four things that must be there it is somebody's.
    assert "creditor.yaml:1" in await shown(browser, begins)
    for name, value in (("id", "x"), ("name", "X"), ("iban", "NL20INGB0001234567"), ("email", "x@x.example")):
        begins = re.sub(rf"(?m)^{name}:", f"{name}: {value}", begins)
    assert profile_in(world.file, begins, "x").creditor.policies == sample.creditor.policies
    text = kept_profile(world.file, "devaart")
    before = profile_of(world.file, "devaart")
    assert text is not None and before is not None
    again = profile_in(world.file, text, "x")
    assert (again.creditor, again.default_kind, again.mapping) == (before.creditor, before.default_kind, before.mapping)


async def test_nobody_else_may(world: World) -> None:
    for role in (DeskRole.READ, DeskRole.WORK, DeskRole.APPROVE):
        assert (await world.browser(world.app(), role).get("/desk/schuldeisers")).status_code == 403
