"""An edited policy is compared over HTTP: as the service does, refused by line and field, and nothing is recorded."""

from __future__ import annotations

from casefile.api_keys import Role
from casefile.case_file import CaseFile
from policies.load import load_policy
from services.policy_change import policy_change
from tests.api.operator.standing import NOW, Standing

EDITED = "policy: test\nversion: 2\nsteps:\n  - {id: reminder, when: {after_due: 9d}, send: email}\n"


async def test_it_says_what_the_service_says_and_changes_nothing(api: Standing, file: CaseFile) -> None:
    with file.read() as transaction:
        before = [len(transaction.cases.facts(case_id)) for case_id in transaction.cases.ids()]
    told = await api.json("POST", "/policies/diff", {"policy": EDITED}, role=Role.OPERATE)
    said = policy_change(file, load_policy(EDITED, "policy").policy, NOW, sample=1000, most=100)
    assert told == said.model_dump(mode="json") and said.looked_at
    with file.read() as transaction:
        assert [len(transaction.cases.facts(case_id)) for case_id in transaction.cases.ids()] == before


async def test_what_can_not_be_used_is_named_by_line_and_field(api: Standing) -> None:
    refused = await api.ask("POST", "/policies/diff", {"policy": EDITED.replace("9d", "soon")})
    assert refused.status_code == 422
    assert (refused.json()["rule"], "policy:4:" in refused.json()["detail"]) == ("unusable_policy", True)
    for body in ({}, {"policy": ""}, {"policy": EDITED, "sample": 10_001}, {"policy": EDITED, "more": 1}):
        assert (await api.ask("POST", "/policies/diff", body)).status_code == 422, body
