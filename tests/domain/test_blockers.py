"""The table of holds and other blockers: what it says holds together."""

from itertools import chain

import pytest

from domain.blockers import HOLD_ENDED_BY_TASK, BlockerKind, HoldKind
from domain.messages import LiftHold, PlaceHold, Unreadable, read_message
from tests.rows import in_rows


def test_no_hold_and_no_other_blocker_share_a_name() -> None:
    names = [kind.value for kind in chain(HoldKind, BlockerKind)]
    assert len(set(names)) == len(names)


@in_rows("kind", [*HoldKind, *BlockerKind])
def test_every_blocker_has_words(kind: HoldKind | BlockerKind) -> None:
    assert kind.rule.words


@in_rows("kind", HoldKind)
def test_a_hold_that_ends_with_its_task_has_one_of_its_own(kind: HoldKind) -> None:
    rule = kind.rule
    assert rule.task is not None or not (rule.ends_with_task or rule.task_after)
    assert not rule.ends_with_task or HOLD_ENDED_BY_TASK[rule.task or ""] is kind


@pytest.mark.parametrize("name", ["place_hold", "lift_hold"])
def test_intake_may_name_a_hold_that_has_no_messages_of_its_own(name: str) -> None:
    message = read_message(name, b'{"hold": "promise"}')
    assert isinstance(message, PlaceHold | LiftHold)
    assert message.hold is HoldKind.PROMISE
    for raw in (b'{"hold": "pause"}', b'{"hold": " promise"}', b'{"hold": 5}', b'{"hold": ["promise"]}'):
        with pytest.raises(Unreadable) as refused:
            read_message(name, raw)
        assert str(refused.value) == (
            f"{name}: hold: Input should be 'onboarding_review', 'missing_from_list', 'row_unreadable',"
            " 'probable_duplicate', 'promise',"
            " 'imported', 'payment_claimed', 'payment_pending', 'set_off', 'invoice_not_received', 'contact_changed',"
            " 'post_returned', 'inbox_unread' or 'payment_run'"
        )
