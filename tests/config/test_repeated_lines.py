"""What is logged again and again is written a few times, then counted; an error that says something new always is."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import structlog

from config.logs import configure_logs
from config.repeated_lines import SAME_EVENT, SAME_LINE, WINDOW_SECONDS, LimitedLog


@dataclass
class Log:
    """The log as it is configured, with a clock of its own."""

    stream: io.StringIO
    handler: LimitedLog
    seconds: float = 0.0

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def events(self) -> list[object]:
        return [line["event"] for line in self.lines()]

    def a_window_later(self) -> None:
        self.seconds += WINDOW_SECONDS + 1
        structlog.get_logger("maanwerk.tests").debug("not written")
        logging.getLogger("maanwerk.tests").info("later")


@pytest.fixture
def log() -> Iterator[Log]:
    stream = io.StringIO()
    configure_logs(stream=stream)
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, LimitedLog)
    found = Log(stream, handler)
    handler.clock = lambda: found.seconds
    yield found
    handler.close()


@pytest.mark.parametrize("level", [logging.INFO, logging.WARNING, logging.ERROR])
def test_ten_thousand_lines_that_say_the_same_come_to_a_handful_and_their_number_is_told(log: Log, level: int) -> None:
    logger = logging.getLogger("vendor.http")
    for _ in range(10_000):
        logger.log(level, "Invalid HTTP request received.")
    assert log.events() == ["Invalid HTTP request received."] * SAME_LINE
    log.a_window_later()
    (told,) = [line for line in log.lines() if "repeated" in str(line["event"])]
    assert told["event"] == f"Invalid HTTP request received. … repeated {10_000 - SAME_LINE} times in 61 s"
    assert (told["logger"], told["level"]) == ("vendor.http", logging.getLevelName(level).lower())
    assert len(log.stream.getvalue()) < 2000


def test_our_own_lines_are_counted_likewise(log: Log) -> None:
    for _ in range(1000):
        structlog.get_logger("maanwerk.api").warning("sendgrid_events_refused", status=403)
    assert log.events() == ["sendgrid_events_refused"] * SAME_LINE
    log.a_window_later()
    assert f"sendgrid_events_refused … repeated {1000 - SAME_LINE} times in 61 s" in log.events()


def test_lines_of_one_event_with_other_fields_are_written_more_often_and_counted_too(log: Log) -> None:
    for number in range(1000):
        structlog.get_logger("maanwerk.worker").warning("case_not_told_yet", case_id=f"case:a:{number}")
    assert log.events() == ["case_not_told_yet"] * SAME_EVENT
    log.a_window_later()
    assert f"case_not_told_yet … repeated {1000 - SAME_EVENT} times in 61 s" in log.events()


def test_an_error_that_says_something_else_is_always_written(log: Log) -> None:
    for number in range(2000):
        structlog.get_logger("maanwerk.worker").error("step_failed", case_id=f"case:a:{number}")
        logging.getLogger("temporalio.core").error("failed %s", number)
    assert len(log.lines()) == 4000


def test_an_error_with_another_cause_is_another_error(log: Log) -> None:
    logger = logging.getLogger("asyncio")
    for _ in range(10):
        for cause in (OSError("machine full"), ValueError("bad")):
            try:
                raise cause
            except (OSError, ValueError):
                logger.exception("it failed")
    assert len(log.lines()) == 2 * SAME_LINE


def test_an_error_of_our_own_with_another_cause_is_another_error(log: Log) -> None:
    for number in range(20):
        try:
            raise OSError(f"machine {number}")
        except OSError as problem:
            structlog.get_logger("maanwerk.worker").exception("it failed")
            structlog.get_logger("maanwerk.worker").error("it failed as said", exc_info=problem)
    assert len(log.lines()) == 40


def test_a_line_that_can_not_be_made_is_reported_and_no_error_of_who_logs(
    log: Log, capsys: pytest.CaptureFixture[str]
) -> None:
    log.handler.handle(logging.LogRecord("a", logging.WARNING, "", 0, "%d", ("no number",), None))
    assert "Logging error" in capsys.readouterr().err


def test_addresses_of_objects_make_no_other_error(log: Log) -> None:
    for number in range(1000):
        logging.getLogger("asyncio").error(
            f"socket.accept() out of system resource <object at {hex(number)} fd={number}>"
        )
    assert len(log.lines()) == SAME_LINE


def test_lines_about_different_cases_are_different_lines(log: Log) -> None:
    for number in range(20):
        about = {"temporal_activity": {"workflow_id": f"case:a:{number}"}}
        logging.getLogger("temporalio.activity").warning("the provider hesitates", extra=about)
    assert len({line["case_id"] for line in log.lines()}) == 20


def test_in_the_next_window_the_line_is_written_again(log: Log) -> None:
    for _ in range(3):
        for _ in range(50):
            logging.getLogger("a").warning("again")
        log.a_window_later()
    assert log.events().count("again") == 3 * SAME_LINE
    assert sum("repeated 45 times" in str(event) for event in log.events()) == 3


def test_what_was_left_out_is_told_at_the_end_too(log: Log) -> None:
    for _ in range(50):
        logging.getLogger("a").warning("again")
    log.handler.close()
    assert log.events()[-1] == f"again … repeated {50 - SAME_LINE} times in 0 s"


def test_what_was_left_out_is_told_where_nothing_more_is_logged(log: Log) -> None:
    for _ in range(50):
        logging.getLogger("a").warning("again")
    log.seconds += WINDOW_SECONDS + 1
    log.handler.tell_later_now()
    assert log.events()[-1] == f"again … repeated {50 - SAME_LINE} times in 61 s"


def test_events_without_number_take_no_memory_without_number(log: Log) -> None:
    for number in range(5000):
        logging.getLogger("a").error("error %s", number)
    assert log.handler.counted <= 1000


def test_a_stream_that_is_closed_first_is_no_error(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(50):
        logging.getLogger("a").warning("again")
    log.stream.close()
    log.handler.close()
    assert capsys.readouterr().err == ""
    log.handler.stream = io.StringIO()
