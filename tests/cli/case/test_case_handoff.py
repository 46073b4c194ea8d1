"""`maanwerk case check` and `advise`, and the early approval: the hand-off at the terminal; no worker, no Temporal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.embedded import free_port
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> None:
    """One case on the ladder, without its invoice."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    row = "F-1;d1;Bakker;2026-02-01;2099-03-01;1000.00;business"
    (tmp_path / "list.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0


def test_the_check_and_the_advice_are_told_as_a_table_and_as_json(maanwerk: Run) -> None:
    told = json.loads(maanwerk("case", "check", "F-1", "--json").out)
    stops = {each["point"] for each in told["points"] if each["stops"]}
    assert told["ready"] is False
    assert stops == {"address", "description", "invoice_copy", "notice_expired", "approval"}
    shown = maanwerk("case", "check", "F-1")
    assert shown.code == 0 and "notice was not sent" in shown.out and "stops" in shown.out
    advice = json.loads(maanwerk("case", "advise", "F-1", "--json").out)
    assert advice["chance"] is None and [way["way"] for way in advice["ways"]] == ["agency", "court", "write_off"]
    assert "court fee 350.00" in maanwerk("case", "advise", "F-1").out
    assert advice["goes_with"] == []


def test_an_early_hand_off_takes_a_reason_of_the_list_only(maanwerk: Run) -> None:
    assert maanwerk("case", "approve", "F-1", "--without-notice", "impatience").code == 2
    near = maanwerk("case", "approve", "F-1", "--without-notice", "limitation_near")
    assert near.code == 1 and "not barred within 30 days" in near.out + near.err
    approved = maanwerk("case", "approve", "F-1", "--without-notice", "fraud", "--actor", "els")
    # What stops besides is said at once: it would not leave on the day that is named.
    assert "Is his address known?" in approved.out and "Did a person approve it?" not in approved.out
    told = json.loads(maanwerk("case", "check", "F-1", "--json").out)
    notice = next(each for each in told["points"] if each["point"] == "notice_expired")
    assert (notice["answer"], notice["stops"]) == ("fails", False)
    assert notice["evidence"] == "handed off before it, as els decided: fraud"


def test_the_debtors_other_invoices_are_told_with_why_they_stay_and_the_sum_that_is_approved(
    tmp_path: Path, maanwerk: Run
) -> None:
    row = "F-2;d1;Bakker;2026-02-01;2099-03-02;200.00;business"
    (tmp_path / "more.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    assert maanwerk("import", "more.csv").code == 0
    told = json.loads(maanwerk("case", "check", "F-1", "--json").out)
    assert [(each["number"], each["goes"], each["why"]) for each in told["beside"]] == [
        ("F-2", False, "notice was not sent")
    ]
    assert told["total"] == {"amount": "1000.00", "currency": "EUR"}
    assert "Together 1000.00; what does not go along stops." in maanwerk("case", "check", "F-1").out
    assert json.loads(maanwerk("case", "show", "F-1", "--json").out)["goes_with"] == []
    refused = maanwerk("case", "approve", "F-1", "--total", "1200.00", "--actor", "els")
    assert refused.code == 1 and "with this one goes nothing else" in refused.out + refused.err
    assert maanwerk("case", "approve", "F-1", "F-2", "--total", "1200.00").code == 2
