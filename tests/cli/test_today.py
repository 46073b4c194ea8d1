"""`maanwerk today`, `figures` and `sending`: from the case file alone, while neither worker nor Temporal runs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casefile.acts import acts
from casefile.opening import open_case_file
from casefile.session import reading
from engine.embedded import free_port
from services.figures.figures import figures_of
from services.today.day import office_day
from services.today.morning import morning_of
from tests.cli.case.test_case import CREDITOR, HEADER, LADDER
from tests.cli.running import Run

ROWS = ("F-1;d1;Bakker;2026-01-01;2026-03-01;1000.00;business", "F-2;d2;Loef;2026-01-01;2026-03-08;50.00;business")


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maanwerk: Run) -> Path:
    """Two invoices; no worker, no Temporal."""
    (tmp_path / "creditor.yaml").write_text(CREDITOR.format(id="maan"), encoding="utf-8")
    (tmp_path / "ladder.yaml").write_text(LADDER, encoding="utf-8")
    (tmp_path / "list.csv").write_text("\n".join((HEADER, *ROWS)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.delenv("MAANWERK_DATABASE", raising=False)
    assert maanwerk("import", "list.csv").code == 0
    return tmp_path


def test_the_commands_show_what_the_services_say(maanwerk: Run) -> None:
    shown = json.loads(maanwerk("today", "--json").out)
    figures = json.loads(maanwerk("figures", "--json").out)
    file = open_case_file("sqlite:///var/case-file.sqlite3", create=False)
    said = morning_of(file, datetime.now(UTC)).model_dump(mode="json")
    with reading(file.database) as session:
        assert figures == figures_of(session, office_day(datetime.now(UTC))).model_dump(mode="json")
    assert json.loads(maanwerk("figures", "--creditor", "maan", "--json").out) == figures
    nobody = maanwerk("figures", "--creditor", "none")
    assert nobody.code == 2 and "there are: maan" in nobody.err
    file.database.close()
    assert {**shown, "at": ""} == {**said, "at": ""}


def test_the_screen_has_its_eight_blocks_in_their_order(maanwerk: Run) -> None:
    out = maanwerk("today").out
    heads = [line for line in out.splitlines() if line[:1].isdigit() and line[1:3] == "  "]
    blocks = ["May we send?", "Money overnight", "Going out today", "Needs me", "Deadlines", "Calls", "Stuck money"]
    assert [line[3:].partition(":")[0] for line in heads] == [*blocks, "Figures"]
    assert "Open by days late, EUR" in maanwerk("figures").out


def test_sending_is_stopped_and_goes_on_with_who_and_why(maanwerk: Run) -> None:
    assert maanwerk("sending", "show").out == "Sending is not stopped.\n"
    stopped = maanwerk("sending", "stop", "--reason", "price list is wrong", "--actor", "hendrik")
    assert stopped.code == 0 and "hendrik stopped it on" in stopped.out and "price list is wrong" in stopped.out
    assert "no, it is stopped" in maanwerk("today").out
    shown = json.loads(maanwerk("sending", "show", "--json").out)["stopped"]
    assert (shown["actor"], shown["reason"]) == ("hendrik", "price list is wrong")
    assert maanwerk("sending", "resume", "--actor", "marieke").code == 0
    again = maanwerk("sending", "resume")
    assert (again.code, again.err) == (2, "sending is not stopped (maanwerk sending show)\n")
    file = open_case_file("sqlite:///var/case-file.sqlite3", create=False)
    done = [(each.act, each.actor, each.outcome) for each in acts(file)]
    file.database.close()
    assert done == [("resume_sending", "marieke", "done"), ("stop_sending", "hendrik", "done")]


def test_a_stop_wants_a_reason_and_a_day_that_can_be(maanwerk: Run) -> None:
    empty = maanwerk("sending", "stop", "--reason", " ")
    assert (empty.code, empty.err) == (2, "say why nothing is to be sent\n")
    far = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    late = maanwerk("sending", "stop", "--reason", "x", "--until", far)
    assert late.code == 2 and "can't be the first free day" in late.err
