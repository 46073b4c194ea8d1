"""Messages that came before their case: kept, shown, and the case's own once there is one."""

from datetime import UTC, datetime
from pathlib import Path

from activities.case_activities import FileCaseActivities
from activities.contracts import AdvanceRequest, Delivered
from gateways.dossier import build_dossier
from tests.casefile.builders import CASE, furnish, opened

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_what_came_before_its_case_is_shown_and_paid_once_the_case_is_there(tmp_path: Path) -> None:
    file = opened(tmp_path / "case-file.sqlite3")
    activities = FileCaseActivities(file=file, gateways={}, dossier=build_dossier)
    early = Delivered(id="d1", name="payment_received", raw=b'{"id": "p1", "amount": "100.00"}')
    turn = await activities.advance(AdvanceRequest(case_id=CASE, at=AT, messages=(early,), all_of_timeline=True))
    # Its run waits: a case that is not in the file, or not yet, never ends.
    assert (turn.action, turn.at, turn.summary) == ("wait", None, f"there is no case {CASE} in the case file")
    with file.read() as transaction:
        (kept,) = transaction.quarantine.unsettled()
    assert (kept.case_id, kept.name, kept.known) == (CASE, "payment_received", False)

    with file.write() as transaction:
        furnish(transaction)
    with file.read() as transaction:
        assert [each.known for each in transaction.quarantine.unsettled()] == [True]
        before = transaction.cases.load(CASE).case.open
        assert transaction.cases.load(CASE).case.quarantined == (kept.id,)
    request = Delivered(id="d2", name="resubmit_quarantined", raw=b'{"of": "%s"}' % kept.id.encode(), answered=True)
    turn = await activities.advance(AdvanceRequest(case_id=CASE, at=AT, messages=(request,), seen=turn.seen))
    assert [answer.refusal for answer in turn.answers] == [None]
    with file.read() as transaction:
        assert transaction.quarantine.unsettled() == ()
        assert (before - transaction.cases.load(CASE).case.open).text == "100.00"
    file.database.close()


async def test_a_message_for_a_case_that_never_comes_can_be_laid_aside(tmp_path: Path) -> None:
    file = opened(tmp_path / "case-file.sqlite3")
    activities = FileCaseActivities(file=file, gateways={}, dossier=build_dossier)
    lost = Delivered(id="d1", name="payment_received", raw=b'{"id": "p1", "amount": "100.00"}')
    await activities.advance(AdvanceRequest(case_id=CASE, at=AT, messages=(lost,), all_of_timeline=True))
    with file.write(CASE) as transaction:
        transaction.quarantine.dismiss_stranger(CASE, transaction.quarantine.unsettled()[0].id)
        assert transaction.quarantine.unsettled() == ()
    file.database.close()
