"""What may not be said makes a letter void, in every language."""

import re
from typing import Any

import pytest

from letters.content import AnnouncedCosts, Language, LetterContent
from letters.render import VoidLetter, render_email, render_pdf
from letters.requirements.forbidden import FORBIDDEN, Forbidden
from tests.letters import talking
from tests.letters.builders import LANGUAGES, euros, example, letter
from tests.letters.rewriting import rewritten
from tests.rows import in_rows


def changed(content: LetterContent, **changes: Any) -> LetterContent:
    return LetterContent.model_validate(content.model_dump() | changes)


# What practice.md lists as struck down, in each language: letter, block and words.
STRUCK_DOWN = [
    ("fourteen_day_letter", "nl", "reaction", "Betaal binnen 14 dagen na heden."),
    ("fourteen_day_letter", "nl", "reaction", "Betaal binnen 14 dagen na dagtekening van deze brief."),
    ("fourteen_day_letter", "nl", "reaction", "Betaal binnen 14 dagen na verzending."),
    ("fourteen_day_letter", "nl", "reaction", "Betaal binnen 14 dagen na ontvangst."),
    ("notice", "nl", "reaction", "Betaal binnen 8 dagen na de datum van deze brief."),
    ("fourteen_day_letter", "en", "reaction", "Pay within 14 days after the date of this letter."),
    ("fourteen_day_letter", "en", "reaction", "Pay within 14 days from today."),
    ("fourteen_day_letter", "fr", "reaction", "Payez dans les 14 jours à compter de ce jour."),
    ("fourteen_day_letter", "fr", "reaction", "Payez dans les 14 jours après la réception."),
    ("fourteen_day_letter", "de", "reaction", "Zahlen Sie binnen 14 Tagen ab heute."),
    ("fourteen_day_letter", "de", "reaction", "Zahlen Sie 14 Tage nach Erhalt."),
    ("fourteen_day_letter", "nl", "consequence", "Betaal uiterlijk op {{ letter_date }}."),
    ("default_notice", "en", "consequence", "Pay by {{ letter_date }}."),
    ("final_demand", "fr", "consequence", "Payez avant le {{ letter_date }}."),
    ("reminder", "nl", "reaction", "Betaal voor 1 december."),
    ("reminder", "de", "reaction", "Zahlen Sie bis 01.12.2026."),
    ("reminder", "nl", "reaction", "Dan komt er € 40 bij."),
    (
        "fourteen_day_letter",
        "nl",
        "consequence",
        "De kosten zijn 15% van het bedrag, met een minimum van veertig euro.",
    ),
    ("fourteen_day_letter", "en", "consequence", "The costs are 15% with a minimum."),
    ("fourteen_day_letter", "fr", "consequence", "Les frais sont de 15 % avec un minimum."),
    ("fourteen_day_letter", "de", "consequence", "Die Kosten betragen 15 % und mindestens vierzig."),
    ("fourteen_day_letter", "nl", "consequence", "In totaal betaalt u dan {{ fee }}."),
    ("fourteen_day_letter", "en", "consequence", "Together that makes {{ fee }}."),
    ("fourteen_day_letter", "fr", "consequence", "Au total, cela fait {{ fee }}."),
    ("fourteen_day_letter", "de", "consequence", "Insgesamt sind das {{ fee }}."),
    ("final_demand", "nl", "consequence", "Dan leggen wij beslag."),
    ("final_demand", "nl", "consequence", "Dan staat de deurwaarder aan de deur."),
    ("final_demand", "nl", "consequence", "Dan melden wij u bij het BKR."),
    ("final_demand", "nl", "consequence", "Dan vragen wij uw faillissement aan."),
    ("final_demand", "en", "consequence", "Then a bailiff will come."),
    ("final_demand", "fr", "consequence", "Un huissier viendra chez vous."),
    ("final_demand", "de", "consequence", "Dann kommt der Gerichtsvollzieher."),
    ("default_notice", "nl", "consequence", "Wij rekenen herinneringskosten."),
    ("default_notice", "nl", "consequence", "Wij rekenen administratiekosten."),
    ("default_notice", "en", "consequence", "We charge a reminder fee."),
    ("default_notice", "fr", "consequence", "Nous facturons des frais de dossier."),
    ("default_notice", "de", "consequence", "Wir berechnen eine Mahngebühr."),
    ("second_reminder", "nl", "reaction", "Zoals wij in onze vorige brief schreven."),
    ("second_reminder", "en", "reaction", "As we wrote in our previous letter."),
    ("second_reminder", "fr", "reaction", "Comme dans notre dernière lettre."),
    ("second_reminder", "de", "reaction", "Wie in unserem letzten Schreiben."),
    ("service_mail", "nl", "opening", "De termijn is voorbij."),
    ("service_mail", "nl", "opening", "De factuur is nog niet betaald."),
    ("service_mail", "en", "opening", "The invoice is overdue."),
    ("service_mail", "en", "opening", "This is a reminder."),
    ("service_mail", "fr", "opening", "Votre paiement est en retard."),
    ("service_mail", "fr", "opening", "La facture n’est pas encore payée."),
    ("service_mail", "de", "opening", "Die Rechnung ist überfällig."),
    ("service_mail", "de", "opening", "Sie ist noch nicht bezahlt."),
    ("receipt", "nl", "opening", "Dit is tegen finale kwijting."),
    ("receipt", "en", "opening", "This is in full and final settlement."),
    ("receipt", "fr", "opening", "Ce paiement est pour solde de tout compte."),
    ("receipt", "de", "opening", "Damit ist alles endgültig abgegolten."),
    *talking.STRUCK_DOWN,
]


@in_rows(("name", "language", "block", "said"), STRUCK_DOWN)
def test_what_a_judge_would_strike_down_is_refused(name: str, language: str, block: str, said: str) -> None:
    content = example(name, language)
    render_email(content)
    with pytest.MonkeyPatch.context() as patch:
        rewritten(patch, **{block: f"{{{{ super() }}}} {said}"})
        for render in (render_email, render_pdf):
            with pytest.raises(VoidLetter, match=r": (says|names a third amount)"):
                render(content)


def test_every_kind_of_forbidden_words_is_tried_in_every_language() -> None:
    def tried(entry: Forbidden, language: Language) -> bool:
        return any(
            entry.pattern(language).search(re.sub(r"{{ (letter_date|fee) }}", swapped, said))
            for _, other, _, said in STRUCK_DOWN
            if other == language
            for swapped in ("[date]", "[amount]")
        )

    dates = "a date or an amount written into the wording"
    for entry in FORBIDDEN:
        for language in LANGUAGES:
            if entry.name == dates or (entry.name.startswith("a calendar date") and language == "de"):
                continue
            assert tried(entry, language), (entry.name, language)


def test_a_third_amount_in_a_fourteen_day_letter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = changed(
        example("fourteen_day_letter"),
        announced_costs=AnnouncedCosts(amount=euros("40.00")),
        damages_if_late=euros("289.00"),
    )
    rewritten(monkeypatch, hardship="{{ super() }} Anders {{ damages }}.")
    with pytest.raises(VoidLetter, match="names a third amount"):
        render_email(content)


def test_a_business_may_be_told_of_a_bailiff_and_a_consumer_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rewritten(monkeypatch, consequence="Daarna gaat de zaak naar een deurwaarder.")
    assert render_email(letter("final_demand")).text
    with pytest.raises(VoidLetter, match="a threat without a title"):
        render_email(changed(letter("final_demand"), natural_person=True))
