"""Who sees some creditors only: for him the others are not there, on no page, in no sum, by no address and no form."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from sqlalchemy import delete, insert, update

from api.desk.application import desk_application
from api.desk.visiting import Desk
from api.operator.application import api_application
from api.operator.inside import Inside
from api.operator.routes import operator_routes
from casefile.all_tables import metadata
from casefile.api_keys import Role, create_key
from casefile.narrowed import BY_CASE, BY_CREDITOR, OTHERWISE, SHARED, NotSeen, narrowed
from casefile.notes import keep_note
from casefile.people import DeskRole, SeesAll, create_user, set_creditors, set_role
from casefile.session import reading
from services.figures.figures import figures_of
from services.today.morning import morning_in
from tests.api.desk.other_creditor import (
    CANARY,
    NOBODYS,
    OTHER,
    OTHER_CASE,
    OTHER_DEBTOR,
    OTHER_PAYMENT,
    OTHER_QUARANTINED,
    OURS,
    with_another_creditor,
)
from tests.api.desk.test_access import ROUTES
from tests.api.desk.world import CASE, Browser, World, furnished
from tests.api.operator.test_access import ROUTES as API_ROUTES
from worker.unmatched_payments import UnmatchedOfCaseFile

OWN = frozenset({"devaart"})
_OTHERS = {
    "creditor": OTHER, "number": OTHER_DEBTOR, "place": "0", "name": "kanarie.pdf", "sha256": "0" * 64,
    "user_id": "none", "secret": "none",
}  # fmt: skip
"""What addresses name of the other creditor; anything else is his case."""
_FIELDS = {
    "case": OTHER_CASE, "payment": OTHER_PAYMENT, "id": OTHER_QUARANTINED, "to": OTHER_CASE, "veto": OTHER_CASE,
    "debtor": OTHER_DEBTOR, "creditor": OTHER, "form": "x", "wat": "vastleggen", "gezien": "x", "text": "x",
    "reden": "", "reason": "x",
}  # fmt: skip
_QUERIES = (
    "", "?zoek=kanari", f"?debiteur={OTHER_DEBTOR}", "?gesloten=ja", "?aandacht=ja", "?als=json", "?reden=dispute",
    f"?zaak={quote(OTHER_CASE)}", "?gedaan=1", "?taak=settle_dispute", "?zoek=12,34", "?zoek=100",
)  # fmt: skip


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = with_another_creditor(furnished(tmp_path_factory.mktemp("creditors") / "f.sqlite3"))
    for role in DeskRole:
        if role is not DeskRole.ADMIN:
            set_creditors(world.file, world.users[role], OWN)
    return world


def app_of(world: World) -> FastAPI:
    port = UnmatchedOfCaseFile(world.file, lambda _: None)
    inside = Inside(world.file, world.ask, world.ask_many, lambda: world.now)
    return api_application(
        inside, operator_routes(), unmatched=port, desk=desk_application(Desk(inside, unmatched=port))
    )


def his(path: str) -> str:
    """An address with what it names being the other's."""
    values: defaultdict[str, str] = defaultdict(lambda: quote(OTHER_CASE, safe=""), _OTHERS)
    return f"/desk{path.format_map(values)}"


def shows(text: str, address: str) -> bool:
    """Whether an answer shows anything of the other creditor, but for what was asked itself."""
    for asked in (address, quote(address, safe=""), quote(address), OTHER_CASE, OTHER_DEBTOR):
        text = text.replace(asked, "").replace(asked.replace("&", "&amp;"), "")
    return CANARY in text.casefold()


async def test_of_another_creditor_nothing_is_there_whatever_is_asked(standing: World) -> None:
    """Every route of the desk, as every role that can be kept from a creditor; asked in each way by who may most."""
    app, asked = app_of(standing), 0
    for role in (DeskRole.READ, DeskRole.WORK, DeskRole.APPROVE):
        browser = standing.browser(app, role)
        await browser.get("/desk/ik")
        sealed = browser.hidden("csrf")
        for method, path, _, wanted in ROUTES:
            if wanted is None or path == "/uitloggen":
                continue
            address, named = his(path), "{case_id}" in path or "{creditor}" in path
            if method == "POST":
                answers = [await browser.client.post(address, data={**_FIELDS, "csrf": sealed})]
            else:
                ways = 1 if named else len(_QUERIES) if role is DeskRole.APPROVE else 2
                answers = [await browser.client.get(address + query) for query in _QUERIES[:ways]]
            for answer in answers:
                asked += 1
                assert not shows(answer.text, str(answer.url.raw_path.decode())), (role, method, path, str(answer.url))
                assert CANARY not in str(answer.headers.get("content-disposition", "")).casefold()
                if named and role.includes(wanted):
                    assert answer.status_code == 404, (role, method, path, answer.status_code)
    assert asked > 150 and standing.told == []
    with standing.file.read() as transaction:
        assert {each.id for each in transaction.quarantine.unsettled()} >= {OTHER_QUARANTINED, "kanarievreemd"}


async def test_who_sees_all_sees_the_canaries(standing: World) -> None:
    """The test above can fail: the same pages show the other creditor to who may see him."""
    browser = standing.browser(app_of(standing), DeskRole.ADMIN)
    for path in (
        "/desk",
        "/desk/zaken",
        "/desk/taken",
        "/desk/geld",
        "/desk/quarantaine",
        "/desk/partnermeldingen",
        his("/zaken/{case_id}"),
    ):
        assert shows((await browser.get(path)).text, ""), path


@pytest.mark.parametrize("path", ["/desk/geld/koppelen", "/desk/geld/opzij"])
async def test_money_of_another_can_not_be_given_away(standing: World, path: str) -> None:
    browser = standing.browser(app_of(standing), DeskRole.WORK)
    text = (await browser.get("/desk/geld")).text
    assert OURS in text and NOBODYS not in text
    for payment in (OTHER_PAYMENT, NOBODYS, "mollie:tr_kanarie_beide", "mollie:none"):
        answer = await browser.client.post(path, data={"payment": payment, "to": CASE, "csrf": browser.hidden("csrf")})
        assert answer.status_code == 404, payment
    for to, kind in ((OTHER_CASE, ""), ("KANARIE-1", ""), (OTHER_DEBTOR, "debtor")):
        answer = await browser.client.post(
            "/desk/geld/koppelen",
            data={"payment": OURS, "to": to, "as": kind, "csrf": browser.hidden("csrf")},
        )
        assert answer.status_code == 409 and not shows(answer.text.replace(to, ""), ""), to


async def test_a_key_of_one_creditor_sees_no_other(standing: World) -> None:
    app = app_of(standing)
    for role in (Role.READ, Role.ADMIN):
        secret = create_key(standing.file, f"{role} of one", role, standing.now, creditors=OWN).secret
        client = Browser(app).client
        client.headers["Authorization"] = f"Bearer {secret}"
        for method, path, wanted in API_ROUTES:
            assert wanted is not None
            address = path.format_map(defaultdict(lambda: quote(OTHER_CASE, safe=""), _OTHERS))
            body = {
                "case": OTHER_CASE, "cases": [OTHER_CASE], "payment": OTHER_PAYMENT, "id": "x", "search": "kanari",
                "message": "pause_case", "content": {}, "reason": "x",
            }  # fmt: skip
            answer = await client.request(method, address, json=None if method == "GET" else body)
            assert not shows(answer.text, address), (role, method, path)
            if "{case_id}" in path and role.includes(wanted):
                # A request that can't be read says so before anything is looked for.
                assert answer.status_code in (404, 422), (method, path, answer.status_code)
    assert standing.told == []


def test_sums_are_those_of_a_file_without_the_other(standing: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every figure of both pages: to the cent what stands in a case file with his creditor alone."""
    alone = furnished(tmp_path_factory.mktemp("alone") / "f.sqlite3")
    with reading(narrowed(standing.file, OWN).database) as one, reading(alone.file.database) as other:
        assert figures_of(one, standing.now.date()) == figures_of(other, standing.now.date())
        seen, own = morning_in(one, standing.now), morning_in(other, standing.now)
    assert seen.model_dump(exclude={"may_send", "money"}) == own.model_dump(exclude={"may_send", "money"})
    assert [each.amount for each in seen.may_send.unmatched] == [Decimal("12.34")]
    assert [each.creditor for each in seen.may_send.accounts] == ["devaart"]


async def test_figures_of_his_are_those_of_all_for_his_creditor(standing: World) -> None:
    """One number on the page of who sees no other, on that of who asks for this one, and over HTTP."""
    app = app_of(standing)
    his, all_of_it = (standing.browser(app, role) for role in (DeskRole.READ, DeskRole.ADMIN))
    own = (await his.get("/desk/cijfers?als=json")).json()
    assert (await all_of_it.get("/desk/cijfers?als=json&schuldeiser=devaart")).json() == own
    assert (await all_of_it.get("/desk/cijfers?als=json")).json()["by_stage"] != own["by_stage"]
    client = Browser(app).client
    secret = create_key(standing.file, "figures", Role.READ, standing.now).secret
    client.headers["Authorization"] = f"Bearer {secret}"
    assert (await client.get("/figures?creditor=devaart")).json() == own
    both = (await client.get(f"/figures?creditor=devaart&creditor={OTHER}")).json()
    assert both == (await client.get("/figures")).json()
    assert (await client.get("/figures?creditor=mollenhof")).status_code == 404
    page = await all_of_it.get("/desk/cijfers?schuldeiser=devaart")
    assert f'href="?schuldeiser={OTHER}"' in page.text and "schuldeiser=devaart&amp;als=json" in page.text
    assert (await his.get(f"/desk/cijfers?schuldeiser={OTHER}")).status_code == 404
    assert "schuldeiser=" not in (await his.get("/desk/cijfers")).text, "of one there is nothing to choose"


def test_every_table_says_of_whom_its_rows_are() -> None:
    """A new table stands in one list: who sees some creditors would else see all of it."""
    kinds = (BY_CREDITOR, BY_CASE, OTHERWISE, SHARED)
    listed = [name for kind in kinds for name in kind]
    assert len(set(listed)) == len(listed) and set(metadata.tables) <= set(listed)
    for name, table in metadata.tables.items():
        if name in SHARED:
            assert not {"creditor", "debtor", "case_id"} & set(table.c.keys()), name


def test_nothing_is_written_to_a_case_of_another(standing: World) -> None:
    seen = narrowed(standing.file, OWN)
    with pytest.raises(NotSeen):
        keep_note(seen, OTHER_CASE, "n2", "x", "Mies", "x", standing.now)
    with pytest.raises(NotSeen), seen.write() as transaction:
        transaction.session.connection.execute(delete(metadata.tables["sending_stops"]))
    row = {"creditor": OTHER, "debtor": "x", "told_at": "2026", "fact": "f", "day": 1}
    with pytest.raises(NotSeen), seen.database.write(whole=False) as connection:
        connection.execute(insert(metadata.tables["payment_runs"]), row)
    row = {"case_id": OTHER_CASE, "created_at": "2026"}
    with pytest.raises(NotSeen), seen.database.write(whole=False) as connection:
        connection.execute(insert(metadata.tables["starts"]), [row])
    runs = metadata.tables["payment_runs"]
    with pytest.raises(NotSeen), seen.database.write(whole=False) as connection:
        connection.execute(delete(runs).where(runs.c.creditor == OTHER, runs.c.debtor == "x"))
    with pytest.raises(NotSeen), seen.database.write(whole=False) as connection:
        connection.execute(update(runs).where(runs.c.creditor.in_(["devaart", OTHER])).values(day=2))
    with seen.database.write(whole=False) as connection:
        own = {"creditor": "devaart", "debtor": "none", "told_at": "2026", "fact": "f", "day": 1}
        connection.execute(insert(metadata.tables["payment_runs"]), own)
    with pytest.raises(NotSeen), seen.database.read() as connection:
        connection.exec_driver_sql("DELETE FROM cases")


async def test_only_who_sees_all_stops_all_sending(standing: World) -> None:
    browser = standing.browser(app_of(standing), DeskRole.WORK)
    await browser.get("/desk")
    answer = await browser.post("/desk/stoppen", {"reden": "fout in de prijslijst"})
    assert answer.status_code == 422 and "alle schuldeisers" in answer.text


def test_who_administers_sees_all_and_nobody_is_given_a_creditor_that_is_not_there(world: World) -> None:
    with pytest.raises(SeesAll, match="administers"):
        set_creditors(world.file, world.users[DeskRole.ADMIN], OWN)
    with pytest.raises(SeesAll, match=r"no creditor 'papierhuis'.*devaart"):
        set_creditors(world.file, world.users[DeskRole.READ], frozenset({"papierhuis"}))
    user = create_user(world.file, "a@b.example", "A", DeskRole.WORK, world.now, creditors=OWN)
    with pytest.raises(SeesAll, match="administers"):
        set_role(world.file, user.id, DeskRole.ADMIN)


async def test_what_is_taken_away_is_gone_at_the_next_page(world: World) -> None:
    with_another_creditor(world)
    browser = world.browser(world.app(), DeskRole.READ)
    assert (await browser.get(his("/zaken/{case_id}"))).status_code == 200
    set_creditors(world.file, world.users[DeskRole.READ], OWN)
    assert (await browser.get(his("/zaken/{case_id}"))).status_code == 404
