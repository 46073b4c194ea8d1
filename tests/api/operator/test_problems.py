"""Refusals are problem+json, name a rule, and never repeat what was sent; every answer has safe headers."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DataError, OperationalError
from structlog.testing import capture_logs

from casefile.case_file import CaseFile
from tests.api.operator.standing import CASE, Standing

SAFE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


@pytest.mark.parametrize(
    ("method", "path", "status", "rule"),
    [
        ("GET", "/sesame", 404, "no_such_address"),
        ("DELETE", "/cases", 405, "no_such_method"),
        ("GET", "/cases?limit=sesame", 422, "unusable_request"),
        ("GET", "/cases?limit=501", 422, "unusable_request"),
        ("GET", "/cases?offset=-1", 422, "unusable_request"),
        ("GET", "/cases?sort=sesame", 422, "unusable_request"),
        ("GET", "/cases?stage=a%00sesame", 422, "unusable_request"),
        ("GET", f"/cases/{'sesame' * 200}", 422, "unusable_request"),
        ("GET", "/cases/sesame", 404, "no_such_case"),
    ],
)
async def test_a_refusal_has_one_form_and_does_not_repeat_what_was_sent(
    api: Standing, method: str, path: str, status: int, rule: str
) -> None:
    answer = await api.ask(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["rule"], body["type"]) == (status, rule, "about:blank")
    assert body["title"] and body["detail"]
    assert "sesame" not in answer.text


async def test_a_case_file_that_is_away_is_503_and_may_be_tried_again(api: Standing) -> None:
    api.worker.breaks = OperationalError("SELECT secret", {}, Exception("disk gone"))
    with capture_logs() as logs:
        answer = await api.ask("POST", f"/cases/{CASE}/pause_case", {})
    assert (answer.status_code, answer.json()["rule"]) == (503, "case_file_away")
    assert answer.headers["retry-after"] == "5"
    assert "disk" not in answer.text and "secret" not in answer.text
    assert [each["event"] for each in logs] == ["case_file_does_not_answer"]


@pytest.mark.parametrize("fault", [RuntimeError("sesame"), DataError("INSERT sesame", {}, Exception("sesame"))])
async def test_a_fault_of_ours_is_500_in_the_same_form_with_the_same_headers(api: Standing, fault: Exception) -> None:
    api.worker.breaks = fault
    answer = await api.ask("POST", f"/cases/{CASE}/pause_case", {})
    assert (answer.status_code, answer.json()["rule"]) == (500, "at_fault")
    assert "sesame" not in answer.text
    assert SAFE.items() <= dict(answer.headers).items()


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/healthz"), ("GET", "/cases"), ("GET", "/none"), ("POST", "/cases/x/pause_case")]
)
async def test_every_answer_has_headers_that_keep_it_safe(api: Standing, method: str, path: str) -> None:
    for role in (None, *api.secrets):
        answer = await api.ask(method, path, role=role)
        assert SAFE.items() <= dict(answer.headers).items()
        assert "strict-transport-security" not in answer.headers, "plain HTTP does not promise TLS"
        assert "server" not in answer.headers


async def test_the_metrics_count_by_route_and_name_no_case(api: Standing) -> None:
    await api.ask("GET", f"/cases/{CASE}")
    await api.ask("GET", "/sesame")
    counted = (await api.ask("GET", "/metrics", role=None)).text
    assert 'maanwerk_api_requests_total{route="/cases/{case_id}",status="200"} 1.0' in counted
    assert 'maanwerk_api_requests_total{route="none",status="404"} 1.0' in counted
    assert CASE not in counted and "sesame" not in counted


async def test_ready_is_who_has_a_case_file(api: Standing, file: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await api.ask("GET", "/readyz", role=None)).json() == {"case_file": "ok"}

    def away(_: CaseFile) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("api.operator.application.must_answer", away)
    answer = await api.ask("GET", "/readyz", role=None)
    assert (answer.status_code, answer.json()) == (503, {"case_file": "does not answer"})
    assert (await api.ask("GET", "/healthz", role=None)).status_code == 200
