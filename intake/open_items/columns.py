"""The columns of a list of open items, and the names by which they are known (`docs/open-items.md`)."""

import difflib
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """One documented column.

    Attributes:
        name: The documented name, also the field of `OpenItem` where there is one.
        also: Other names, English and Dutch, as accounting systems write them.
    """

    name: str
    also: tuple[str, ...]


COLUMNS: Final = (
    Column(
        "number",
        (
            "invoice number",
            "invoice no",
            "invoice nr",
            "invoice",
            "factuurnummer",
            "factuurnr",
            "factuur",
            "nummer",
            *(
                "numero de facture",
                "no facture",
                "n facture",
                "facture",
                "numero",
                "rechnungsnummer",
                "rechnungsnr",
                "rechnung",
                "belegnummer",
                "belegnr",
                "document number",
            ),
        ),
    ),
    Column("key", ("id", "invoice id", "factuur id", "sleutel")),
    Column(
        "debtor_number",
        (
            *(
                "debtor id",
                "debtor no",
                "debtor code",
                "customer number",
                "customer id",
                "customer code",
                "account code",
            ),
            *(
                "debiteurnummer",
                "debiteurennummer",
                "debiteurnr",
                "debiteurcode",
                "klantnummer",
                "klantnr",
                "klantcode",
            ),
            *("relatienummer", "relatiecode"),
            *(
                "numero client",
                "code client",
                "no client",
                "n client",
                "kundennummer",
                "kundennr",
                "debitorennummer",
                "debitorennr",
                "relatienr",
                "contact id",
                "account number",
                "customer no",
            ),
        ),
    ),
    Column(
        "debtor_name",
        (
            *("debtor", "customer", "customer name", "company", "company name", "account name", "name"),
            *(
                "debiteur",
                "debiteurnaam",
                "klant",
                "klantnaam",
                "relatie",
                "relatienaam",
                "bedrijf",
                "bedrijfsnaam",
            ),
            "naam",
            *(
                "nom du client",
                "client",
                "nom client",
                "raison sociale",
                "kunde",
                "kundenname",
                "debitor",
                "debitorenname",
                "partner",
                "afnemer",
            ),
        ),
    ),
    Column(
        "contact_name",
        (
            "contact",
            "contact person",
            "attention",
            "contactpersoon",
            "contactnaam",
            "t.a.v.",
            *(
                "personne de contact",
                "ansprechpartner",
            ),
        ),
    ),
    Column(
        "email",
        (
            "e-mail address",
            "mail",
            "e-mailadres",
            "mailadres",
            *(
                "adresse e-mail",
                "courriel",
                "e mail adresse",
            ),
        ),
    ),
    Column(
        "phone",
        (
            "phone number",
            "telephone",
            "mobile",
            "telefoon",
            "telefoonnummer",
            "tel",
            "mobiel",
            *(
                "telephone client",
                "telefonnummer",
            ),
        ),
    ),
    Column(
        "street",
        (
            "address",
            "address line 1",
            "straat",
            "adres",
            "straat en huisnummer",
            "adresregel 1",
            *(
                "rue",
                "strasse",
                "adresse",
            ),
        ),
    ),
    Column("house_number", ("huisnummer", "huisnr")),
    Column(
        "postcode",
        (
            "postal code",
            "zip",
            "zip code",
            *(
                "code postal",
                "plz",
                "postleitzahl",
            ),
        ),
    ),
    Column(
        "city",
        (
            "town",
            "plaats",
            "woonplaats",
            "stad",
            "gemeente",
            *(
                "ville",
                "localite",
                "ort",
                "commune",
            ),
        ),
    ),
    Column(
        "country",
        (
            "country code",
            "land",
            "landcode",
            *(
                "pays",
                "code pays",
            ),
        ),
    ),
    Column(
        "language",
        (
            "taal",
            "taalcode",
            "language code",
            *(
                "langue",
                "sprache",
            ),
        ),
    ),
    Column(
        "kind",
        (
            "type",
            "customer type",
            "soort",
            "klanttype",
            "soort klant",
            *(
                "type de client",
                "kundenart",
            ),
        ),
    ),
    Column(
        "side",
        ("debtor or creditor", "debiteur of crediteur", "dagboek", "journal", "journaal", "daybook", "soort relatie"),
    ),
    Column("natural_person", ("natuurlijk persoon",)),
    Column("in_business", ("beroep of bedrijf", "in beroep of bedrijf")),
    Column("government", ("public body", "overheid")),
    Column(
        "invoice_date",
        (
            "date",
            "issue date",
            "factuurdatum",
            "datum",
            *(
                "date de facture",
                "date facture",
                "date de facturation",
                "date d'emission",
                "date de la facture",
                "rechnungsdatum",
                "belegdatum",
                "boekdatum",
                "document date",
            ),
        ),
    ),
    Column(
        "due",
        (
            "due date",
            "vervaldatum",
            "vervaldag",
            "vervalt op",
            *(
                "echeance",
                "date d'echeance",
                "date echeance",
                "falligkeit",
                "falligkeitsdatum",
                "fallig am",
                "verv dat",
                "verv datum",
                "betalen voor",
                "uiterste betaaldatum",
            ),
        ),
    ),
    Column(
        "amount",
        (
            *("invoice amount", "total", "total amount", "principal"),
            *("bedrag", "factuurbedrag", "totaal", "totaalbedrag", "hoofdsom", "bedrag incl btw"),
            *(
                "montant",
                "montant ttc",
                "total ttc",
                "montant total",
                "total signe",
                "betrag",
                "rechnungsbetrag",
                "bruttobetrag",
                "gesamtbetrag",
                "brutto",
                "totaal incl btw",
                "totaal incl",
                "total incl vat",
                "total signed",
                "bedrag incl",
            ),
        ),
    ),
    Column(
        "open",
        (
            *("open amount", "outstanding", "outstanding amount", "amount due", "total unpaid", "balance"),
            *("openstaand", "openstaand bedrag", "open bedrag", "nog te betalen", "saldo"),
            *("balance due", "open balance", "outstanding balance", "amount outstanding", "remaining", "unpaid"),
            *("remaining amount", "residual", "residual amount", "amount open"),
            *("uitstaand", "uitstaand bedrag", "uitstaand saldo", "openstaand saldo", "openstaande bedrag"),
            *("restant", "restbedrag", "restsaldo", "resterend", "resterend bedrag", "nog open", "nog te ontvangen"),
            *("solde", "solde du", "solde ouvert", "reste a payer", "reste du", "montant du", "restant du"),
            *("montant ouvert", "montant restant", "montant impaye"),
            *("offen", "offener betrag", "offener posten", "restbetrag", "offener saldo"),
            *(
                "amount due signed",
                "montant du signe",
            ),
        ),
    ),
    Column(
        "paid",
        (
            *("amount paid", "paid amount", "already paid", "total paid", "received amount"),
            *("betaald", "betaald bedrag", "reeds betaald", "al betaald", "voldaan", "reeds voldaan"),
            *("ontvangen bedrag", "bedrag betaald", "paye", "deja paye", "montant paye", "montant regle"),
            *("bezahlt", "bezahlter betrag", "gezahlt", "bereits bezahlt"),
        ),
    ),
    Column(
        "status",
        (
            *("payment status", "invoice status", "state", "betaalstatus", "betalingsstatus", "factuurstatus"),
            *("statut", "statut de paiement", "etat", "zahlungsstatus", "rechnungsstatus"),
        ),
    ),
    Column(
        "paid_on",
        (
            *("payment date", "date paid", "paid date", "betaald op", "betaaldatum", "betalingsdatum"),
            *("datum betaling", "date de paiement", "date paiement", "paye le", "bezahlt am", "zahlungsdatum"),
        ),
    ),
    Column(
        "currency",
        (
            "currency code",
            "valuta",
            "valutacode",
            "munt",
            *(
                "devise",
                "wahrung",
                "val",
                "cur",
            ),
        ),
    ),
    Column("term_basis", ("grondslag termijn", "betaaltermijn grondslag")),
    Column("received_on", ("received", "ontvangen op", "ontvangstdatum")),
    Column("law", ("governing law", "applicable law", "recht", "toepasselijk recht")),
    Column("tags", ("labels",)),
    Column(
        "reference",
        (
            "your ref",
            "your reference",
            "referentie",
            "uw referentie",
            "kenmerk",
            *(
                "votre reference",
                "ihre referenz",
                "reference client",
                "your ref no",
            ),
        ),
    ),
    Column(
        "payment_reference",
        ("structured reference", "betalingskenmerk", "gestructureerde mededeling", "ogm"),
    ),
    Column("payment_link", ("payment url", "pay link", "betaallink", "betaalpagina")),
    Column("kvk", ("kvk nummer", "kvk nr", "handelsregisternummer", "chamber of commerce number", "coc number")),
    Column("enterprise_number", ("ondernemingsnummer", "kbo nummer", "kbo", "numero d entreprise", "bce")),
    Column("product", ("product name", "product or service", "productnaam", "product of dienst")),
    Column("goods", ("goods sold", "goederen", "goederen geleverd")),
    Column("delivered_on", ("delivered", "delivery date", "geleverd op", "leverdatum", "leveringsdatum")),
    Column("contract", ("instalment of", "contract number", "termijn van", "contractnummer")),
    Column("claim_basis", ("basis of claim", "grondslag vordering", "soort vordering")),
    Column("document", ("pdf", "file", "attachment", "bestand", "bestandsnaam", "bijlage")),
    Column("last_step", ("laatste stap",)),
    Column("last_contact_on", ("last contact", "laatste contact", "laatste contact op")),
    Column("notice_posted_on", ("notice posted", "aanmaning verstuurd op", "aanmaning verzonden op")),
    Column("notice_proof", ("proof of notice", "bewijs aanmaning")),
    Column("promise_until", ("promised by", "promise date", "belofte tot", "toezegging tot", "toegezegd voor")),
    Column("promise_amount", ("promised amount", "belofte bedrag", "toezegging bedrag", "toegezegd bedrag")),
    Column("hold", ("hold reason", "on hold", "aanhouden", "reden aanhouden", "geblokkeerd")),
    Column("hold_until", ("aanhouden tot", "geblokkeerd tot")),
    Column("handed_off", ("bij incasso", "uit handen gegeven", "overgedragen")),
)


def normal_name(header: str) -> str:
    """Reduce a header to what is compared: letters and digits, without accents and capitals."""
    plain = unicodedata.normalize("NFKD", header).casefold()
    return "".join(character for character in plain if character.isalnum())


_BY_NAME: Final = {normal_name(name): column.name for column in COLUMNS for name in (column.name, *column.also)}
_WRITTEN: Final = {normal_name(name): name for column in COLUMNS for name in (column.name, *column.also)}


def column_of(header: str) -> str | None:
    """Give the documented name of the column that a header means, or None when it is not known."""
    return _BY_NAME.get(normal_name(header))


AMOUNTS: Final = frozenset(("amount", "open", "paid", "promise_amount"))
DAYS: Final = frozenset(
    (
        *("invoice_date", "due", "paid_on", "received_on", "delivered_on", "last_contact_on", "notice_posted_on"),
        *("promise_until", "hold_until"),
    )
)


def nearest_name(header: str, taken: Container[str], holds: Literal["amounts", "days", "texts"] | None) -> str | None:
    """Give the known name that a header may be a slip of, or None when nothing is close.

    A name is compared as a whole: `Btw-bedrag` is no slip of `bedrag`. One that is in the list already, or is of
    another kind than what stands in the column, is no help.

    Args:
        header: The heading.
        taken: Documented names of the columns that the list has.
        holds: What stands in its cells, None when they are empty.
    """
    for close in difflib.get_close_matches(normal_name(header)[:60], _BY_NAME, n=3, cutoff=0.85):
        name = _BY_NAME[close]
        kind = "amounts" if name in AMOUNTS else "days" if name in DAYS else "texts"
        if name not in taken and (holds in (None, kind) or (holds == "amounts" and kind == "texts")):
            return _WRITTEN[close]
    return None
