"""What a letter may not say: phrases that a judge strikes down, or that claim too much."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from letters.content import ASKS_NOTHING, Language
from letters.kinds import ANSWERS
from letters.requirements.limits import BEFORE_DUE, Audience
from letters.requirements.patterns import wording_pattern


@dataclass(frozen=True)
class Forbidden:
    """Something that a letter may not say.

    Attributes:
        name: What it is, in words.
        instead: What to do.
        said: Pattern by language.
        audience: To whom it may not be said.
        letters: Letters in which it may not be said; all if not given.
        except_in: Letters in which it may.
        blocks: Blocks in which it is looked for; all but the note on interest, which names a law by its date.
    """

    name: str
    instead: str
    said: Mapping[Language, str]
    audience: Audience = "everyone"
    letters: frozenset[str] | None = None
    except_in: frozenset[str] = frozenset()
    blocks: tuple[str, ...] = ()

    def pattern(self, language: Language) -> re.Pattern[str]:
        """What is looked for in a language."""
        return wording_pattern(self.said[language])


_WITH_TERM = frozenset(
    {"notice", "fourteen_day_letter", "default_notice", "first_reminder", "final_demand", "arrangement_default"}
)

_MONTHS: Mapping[Language, str] = {
    "nl": "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "de": "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
}

_THREATS: Mapping[Language, str] = {
    "nl": r"\bbeslag|loonbeslag|deurwaarder|\bBKR\b|faillissement|faillietverklaring|zwarte lijst",
    "en": r"\bseiz|\bbailiff|\bBKR\b|bankruptcy|blacklist|credit register|attachment of",
    "fr": r"\bsaisie|\bhuissier|\bfaillite|liste noire|fichage",
    "de": r"Pfändung|pfänden|Gerichtsvollzieher|Schufa|Insolvenz|Konkurs|schwarze Liste",
}

_FEES: Mapping[Language, str] = {
    "nl": r"(herinnerings|aanmanings|administratie|dossier|registratie|regelings|behandelings)kosten",
    "en": r"(reminder|administration|administrative|registration|arrangement|handling) (fee|charge|cost)s?",
    "fr": r"frais (de rappel|de mise en demeure|administratifs|d’administration|de dossier|de gestion)",
    "de": r"(Mahn|Bearbeitungs|Verwaltungs|Registrierungs|Inkassoverwaltungs)(gebühr|kosten|pauschale)",
}

FORBIDDEN: tuple[Forbidden, ...] = (
    Forbidden(
        "a term that starts too early",
        "use block `term`: it starts the day after delivery (HR 25-11-2016 ECLI:NL:HR:2016:2704)",
        {
            "nl": r"\b(na|vanaf|sinds) (heden|vandaag|nu|(de )?(dagtekening|verzending|verzenddatum|ontvangst|datum "
            r"van (deze|dit)))",
            "en": r"\b(after|from|of) (today|now|(the )?(date|sending|dispatch|receipt|posting) of (this|our))",
            "fr": r"(à (compter|dater|partir)|après|dès|suivant) (de |d’|du |la |l’)*(aujourd’hui|ce jour|présente|"
            r"date (de|d’)|envoi|réception|expédition)",
            "de": r"\b(ab|nach|seit) (heute|jetzt|sofort|(dem |der )?(Datum|Zugang|Erhalt|Eingang|Versand|Absendung) "
            r"(dieses|dieser|des)|(Zugang|Erhalt|Eingang|Versand))",
        },
        except_in=frozenset({"first_reminder"}),
    ),
    Forbidden(
        "a calendar date as the end of a term",
        "say the term in days from the day after delivery: a date can come too early",
        dict.fromkeys(("nl", "en", "fr", "de"), r"\[date\]"),
        audience="natural person",
        letters=_WITH_TERM,
        blocks=("request", "consequence", "fee"),
    ),
    Forbidden(
        "a date or an amount written into the wording",
        "put a value of the content in its place",
        {
            language: r"(€|\bEUR\b)\s*\d|\d\s*(€|euro\b|EUR\b)|\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b"
            rf"|\b\d{{1,2}}\.? ({months})\b"
            for language, months in _MONTHS.items()
        },
    ),
    Forbidden(
        "the fee as a percentage or a minimum",
        "announce the exact amount (art. 6:96 lid 6 BW)",
        {
            "nl": r"(\d|\[number\]) ?(%|procent)|\bmet een minimum\b|\bminimaal\b|\bten minste \[amount\]",
            "en": r"(\d|\[number\]) ?(%|per ?cent)|\bwith a minimum\b|\bat least \[amount\]",
            "fr": r"(\d|\[number\])\s?(%|pour ?cent)|\bavec un minimum\b|\bau moins \[amount\]",
            "de": r"(\d|\[number\])\s?(%|Prozent)|\bmindestens\b",
        },
        audience="natural person",
    ),
    Forbidden(
        "a second amount to pay",
        "leave the total out: the fee alone is announced",
        {
            "nl": r"(in totaal|totaal|samen|opgeteld|wordt dan|betaalt u dan|te betalen bij)[^.?]*\[amount\]",
            "en": r"(in total|total|together|in all)[^.?]*\[amount\]",
            "fr": r"(au total|total|en tout|somme de)[^.?]*\[amount\]",
            "de": r"(insgesamt|Gesamt\w*|zusammen)[^.?]*\[amount\]",
        },
        audience="consumer",
        letters=frozenset({"fourteen_day_letter", "default_notice", "first_reminder"}),
        blocks=("request", "consequence", "fee", "reservation", "reaction", "hardship", "crossed"),
    ),
    Forbidden(
        "a threat without a title",
        "announce what may really follow: the hand-over, with the partner's name",
        _THREATS,
        audience="natural person",
    ),
    Forbidden(
        "a fee for the reminder or the administration",
        "claim nothing but what the law allows: to a consumer all other costs are void (art. 6:96 lid 5 BW)",
        _FEES,
        audience="natural person",
    ),
    Forbidden(
        "a reference to an earlier letter",
        "leave it out: it may have come back",
        {
            "nl": r"(onze|de|mijn|een) (vorige|eerdere|laatste) (brief|brieven|herinnering|aanmaning)",
            "en": r"(our|my|an|the) (previous|earlier|last|former) (letter|reminder|demand)",
            "fr": r"(notre|nos|une) (précédente?s?|dernière|antérieure) (lettre|rappel)|"
            r"(lettre|rappel)s? précédente?s?",
            "de": r"(unser|unsere[nms]?|mein|ein) (vorige[nsrm]?|letzte[nsrm]?|früheres?n?) (Brief|Schreiben|Mahnung)",
        },
    ),
    Forbidden(
        "that something is late",
        "leave it out: the due date is still to come",
        {
            "nl": r"te laat|voorbij|verstreken|verlopen|achterstal|verzuim|herinner|aanman|(nog |helemaal )niet "
            r"(\w+ )?(betaald|ontvangen)|openstaan",
            "en": r"\blate\b|overdue|passed|past due|in arrears|default|remind|not (yet )?(been )?(paid|received)|"
            r"outstanding",
            "fr": r"retard|dépassé|échu\b|expiré|défaut|rappel|relance|impayé|pas (encore )?(été )?(entièrement )?"
            r"(payée?s?|reçue?s?)",
            "de": r"zu spät|verspätet|überfällig|abgelaufen|Verzug|Rückstand|erinner|mahn|(noch )?nicht (\w+ )?"
            r"(bezahlt|gezahlt|eingegangen)",
        },
        letters=BEFORE_DUE,
    ),
    Forbidden(
        "a threat in an answer",
        "leave it out: an answer says what was agreed or found, whoever reads it",
        _THREATS,
        letters=ANSWERS,
    ),
    Forbidden(
        "a fee in an answer",
        "leave it out: an answer costs nothing",
        _FEES,
        letters=ANSWERS,
    ),
    Forbidden(
        "that an answer is a reminder or a demand",
        "call it what it is: it counts as no step of the ladder",
        {
            "nl": r"herinnering|aanmaning|sommatie|ingebrekestelling|in gebreke",
            "en": r"\bremind|\bdemand\b|notice of default",
            "fr": r"\brappel(?!er|ez)|relance|sommation|mise en demeure",
            "de": r"erinnerung|erinnern|mahn|Aufforderung",
        },
        letters=ANSWERS,
    ),
    Forbidden(
        "a demand in a letter that asks nothing",
        "leave it out: this letter may not press for payment",
        {
            "nl": r"\bbetaal\b|wilt u\b|overmaken|\bbinnen \[number\]|uiterlijk|anders\b|gevolgen",
            "en": r"^pay\b|[.?] pay\b|please (pay|transfer)|within \[number\]|otherwise|consequences",
            "fr": r"\bpayez\b|pouvez-vous|verser|délai|au plus tard|sinon\b|conséquences",
            "de": r"\bzahlen Sie\b|\bbitte\b|überweisen|innerhalb|spätestens|andernfalls|sonst\b|Folgen",
        },
        letters=ASKS_NOTHING,
        blocks=("opening", "request", "consequence", "terms", "reservation", "reaction"),
    ),
    Forbidden(
        "a settlement in full",
        "never in a letter of the engine: a release needs a decision of a person",
        {
            "nl": r"finale kwijting|kwijtgescholden",
            "en": r"full and final settlement|final discharge",
            "fr": r"pour solde de tout compte|quittance finale",
            "de": r"endgültig abgegolten|Gesamtabgeltung",
        },
    ),
)
"""What no letter may say, in the order of practice."""

NOT_IN_TEXT_MESSAGES: Mapping[Language, str] = {
    "nl": "incasso",
    "en": "debt collection",
    "fr": "recouvrement",
    "de": "inkasso",
}
"""Words that no text message to a natural person may hold, in any language: others may read it."""
