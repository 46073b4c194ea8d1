"""What a run was told is in the inbox once, whoever put it there first, and under whatever id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, select

from casefile import tables as t
from casefile.case_file import CaseFile
from casefile.metrics import case_metrics
from casefile.rescued import Heard, rescue
from casefile.searched_runs import SearchedRun, searched, searched_runs_of, was_searched
from tests.casefile.builders import CASE, NOW, furnish, opened

RUN = "01a21cb6-bee5-71f3-8d3a-7502bd42b3fa"


def arrivals(contents: Sequence[str]) -> list[Heard]:
    """These contents in order of arrival: a capital brings an id of its own, the others are the k-th of their kind."""
    times: Counter[str] = Counter()
    heard = []
    for content in contents:
        times[content] += 1
        anonymous = content.islower()
        id = f"{content}:{times[content]}" if anonymous else f"own:{content}"
        heard.append(Heard(id, anonymous, "payment_received", content.encode()))
    return heard


def inbox(file: CaseFile) -> Counter[str]:
    with file.read() as transaction:
        return Counter(body.decode() for body in transaction.session.connection.scalars(select(t.inbox.c.body)))


def test_what_is_not_there_is_put_there_in_its_order_and_a_second_time_nothing(file: CaseFile) -> None:
    heard = arrivals("aAab")
    with file.write(CASE) as transaction:
        assert rescue(transaction, CASE, heard, NOW, NOW) == 4
        assert [row.id for row in transaction.inbox.waiting(CASE)] == [each.id for each in heard]
    with file.write(CASE) as transaction:
        assert rescue(transaction, CASE, heard, NOW, NOW) == 0


def test_a_payment_that_is_rescued_crosses_what_is_under_way_like_any_other(file: CaseFile) -> None:
    with file.write(CASE) as transaction:
        rescue(transaction, CASE, arrivals("a"), NOW, NOW)
        (row,) = transaction.inbox.waiting(CASE)
    assert (row.name, row.raw, row.answered) == ("payment_received", b"a", False)


def test_equal_messages_of_an_earlier_run_do_not_stand_for_those_of_this_one(file: CaseFile) -> None:
    """Also those that it recorded under ids that nobody can find again."""
    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, "0" * 32, "payment_received", b"a", NOW - timedelta(days=1))
        assert rescue(transaction, CASE, arrivals("a"), NOW, NOW) == 1


def test_what_the_run_before_handed_over_under_an_old_id_stands_for_itself_only(file: CaseFile) -> None:
    carried = Heard("f" * 32, True, "payment_received", b"a")
    with file.write(CASE) as transaction:
        transaction.inbox.accept(CASE, carried.id, "payment_received", b"a", NOW)
        assert rescue(transaction, CASE, [carried, *arrivals("a")], NOW, NOW) == 1


def test_for_a_case_that_does_not_exist_it_goes_to_the_quarantine(file: CaseFile) -> None:
    stranger = f"{CASE}-stranger"
    with file.write(stranger) as transaction:
        assert rescue(transaction, stranger, arrivals("aa"), NOW, NOW) == 2
    with file.read() as transaction:
        assert [(each.case_id, each.known) for each in transaction.quarantine.unsettled()] == [(stranger, False)] * 2
        assert not transaction.inbox.undelivered()


def test_a_searched_run_is_known_and_counted(file: CaseFile) -> None:
    run = SearchedRun(RUN, "terminated", NOW, found=5, rescued=3)
    with file.write(CASE) as transaction:
        for _ in range(2):
            searched(transaction.session, CASE, run)
        assert was_searched(transaction.session, (RUN, "another")) == {RUN}
        assert searched_runs_of(transaction.session, CASE) == (run,)
    assert case_metrics(file, NOW).rescued == 3


def test_of_a_long_history_all_is_found(file: CaseFile) -> None:
    heard = [Heard(f"m{number}", True, "payment_received", b"%d" % number) for number in range(1201)]
    with file.write(CASE) as transaction:
        assert rescue(transaction, CASE, heard, NOW, NOW) == 1201
        assert rescue(transaction, CASE, heard, NOW, NOW) == 0


def test_however_much_was_recorded_by_whatever_worker_each_arrival_is_there_once(tmp_path: Path) -> None:
    file = opened(tmp_path / "f.sqlite3")
    with file.write() as transaction:
        furnish(transaction)

    @settings(max_examples=60, deadline=None)
    @given(
        contents=some.text("abA", min_size=1, max_size=12),
        old=some.integers(min_value=0, max_value=12),
        recorded=some.integers(min_value=0, max_value=12),
        again=some.booleans(),
    )
    def holds(contents: str, old: int, recorded: int, *, again: bool) -> None:
        """An old worker recorded the first `old` messages, a new one those up to `recorded`; the rest nobody."""
        heard = arrivals(contents)
        with file.write(CASE) as transaction:
            transaction.session.connection.execute(delete(t.inbox))
            for number, each in enumerate(heard[: max(old, recorded)]):
                under = f"{number:032x}" if number < old and each.anonymous else each.id
                transaction.inbox.accept(CASE, under, each.name, each.raw, NOW)
            for _ in range(2 if again else 1):
                rescue(transaction, CASE, heard, NOW, NOW)
        expected = Counter(contents)
        assert inbox(file) == {each: number if each.islower() else 1 for each, number in expected.items()}

    holds()
