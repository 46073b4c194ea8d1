"""What a list of open items means for cases that are new, and for cases that are known."""

from datetime import UTC, date, datetime

import pytest

from domain.case import Case, apply, fold
from domain.facts import DueDateChanged, HoldKind, HoldPlaced, StepTaken, TaskRaised
from domain.invoice import ClaimBasis
from domain.money import Money
from domain.parties import Contact, Creditor, Debtor, PolicyRule
from domain.policy import Policy
from domain.terms import CreditorTerms, DeliveryDays
from intake.comparing import (
    CannotImport,
    Change,
    ChangeKind,
    KnownCase,
    compare,
    debtor_of,
    import_id,
    missing_from_list,
    open_item,
    settle_known,
)
from intake.open_items.reading import OpenItemsFile, read_open_items

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
TODAY = date(2026, 3, 10)

POLICY = Policy.model_validate(
    {
        "policy": "plain",
        "law": "NL",
        "steps": [
            {"id": "reminder", "when": {"after_due": "5d"}, "send": ["email"]},
            {"id": "call", "when": {"after_due": "17d"}, "task": "call"},
            {"id": "notice", "when": {"after_due": "24d"}, "send": ["post"], "term": "14d"},
            {"id": "handoff", "when": {"term_expired": "notice"}, "hand_off": "agency"},
        ],
    }
)
NO_NOTICE = Policy.model_validate(
    {"policy": "gentle", "steps": [{"id": "reminder", "when": {"after_due": "5d"}, "send": ["email"]}]}
)
CREDITOR = Creditor(
    id="maan",
    name="Maan B.V.",
    iban="NL91ABNA0417164300",
    email="maan@maan.example",
    policies=(PolicyRule(policy="gentle", tag="gentle"), PolicyRule(policy="plain")),
)
POLICIES = {"plain": POLICY, "gentle": NO_NOTICE}


def read(**cells: str) -> OpenItemsFile:
    """A list of one row: invoice F-1 of 1000.00, due on 1 March 2026, where the cells say nothing else."""
    row = {
        "number": "F-1",
        "debtor_number": "d1",
        "debtor_name": "Bakker",
        "invoice_date": "2026-02-01",
        "due": "2026-03-01",
        "amount": "1000.00",
        "kind": "business",
        **cells,
    }
    text = ";".join(row) + "\n" + ";".join(row.values())
    return read_open_items(text.encode(), file="list.csv", today=TODAY)


def changes(case: Case, name: str = "import:list", today: date = TODAY, **cells: str) -> tuple[Change, ...]:
    (item,) = read(**cells).items
    return compare(item, KnownCase.of("case:maan:2026-F-1", case, ()), name, today)


def opened(**cells: str) -> Case:
    (item,) = read(**cells).items
    _, facts = open_item(item, CREDITOR, POLICIES, AT)
    return fold(facts)


# New cases ---------------------------------------------------------------------------------------------------


def test_an_old_invoice_without_history_waits_for_a_person() -> None:
    case = opened(due="2026-02-05", invoice_date="2026-01-05")
    assert [hold.kind for hold in case.holds] == [HoldKind.ONBOARDING_REVIEW]
    assert case.open_task("onboarding_review") is not None


def test_an_old_invoice_with_its_history_does_not_wait() -> None:
    case = opened(due="2026-02-05", invoice_date="2026-01-05", last_step="reminder", last_contact_on="2026-02-20")
    assert case.holds == ()
    assert [(step.step, step.on) for step in case.taken] == [("reminder", date(2026, 2, 20))]


@pytest.mark.parametrize("proof", ["presumed", "delivered", "confirmed"])
def test_a_notice_with_proof_counts_as_received_on_the_day_the_law_presumes(proof: str) -> None:
    # Posted on Tuesday 3 March: the third delivery day after it (norm of two and one of margin) is Friday 6 March.
    case = opened(invoice_date="2026-01-05", due="2026-02-01", notice_posted_on="2026-03-03", notice_proof=proof)
    (notice,) = case.taken
    assert (notice.step, notice.on, notice.received_on) == ("notice", date(2026, 3, 3), date(2026, 3, 6))


@pytest.mark.parametrize(("posted", "received"), [("2026-03-03", "2026-03-05"), ("2026-02-17", "2026-02-21")])
def test_a_notice_counts_as_received_by_the_mail_product_of_the_profile(posted: str, received: str) -> None:
    # Two delivery days from 1 March on, so Tuesday 3 March reaches him on Thursday; four before, so Tuesday 17 February
    # on Saturday.
    mail = (DeliveryDays(days=4), DeliveryDays(since=date(2026, 3, 1), days=2))
    creditor = CREDITOR.model_copy(update={"terms": CreditorTerms(mail=mail)})
    (item,) = read(invoice_date="2026-01-05", due="2026-02-01", notice_posted_on=posted, notice_proof="presumed").items
    _, facts = open_item(item, creditor, POLICIES, AT)
    (notice,) = fold(facts).taken
    assert notice.received_on == date.fromisoformat(received)


def test_a_notice_from_before_the_mail_product_of_the_profile_arrived_by_the_norm() -> None:
    mail = (DeliveryDays(since=date(2026, 3, 5), days=5),)
    creditor = CREDITOR.model_copy(update={"terms": CreditorTerms(mail=mail)})
    (item,) = read(
        invoice_date="2026-01-05", due="2026-02-01", notice_posted_on="2026-03-03", notice_proof="presumed"
    ).items
    _, facts = open_item(item, creditor, POLICIES, AT)
    # Tue 3 March, the third delivery day after it: Friday the 6th.
    assert [x.received_on for x in facts if x.kind == "step_taken"][:1] == [date(2026, 3, 6)]


def test_what_the_list_says_of_the_invoice_is_kept_with_it() -> None:
    invoice = opened(
        product="Drie banken",
        goods="yes",
        delivered_on="2026-02-20",
        contract="C-9",
        claim_basis="damages",
        payment_link="https://pay.example/x7Kq",
        payment_reference="RF18 5390 0754 7034",
    ).invoice
    assert (invoice.product, invoice.goods, invoice.delivered_on) == ("Drie banken", True, date(2026, 2, 20))
    assert (invoice.contract, invoice.claim_basis) == ("C-9", ClaimBasis.DAMAGES)
    assert (invoice.payment_link, invoice.payment_reference) == ("https://pay.example/x7Kq", "RF18 5390 0754 7034")


def test_a_notice_without_proof_is_repeated() -> None:
    case = opened(invoice_date="2026-01-05", due="2026-02-01", notice_posted_on="2026-03-03")
    assert [step.step for step in case.taken] == ["call"]
    assert case.taken[0].on == date(2026, 3, 3)


def test_a_notice_where_the_policy_has_none_is_refused_with_its_column() -> None:
    with pytest.raises(CannotImport) as refused:
        opened(tags="gentle", notice_posted_on="2026-03-03")
    assert refused.value.column == "notice_posted_on"
    assert "gentle" in str(refused.value)


def test_an_unknown_last_step_is_refused_with_the_steps_that_are_known() -> None:
    with pytest.raises(CannotImport) as refused:
        opened(last_step="third_reminder")
    assert refused.value.column == "last_step"
    assert "reminder, call, notice, handoff" in str(refused.value)


def test_an_invoice_that_no_rule_fits_is_refused() -> None:
    creditor = CREDITOR.model_copy(update={"policies": (PolicyRule(policy="plain", tag="vip"),)})
    (item,) = read().items
    with pytest.raises(CannotImport, match="no rule of creditor maan"):
        open_item(item, creditor, POLICIES, AT)


def test_a_hold_of_the_old_system_goes_on() -> None:
    case = opened(hold="in overleg", hold_until="2026-04-01")
    (hold,) = case.holds
    assert (hold.kind, hold.until) == (HoldKind.IMPORTED, date(2026, 4, 1))


def test_what_was_paid_before_counts() -> None:
    assert opened(open="400.00").open == Money.parse("400.00", "EUR")


# Known cases -------------------------------------------------------------------------------------------------


def test_a_row_that_agrees_with_its_case_changes_nothing() -> None:
    assert changes(opened()) == ()


def test_a_lower_open_amount_is_a_payment_of_the_difference() -> None:
    (change,) = changes(opened(), open="400.00")
    assert (change.kind, change.name) == (ChangeKind.PAYMENT, "payment_received")
    assert change.content == {
        "id": "import:list:2026-F-1",
        "amount": "600.00",
        "currency": "EUR",
        "credited_on": "2026-03-10",
        "actor": "import",
    }


def test_a_higher_open_amount_is_a_task_once() -> None:
    case = opened(open="400.00")
    (change,) = changes(case)
    assert (change.name, change.content["task"]) == ("raise_task", "amount_raised")
    done = apply(case, TaskRaised(id=f"task:{change.content['id']}", at=AT, on=TODAY, task=change.content["task"]))
    assert changes(done, name="import:tomorrow") == ()


def test_a_changed_due_date_moves_the_due_date() -> None:
    (change,) = changes(opened(), due="2026-03-15")
    assert (change.name, change.content["due"]) == ("change_due_date", "2026-03-15")


def test_a_due_date_that_a_person_moved_is_not_moved_back_by_the_same_list() -> None:
    case = apply(opened(), DueDateChanged(id="due:desk:1", at=AT, on=TODAY, due=date(2026, 4, 1), actor="j"))
    assert changes(case) == ()


def test_a_due_date_that_an_earlier_list_moved_is_moved_again_by_a_later_one() -> None:
    moved = DueDateChanged(id="due:import:first:2026-F-1", at=AT, on=TODAY, due=date(2026, 3, 15), actor="import")
    case = apply(opened(), moved)
    (item,) = read().items
    (change,) = compare(item, KnownCase.of("case:maan:2026-F-1", case, (moved,)), "import:second", TODAY)
    assert change.content["due"] == "2026-03-01"


def test_another_currency_is_refused() -> None:
    with pytest.raises(CannotImport) as refused:
        changes(opened(), currency="USD")
    assert refused.value.column == "currency"


def test_a_row_with_nothing_open_pays_the_rest() -> None:
    (settled,) = read(open="0.00").settled
    (change,) = settle_known(settled, KnownCase.of("c", opened(open="400.00"), ()), "import:list", TODAY)
    assert (change.name, change.content["amount"]) == ("payment_received", "400.00")


def test_a_case_missing_from_a_complete_list_waits_and_a_person_is_asked() -> None:
    hold, task = missing_from_list(KnownCase.of("c", opened(), ()), "import:list", TODAY)
    assert (hold.name, hold.content["hold"]) == ("place_hold", "missing_from_list")
    assert (task.name, task.content["task"]) == ("raise_task", "missing_from_list")


def test_a_case_that_an_agency_has_is_not_expected_in_the_list() -> None:
    case = opened(handed_off="yes")
    assert case.handed_off
    assert missing_from_list(KnownCase.of("c", case, ()), "import:list", TODAY) == ()


def test_a_case_back_in_the_list_goes_on() -> None:
    held = HoldPlaced(id="hold:import:x:missing", at=AT, on=TODAY, hold=HoldKind.MISSING_FROM_LIST)
    (change,) = changes(apply(opened(), held))
    assert (change.name, change.content["hold"]) == ("lift_hold", "missing_from_list")


def test_the_same_file_has_the_same_name_and_another_has_another() -> None:
    assert import_id(b"a") == import_id(b"a")
    assert import_id(b"a") != import_id(b"b")


# What a list names ------------------------------------------------------------------------------------------


def test_a_row_with_an_error_still_names_its_invoice() -> None:
    found = read(due="soon")
    assert found.items == ()
    assert "2026-F-1" in found.keys
    assert "F-1" in found.numbers
    assert found.all_named


def test_a_row_that_cannot_be_read_leaves_open_what_is_missing() -> None:
    text = b"number;debtor_name;invoice_date;due;amount\nF-1;Bakker;2026-02-01"
    assert not read_open_items(text, file="list.csv", today=TODAY).all_named


# Debtors ------------------------------------------------------------------------------------------------------


def test_what_a_list_does_not_say_of_a_debtor_stays_known() -> None:
    known = Debtor(
        id="d1", name="Bakker", address=("Weg 1", "1000 AA  Dorp"), contacts=(Contact(email="a@bakker.example"),)
    )
    (item,) = read(phone="+31 97 0000 0001").items
    debtor = debtor_of((item,), known)
    assert debtor is not None
    assert debtor.address == known.address
    assert debtor.contacts == (Contact(email="a@bakker.example", phone="+319700000001"),)


def test_nobody_is_written_to_under_a_number_alone() -> None:
    (item,) = read(debtor_name="").items
    assert debtor_of((item,), None) is None


def test_the_address_stands_as_on_an_envelope() -> None:
    (item,) = read(street="Inktkaai 88", postcode="2000", city="Antwerpen", country="BE", language="fr").items
    debtor = debtor_of((item,), None)
    assert debtor is not None
    assert debtor.address == ("Inktkaai 88", "2000  Antwerpen", "BE")
    assert debtor.language == "fr"


def test_imported_steps_claim_no_more_than_was_open() -> None:
    (item,) = read(open="400.00", last_step="reminder", last_contact_on="2026-03-05").items
    _, facts = open_item(item, CREDITOR, POLICIES, AT)
    (taken,) = [fact for fact in facts if isinstance(fact, StepTaken)]
    assert taken.claimed == Money.parse("400.00", "EUR")
