"""Required parts of letters that answer something: a payment, an arrangement, a dispute, a mistake of ours."""

from letters.figures import labels
from letters.requirements.part import Part, Printing, consumer


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
    when=consumer,
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
