"""What each letter must hold and may not say, as data: the one place to read, or to change, what makes a letter void.

`letters.checking` holds every letter against these tables when it is rendered. Patterns are regular expressions over
the wording alone, without case: a value that was filled in stands in them as `[text]`, `[amount]`, `[date]` or
`[number]`, so that what somebody is called can neither make a letter void nor save it.

Sources: art. 6:50, 6:82, 6:96 lid 5-7, 3:317, 3:318 BW; Besluit vergoeding voor buitengerechtelijke incassokosten;
HR 25-11-2016 ECLI:NL:HR:2016:2704 (the term of the 14-day letter); art. 3.1 Besluit kwaliteit incassodienstverlening;
Book XIX of the Belgian Code of Economic Law.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from letters.address import address_lines
from letters.content import Claims, Language, Law, LetterContent
from letters.figures import Figures, grouped, labels

Audience = Literal["everyone", "natural person", "consumer"]


@dataclass(frozen=True, slots=True)
class Printing:
    """A letter about to be printed: its content, the name of the letter it became, and how figures are written."""

    content: LetterContent
    letter: str
    paper: bool
    figures: Figures


Condition: TypeAlias = Callable[[Printing], bool]
Values: TypeAlias = Callable[[Printing], tuple[str | None, ...]]


@dataclass(frozen=True)
class Part:
    """Something that a letter must hold.

    Attributes:
        name: What it is, in words.
        give: What to do when it is missing.
        when: When it is asked; always if not given.
        values: The values that must stand in the letter as printed. None among them: the data is missing.
        blocks: Blocks of the wording in which it is said.
        said: Pattern by language that must be found in those blocks.
    """

    name: str
    give: str
    when: Condition = lambda _: True
    values: Values = lambda _: ()
    blocks: tuple[str, ...] = ()
    said: Mapping[Language, str] | None = None

    @cached_property
    def patterns(self) -> Mapping[Language, re.Pattern[str]]:
        """The patterns, ready for use."""
        return {language: re.compile(text, re.IGNORECASE) for language, text in (self.said or {}).items()}


def _consumer(printing: Printing) -> bool:
    return printing.content.consumer


def _careful(printing: Printing) -> bool:
    return printing.content.consumer or printing.content.natural_person


def _to_pay(printing: Printing) -> bool:
    return printing.content.claimed.is_positive


def _both(one: Condition, other: Condition) -> Condition:
    return lambda printing: one(printing) and other(printing)


def _invoice_values(printing: Printing) -> tuple[str | None, ...]:
    figures = printing.figures
    found: list[str] = []
    for line in printing.content.lines:
        found += [line.number, figures.short_day(line.invoice_date), figures.short_day(line.due)]
        found.append(figures.money(line.open))
    return tuple(found)


def _period_values(printing: Printing) -> tuple[str | None, ...]:
    content, figures = printing.content, printing.figures
    if not content.periods or content.interest_basis is None or content.day_count is None:
        return (None,)
    found: list[str] = []
    for period in content.periods:
        found += [period.invoice, figures.short_day(period.first), figures.short_day(period.last)]
        found += [figures.percent(period.rate), figures.money(period.base), figures.money(period.amount)]
    return tuple(found)


def _partner_values(printing: Printing) -> tuple[str | None, ...]:
    partner = printing.content.partner
    if partner is None:
        return (None,)
    found: list[str | None] = [partner.name, printing.figures.day(partner.takes_over_on)]
    if partner.kind == "agency" or partner.register_number:
        found.append(partner.register_number)
    return tuple(found)


def _schedule_values(printing: Printing) -> tuple[str | None, ...]:
    arrangement, figures = printing.content.arrangement, printing.figures
    if arrangement is None:
        return (None,)
    found = [figures.money(arrangement.total)]
    for instalment in arrangement.instalments:
        found += [figures.short_day(instalment.due), figures.money(instalment.amount)]
    return tuple(found)


def _acknowledged(printing: Printing) -> bool:
    return printing.content.arrangement is not None and printing.content.arrangement.acknowledges_debt


def _reference(printing: Printing) -> str:
    checked = printing.content.checked_reference
    return checked.shown if checked else printing.content.reference


CREDITOR = Part(
    "the creditor's name and address",
    "give creditor.address in the creditor's profile",
    # Without a law (a plain policy) nothing formal is claimed, and a profile without address will do.
    values=lambda p: (p.content.creditor.name, *(p.content.creditor.address or ((None,) if p.content.law else ()))),
)
CREDITOR_NAME = Part("the creditor's name", "give creditor.name", values=lambda p: (p.content.creditor.name,))
REGISTER = Part(
    "the creditor's number in the trade register",
    "give creditor.kvk, or creditor.enterprise_number for a Belgian creditor",
    # Dutch and Belgian law ask for it on every letter (art. 27 Handelsregisterwet 2007; art. III.25 WER).
    when=lambda p: p.content.law is not None,
    values=lambda p: (p.content.creditor.kvk or p.content.creditor.enterprise_number,),
)
ENTERPRISE_NUMBER = Part(
    "the creditor's enterprise number (Book XIX WER)",
    "give creditor.enterprise_number; a first reminder without it gives no right to damages",
    values=lambda p: (p.content.creditor.enterprise_number,),
)
DEBTOR = Part("the debtor's name", "give debtor.name", values=lambda p: (p.content.debtor.name,))
DEBTOR_ADDRESS = Part(
    "the debtor's address",
    "give debtor.address; a letter on paper goes nowhere without it",
    when=lambda p: p.paper,
    values=lambda p: address_lines(p.content) or (None,),
)
INVOICES = Part(
    "number, date, due date and open amount of every invoice", "print the table of invoices", values=_invoice_values
)
AMOUNT = Part(
    "the one amount to pay",
    "print `claimed`",
    when=_to_pay,
    values=lambda p: (p.figures.money(p.content.claimed),),
    blocks=("request",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[amount\]"),
)
ACCOUNT = Part(
    "account and reference",
    "print the payment block",
    when=_to_pay,
    values=lambda p: (grouped(p.content.creditor.iban), p.content.creditor.name, _reference(p)),
)
TERM = Part(
    "the term, counted from the day after delivery",
    "give term_days, and keep the wording of block `term`: other words start the term too early, and then no costs are "
    "ever due (HR 25-11-2016)",
    values=lambda p: (p.figures.count(p.content.term_days) if p.content.term_days else None,),
    blocks=("request",),
    said={
        "nl": r"binnen \[number\] dag(en)? vanaf de dag nadat (deze brief|dit bericht) bij u is bezorgd",
        "en": r"within \[number\] days?, counted from the day after this (letter|message) was delivered to you",
        "fr": r"dans (les|un délai d’) ?\[number\] jours? à compter du lendemain du jour où (cette lettre|ce message) "
        r"vous a été remise?",
        "de": r"innerhalb von \[number\] Tag(en)? ab dem Tag, nachdem (dieser Brief|diese Nachricht) Ihnen "
        r"zugestellt wurde",
    },
)
TERM_IF_GIVEN = Part(TERM.name, TERM.give, lambda p: bool(p.content.term_days), TERM.values, TERM.blocks, TERM.said)
TERM_OF_FIRST_REMINDER = Part(
    "the term in calendar days and the day on which it begins (Book XIX WER)",
    "give term_days, and keep the wording of block `request`",
    values=TERM.values,
    blocks=("request",),
    said={
        "nl": r"binnen \[number\] kalenderdagen.*de (derde werkdag|dag) na de verzending",
        "en": r"within \[number\] calendar days.*the (third working )?day after this (letter|e-mail) was sent",
        "fr": r"dans les \[number\] jours calendrier.*le (troisième jour ouvrable après|lendemain de) l’envoi",
        "de": r"innerhalb von \[number\] Kalendertagen.*am (dritten Werktag|Tag) nach dem Versand",
    },
)
FREE_REMINDER = Part(
    "that the first reminder is free (Book XIX WER)",
    "keep the last sentence of block `request`",
    blocks=("request",),
    said={"nl": "gratis", "en": "free of charge", "fr": "gratuit", "de": "kostenlos"},
)
PRODUCT = Part(
    "what was sold (Book XIX WER)",
    "give product",
    values=lambda p: (p.content.product,),
    blocks=("opening",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r": \[text\]\."),
)
DAMAGES = Part(
    "the amount of the damages clause (Book XIX WER)",
    "print damages_if_late in block `consequence`",
    when=lambda p: p.content.damages_if_late is not None,
    values=lambda p: (p.figures.money(p.content.damages_if_late) if p.content.damages_if_late else None,),
    blocks=("consequence",),
    said={
        "nl": r"schadevergoeding van \[amount\]",
        "en": r"damages of \[amount\]",
        "fr": r"indemnité de \[amount\]",
        "de": r"Schadenersatz von \[amount\]",
    },
)
NO_DAMAGES = Part(
    "that no damages follow",
    "print the variant without costs in block `consequence`",
    when=lambda p: p.content.damages_if_late is None,
    blocks=("consequence",),
    said={"nl": "geen schadevergoeding", "en": "no damages", "fr": "pas d’indemnité", "de": "keinen Schadenersatz"},
)
DAMAGES_DUE = Part(
    "that damages are asked, and how much (Book XIX WER)",
    "keep the paragraph on damages in block `opening`",
    when=lambda p: p.content.law == "BE" and p.content.consumer and p.content.claimed_costs is not None,
    values=lambda p: (p.figures.money(p.content.claimed_costs) if p.content.claimed_costs else None,),
    blocks=("opening",),
    said={
        "nl": r"schadevergoeding van \[amount\]",
        "en": r"damages of \[amount\]",
        "fr": r"indemnité de \[amount\]",
        "de": r"Schadenersatz von \[amount\]",
    },
)
IN_ORDER = Part(
    "the question whether the invoice is in order",
    "keep it in block `opening`",
    blocks=("opening",),
    said={"nl": r"in orde\?", "en": r"in order\?", "fr": r"en ordre\s?\?", "de": r"in Ordnung\?"},
)
IN_DEFAULT = Part(
    "the consequence: default",
    "say in block `request` or `opening` that the debtor is in default",
    blocks=("opening", "request"),
    said={"nl": "in verzuim", "en": "in default", "fr": "en défaut de paiement", "de": "in Verzug"},
)
FEE = Part(
    "the exact fee (art. 6:96 lid 6 BW)",
    "give announced_costs, and keep the wording of block `fee`",
    values=lambda p: (p.figures.money(p.content.announced_costs.amount) if p.content.announced_costs else None,),
    blocks=("fee",),
    said={
        "nl": r"moet u ook \[amount\] incassokosten betalen",
        "en": r"must also pay \[amount\] in collection costs",
        "fr": r"devrez alors aussi payer \[amount\] de frais de recouvrement",
        "de": r"müssen Sie auch \[amount\] Inkassokosten zahlen",
    },
)
FEE_OF_NOTICE = Part(
    "the fee that is announced",
    "keep block `fee`",
    lambda p: p.content.announced_costs is not None,
    FEE.values,
    ("fee",),
    {
        "nl": r"\[amount\] aan incassokosten",
        "en": r"\[amount\] in collection costs",
        "fr": r"\[amount\] de frais de recouvrement",
        "de": r"\[amount\] Inkassokosten",
    },
)
VAT_REASON = Part(
    "why VAT is added to the fee (art. 2 lid 3 Besluit vergoeding voor buitengerechtelijke incassokosten)",
    "keep the sentences about VAT in block `fee`",
    when=lambda p: p.content.announced_costs is not None and p.content.announced_costs.vat is not None,
    values=lambda p: (
        p.figures.money(p.content.announced_costs.vat)
        if p.content.announced_costs and p.content.announced_costs.vat
        else None,
    ),
    blocks=("fee",),
    said={
        "nl": r"\[amount\] btw\..*niet terugvragen.*verhoogd",
        "en": r"\[amount\] VAT\..*cannot reclaim.*raised",
        "fr": r"\[amount\] de TVA\..*pas récupérer.*majorés",
        "de": r"\[amount\] Mehrwertsteuer .*nicht als Vorsteuer.*erhöht",
    },
)
DISPUTE_WAY = Part(
    "how to say that the debtor disagrees",
    "keep block `reaction`",
    when=_to_pay,
    blocks=("reaction",),
    said={
        "nl": r"niet eens.*\[text\]|niet eens.*antwoord",
        "en": r"disagree.*(\[text\]|reply)",
        "fr": r"pas d’accord.*(\[text\]|répondez)",
        "de": r"nicht einverstanden.*(\[text\]|antworten)",
    },
)
CONTACT = Part(
    "how to reach the creditor",
    "keep block `reaction`",
    blocks=("reaction",),
    said={
        "nl": r"mail naar \[text\]|antwoord op deze e-mail",
        "en": r"write to \[text\]|reply to this e-mail",
        "fr": r"écrivez à \[text\]|répondez à cet e-mail",
        "de": r"schreiben sie an \[text\]|antworten sie auf diese e-mail",
    },
)
ARRANGEMENT_WAY = Part(
    "how to ask for an arrangement",
    "keep block `hardship`",
    when=_both(_careful, _to_pay),
    blocks=("hardship",),
    said={
        "nl": r"betalingsregeling",
        "en": r"payment arrangement",
        "fr": r"plan de paiement",
        "de": r"Ratenzahlung",
    },
)
DEBT_HELP = Part(
    "where a consumer finds help with debts",
    "keep the last paragraph of block `hardship`",
    when=_both(_consumer, _to_pay),
    blocks=("hardship",),
    said={
        "nl": r"gemeente",
        "en": r"municipality",
        "fr": r"commune",
        "de": r"Gemeinde",
    },
)
RESERVATION = Part(
    "the reservation of the right to payment (art. 3:317 BW)",
    "keep block `reserved`: without it the letter does not interrupt limitation",
    blocks=("reservation",),
    said={
        "nl": r"houden onverminderd recht op betaling",
        "en": r"keep our full right to payment",
        "fr": r"conservons entièrement notre droit au paiement",
        "de": r"Recht auf Zahlung.*behalten wir uns uneingeschränkt vor",
    },
)
INTEREST = Part(
    "the specification of the interest that is claimed",
    "give periods, interest_basis and day_count",
    when=lambda p: p.content.claimed_interest is not None,
    values=_period_values,
    blocks=("interest_note",),
    said={
        "nl": r"berekend per dag, tot en met \[date\]",
        "en": r"counted by the day, up to and including \[date\]",
        "fr": r"calculés par jour, jusqu’au \[date\] inclus",
        "de": r"tageweise berechnet, bis einschließlich \[date\]",
    },
)
PARTNER = Part(
    "the partner's name, registration number and first day",
    "give partner with register_number (art. 11 Wki); a bailiff or lawyer has none, so say so in partner.kind",
    when=lambda p: p.content.consumer and "handoff" in p.content.announces,
    values=_partner_values,
    blocks=("partner",),
    said={
        "nl": r"op \[date\] uit handen aan \[text\]",
        "en": r"over on \[date\] to \[text\]",
        "fr": r"le \[date\] à \[text\]",
        "de": r"am \[date\] an \[text\]",
    },
)
PARTNER_IF_GIVEN = Part(
    PARTNER.name,
    PARTNER.give,
    lambda p: p.content.partner is not None,
    PARTNER.values,
    PARTNER.blocks,
    PARTNER.said,
)
RECEIVED = Part(
    "the payment that came in",
    "give received",
    values=lambda p: (
        (p.figures.money(p.content.received.amount), p.figures.day(p.content.received.credited_on))
        if p.content.received
        else (None,)
    ),
    blocks=("opening",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[amount\]"),
)
REST = Part(
    "what is still open, or that all is paid",
    "give received.rest, and keep block `request`",
    blocks=("request",),
    said={
        "nl": r"nog \[amount\] open|helemaal betaald",
        "en": r"\[amount\] is still open|paid in full",
        "fr": r"reste \[amount\] à payer|entièrement payée",
        "de": r"noch \[amount\] offen|vollständig bezahlt",
    },
)
RESERVATION_OF_EXTRAS = Part(
    "the reservation for interest and costs (art. 6:50 BW)",
    "keep block `reservation`: a receipt for the principal presumes that interest and costs are paid",
    blocks=("reservation",),
    said={
        "nl": r"rente of kosten.*houden wij daar recht op",
        "en": r"interest or costs.*keep our right to them",
        "fr": r"intérêts ou des frais.*conservons notre droit",
        "de": r"Zinsen oder Kosten.*behalten wir uns unser Recht",
    },
)
SCHEDULE = Part("the instalments", "give arrangement", values=_schedule_values)
ACKNOWLEDGEMENT = Part(
    "the acknowledgement of the debt (art. 3:318 BW)",
    "keep it in block `opening`, or say arrangement.acknowledges_debt=False",
    when=_acknowledged,
    blocks=("opening",),
    said={
        "nl": r"erkent u dat u ons \[amount\] moet betalen",
        "en": r"acknowledge that you owe us \[amount\]",
        "fr": r"reconnaissez que vous nous devez \[amount\]",
        "de": r"erkennen Sie an, dass Sie uns \[amount\] schulden",
    },
)
WHOLE_SUM = Part(
    "that the whole sum is due when an instalment is missed",
    "keep it in block `terms`",
    blocks=("terms",),
    said={
        "nl": r"alles wat nog openstaat",
        "en": r"all that is still open",
        "fr": r"tout ce qui reste dû",
        "de": r"alles, was noch offen ist",
    },
)
WARNING_BEFORE_WHOLE_SUM = Part(
    "the warning of fourteen days before the whole sum is due (credit rules)",
    "keep it in block `terms`",
    when=_consumer,
    blocks=("terms",),
    said={
        "nl": r"eerst een brief.*veertien dagen",
        "en": r"first send you a letter.*fourteen days",
        "fr": r"d’abord une lettre.*quatorze jours",
        "de": r"zuerst einen Brief.*vierzehn Tage",
    },
)
INTEREST_IN_ARRANGEMENT = Part(
    "whether interest runs during the arrangement",
    "keep it in block `terms`",
    blocks=("terms",),
    said={"nl": r"\brente\b", "en": r"interest", "fr": r"intérêts", "de": r"Zinsen"},
)
DISPUTE = Part(
    "the dispute: its number, the amount, and the day of the answer",
    "give dispute",
    values=lambda p: (
        (
            p.content.dispute.id,
            p.figures.money(p.content.dispute.disputed),
            p.figures.day(p.content.dispute.answer_by),
        )
        if p.content.dispute
        else (None,)
    ),
    blocks=("opening",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[text\].*\[amount\].*\[date\]"),
)
MISTAKE = Part(
    "which letter was wrong",
    "give apology",
    values=lambda p: (
        (p.figures.day(p.content.apology.sent_on), labels(p.content.language)["letters"].get(p.content.apology.letter))
        if p.content.apology
        else (None,)
    ),
    blocks=("opening",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[date\].*\[text\]"),
)
TOO_MUCH = Part(
    "what was claimed too much",
    "keep it in block `opening`",
    when=lambda p: p.content.apology is not None and p.content.apology.too_much.is_positive,
    values=lambda p: (p.figures.money(p.content.apology.too_much) if p.content.apology else None,),
    blocks=("opening",),
    said={
        "nl": r"\[amount\] te veel",
        "en": r"\[amount\] too much",
        "fr": r"\[amount\] de trop",
        "de": r"\[amount\] zu viel",
    },
)

_REMINDER = (CREDITOR_NAME, INVOICES, AMOUNT, ACCOUNT, TERM_IF_GIVEN, DISPUTE_WAY, ARRANGEMENT_WAY, DEBT_HELP, INTEREST)
_PARTIES = (CREDITOR, REGISTER, DEBTOR, DEBTOR_ADDRESS)
_CLAIM = (*_PARTIES, INVOICES, AMOUNT, ACCOUNT, DISPUTE_WAY, ARRANGEMENT_WAY, DEBT_HELP, INTEREST)
_ANSWER = (CREDITOR_NAME, DEBTOR, INVOICES, ACCOUNT, CONTACT)

REQUIRED: Mapping[str, tuple[Part, ...]] = {
    "service_mail": (CREDITOR_NAME, INVOICES, AMOUNT, ACCOUNT, IN_ORDER, CONTACT),
    "reminder": _REMINDER,
    "second_reminder": (*_REMINDER, DAMAGES_DUE),
    "generic": _REMINDER,
    "notice": (*_CLAIM, TERM, IN_DEFAULT, RESERVATION, FEE_OF_NOTICE, PARTNER_IF_GIVEN),
    "fourteen_day_letter": (*_CLAIM, TERM, IN_DEFAULT, FEE, VAT_REASON, RESERVATION),
    "default_notice": (*_CLAIM, TERM, IN_DEFAULT),
    "first_reminder": (
        *_CLAIM,
        ENTERPRISE_NUMBER,
        PRODUCT,
        TERM_OF_FIRST_REMINDER,
        FREE_REMINDER,
        DAMAGES,
        NO_DAMAGES,
    ),
    "final_demand": (*_CLAIM, TERM_IF_GIVEN, PARTNER, PARTNER_IF_GIVEN, RESERVATION),
    "arrangement_confirmation": (
        CREDITOR,
        DEBTOR,
        INVOICES,
        ACCOUNT,
        CONTACT,
        SCHEDULE,
        ACKNOWLEDGEMENT,
        WHOLE_SUM,
        WARNING_BEFORE_WHOLE_SUM,
        INTEREST_IN_ARRANGEMENT,
        DEBT_HELP,
        INTEREST,
    ),
    "dispute_confirmation": (*_ANSWER, AMOUNT, DISPUTE),
    "receipt": (*_ANSWER, AMOUNT, RECEIVED, REST, RESERVATION_OF_EXTRAS),
    "apology": (*_ANSWER, AMOUNT, MISTAKE, TOO_MUCH),
}
"""The parts of each letter."""

LAW: Mapping[str, Law] = {"fourteen_day_letter": "NL", "first_reminder": "BE"}
"""Letters that one law alone knows."""

TO_CONSUMERS_ONLY = frozenset({"fourteen_day_letter", "default_notice", "first_reminder"})
"""Letters that only the law of consumers knows."""

LEAST_TERM: Mapping[tuple[str, Audience], int] = {
    ("fourteen_day_letter", "everyone"): 14,
    ("default_notice", "everyone"): 14,
    ("first_reminder", "everyone"): 14,
    ("notice", "natural person"): 14,
    ("final_demand", "consumer"): 7,
}
"""Fewest days of a term: art. 6:96 lid 6 BW, Book XIX WER; seven days before a consumer's claim is handed over."""

CLAIMS_OF_CONSUMERS: Mapping[str, frozenset[Claims]] = {
    "reminder": frozenset({"principal"}),
    "second_reminder": frozenset({"principal"}),
    "generic": frozenset({"principal"}),
    "fourteen_day_letter": frozenset({"principal"}),
    "default_notice": frozenset({"principal"}),
    "first_reminder": frozenset({"principal"}),
    "dispute_confirmation": frozenset({"principal"}),
}
"""What a letter to a consumer may claim, where that is not everything: costs are due after a 14-day letter only."""

CLAIMS_OF_BELGIAN_CONSUMERS: Mapping[str, frozenset[Claims]] = {
    **CLAIMS_OF_CONSUMERS,
    "second_reminder": frozenset({"principal", "all"}),
}
"""The same under Belgian law: damages and interest are due once the free first reminder has run out (Book XIX WER), so
that the letter after it may claim them; the ladder has to wait for that term."""

BEFORE_DUE = frozenset({"service_mail"})
"""Letters for before the due date: they ask nothing beside the invoices, of anybody, and call nothing late."""

LONGEST_ARRANGEMENT_OF_CONSUMERS = 366
"""Days from the letter to the last instalment: a longer arrangement is credit."""


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

    @cached_property
    def patterns(self) -> Mapping[Language, re.Pattern[str]]:
        """The patterns, ready for use."""
        return {language: re.compile(text, re.IGNORECASE) for language, text in self.said.items()}


_WITH_TERM = frozenset({"notice", "fourteen_day_letter", "default_notice", "first_reminder", "final_demand"})
_MONTHS: Mapping[Language, str] = {
    "nl": "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "de": "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
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
        {
            "nl": r"\bbeslag|loonbeslag|deurwaarder|\bBKR\b|faillissement|faillietverklaring|zwarte lijst",
            "en": r"\bseiz|\bbailiff|\bBKR\b|bankruptcy|blacklist|credit register|attachment of",
            "fr": r"\bsaisie|\bhuissier|\bfaillite|liste noire|fichage",
            "de": r"Pfändung|pfänden|Gerichtsvollzieher|Schufa|Insolvenz|Konkurs|schwarze Liste",
        },
        audience="natural person",
    ),
    Forbidden(
        "a fee for the reminder or the administration",
        "claim nothing but what the law allows: to a consumer all other costs are void (art. 6:96 lid 5 BW)",
        {
            "nl": r"(herinnerings|aanmanings|administratie|dossier|registratie|regelings|behandelings)kosten",
            "en": r"(reminder|administration|administrative|registration|arrangement|handling) (fee|charge|cost)s?",
            "fr": r"frais (de rappel|de mise en demeure|administratifs|d’administration|de dossier|de gestion)",
            "de": r"(Mahn|Bearbeitungs|Verwaltungs|Registrierungs|Inkassoverwaltungs)(gebühr|kosten|pauschale)",
        },
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
