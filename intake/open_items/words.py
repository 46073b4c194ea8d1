"""The words that a list of open items may use for its choices: English, Dutch, and some French and German."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal

from domain.invoice import ClaimBasis, Kind, TermBasis, YesNoUnknown
from intake.open_item import NoticeProof

YES: Final = ("yes", "y", "ja", "j", "oui", "true", "waar", "1", "x")
NO: Final = ("no", "n", "nee", "neen", "non", "false", "onwaar", "0", "-")
YES_NO: Final = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
YES_NO_UNKNOWN: Final = (
    dict.fromkeys(YES, YesNoUnknown.YES)
    | dict.fromkeys(NO, YesNoUnknown.NO)
    | dict.fromkeys(("unknown", "onbekend", "?"), YesNoUnknown.UNKNOWN)
)
KINDS: Final = dict.fromkeys(
    (
        *("business", "zakelijk", "bedrijf", "company", "b2b", "zakelijke klant", "onderneming", "organisatie"),
        *(
            "organization",
            "organisation",
            "professionnel",
            "entreprise",
            "societe",
            "firma",
            "gewerblich",
            "unternehmen",
        ),
    ),
    Kind.BUSINESS,
) | dict.fromkeys(
    (
        *("consumer", "consument", "particulier", "private", "b2c", "privepersoon", "prive", "particuliere klant"),
        *("individual", "person", "persoon", "consommateur", "privat", "privatperson", "verbraucher"),
    ),
    Kind.CONSUMER,
)
# People in business for themselves: a business, and a natural person all the same.
SOLE_TRADERS: Final = frozenset(
    (
        *("zzp", "zzper", "zzp'er", "eenmanszaak", "zelfstandige", "freelancer", "freelance", "sole trader"),
        *("independant", "auto entrepreneur", "selbstandig", "selbststandig", "einzelunternehmen", "einzelunternehmer"),
    )
)
GOVERNMENTS: Final = frozenset(
    ("overheid", "government", "public body", "public", "gemeente", "secteur public", "behorde", "b2g")
)
TERM_BASES: Final = (
    dict.fromkeys(("agreed", "overeengekomen", "afgesproken"), TermBasis.AGREED)
    | dict.fromkeys(("printed", "op factuur", "vermeld"), TermBasis.PRINTED)
    | dict.fromkeys(("statutory", "wettelijk"), TermBasis.STATUTORY)
    | dict.fromkeys(("large company", "grootbedrijf", "groot bedrijf"), TermBasis.LARGE_COMPANY)
)
CLAIM_BASES: Final = (
    dict.fromkeys(("price", "prijs", "koopprijs", "aanneemsom"), ClaimBasis.PRICE)
    | dict.fromkeys(("damages", "schade", "schadevergoeding"), ClaimBasis.DAMAGES)
    | dict.fromkeys(
        ("cancellation fee", "cancellation", "annulering", "annuleringskosten"), ClaimBasis.CANCELLATION_FEE
    )
)
PROOFS: Final = (
    dict.fromkeys(("presumed", "vermoed"), NoticeProof.PRESUMED)
    | dict.fromkeys(("delivered", "bezorgd", "afgeleverd"), NoticeProof.DELIVERED)
    | dict.fromkeys(("confirmed", "bevestigd"), NoticeProof.CONFIRMED)
)
LAWS: Final[dict[str, Literal["NL", "BE"]]] = {
    **dict.fromkeys(("nl", "nederland", "nederlands", "dutch", "netherlands"), "NL"),
    **dict.fromkeys(("be", "belgie", "belgisch", "belgian", "belgium"), "BE"),
}
COUNTRIES: Final = (
    dict.fromkeys(("nederland", "netherlands", "the netherlands", "pays bas", "holland"), "NL")
    | dict.fromkeys(("belgie", "belgium", "belgique", "belgien"), "BE")
    | dict.fromkeys(("duitsland", "germany", "deutschland", "allemagne"), "DE")
    | dict.fromkeys(("frankrijk", "france", "frankreich"), "FR")
    | dict.fromkeys(("luxemburg", "luxembourg"), "LU")
    | dict.fromkeys(("verenigd koninkrijk", "united kingdom", "uk"), "GB")
)
LANGUAGES: Final = (
    dict.fromkeys(("nederlands", "dutch", "neerlandais", "niederlandisch", "vlaams", "flemish", "flamand"), "nl")
    | dict.fromkeys(("frans", "french", "francais", "franzosisch", "waals"), "fr")
    | dict.fromkeys(("duits", "german", "deutsch", "allemand"), "de")
    | dict.fromkeys(("engels", "english", "anglais", "englisch"), "en")
    | {"nld": "nl", "dut": "nl", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "eng": "en"}
)
# Countries in which a number written with one leading 0 is national, by their number on the telephone.
CALLING_CODES: Final = {"NL": "31", "BE": "32", "DE": "49", "FR": "33", "GB": "44"}


class PaymentState(StrEnum):
    """What a status says of an invoice."""

    PAID = "paid"
    PARTLY = "partly"
    OPEN = "open"
    NOT_ASKED = "not_asked"
    UNCLEAR = "unclear"


PAYMENT_STATES: Final = (
    dict.fromkeys(
        (
            *("paid", "paid in full", "fully paid", "settled", "betaald", "volledig betaald", "voldaan"),
            *("paye", "payee", "payes", "payees", "regle", "reglee", "acquittee", "soldee", "bezahlt", "beglichen"),
        ),
        PaymentState.PAID,
    )
    | dict.fromkeys(
        (
            *("partly paid", "partially paid", "partial", "part paid", "deels betaald", "gedeeltelijk betaald"),
            *("deelbetaling", "deels voldaan", "partiellement paye", "partiellement payee", "partiellement payees"),
            *("paye partiellement", "payee partiellement", "payees partiellement", "paiement partiel"),
            *("teilbezahlt", "teilweise bezahlt", "teilzahlung", "in payment", "en paiement", "in betaling"),
        ),
        PaymentState.PARTLY,
    )
    | dict.fromkeys(
        (
            *("open", "unpaid", "not paid", "outstanding", "overdue", "late", "due", "past due", "sent", "reminded"),
            *("openstaand", "onbetaald", "niet betaald", "te laat", "vervallen", "achterstallig", "verzonden"),
            *("verstuurd", "herinnerd", "herinnering", "aangemaand", "aanmaning", "te betalen"),
            *("ouvert", "ouverte", "impaye", "impayee", "non paye", "non payee", "non payes", "non payees"),
            *("en retard", "echu", "echue", "a payer", "a regler", "envoyee", "non regle", "non reglee"),
            *("offen", "unbezahlt", "nicht bezahlt", "uberfallig", "fallig", "gesendet", "versendet"),
        ),
        PaymentState.OPEN,
    )
    | dict.fromkeys(
        (
            *("draft", "concept", "brouillon", "entwurf", "cancelled", "canceled", "void", "credited"),
            *("geannuleerd", "vervallen verklaard", "gecrediteerd", "annule", "annulee", "storniert"),
        ),
        PaymentState.NOT_ASKED,
    )
)


@lru_cache(maxsize=1024)  # Choices are the same few words in every row.
def bare_word(text: str) -> str:
    """Reduce a choice to what is compared: no capitals or accents, and spaces for hyphens and underscores."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(re.sub(r"(?<=\w)[-_](?=\w)|_", " ", bare).split())
