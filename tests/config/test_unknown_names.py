"""A variable `MAANWERK_…` that names no setting is told, with the one that was meant."""

from __future__ import annotations

import pytest

from config.settings import Settings
from config.unknown_names import unknown_names


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("MAANWERK_DATABSE", "MAANWERK_DATABASE"),
        ("MAANWERK_OUT_BOX", "MAANWERK_OUTBOX"),
        ("MAANWERK_SENDGRID_APIKEY", "MAANWERK_SENDGRID_API_KEY"),
        ("MAANWERK_TASKQUEUE", "MAANWERK_TASK_QUEUE"),
    ],
)
def test_a_slip_is_told_with_the_setting_that_was_meant(written: str, meant: str) -> None:
    assert unknown_names([written]) == [f"{written}: there is no such setting; did you mean {meant}?"]


def test_a_name_that_is_like_none_is_told_too() -> None:
    assert unknown_names(["MAANWERK_XYZZY"]) == [
        "MAANWERK_XYZZY: there is no such setting; docs/operating.md names them all"
    ]


def test_every_setting_is_known_in_small_letters_too() -> None:
    names = [f"MAANWERK_{name}" for name in Settings.model_fields]
    assert unknown_names([*map(str.upper, names), *map(str.lower, names)]) == []


def test_variables_of_others_are_passed_over() -> None:
    assert unknown_names(["PATH", "TEMPORAL_ADDRESS", "MAANWERKER", "MY_MAANWERK_DATABASE"]) == []


def test_what_kubernetes_sets_for_a_service_of_our_name_is_no_setting() -> None:
    of_service = ["MAANWERK_PORT", "MAANWERK_PORT_8234_TCP", "MAANWERK_PORT_8234_TCP_ADDR", "MAANWERK_SERVICE_HOST"]
    of_another = ["MAANWERK_WORKER_SERVICE_PORT_HTTP", "MAANWERK_WORKER_PORT_8234_TCP_PROTO"]
    assert unknown_names([*of_service, *of_another]) == []
