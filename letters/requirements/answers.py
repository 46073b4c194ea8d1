"""Required parts of letters that answer something: a payment, a dispute, a mistake of ours, a change of data."""

from letters.figures import labels
from letters.requirements.part import Part, Printing, to_pay

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


def _decided(printing: Printing, *outcomes: str) -> bool:
    return printing.content.decision is not None and printing.content.decision.outcome in outcomes


def _fresh_time(printing: Printing) -> tuple[str | None, ...]:
    decision, figures = printing.content.decision, printing.figures
    if decision is None or decision.new_term:
        return ()
    return (figures.count(printing.content.term_days) if printing.content.term_days else None,)


DECISION = Part(
    "the decision: the number of the dispute, its amount and the day",
    "give decision",
    values=lambda p: (
        (
            p.content.decision.id,
            p.figures.money(p.content.decision.disputed),
            p.figures.day(p.content.decision.decided_on),
        )
        if p.content.decision
        else (None,)
    ),
    blocks=("opening",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[text\].*\[amount\].*\[date\]"),
)
UPHELD = Part(
    "what is no longer asked, that a credit note follows, and that letters about it no longer count",
    "keep it in block `opening`",
    when=lambda p: _decided(p, "upheld", "partly"),
    values=lambda p: (p.figures.money(p.content.decision.upheld) if p.content.decision else None,),
    blocks=("opening",),
    said={
        "nl": r"niet te betalen.*creditfactuur.*geldt niet meer",
        "en": r"need not pay.*credit note.*no longer counts",
        "fr": r"ne devez pas payer.*note de crédit.*n’est plus valable",
        "de": r"müssen.*nicht zahlen.*Gutschrift.*gilt nicht mehr",
    },
)
ASKED_AFTER_ALL = Part(
    "that the amount is asked after all",
    "keep it in block `opening`",
    when=lambda p: to_pay(p) and _decided(p, "partly", "rejected", "withdrawn"),
    blocks=("opening",),
    said={
        "nl": r"vragen wij u toch",
        "en": r"we ask you to pay.*after all",
        "fr": r"nous vous demandons de payer",
        "de": r"bitten wir Sie nun doch",
    },
)
REASON = Part(
    "why it was decided",
    "keep it in block `opening`",
    when=lambda p: p.content.decision is not None and bool(p.content.decision.reason),
    values=lambda p: (p.content.decision.reason if p.content.decision else None,),
    blocks=("opening",),
    said={
        "nl": r"uitleg: \[text\]",
        "en": r"explanation: \[text\]",
        "fr": r"explication : \[text\]",
        "de": r"Erklärung: \[text\]",
    },
)
FRESH_TIME = Part(
    "that the debtor has time again: a term, or a new letter with a full one",
    "give term_days, or say decision.new_term=True: after a rejection the term is given again in full",
    when=lambda p: to_pay(p) and _decided(p, "partly", "rejected"),
    values=_fresh_time,
    blocks=("request",),
    said={
        "nl": r"nieuwe, volledige termijn|opnieuw de tijd",
        "en": r"new, full term|new time to pay",
        "fr": r"nouveau délai complet|de nouveau du temps",
        "de": r"neuen, vollen Frist|wieder Zeit",
    },
)
RETURNED = Part(
    "the payment that came back, and that it costs nothing",
    "give returned",
    values=lambda p: (
        (p.figures.money(p.content.returned.amount), p.figures.day(p.content.returned.on))
        if p.content.returned
        else (None,)
    ),
    blocks=("opening",),
    said={
        "nl": r"\[date\].*\[amount\].*niets extra",
        "en": r"\[date\].*\[amount\].*nothing extra",
        "fr": r"\[date\].*\[amount\].*rien de plus",
        "de": r"\[date\].*\[amount\].*nichts zusätzlich",
    },
)
WITHDRAWN = Part(
    "which letter no longer counts",
    "give withdrawn",
    values=lambda p: (p.figures.day(p.content.withdrawn.since) if p.content.withdrawn else None,),
    blocks=("opening",),
    said={
        "nl": r"brief van \[date\] vervalt",
        "en": r"letter of \[date\] no longer counts",
        "fr": r"lettre du \[date\] est annulée",
        "de": r"Brief vom \[date\] gilt nicht mehr",
    },
)
NOTHING_OWED = Part(
    "that nothing is owed, and no interest or costs either",
    "keep it in block `request`",
    blocks=("request",),
    said={
        "nl": r"niets te betalen, ook geen rente en geen kosten",
        "en": r"nothing.*no interest or costs",
        "fr": r"ne nous devez rien.*ni intérêts ni frais",
        "de": r"schulden Sie uns nichts.*keine Zinsen und keine Kosten",
    },
)
OVERPAID = Part(
    "how much was paid too much",
    "give overpaid",
    values=lambda p: (p.figures.money(p.content.overpaid.amount) if p.content.overpaid else None,),
    blocks=("opening",),
    said={
        "nl": r"\[amount\] te veel",
        "en": r"\[amount\] too much",
        "fr": r"\[amount\] de trop",
        "de": r"\[amount\] zu viel",
    },
)
REFUND_OR_SET_OFF = Part(
    "that it is paid back, or set off when he hears of it (art. 6:127 BW)",
    "keep it in block `request`",
    blocks=("request",),
    said={
        "nl": r"betalen het aan u terug.*verrekenen.*krijgt u daarvan bericht",
        "en": r"pay it back to you.*set it off.*will tell you",
        "fr": r"vous rembourserons.*compenser.*vous en informerons",
        "de": r"zahlen es Ihnen zurück.*verrechnen.*teilen wir Ihnen das mit",
    },
)
ENCLOSED = Part(
    "that the invoice is enclosed",
    "keep it in block `opening`",
    blocks=("opening",),
    said={"nl": r"als bijlage", "en": r"attached", "fr": r"pièce jointe", "de": r"im Anhang"},
)
DUE_DATE_STAYS = Part(
    "that the due date stays",
    "keep it in block `request`",
    blocks=("request",),
    said={
        "nl": r"vervaldatums? (blijft|blijven)",
        "en": r"due dates? stays?",
        "fr": r"dates? d’échéance reste",
        "de": r"Fälligkeiten bleiben|fällig bleibt",
    },
)
BALANCE = Part(
    "what is open on the date of the letter",
    "keep it in block `request`",
    when=lambda p: p.content.balance.is_positive,
    values=lambda p: (p.figures.money(p.content.balance), p.figures.day(p.content.on)),
    blocks=("request",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[amount\]"),
)
NO_REQUEST = Part(
    "that the letter asks for no payment",
    "keep it in block `request`",
    when=lambda p: p.content.balance.is_positive,
    blocks=("request",),
    said={
        "nl": r"vragen wij u niet om|vragen u hiermee niet om",
        "en": r"do not ask you to pay",
        "fr": r"ne vous demandons pas de payer",
        "de": r"bitten (wir )?Sie[^.]* nicht|bitten Sie damit nicht",
    },
)
CHANGE = Part(
    "which of the debtor's data is to change",
    "give contact_change",
    values=lambda p: () if p.content.contact_change else (None,),
    blocks=("opening",),
    said={
        "nl": r"uw (e-mailadres|postadres|rekeningnummer|telefoonnummer)",
        "en": r"your (e-mail address|postal address|account number|phone number)",
        "fr": r"votre (adresse e-mail|adresse postale|numéro de compte|numéro de téléphone)",
        "de": r"Ihre (E-Mail-Adresse|Postanschrift|Kontonummer|Telefonnummer)",
    },
)
NOT_BY_THE_DEBTOR = Part(
    "that nothing changes if the debtor says that he did not ask for it",
    "keep it in block `request`",
    blocks=("request",),
    said={
        "nl": r"u dit niet\?.*veranderen wij niets",
        "en": r"not you\?.*change nothing",
        "fr": r"n’était pas vous \?.*changerons rien",
        "de": r"das nicht\?.*ändern dann nichts",
    },
)
