"""Lists and invoices that are dropped: tried in a copy, imported once, and nothing of them stays."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from api.desk.intake.importing_rows import errors_as_csv
from api.desk.lists.columns import COLUMN_NAMES
from casefile.people import DeskRole
from casefile.uploads import begin_work, clear_uploads, files_of_upload, last_uploads, upload_of
from intake.open_items.columns import COLUMNS
from services.importing.lists import import_lists
from services.importing.mappings import profile_of
from services.importing.results import ListFile
from services.importing.uploads import Remark, ToldFile, outcome_of
from tests.api.desk.world import Browser, World, words
from tests.migrated import copied_instead_of_migrated

WORK, READ = DeskRole.WORK, DeskRole.READ
HEADER = "factuurnummer;debiteurnummer;debiteur;factuurdatum;vervaldatum;openstaand;soort"
GOOD = "2026-9;kapper;Kapper Kort BV;01-04-2026;15-04-2026;120,50;bedrijf"
BAD = "2026-10;kapper;Kapper Kort BV;01-04-2026;31-04-2026;80,00;bedrijf"
UBL = Path("samples/ubl/invoice-with-pdf.xml")


@pytest.fixture(autouse=True)
def quick_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy in which an import is tried is made of one that was migrated."""
    copied_instead_of_migrated(monkeypatch)


def listed(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *rows)).encode()


async def drop(browser: Browser, *files: tuple[str, bytes], creditor: str = "devaart", **more: str) -> httpx.Response:
    """Drop files on the page, as a form with files does."""
    await browser.get("/desk/importeren")
    answer = await browser.client.post(
        "/desk/importeren",
        data={"csrf": browser.hidden("csrf") or "none", "schuldeiser": creditor, **more},
        files=[("bestand", (name, content)) for name, content in files],
    )
    browser.seen = answer.text or browser.seen
    return answer


async def tried(browser: Browser, *files: tuple[str, bytes], **more: str) -> str:
    """Address of the page on which what would happen is shown."""
    answer = await drop(browser, *files, **more)
    await settled(browser, await browser.follow(answer))
    return str(answer.headers["location"])


async def settled(browser: Browser, page: httpx.Response) -> None:
    """Look again until the work is over: a machine that has much to do takes longer than a page waits."""
    while "data-running" in browser.seen:
        await browser.get(page.request.url.path)


def cases(world: World) -> set[str]:
    with world.file.read() as transaction:
        return set(transaction.cases.ids("devaart"))


async def test_what_would_happen_is_shown_row_by_row_and_nothing_is_changed(world: World) -> None:
    before = cases(world)
    browser = world.browser(world.app(), WORK)
    await tried(browser, ("lijst.csv", listed(GOOD, BAD)))
    text = words(browser.seen)
    assert "er is nog niets veranderd" in text
    # The row with file, line, column, and what would be accepted; and the good one with its first step.
    assert "Fout kolom “vervaldatum”" in text and "31-04-2026" in text
    assert "2026-9 Kapper Kort BV Geopend" in text and "120.50" not in text
    assert cases(world) == before


async def test_the_trial_says_what_the_command_says(world: World) -> None:
    content = listed(GOOD, BAD)
    browser = world.browser(world.app(), WORK)
    at = await tried(browser, ("lijst.csv", content))
    upload = upload_of(world.file, at.rpartition("/")[2])
    profile = profile_of(world.file, "devaart")
    assert upload is not None and profile is not None
    (theirs,) = import_lists(
        world.file, profile, [ListFile("lijst.csv", content, None)], world.now, world.now.date(), dry_run=True
    )
    (ours,) = outcome_of(upload.result)
    assert [(row.line, row.number, row.what, row.says) for row in ours.rows] == [
        (row.line, row.number, row.what, row.says) for row in theirs.rows
    ]
    assert [(each.line, each.column, each.reason) for each in ours.remarks] == [
        (each.line, each.column, each.reason) for each in theirs.findings
    ]


async def test_who_presses_twice_imports_once_and_the_same_file_again_says_so(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    at = await tried(browser, ("lijst.csv", listed(GOOD)))
    for _ in range(2):
        await settled(browser, await browser.follow(await browser.post(f"{at}/importeer")))
    assert "Geïmporteerd door Mies Work." in words(browser.seen)
    assert "case:devaart:2026-2026-9" in cases(world)
    again = await tried(browser, ("andere-naam.csv", listed(GOOD)))
    assert "Precies deze bestanden zijn op" in words(browser.seen)
    assert "2026-9 Kapper Kort BV Ongewijzigd" in words(browser.seen)
    before = cases(world)
    await settled(browser, await browser.follow(await browser.post(f"{again}/importeer")))
    assert cases(world) == before


async def test_nothing_of_what_was_dropped_stays(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    imported = await tried(browser, ("lijst.csv", listed(GOOD)))
    left = await tried(browser, ("lijst.csv", listed(BAD)))
    declined = await tried(browser, ("lijst.csv", listed(GOOD, BAD)))
    await browser.get(imported)
    await settled(browser, await browser.follow(await browser.post(f"{imported}/importeer")))
    await browser.get(declined)
    await browser.post(f"{declined}/weg")
    ids = [each.rpartition("/")[2] for each in (imported, left, declined)]
    assert [len(files_of_upload(world.file, each)) for each in ids] == [0, 1, 0]
    assert clear_uploads(world.file, world.now + timedelta(minutes=61)) == 1
    assert [len(files_of_upload(world.file, each)) for each in ids] == [0, 0, 0]
    clear_uploads(world.file, world.now + timedelta(days=8))
    assert all(each.result is None for upload_id in ids if (each := upload_of(world.file, upload_id)) is not None)


async def test_an_import_that_was_interrupted_goes_on(world: World) -> None:
    """The process is gone: nobody gives a sign of life, so who looks may go on; as long as one works, nobody else."""
    browser = world.browser(world.app(), WORK)
    at = await tried(browser, ("lijst.csv", listed(GOOD)))
    upload_id = at.rpartition("/")[2]
    assert begin_work(world.file, upload_id, ("rehearsed",), "importing", world.now)
    await browser.get(at)
    assert "Het wordt geïmporteerd" in words(browser.seen)
    await browser.post(f"{at}/importeer")
    assert "case:devaart:2026-2026-9" not in cases(world)
    world.now += timedelta(minutes=2)
    await browser.get(at)
    assert "Het importeren is onderbroken" in words(browser.seen)
    await settled(browser, await browser.follow(await browser.post(f"{at}/importeer")))
    assert "case:devaart:2026-2026-9" in cases(world)


FOREIGN = "Boeking;Wie;Geboekt;Uiterlijk;Nog"


async def test_columns_are_named_by_hand_once_and_known_from_then_on(world: World) -> None:
    rows = ("B-1;Kapper Kort BV;01-04-2026;15-04-2026;120,50",)
    browser = world.browser(world.app(), WORK)
    at = await tried(browser, ("Export 12-05.csv", listed(*rows, header=FOREIGN)))
    assert "Fout" in words(browser.seen)
    await browser.get(f"{at}/kolommen?bestand=0")
    assert "Nog nodig" in words(browser.seen) and "Kapper Kort BV" in browser.seen
    chosen = {f"kolom-{n}": ours for n, ours in enumerate(("number", "debtor_name", "invoice_date", "due", "open"))}
    twice = await browser.post(f"{at}/kolommen", {**chosen, "kolom-4": "due", "bestand": "0"})
    assert twice.status_code == 422 and "Uiterlijk en Nog moeten allebei due zijn" in words(twice.text)
    await settled(browser, await browser.follow(await browser.post(f"{at}/kolommen", {**chosen, "bestand": "0"})))
    assert "Geopend" in words(browser.seen)
    # Tomorrow's list is read so by itself, and so does the command.
    profile = profile_of(world.file, "devaart")
    assert profile is not None
    tomorrow = ListFile("Export 13-05.csv", listed(*rows, header=FOREIGN), Path())
    (done,) = import_lists(world.file, profile, [tomorrow], world.now, world.now.date(), dry_run=True)
    assert done.count("opened") == 1 and "kept at the desk" in " ".join(each.reason for each in done.findings)
    await browser.get("/desk/importeren")
    assert "export" in words(browser.seen)
    await browser.post("/desk/importeren/kolommen/vergeet", {"schuldeiser": "devaart", "naam": "export"})
    (undone,) = import_lists(world.file, profile, [tomorrow], world.now, world.now.date(), dry_run=True)
    assert undone.count("opened") == 0


def packed(*files: tuple[str, bytes]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files:
            opened.writestr(name, content)
    return into.getvalue()


async def test_an_archive_brings_a_list_with_its_documents_and_nothing_is_read_from_our_disk(
    world: World, tmp_path: Path
) -> None:
    """A path in a list names what came along, never a file of this machine."""
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"%PDF-1.7 of somebody else")
    header = f"{HEADER};document"
    browser = world.browser(world.app(), WORK)
    archive = packed(
        ("map/lijst.csv", listed(f"{GOOD};pdf/2026-9.pdf", header=header)),
        ("map/pdf/2026-9.pdf", b"%PDF-1.7 ours"),
        ("__MACOSX/map/._lijst.csv", b"\0\0"),
    )
    at = await tried(browser, ("alles.zip", archive))
    await settled(browser, await browser.follow(await browser.post(f"{at}/importeer")))
    with world.file.read() as transaction:
        (document,) = transaction.documents.of_case("case:devaart:2026-2026-9")
    assert document[2] == b"%PDF-1.7 ours"
    rows = [f"{GOOD.replace('-9', f'-{number}')};{path}" for number, path in ((11, secret), (12, "samples/x.pdf"))]
    await tried(browser, ("lijst.csv", listed(*rows, header=header)))
    assert "ligt niet naast dit bestand" in words(browser.seen) and "is niet meegekomen" in words(browser.seen)


def bomb() -> bytes:
    return packed(*((f"{number}.csv", b"0" * 9_000_000) for number in range(6)))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([("foto.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20)], "foto.png: dit is geen lijst en geen factuur"),
        ([("leeg.csv", b"")], "leeg.csv: het bestand is leeg"),
        ([("groot.csv", b"a" * 20_000_001)], "dit is samen meer dan 20 MB"),
        ([("bom.zip", bomb())], "bom.zip: uitgepakt is het meer dan 50 MB"),
        ([("zip.zip", packed(("in.zip", packed(("a.csv", b"a")))))], "in.zip erin is weer een ZIP"),
        ([("stuk.zip", b"PK\x03\x04 and no more")], "stuk.zip: de ZIP is niet te openen"),
        ([], "kies een lijst"),
    ],
    ids=["no list", "empty", "too large", "a bomb", "a ZIP in a ZIP", "broken", "nothing"],
)
async def test_what_can_not_be_taken_is_named_and_nothing_is_kept(
    world: World, files: Sequence[tuple[str, bytes]], says: str
) -> None:
    browser = world.browser(world.app(), WORK)
    answer = await drop(browser, *files)
    assert answer.status_code == 422 and says in words(answer.text)
    assert last_uploads(world.file, 5) == ()


async def test_of_an_invoice_the_field_is_named(world: World) -> None:
    broken = UBL.read_bytes().replace(b"<cbc:DueDate>", b"<cbc:DueDate>soon ", 1)
    browser = world.browser(world.app(), WORK)
    await tried(browser, (UBL.name, UBL.read_bytes()), ("kapot.xml", broken))
    text = words(browser.seen)
    assert "Geopend 1.210,00 EUR" in text
    assert "kapot.xml" in text and "Fout" in text and "DueDate" in text


async def test_who_reads_along_sees_it_and_drops_nothing(world: World) -> None:
    app = world.app()
    at = await tried(world.browser(app, WORK), ("lijst.csv", listed(GOOD)))
    reader = world.browser(app, READ)
    await reader.get(at)
    assert "2026-9" in words(reader.seen) and f"{at}/importeer" not in reader.seen
    await reader.get("/desk/ik")
    answer = await drop(reader, ("lijst.csv", listed(GOOD)))
    assert answer.status_code == 403


async def test_names_of_files_are_text(world: World) -> None:
    browser = world.browser(world.app(), WORK)
    await tried(browser, ('<img src=x onerror="x">.csv', listed("<script>alert(1)</script>;x;<b>;1;2;3;4")))
    assert not re.search(r"<img|<script>alert|<b>;", browser.seen)


def test_no_cell_of_what_is_wrong_is_a_formula() -> None:
    remark = Remark(line=2, column="=1+1", severity="error", reason="@SUM(1)")
    written = errors_as_csv((ToldFile(file="+a.csv", is_invoice=False, rows=(), remarks=(remark,)),)).decode()
    assert "'+a.csv;2;'=1+1;'@SUM(1)" in written


def test_every_column_of_a_list_has_a_name_on_the_page() -> None:
    assert set(COLUMN_NAMES) == {column.name for column in COLUMNS}
