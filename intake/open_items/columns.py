"""The columns of a list of open items, and the names by which they are known (`docs/open-items.md`)."""

import difflib
import unicodedata
from dataclasses import dataclass
from typing import Final


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
        ),
    ),
    Column("contact_name", ("contact", "contact person", "attention", "contactpersoon", "contactnaam", "t.a.v.")),
    Column("email", ("e-mail address", "mail", "e-mailadres", "mailadres")),
    Column("phone", ("phone number", "telephone", "mobile", "telefoon", "telefoonnummer", "tel", "mobiel")),
    Column("street", ("address", "address line 1", "straat", "adres", "straat en huisnummer", "adresregel 1")),
    Column("house_number", ("huisnummer", "huisnr")),
    Column("postcode", ("postal code", "zip", "zip code")),
    Column("city", ("town", "plaats", "woonplaats", "stad", "gemeente")),
    Column("country", ("country code", "land", "landcode")),
    Column("language", ("taal", "taalcode", "language code")),
    Column("kind", ("type", "customer type", "soort", "klanttype", "soort klant")),
    Column("natural_person", ("natuurlijk persoon",)),
    Column("in_business", ("beroep of bedrijf", "in beroep of bedrijf")),
    Column("government", ("public body", "overheid")),
    Column("invoice_date", ("date", "issue date", "factuurdatum", "datum")),
    Column("due", ("due date", "vervaldatum", "vervaldag", "vervalt op")),
    Column(
        "amount",
        (
            *("invoice amount", "total", "total amount", "principal"),
            *("bedrag", "factuurbedrag", "totaal", "totaalbedrag", "hoofdsom", "bedrag incl btw"),
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
            *("montant ouvert", "montant restant", "montant du signe", "montant impaye"),
            *("offen", "offener betrag", "offener posten", "restbetrag", "offener saldo"),
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
    Column("currency", ("currency code", "valuta", "valutacode", "munt")),
    Column("term_basis", ("grondslag termijn", "betaaltermijn grondslag")),
    Column("received_on", ("received", "ontvangen op", "ontvangstdatum")),
    Column("law", ("governing law", "applicable law", "recht", "toepasselijk recht")),
    Column("tags", ("labels",)),
    Column(
        "reference",
        ("your ref", "your reference", "referentie", "uw referentie", "kenmerk"),
    ),
    Column(
        "payment_reference",
        ("structured reference", "betalingskenmerk", "gestructureerde mededeling", "ogm"),
    ),
    Column("payment_link", ("payment url", "pay link", "betaallink", "betaalpagina")),
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


def nearest_name(header: str) -> str | None:
    """Give the known name that a header may be a slip of, or None when nothing is close."""
    close = difflib.get_close_matches(normal_name(header)[:60], _BY_NAME, n=1, cutoff=0.8)
    return _WRITTEN[close[0]] if close else None
