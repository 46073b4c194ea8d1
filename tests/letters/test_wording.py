import re
from datetime import date

import pytest
import yaml

from letters.content import AnnouncedCosts, LetterContent
from letters.figures import TEMPLATES, Figures, labels
from letters.kinds import LETTERS, effective_letter
from letters.render import UnknownLetter, known_letters, render_email, render_pdf, render_sms, template_version
from letters.requirements.required import REQUIRED
from letters.wording import wordings
from tests.letters.builders import (
    BELGIAN_CREDITOR,
    LANGUAGES,
    PARTNER,
    euros,
    example,
    examples,
    letter,
    many,
)
from tests.letters.reading import all_forms, mail_of
from tests.letters.varied import variants
from tests.rows import in_rows, row

BLOCK = re.compile(r"{%-? block (\w+) -?%}")


def test_all_letters_exist_in_all_languages() -> None:
    assert known_letters() == set(LETTERS) == set(REQUIRED)
    assert all(set(languages) == set(LANGUAGES) for languages in wordings().values())


def test_a_letter_has_the_same_blocks_in_every_language() -> None:
    for name in (*LETTERS, "_base"):
        blocks = {
            language: set(BLOCK.findall((TEMPLATES / f"{name}.{language}.txt.j2").read_text("utf-8")))
            for language in LANGUAGES
        }
        for language in LANGUAGES:
            # German sets a comma after the term in some sentences.
            assert blocks[language] - {"term"} == blocks["nl"] - {"term"}, (name, language)


def test_the_labels_are_the_same_in_every_language() -> None:
    def keys(language: str) -> set[str]:
        found: set[str] = set()
        for key, value in yaml.safe_load((TEMPLATES / f"labels.{language}.yaml").read_text("utf-8")).items():
            found |= {f"{key}.{inner}" for inner in value} if isinstance(value, dict) else {key}
            assert value
        return found

    assert keys("en") == keys("fr") == keys("de") == keys("nl")
    assert set(labels("nl")["letters"]) == set(LETTERS)


# Words of one language that none of the others uses: what stands in a letter of another language was left behind.
OWN_WORDS = {
    "nl": r"\b(wij|binnen|betaald|factuur|ontvangen|deze|niet)\b",
    "en": r"\b(the|you|your|within|invoice)\b",
    "fr": r"\b(nous|dans|payée|facture|reçu|cette|vous)\b",
    "de": r"\b(wir|innerhalb|bezahlt|Rechnung|erhalten|diese|nicht)\b",
}


@in_rows("name", LETTERS)
def test_a_letter_speaks_one_language(name: str) -> None:
    for language in LANGUAGES:
        for content in (example(name, language), many(example(name, language))):
            email = mail_of(content)
            for other, pattern in OWN_WORDS.items():
                found = re.search(pattern, f"{email.subject} {email.text}", re.IGNORECASE)
                assert bool(found) == (other == language), (language, found)


@in_rows("name", LETTERS)
def test_every_form_of_every_letter_about_one_and_many_is_made(name: str) -> None:
    """On paper too: `test_pdf.py` prints them all, and looks how they end."""
    for language in LANGUAGES:
        for content in (example(name, language), many(example(name, language))):
            with row(language):
                email = mail_of(content)
                assert not re.search(r"None|\[\w+\]|{{|}}|[\ue000-\uf8ff]", email.text.partition("\n\n")[2])
                assert "None" not in email.html
                assert render_sms(content)


@in_rows(
    ("content", "becomes"),
    [
        (example("fourteen_day_letter").model_copy(update={"letter": "notice"}), "fourteen_day_letter"),
        (example("default_notice").model_copy(update={"letter": "notice"}), "default_notice"),
        (letter("notice", consumer=True), "default_notice"),
        (letter("notice"), "notice"),
        (letter("notice", natural_person=True), "notice"),
        (letter("notice", consumer=True, law="BE"), "notice"),
        (example("first_reminder").model_copy(update={"letter": "reminder"}), "first_reminder"),
        (letter("reminder", consumer=True, law="BE", term_days=None), "reminder"),
        (letter("reminder", consumer=True, law="NL"), "reminder"),
        (letter("reminder", law="BE"), "reminder"),
        (letter("receipt", consumer=True), "receipt"),
    ],
)
def test_the_law_makes_another_letter_of_it_for_a_consumer(content: LetterContent, becomes: str) -> None:
    assert effective_letter(content) == becomes


def test_a_notice_with_the_fee_is_printed_as_the_fourteen_day_letter() -> None:
    content = example("fourteen_day_letter")
    assert render_pdf(content.model_copy(update={"letter": "notice"})) == render_pdf(content)


# law.md §3.1 gives the Dutch words; the others are their translations.
TERMS = {
    "nl": "binnen veertien dagen vanaf de dag nadat deze brief bij u is bezorgd",
    "en": "within fourteen days, counted from the day after this letter was delivered to you",
    "fr": "dans les quatorze jours à compter du lendemain du jour où cette lettre vous a été remise",
    "de": "innerhalb von vierzehn Tagen ab dem Tag, nachdem dieser Brief Ihnen zugestellt wurde",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["fourteen_day_letter", "default_notice", "notice"])
def test_the_term_starts_the_day_after_delivery_in_the_words_that_judges_accept(name: str, language: str) -> None:
    for text in all_forms(example(name, language)):
        assert TERMS[language] in text.replace("\n", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fourteen_day_letter_names_the_claim_and_the_fee_and_no_other_amount_or_date(language: str) -> None:
    content = example("fourteen_day_letter", language)
    figures = Figures.of(content.language, content.law)
    amounts = {figures.money(euros(text)).replace("\u00a0", " ") for text in ("249.00", "40.00")}
    days = {date(2026, 11, 13), date(2026, 10, 16), date(2026, 10, 30)}
    written = {show(day).replace("\u00a0", " ") for day in days for show in (figures.day, figures.short_day)}
    for text in all_forms(content):
        plain = text.replace("\u00a0", " ")
        euro_first = language in ("nl", "en")
        assert set(re.findall(r"€ ?[\d.,]*\d" if euro_first else r"[\d.,]*\d €", plain)) == amounts
        found = re.findall(r"\d{1,2}\.? [^\W\d]{3,9}\.? 20\d\d|\d\d\.\d\d\.20\d\d", plain)
        assert set(found) <= written


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_consumer_is_told_of_costs_by_their_exact_amount_alone(language: str) -> None:
    collecting = re.compile(r"incasso|collection|recouvrement|inkasso", re.IGNORECASE)
    announcing = example("reminder", language).model_copy(update={"announces": ("interest", "costs", "handoff")})
    assert collecting.search(render_email(announcing).text)
    for name in ("reminder", "second_reminder", "notice"):
        person = dict(variants())[f"reminder-to-a-consumer-{language}"]
        content = person.model_copy(
            update={"letter": name, "announces": ("interest", "costs", "handoff", "supply_stop")}
        )
        assert not collecting.search(render_email(content).text)


def test_what_is_announced_exactly_is_not_announced_in_general_words_as_well() -> None:
    content = dict(variants())["notice-to-a-sole-trader-nl"]
    text = render_email(content).text
    assert text.count("incassokosten") == 1
    assert "€ 363,00 aan incassokosten" in text
    demand = example("final_demand").model_copy(update={"announces": ("handoff",)})
    assert "incassopartner" not in render_email(demand).text
    assert (
        "op 15 december 2026 uit handen aan Rustig Incasso B.V. (registratienummer 000123)" in render_email(demand).text
    )


def test_a_letter_that_prints_no_fee_still_announces_costs_in_words() -> None:
    content = letter(
        "second_reminder", announces=("costs",), announced_costs=AnnouncedCosts(amount=euros("185.18")), law="NL"
    )
    assert "incassokosten in rekening brengen" in render_email(content).text


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "schadevergoeding"), ("en", "damages"), ("fr", "indemnité"), ("de", "Schadenersatz")],
)
def test_a_belgian_business_is_told_of_damages_not_of_collection_costs(language: str, said: str) -> None:
    text = render_email(dict(variants())[f"notice-to-a-belgian-business-{language}"]).text
    assert said in text
    assert not re.search(r"incassokosten|collection costs|frais de recouvrement|Inkassokosten", text)


def test_a_business_letter_announces_what_the_step_announces_and_no_more() -> None:
    text = render_email(letter("notice", announces=("interest", "handoff"))).text
    assert "rente berekenen over het bedrag dat openstaat en de vordering uit handen geven" in text
    assert "kosten" not in text
    assert "stoppen met leveren" in render_email(letter("notice", announces=("supply_stop",))).text


def test_a_reminder_announces_and_claims_nothing_by_itself() -> None:
    for text in all_forms(letter("reminder")):
        assert not re.search(r"rente|kosten|incasso|deurwaarder|gerechtelijk", text)


@pytest.mark.parametrize(
    ("name", "language", "law", "amount", "day"),
    [
        # CLDR: nl-NL, en-GB, fr-FR, fr-BE and de-DE.
        ("reminder", "nl", "NL", "€ 2.420,00", "2 september 2026"),
        ("reminder", "en", "NL", "€2,420.00", "2 September 2026"),
        ("reminder", "fr", "NL", "2 420,00 €", "2 septembre 2026"),
        ("reminder", "fr", "BE", "2 420,00 €", "2 septembre 2026"),
        ("reminder", "de", "NL", "2.420,00 €", "2. September 2026"),
    ],
)
def test_figures_are_written_as_the_reader_writes_them(
    name: str, language: str, law: str, amount: str, day: str
) -> None:
    content = example(name, language).model_copy(update={"law": law})
    for text in all_forms(content):
        plain = text.replace("\u00a0", " ")
        assert amount in plain
        assert day in plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_belgian_first_reminder_says_when_its_term_begins(language: str) -> None:
    # Book XIX WER: the third working day after sending by post, the day after sending electronically.
    content = example("first_reminder", language)
    mail, _, paper = all_forms(content)
    by_post = {
        "nl": "derde werkdag na",
        "en": "third working day after",
        "fr": "troisième jour ouvrable",
        "de": "dritten Werktag",
    }
    by_mail = {
        "nl": "de dag na de verzending",
        "en": "the day after this e-mail",
        "fr": "le lendemain de l’envoi",
        "de": "am Tag nach dem Versand",
    }
    assert by_post[language] in paper
    assert by_post[language] not in mail
    assert by_mail[language] in mail
    assert by_mail[language] not in paper


def test_costs_in_belgium_are_damages() -> None:
    text = render_email(dict(variants())["final-demand-to-a-belgian-nl"]).text
    assert re.search(r"Schadevergoeding +€ 55,00", text)
    assert "Incassokosten" not in text
    assert BELGIAN_CREDITOR.enterprise_number is not None
    assert f"Ondernemingsnummer {BELGIAN_CREDITOR.enterprise_number}" in text


def test_a_bailiff_takes_over_without_a_register_number() -> None:
    text = render_email(dict(variants())["final-demand-of-a-bailiff-nl"]).text
    assert f"uit handen aan {PARTNER.name}. " in text


def test_interest_is_explained_and_the_sums_are_the_claim() -> None:
    text = render_email(example("final_demand")).text
    assert re.search(r"31 okt 2026 t/m 4 dec 2026 +35 +4,00% +€ 249,00 +€ 0,96", text)
    assert re.search(r"Rente t/m 4 december 2026 +€ 0,96\nIncassokosten +€ 40,00\nTe betalen +€ 289,96\n", text)
    assert "De rente is de wettelijke rente. Zij is berekend per dag, tot en met 4 december 2026" in text


def test_interest_is_said_to_run_until_its_last_day_not_until_the_date_of_the_letter() -> None:
    text = render_email(example("final_demand").model_copy(update={"on": date(2026, 12, 7)})).text
    assert "Rente t/m 4 december 2026" in text
    assert "tot en met 4 december 2026" in text


def test_an_arrangement_names_its_instalments_and_one_sum() -> None:
    text = render_email(example("arrangement_confirmation")).text
    assert re.search(r"1 +15 sep 2026 +€ 1\.159,62\n2 +15 okt 2026 +€ 1\.159,62\n3 +16 nov 2026 +€ 1\.159,61\n", text)
    assert "Te betalen:" not in text
    assert "erkent u dat u ons € 3.478,85 moet betalen" in text


def test_an_unknown_letter_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(UnknownLetter, match=r"'invoice'.*reminder \(de, en, fr, nl\)"):
        render_email(letter("invoice"))
    with pytest.raises(UnknownLetter, match="in language 'it'"):
        render_sms(letter().model_copy(update={"language": "it"}))
    with pytest.raises(UnknownLetter):
        render_pdf(letter("../reminder"))
    with pytest.raises(UnknownLetter):
        template_version("invoice", "nl")


def test_the_edition_of_a_letter_is_its_own() -> None:
    editions = {template_version(name, language) for name, language in examples()}
    assert len(editions) == len(LETTERS) * len(LANGUAGES)
    assert all(re.fullmatch(r"[0-9a-f]{16}", edition) for edition in editions)


def test_a_letter_with_vat_says_why() -> None:
    content = example("fourteen_day_letter").model_copy(
        update={"announced_costs": AnnouncedCosts(amount=euros("48.40"), vat=euros("8.40"), vat_reason=True)}
    )
    text = render_email(content).text
    assert "In dit bedrag zit € 8,40 btw. Wij gebruiken een incassodienst die btw rekent." in text
    assert "btw" not in render_email(example("fourteen_day_letter")).text.partition("\n-- \n")[0].lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_service_mail_names_amount_and_due_day_and_announces_nothing(language: str) -> None:
    content = example("service_mail", language, announces=("interest", "costs", "handoff"), partner=PARTNER)
    figures = Figures.of(content.language, content.law)
    for text in all_forms(content):
        plain = text.replace("\u00a0", " ")
        assert figures.money(content.claimed).replace("\u00a0", " ") in plain
        assert figures.day(content.lines[0].due).replace("\u00a0", " ") in plain
        assert PARTNER.name not in plain
        assert not re.search(r"rente|kosten|interest|costs|intérêt|frais|Zinsen|Kosten", plain)


def test_only_a_business_is_asked_for_the_order_number() -> None:
    assert "inkoopnummer" in render_email(example("service_mail")).text
    assert "inkoopnummer" not in render_email(dict(variants())["service-mail-to-a-consumer-nl"]).text
