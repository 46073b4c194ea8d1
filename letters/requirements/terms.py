"""Required parts about the term and what follows from it: default, and the reservation of the right to payment."""

from letters.answered import term_of
from letters.requirements.part import Part, Printing


def _term_values(printing: Printing) -> tuple[str | None, ...]:
    days = term_of(printing.content, printing.letter)
    return (printing.figures.count(days) if days else None,)


TERM = Part(
    "the term, counted from the day after delivery",
    "give term_days, and keep the wording of block `term`: other words start the term too early, and then no costs are "
    "ever due (HR 25-11-2016)",
    values=_term_values,
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
TERM_IF_GIVEN = Part(
    TERM.name, TERM.give, lambda p: bool(term_of(p.content, p.letter)), TERM.values, TERM.blocks, TERM.said
)
TERM_IF_NO_NEW_LETTER = Part(
    TERM.name,
    TERM.give,
    lambda p: bool(
        p.content.term_days
        and p.content.claimed.is_positive
        and p.content.decision is not None
        and not p.content.decision.new_term
    ),
    TERM.values,
    TERM.blocks,
    TERM.said,
)
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
IN_DEFAULT = Part(
    "the consequence: default",
    "say in block `request` or `opening` that the debtor is in default",
    blocks=("opening", "request"),
    said={"nl": "in verzuim", "en": "in default", "fr": "en défaut de paiement", "de": "in Verzug"},
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
RESERVATION_AT_THE_END = Part(
    RESERVATION.name,
    RESERVATION.give,
    lambda p: p.content.default is not None and not p.content.default.warning,
    RESERVATION.values,
    RESERVATION.blocks,
    RESERVATION.said,
)
