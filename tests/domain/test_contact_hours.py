"""No natural person is reached outside 07:00 to 20:00, on a Sunday or a holiday, whatever policy or calendar."""

from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import facts as f
from domain.calendar import holidays
from domain.invoice import Kind, LegalStatus, TermBasis, YesNoUnknown
from domain.policy_check import check_policy
from tests.domain.builders import Life, day, hand_off, invoice, policy, send

ANYBODY = st.builds(
    LegalStatus, natural_person=st.sampled_from(YesNoUnknown), in_business=st.sampled_from(YesNoUnknown)
)
HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AGREED = {"term_basis": TermBasis.AGREED}


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, Any] | None:
    if draw(st.integers(0, 4)) == 0:
        return None
    opens, closes = draw(HOURS)
    return {
        "zone": draw(st.sampled_from(("Europe/Amsterdam", "Europe/Brussels"))),
        "holidays": draw(st.sampled_from((None, "NL", "BE"))),
        "days": draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True)),
        "from": f"{opens:02}:00",
        "until": f"{closes:02}:00" if closes < 24 else "23:59",
    }


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    calendars(),
    ANYBODY,
    st.sampled_from((None, "NL", "BE")),
    st.sampled_from((None, "consumer", "business")),
    st.dates(date(2026, 11, 20), date(2027, 1, 5)),
)
def test_natural_persons_are_reached_in_their_hours(
    hours: dict[str, Any] | None, status: LegalStatus, law: str | None, kind: str | None, due: date
) -> None:
    rules = policy(
        send("one", {"after_due": "0d"}, letter="reminder", repeat={"every": "1d", "at_most": 6}),
        calendar=hours,
        law=law,
        kind=kind,
    )
    issued = (due - timedelta(days=14)).isoformat()
    inv = invoice(issued, due.isoformat()).model_copy(update={"legal_status": status})
    lived = Life(rules, inv, due.isoformat()).live((due + timedelta(days=60)).isoformat())
    sent = [x for x in lived.facts if isinstance(x, f.StepTaken)]
    assert len(sent) == 6
    may_be = status.natural_person is not YesNoUnknown.NO
    natural = status.natural_person is YesNoUnknown.YES or kind == "consumer" or (law is not None and may_be)
    zone = rules.sending_calendar.zone
    kept = (hours or {}).get("holidays") or law or ("BE" if zone == "Europe/Brussels" else "NL")
    for each in sent:
        assert each.on > due, "not on the due date itself"
        if natural:
            at = each.at.astimezone(ZoneInfo(zone))
            assert time(7) <= at.time() < time(20)
            assert at.weekday() != 6
            assert at.date() not in holidays(kept, at.year)


def test_a_business_is_reached_when_its_policy_says() -> None:
    early = {"days": ["sun"], "from": "05:00", "until": "06:00"}
    lived = Life(policy(send("one", {"after_due": "5d"}), calendar=early), invoice()).live("2026-03-31")
    (sent,) = [x for x in lived.facts if isinstance(x, f.StepTaken)]
    assert (sent.on, sent.at.astimezone(ZoneInfo("Europe/Amsterdam")).hour) == (day("2026-03-08"), 5)


def test_a_reminder_on_the_due_date_is_a_warning() -> None:
    found = check_policy(policy(send("one", {"after_due": "0d"})), ("one",))
    assert [(each.severity, each.loc) for each in found] == [("warning", ("steps", 0, "when", "after_due"))]


# The hand-off ----------------------------------------------------------------------------------------------


def business() -> Life:
    rules = policy(
        send("notice", {"after_due": "14d"}, send=["post"], announces=["costs", "handoff"], term="14d"),
        hand_off({"term_expired": "notice"}),
        law="NL",
    )
    return Life(rules, invoice("2026-01-15", "2026-02-01", "500.00", Kind.CONSUMER).model_copy(update=AGREED))


def test_a_consumer_without_a_final_demand_is_not_handed_off_and_a_person_is_asked() -> None:
    lived = business().live("2026-06-30")
    assert [entry.split()[1] for entry in lived.steps] == ["notice"]
    assert "send_final_demand" in lived.open_tasks()
    lived.ask("complete_task", {"task": "send_final_demand"})
    assert "send_final_demand" not in lived.open_tasks()
    lived.live("2026-09-30")
    assert not lived.case.handed_off
    assert "send_final_demand" in lived.open_tasks()


def test_under_a_policy_with_a_final_demand_it_goes_on_and_takes_seven_days() -> None:
    lived = business().live("2026-03-31")
    target = policy(
        send("letter", {"after_due": "14d"}, send=["post"], letter="notice", announces=["costs"], term="14d"),
        send("final", {"term_expired": "letter"}, letter="final_demand", claims="all"),
        hand_off({"term_expired": "letter"}),
        law="NL",
    ).model_copy(update={"policy": "other"})
    lived.lookup.policies["other", 1] = target
    lived.ask("change_policy", {"policy": "other"})
    lived.policy = target
    lived.live("2026-06-30")
    days = {entry.split()[1]: day(entry.split()[0]) for entry in lived.steps}
    assert list(days) == ["letter", "final", "handoff"]
    assert days["handoff"] - days["final"] >= timedelta(days=7)
