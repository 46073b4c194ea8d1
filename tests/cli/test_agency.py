"""`maanwerk agency`, as an operator types it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casefile.acts import acts
from casefile.agency_links import make_link
from casefile.agency_reports import keep_reports
from casefile.case_file import CaseFile
from domain.handoffs.partners import Partner
from domain.send_key import opaque_key
from tests.casefile.builders import CASE, CREDITOR, NOW, furnish, letter, opened
from tests.cli.running import Run
from tests.gateways.agencies.demo_agency import TOKEN, Loopback, demo_agency
from tests.gateways.agencies.payt_double import ADMINISTRATION, payt
from tests.gateways.agencies.payt_double import TOKEN as PAYT_TOKEN
from worker.agency_reading import kept_report

ROOT = Path(__file__).parents[2]
SENT = f"{CASE}/handoff/1/agency/incasso"
KEY = opaque_key(SENT)
GOOD = f"status;submission;on\npaused;{KEY};2026-03-01\nresumed;unknown;2026-03-01\n"


@pytest.fixture(scope="module")
def agency() -> Iterator[Loopback]:
    with demo_agency() as loopback:
        yield loopback


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agency: Loopback) -> CaseFile:
    """A case that was handed to a partner over our API."""
    monkeypatch.setenv("MAANWERK_DATABASE", f"sqlite:///{tmp_path / 'case-file.sqlite3'}")
    monkeypatch.setenv("MAANWERK_OUTBOX", str(tmp_path / "outbox"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("COLUMNS", "240")
    found = opened(tmp_path / "case-file.sqlite3")
    partner = Partner(id="noordkade", name="Noordkade", register_number="000000", channel="rest", url=agency.url)
    with found.write() as transaction:
        furnish(transaction)
        transaction.parties.save_creditor(CREDITOR.model_copy(update={"partners": (partner,)}))
        handed = replace(letter(SENT), channel="agency", partner="noordkade", way="rest")
        transaction.deliveries.intend(handed, [CASE], NOW, NOW)
        transaction.deliveries.conclude(SENT, "sent", NOW, "")
    return found


def test_trying_a_partner_says_what_is_missing_and_then_who_answers(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = maanwerk("agency", "test", "noordkade")
    assert missing.code == 1 and "MAANWERK_AGENCY_TOKENS has no noordkade=token" in missing.out
    monkeypatch.setenv("MAANWERK_AGENCY_TOKENS", f"noordkade={TOKEN}")
    right = maanwerk("agency", "test", "noordkade")
    assert right.code == 0 and "Demo Incasso, API 1" in right.out and "/submissions" in right.out
    monkeypatch.setenv("MAANWERK_AGENCY_TOKENS", "noordkade=another-token")
    wrong = maanwerk("agency", "test", "noordkade", "--json")
    assert wrong.code == 1 and json.loads(wrong.out)["partners"][0]["says"] == "the token is refused (401)"
    assert "another-token" not in wrong.out + wrong.err
    assert maanwerk("agency", "test", "nobody").code == 2


def test_a_secret_that_is_written_wrong_is_named_and_not_quoted(
    maanwerk: Run, file: CaseFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("TOKENS", "secret-without-a-name"), ("CODES", "noordkade=short"), ("WEBHOOK_SECRETS", "a=b")):
        monkeypatch.setenv(f"MAANWERK_AGENCY_{name}", value)
        ran = maanwerk("agency", "test", "noordkade")
        assert ran.code == 2 and f"MAANWERK_AGENCY_{name}" in ran.err and value not in ran.err
        monkeypatch.delenv(f"MAANWERK_AGENCY_{name}")


def test_a_return_file_is_taken_in_once_and_what_is_nobodys_is_shown(
    maanwerk: Run, file: CaseFile, tmp_path: Path
) -> None:
    returned = tmp_path / "terug.csv"
    returned.write_text(GOOD)
    first = maanwerk("agency", "import", returned, "--partner", "noordkade", "--json")
    told = {"reports": 2, "new": 2, "cases": [CASE], "waiting": 1}
    assert json.loads(first.out) == told
    again = maanwerk("agency", "import", returned, "--partner", "noordkade", "--json")
    assert json.loads(again.out) == {**told, "new": 0, "cases": []}
    assert "resumed unknown" in maanwerk("agency", "reports").out
    (waiting,) = json.loads(maanwerk("agency", "reports", "--json").out)["reports"]
    assert waiting["reason"] == "nothing that went to noordkade has this key or reference"
    with file.read() as transaction:
        assert [row.name for row in transaction.inbox.waiting(CASE)] == ["agency_reported"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("status;on\npaused;2026-03-01\n", "line 1: the columns status, and submission or reference, are missing"),
        (f"status;submission\npayment;{KEY}\n", "line 2: id is missing: give each payment"),
        (f"id;status;submission;amount\np1;payment;{KEY};1.210,00\n", "line 2: amount '1.210,00' is no amount"),
        ("status;submission\npaused;\n", "line 2: submission and reference are both missing"),
    ],
)
def test_a_file_with_a_mistake_is_refused_as_a_whole_with_the_line(
    maanwerk: Run, file: CaseFile, tmp_path: Path, content: str, says: str
) -> None:
    returned = tmp_path / "terug.csv"
    returned.write_text(content)
    ran = maanwerk("agency", "import", returned, "--partner", "noordkade")
    assert ran.code == 2 and says in ran.err
    assert "was told to its cases" in maanwerk("agency", "reports").out


def test_a_person_gives_a_report_to_its_case_or_leaves_it(maanwerk: Run, file: CaseFile) -> None:
    for own in ("r1", "r2"):
        event = {"id": own, "reference": "unknown", "status": "paused", "on": "2026-03-01"}
        keep_reports(file, "noordkade", "webhook", [kept_report(event)], NOW)
    one, two = (each["number"] for each in json.loads(maanwerk("agency", "reports", "--json").out)["reports"])
    assert maanwerk("agency", "give", one, "F-1").code == 0
    assert maanwerk("agency", "dismiss", two, "--reason", "of another office").code == 0
    assert json.loads(maanwerk("agency", "reports", "--json").out) == {"reports": []}
    assert [each.act for each in acts(file)] == ["agency dismiss", "agency give"]
    assert maanwerk("agency", "give", one, "F-1").code == 2


def test_links_are_listed_and_revoked(maanwerk: Run, file: CaseFile) -> None:
    assert "No partner was mailed a link" in maanwerk("agency", "links").out
    token = make_link(file, SENT, "noordkade", datetime.now(UTC), timedelta(days=14))
    (link,) = json.loads(maanwerk("agency", "links", "--json").out)["links"]
    assert (link["state"], link["fetched"], token in str(link)) == ("opens", 0, False)
    assert maanwerk("agency", "revoke", link["link"]).code == 0
    assert "revoked" in maanwerk("agency", "links").out
    assert maanwerk("agency", "revoke", link["link"]).code == 2


def test_the_demo_agency_knows_its_conducts(maanwerk: Run) -> None:
    ran = maanwerk("agency", "demo", "--conduct", "kind")
    assert ran.code == 2 and "accepts, refuses, asks" in ran.err


def test_a_partner_in_payt_is_tried_by_the_profile_of_the_handbook(
    maanwerk: Run, file: CaseFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = (ROOT / "docs" / "handoff.md").read_text("utf-8")
    (sample,) = [block for block in re.findall(r"```yaml\n(.*?)```", written, re.DOTALL) if "channel: payt" in block]
    profile = tmp_path / "creditor.yaml"
    with payt() as double:
        named = sample.replace("https://api.paytsoftware.com", double.url).replace('"81"', f'"{ADMINISTRATION}"')
        profile.write_text((ROOT / "samples" / "creditor.yaml").read_text("utf-8") + named, "utf-8")
        missing = maanwerk("agency", "test", "payt", "--creditor", profile)
        assert missing.code == 1 and "MAANWERK_AGENCY_TOKENS has no payt=token" in missing.out
        monkeypatch.setenv("MAANWERK_AGENCY_TOKENS", f"payt={PAYT_TOKEN}")
        right = maanwerk("agency", "test", "payt", "--creditor", profile)
        assert right.code == 0 and "the administration is active, in EUR" in right.out and "PDF and UBL" in right.out
        assert double.posted == []
        monkeypatch.setenv("MAANWERK_AGENCY_TOKENS", "payt=another-token")
        wrong = maanwerk("agency", "test", "payt", "--creditor", profile)
        assert wrong.code == 1 and "401" in wrong.out and "another-token" not in wrong.out + wrong.err
    profile.write_text(profile.read_text("utf-8").replace("administration:", "administratie:"), "utf-8")
    odd = maanwerk("agency", "test", "payt", "--creditor", profile)
    assert odd.code == 2 and "creditor.yaml" in odd.err and "administratie" in odd.err
