"""Of a test little is said to the process that leads, and never less than that it did not go well."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.reports import is_brief, run_briefly

pytest_plugins = ["pytester"]

EVERY_END = """
    import pytest

    @pytest.fixture
    def broken_before():
        raise OSError

    @pytest.fixture
    def broken_after():
        yield
        raise OSError

    def test_passes(): pass
    def test_fails(): assert False
    def test_is_skipped(): pytest.skip("no")
    @pytest.mark.skip
    def test_is_never_begun(): pass
    @pytest.mark.xfail(strict=True)
    def test_fails_as_expected(): assert False
    @pytest.mark.xfail(strict=True)
    def test_passes_unexpectedly(): pass
    def test_can_not_begin(broken_before): pass
    def test_can_not_be_cleared_away(broken_after): pass
    def test_fails_and_can_not_be_cleared_away(broken_after): assert False
"""
AS_TYPED_BY_MAKE = {"verbose": -1, "maxfail": 0, "durations": None, "reportchars": "fE", "xmlpath": None}


class Briefly:
    """As a process of `make test` runs tests."""

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        return run_briefly(item, nextitem)


def said(pytester: pytest.Pytester, *plugins: object) -> list[pytest.TestReport]:
    found = pytester.inline_run("-p", "no:xdist", "-p", "no:asyncio", plugins=plugins)
    return [call.report for call in found.getcalls("pytest_runtest_logreport")]


def test_what_is_said_is_what_pytest_says_without_what_went_well_before_and_after(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(EVERY_END)
    everything, briefly = said(pytester), said(pytester, Briefly())
    assert len(everything) == 25
    assert [(each.nodeid, each.when, each.outcome, hasattr(each, "wasxfail")) for each in briefly] == [
        (each.nodeid, each.when, each.outcome, hasattr(each, "wasxfail"))
        for each in everything
        if each.when == "call" or each.outcome != "passed"
    ]
    assert {each.nodeid for each in briefly} == {each.nodeid for each in everything}


def test_as_make_types_it_little_is_said() -> None:
    assert is_brief(SimpleNamespace(**AS_TYPED_BY_MAKE))


@pytest.mark.parametrize(
    "asked",
    [{"verbose": 0}, {"verbose": 1}, {"maxfail": 1}, {"durations": 10}, {"reportchars": "P"}, {"xmlpath": "found.xml"}],
    ids=str,
)
def test_who_asks_for_more_gets_it(asked: dict[str, object]) -> None:
    assert not is_brief(SimpleNamespace(**AS_TYPED_BY_MAKE | asked))
