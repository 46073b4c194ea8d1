"""Each part that a letter must hold, left out, makes it void."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from letters.checking import check_content, check_words
from letters.content import AnnouncedCosts, Arrangement, Instalment, LetterContent
from letters.figures import Figures
from letters.kinds import LETTERS, effective_letter
from letters.render import VoidLetter, render_email, render_pdf
from letters.requirements.forbidden import FORBIDDEN
from letters.requirements.part import Part, Printing
from letters.requirements.parties import DEBTOR_ADDRESS
from letters.requirements.patterns import wording_pattern
from letters.requirements.required import REQUIRED
from letters.wording import word
from tests.letters.builders import (
    CREDITOR,
    LANGUAGES,
    PARTNER,
    PERSON,
    changed,
    euros,
    example,
    examples,
    invoice,
    letter,
)
from tests.letters.reading import all_forms, laid_out, mail_of, mailed
from tests.letters.rewriting import rewritten
from tests.letters.varied import variants
from tests.rows import in_rows, row


def contents() -> dict[str, LetterContent]:
    found = {f"{name}-{language}": example(name, language) for name, language in examples()}
    return found | dict(variants())


CONTENTS = contents()
KINDS: dict[str, list[str]] = {}
"""Their names, by the letter or the variant that they are in each language."""
for _name in CONTENTS:
    KINDS.setdefault(_name.rpartition("-")[0], []).append(_name)
PRINTED = {f"{name}-{language}" for name, language in examples()} | {
    name for at, (name, _) in enumerate(variants()) if at % 3 == 0
}
"""Whose PDF is read: every letter in every language, and of its variants each third. What goes into the layout is read
of all; that the layout drops none of it hangs on no word."""


OF_ONE_FORM = re.compile(
    "Antwoord op|Reply to|Répondez à|Antworten Sie"
    "|e-mail werd|dag na de verzending|day after this e-mail|lendemain de l’envoi|dem Versand dieser"
)
"""Paragraphs that an e-mail alone says: how to answer, and when a term begins."""


def printing(content: LetterContent, *, paper: bool) -> Printing:
    return Printing(content, effective_letter(content), paper, Figures.of(content.language, content.law))


def asked(content: LetterContent) -> Iterator[Part]:
    """The parts that this letter must hold."""
    about = printing(content, paper=False)
    yield from (part for part in REQUIRED[about.letter] if part.when(about))


def test_every_letter_has_its_list_of_parts() -> None:
    assert set(REQUIRED) == set(LETTERS)
    assert all(parts for parts in REQUIRED.values())


def test_every_part_is_asked_of_some_letter_and_said_in_every_language() -> None:
    everywhere = {part.name for parts in REQUIRED.values() for part in parts}
    assert everywhere == {part.name for content in CONTENTS.values() for part in asked(content)} | {DEBTOR_ADDRESS.name}
    for parts in REQUIRED.values():
        assert all(set(part.said) == set(LANGUAGES) for part in parts if part.said is not None)
    assert all(set(entry.said) == set(LANGUAGES) for entry in FORBIDDEN)


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_is_there_and_its_values_are_in_all_forms_which_say_the_same_words(kind: str) -> None:
    for name in KINDS[kind]:
        with row(name):
            all_parts_are_said(name)


def all_parts_are_said(name: str) -> None:
    content = CONTENTS[name]
    *mails, paper = all_forms(content) if name in PRINTED else (*mailed(content), laid_out(content))
    mail, html, paper = (re.sub(r"[\s\u00a0]+", " ", text) for text in (*mails, paper))
    for part in asked(content):
        for value in part.values(printing(content, paper=False)):
            assert value is not None
            said = value.replace("\u00a0", " ")
            assert said in mail, part.name
            assert said in html, part.name
            # A number too long for its column may break anywhere on paper.
            assert said.replace(" ", "") in paper.replace(" ", ""), part.name
    for paragraph in mails[0].partition("\n-- \n")[0].split("\n\n"):
        if "\n" in paragraph or OF_ONE_FORM.search(paragraph):
            continue
        assert paragraph in mail
        assert paragraph in html
        # A line may end after any hyphen.
        assert paragraph.replace(" ", "") in paper.replace(" ", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_whose_template_lost_the_block_of_a_part_is_refused(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KINDS[kind]:
        content = CONTENTS[name]
        # Parts that are said in the same blocks are lost together.
        for blocks in dict.fromkeys(part.blocks for part in asked(content) if part.said is not None):
            with row(name, *blocks), monkeypatch.context() as patch:
                rewritten(patch, **dict.fromkeys(blocks, ""))
                for render in (render_email, render_pdf):
                    with pytest.raises(VoidLetter, match="is missing"):
                        render(content)


@pytest.mark.parametrize("kind", KINDS)
def test_each_part_is_missed_by_name_when_its_words_are_gone(kind: str) -> None:
    for name in KINDS[kind]:
        with row(name):
            each_part_is_missed_by_name(name)


def each_part_is_missed_by_name(name: str) -> None:
    content = CONTENTS[name]
    words = word(content, paper=False)
    text = "\n".join((words.subject, mail_of(content).text))
    for part in asked(content):
        if part.said is None:
            continue
        pattern = wording_pattern(part.said[content.language])
        gone = {block: pattern.sub("", words.masked[block].replace("\n", " ")) for block in part.blocks}
        masked = {**words.masked, **gone}
        if any(
            other.name != part.name
            and other.said
            and not wording_pattern(other.said[content.language]).search(
                " ".join(masked[block] for block in other.blocks).replace("\n", " ")
            )
            for other in asked(content)
        ):
            continue  # the same words serve two parts: either may be named
        with pytest.raises(VoidLetter, match=re.escape(part.name)):
            check_words(content, replace(words, masked=masked), text, paper=False)


def test_a_value_that_is_not_in_the_printed_text_is_missed() -> None:
    for name, content in CONTENTS.items():
        if not name.endswith("-nl"):
            continue
        words = word(content, paper=False)
        text = re.sub(r"[\s\u00a0]+", " ", "\n".join((words.subject, mail_of(content).text)))
        check_words(content, words, text, paper=False)
        for part in asked(content):
            for value in part.values(printing(content, paper=False)):
                assert value is not None
                with row(name, part.name), pytest.raises(VoidLetter, match="is missing"):
                    check_words(content, words, text.replace(value.replace("\u00a0", " "), "…"), paper=False)


WITHOUT: list[tuple[str, dict[str, Any], str]] = [
    ("notice", {"creditor": CREDITOR.model_copy(update={"address": ()})}, "name and address"),
    ("notice", {"creditor": CREDITOR.model_copy(update={"kvk": None})}, "trade register"),
    ("notice", {"term_days": None}, "the term"),
    ("notice", {"periods": ()}, "specification of the interest"),
    ("notice", {"interest_basis": None}, "specification of the interest"),
    ("notice", {"day_count": None}, "specification of the interest"),
    ("fourteen_day_letter", {"announced_costs": None}, "the exact fee"),
    ("fourteen_day_letter", {"term_days": None}, "the term"),
    ("fourteen_day_letter", {"law": None}, "law of the claim is not known"),
    ("fourteen_day_letter", {"law": "BE"}, "law of the claim is BE"),
    ("fourteen_day_letter", {"consumer": False}, "for consumers only"),
    ("default_notice", {"term_days": None}, "the term"),
    ("first_reminder", {"creditor": CREDITOR}, "enterprise number"),
    ("first_reminder", {"product": None}, "what was sold"),
    ("first_reminder", {"term_days": None}, "the term"),
    ("first_reminder", {"law": "NL"}, "law of the claim is NL"),
    ("final_demand", {"partner": None}, "partner's name"),
    ("final_demand", {"partner": PARTNER.model_copy(update={"register_number": None})}, "partner's name"),
    ("arrangement_confirmation", {"arrangement": None}, "the instalments"),
    ("dispute_confirmation", {"dispute": None}, "the dispute"),
    ("receipt", {"received": None}, "the payment that came in"),
    ("apology", {"apology": None}, "which letter was wrong"),
    (
        "apology",
        {"apology": {"letter": "rijm", "sent_on": date(2026, 12, 4), "too_much": euros("1.00")}},
        "which letter",
    ),
]


@in_rows(("name", "changes", "missing"), WITHOUT)
def test_a_letter_without_the_data_of_a_part_is_refused(name: str, changes: dict[str, Any], missing: str) -> None:
    content = changed(example(name), **changes)
    for render in (render_email, render_pdf):
        with pytest.raises(VoidLetter, match=missing):
            render(content)


def test_a_formal_letter_on_paper_needs_an_address_and_by_mail_it_does_not() -> None:
    content = changed(example("fourteen_day_letter"), debtor=PERSON.model_copy(update={"address": ()}))
    with pytest.raises(VoidLetter, match="the debtor's address is missing"):
        render_pdf(content)
    assert "J. de Vries" in render_email(content).text


def test_an_account_with_wrong_check_digits_is_refused() -> None:
    content = changed(example("reminder"), creditor=CREDITOR.model_copy(update={"iban": "NL92ABNA0417164300"}))
    with pytest.raises(VoidLetter, match=r"check digits of creditor\.iban"):
        render_email(content)


@pytest.mark.parametrize(
    ("name", "changes", "least"),
    [
        ("fourteen_day_letter", {}, 14),
        ("default_notice", {}, 14),
        ("first_reminder", {}, 14),
        ("final_demand", {}, 7),
        ("notice", {"natural_person": True}, 14),
    ],
)
def test_a_term_that_is_too_short_is_refused(name: str, changes: dict[str, Any], least: int) -> None:
    content = changed(example(name), **changes)
    assert render_email(changed(content, term_days=least)).text
    with pytest.raises(VoidLetter, match=f"term_days is {least - 1}; .* has at least {least} days"):
        render_email(changed(content, term_days=least - 1))


def test_a_legal_person_may_have_eight_days() -> None:
    # practice.md, nl-business step 4.
    assert (
        "binnen acht dagen vanaf de dag nadat deze brief bij u is bezorgd"
        in render_email(changed(example("notice"), term_days=8)).text
    )


@pytest.mark.parametrize(
    ("principal", "fee", "vat"),
    # law.md §2: the scale, and the same with 21% VAT.
    [
        ("249.00", "40.00", None),
        ("266.66", "48.40", "8.40"),
        ("267.00", "40.05", None),
        ("1000.00", "150.00", None),
        ("1000.00", "181.50", "31.50"),
        ("2501.00", "375.10", None),
        ("10000.00", "875.00", None),
    ],
)
def test_a_fee_above_the_scale_is_refused_and_the_scale_itself_is_not(
    principal: str, fee: str, vat: str | None
) -> None:
    line = invoice("C-1", principal)
    tax = euros(vat) if vat else None

    def content(amount: str) -> LetterContent:
        return changed(
            example("fourteen_day_letter"),
            lines=(line,),
            claimed=line.open,
            announced_costs=AnnouncedCosts(amount=euros(amount), vat=tax, vat_reason=vat is not None),
        )

    assert render_email(content(fee)).text
    above = str(euros(fee).amount + euros("0.01").amount)
    with pytest.raises(VoidLetter, match="above the legal scale"):
        render_email(content(above))


def test_a_fee_is_counted_on_the_principal_that_is_open() -> None:
    # practice.md S4: of 1000.00 600.00 was paid; on 400.00 the scale is 60.00, no longer 150.00.
    line = invoice("C-1", "1000.00", "400.00")
    base = changed(example("fourteen_day_letter"), lines=(line,), claimed=line.open)
    assert render_email(changed(base, announced_costs=AnnouncedCosts(amount=euros("60.00")))).text
    with pytest.raises(VoidLetter, match="above the legal scale"):
        render_email(changed(base, announced_costs=AnnouncedCosts(amount=euros("150.00"))))


def test_vat_without_its_reason_is_refused() -> None:
    content = changed(
        example("fourteen_day_letter"), announced_costs=AnnouncedCosts(amount=euros("48.40"), vat=euros("8.40"))
    )
    with pytest.raises(VoidLetter, match="VAT on the fee without its reason"):
        render_email(content)


@pytest.mark.parametrize(
    ("balance", "cap"),
    # law.md §7: 150 → 20, 300 → 45, 500 → 65, 1,000 → 90, 10,000 → 540.
    [("150.00", "20.00"), ("300.00", "45.00"), ("500.00", "65.00"), ("1000.00", "90.00"), ("10000.00", "540.00")],
)
def test_a_belgian_clause_above_the_cap_is_refused_not_cut(balance: str, cap: str) -> None:
    line = invoice("B-1", balance)
    base = changed(example("first_reminder"), lines=(line,), claimed=line.open, damages_if_late=euros(cap))
    assert render_email(base).text
    with pytest.raises(VoidLetter, match="above the legal maximum"):
        render_email(changed(base, damages_if_late=euros(cap) + euros("0.01")))


@pytest.mark.parametrize(
    "name", ["reminder", "second_reminder", "default_notice", "fourteen_day_letter", "first_reminder"]
)
def test_no_consumer_is_asked_for_costs_before_they_are_due(name: str) -> None:
    content = example("default_notice") if "reminder" in name and name != "first_reminder" else example(name)
    content = changed(
        content, letter=name, claims="all", costs=euros("40.00"), claimed=content.claimed + euros("40.00")
    )
    with pytest.raises(VoidLetter, match="may claim the principal alone"):
        render_email(content)


def test_a_belgian_consumer_is_asked_for_damages_after_the_free_reminder_and_never_above_the_cap() -> None:
    # practice.md S15: 400.00, damages of 30 + 10% of 250 = 55.00, interest of 1.96.
    content = dict(variants())["second-reminder-of-damages-nl"]
    text = render_email(content).text
    assert "ook een schadevergoeding van € 55,00 en rente verschuldigd" in text
    assert "€ 456,96" in text
    with pytest.raises(VoidLetter, match=r"claims costs of 55\.01 EUR of a consumer, above the 55\.00 EUR"):
        render_email(changed(content, costs=euros("55.01"), claimed=euros("456.97")))
    with pytest.raises(VoidLetter, match="may claim the principal alone"):
        render_email(changed(content, law="NL"))
    with pytest.raises(VoidLetter, match="may claim the principal alone"):
        render_email(changed(content, letter="reminder"))


def test_a_second_reminder_says_nothing_of_damages_that_it_does_not_ask() -> None:
    content = dict(variants())["second-reminder-of-damages-nl"]
    asked_less = changed(content, claims="principal", claimed=euros("400.00"))
    assert "schadevergoeding" not in render_email(asked_less).text


def test_a_service_mail_is_for_before_the_due_day_and_asks_the_principal_alone() -> None:
    content = example("service_mail")
    due = content.lines[0].due
    assert render_email(changed(content, on=due)).text
    with pytest.raises(VoidLetter, match="this letter is for before that day; use letter `reminder`"):
        render_email(changed(content, on=date(2026, 9, 3)))
    with pytest.raises(VoidLetter, match="before the due date; it may claim the principal alone"):
        render_email(changed(content, claims="all", costs=euros("40.00"), claimed=euros("2460.00")))


def test_costs_that_a_consumer_owes_are_never_above_the_scale() -> None:
    content = example("final_demand")
    with pytest.raises(VoidLetter, match=r"above the 48\.40 EUR that the law allows at most"):
        render_email(changed(content, costs=euros("48.41"), claimed=euros("298.37")))


def test_a_partner_does_not_take_over_before_the_term_has_run_out() -> None:
    early = PARTNER.model_copy(update={"takes_over_on": date(2026, 12, 11)})
    with pytest.raises(VoidLetter, match="before the term of 7 days has run out"):
        render_email(changed(example("final_demand"), partner=early))


def test_a_consumers_arrangement_is_no_credit() -> None:
    base = dict(variants())["arrangement-of-a-consumer-nl"]

    def plan(last: date, runs: bool) -> Arrangement:
        return Arrangement(
            total=base.claimed, instalments=(Instalment(due=last, amount=base.claimed),), interest_runs=runs
        )

    assert render_email(changed(base, arrangement=plan(date(2027, 11, 4), False))).text
    with pytest.raises(VoidLetter, match="interest in a consumer's arrangement"):
        render_email(changed(base, arrangement=plan(date(2027, 11, 4), True)))
    with pytest.raises(VoidLetter, match="keep to twelve months"):
        render_email(changed(base, arrangement=plan(date(2027, 11, 6), False)))


def test_two_sums_for_one_debt_are_refused() -> None:
    receipt, dispute = example("receipt"), example("dispute_confirmation")
    assert receipt.received is not None
    assert dispute.dispute is not None
    with pytest.raises(VoidLetter, match=r"received\.rest is 1\.00 EUR"):
        render_email(changed(receipt, received=receipt.received.model_copy(update={"rest": euros("1.00")})))
    with pytest.raises(VoidLetter, match=r"dispute\.undisputed is 1\.00 EUR"):
        render_email(changed(dispute, dispute=dispute.dispute.model_copy(update={"undisputed": euros("1.00")})))
    other = Arrangement(total=euros("1.00"), instalments=(Instalment(due=date(2026, 9, 15), amount=euros("1.00")),))
    with pytest.raises(VoidLetter, match="names one sum"):
        render_email(changed(example("arrangement_confirmation"), arrangement=other))


@pytest.mark.parametrize(
    "name",
    ["Deurwaarder Beslag B.V.", "15% met een minimum", "Onze vorige brief", "na heden", "1 december 2026", "€ 40"],
)
@pytest.mark.parametrize("which", ["fourteen_day_letter", "final_demand", "first_reminder", "receipt"])
def test_what_somebody_is_called_makes_no_letter_void(which: str, name: str) -> None:
    content = example(which)
    debtor = content.debtor.model_copy(update={"name": name, "contact_name": name})
    content = changed(
        content,
        debtor=debtor,
        reference=name,
        lines=(content.lines[0].model_copy(update={"number": name}),),
        periods=tuple(each.model_copy(update={"invoice": name}) for each in content.periods),
    )
    for text in all_forms(content):
        assert name in text.replace("\u00a0", " ")


def test_the_checks_of_content_come_before_any_word_is_made() -> None:
    with pytest.raises(VoidLetter, match="the instalments"):
        check_content(changed(example("arrangement_confirmation"), arrangement=None), paper=True)


def test_a_plain_policy_needs_no_more_of_the_profile_than_before_the_law_came() -> None:
    bare = CREDITOR.model_copy(update={"address": (), "kvk": None})
    plain = letter("notice", creditor=bare, law=None)
    assert render_email(plain).text
    with pytest.raises(VoidLetter, match="name and address"):
        render_email(letter("notice", creditor=bare, law="NL"))
