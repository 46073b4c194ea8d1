"""Required parts of letters about what was agreed: arrangements, instalments, promises, settlements."""

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
INTEREST_ON_DEFAULT = Part(
    "whether the interest of that time is asked after all when an instalment is missed: reserved or frozen",
    "keep it in block `terms`",
    when=lambda p: p.content.arrangement is not None and not p.content.arrangement.interest_runs,
    blocks=("terms",),
    said={
        "nl": r"alleen rente als de regeling stopt|geen rente, ook niet als u een termijn mist",
        "en": r"only if it ends because|no interest.*even if you miss an instalment",
        "fr": r"que s’il prend fin parce que|pas d’intérêts.*même si vous manquez un versement",
        "de": r"nur, wenn sie endet, weil|keine Zinsen, auch nicht, wenn Sie eine Rate versäumen",
    },
)
PROMISE = Part(
    "what was promised, and by when",
    "give promise",
    values=lambda p: (
        (p.figures.money(p.content.promise.amount), p.figures.day(p.content.promise.by))
        if p.content.promise
        else (None,)
    ),
    blocks=("opening",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[amount\].*\[date\]"),
)
PROMISE_IN_PART = Part(
    "what of the promise came in",
    "keep it in block `opening`",
    when=lambda p: p.content.promise is not None and p.content.promise.paid.is_positive,
    values=lambda p: (p.figures.money(p.content.promise.paid) if p.content.promise else None,),
    blocks=("opening",),
    said={
        "nl": r"daarvan (is )?\[amount\] (al bij ons|ontvangen)",
        "en": r"received \[amount\] of it",
        "fr": r"reçu \[amount\]",
        "de": r"davon haben wir \[amount\] (schon )?erhalten",
    },
)
IF_NOT_KEPT = Part(
    "what happens when the promise is not kept, and whether it moves a term",
    "keep it in block `terms`",
    blocks=("terms",),
    said={
        "nl": r"loopt nu tot en met \[date\].*geen nieuwe brief|afspraak niet meer.*verandert niet",
        "en": r"runs until \[date\].*not get a new letter|no longer holds.*does not change it",
        "fr": r"jusqu’au \[date\] inclus.*pas de nouvelle lettre|n’est plus valable.*n’y change rien",
        "de": r"bis einschließlich \[date\].*keinen neuen Brief|gilt diese Absprache nicht mehr.*ändert sie nicht",
    },
)
TERM_MOVES = Part(
    "that the running term moves to the promised day, and that no new letter follows",
    "keep it in block `terms`: without it a promise moves no term",
    when=lambda p: p.content.promise is not None and p.content.promise.extends_term,
    blocks=("terms",),
    said={
        "nl": r"termijn.*loopt nu tot en met \[date\].*geen nieuwe brief",
        "en": r"term.*now runs until \[date\].*not get a new letter",
        "fr": r"délai.*court maintenant jusqu’au \[date\] inclus.*pas de nouvelle lettre",
        "de": r"Frist.*läuft jetzt bis einschließlich \[date\].*keinen neuen Brief",
    },
)
PROMISE_OVER = Part(
    "that the promise no longer holds",
    "keep it in block `opening`",
    blocks=("opening",),
    said={
        "nl": r"afspraak geldt daarom niet meer",
        "en": r"agreement no longer holds",
        "fr": r"accord n’est donc plus valable",
        "de": r"Absprache gilt deshalb nicht mehr",
    },
)


def _instalment_values(printing: Printing) -> tuple[str | None, ...]:
    instalment, figures = printing.content.instalment, printing.figures
    if instalment is None:
        return (None,)
    paid = (figures.money(instalment.paid),) if instalment.paid.is_positive else ()
    return (figures.money(instalment.amount), figures.day(instalment.due), *paid)


INSTALMENT = Part(
    "which instalment it is, its amount and its day",
    "give instalment",
    values=_instalment_values,
    blocks=("opening",),
    said={
        "nl": r"termijn \[number\] van \[number\].*\[amount\]",
        "en": r"instalment \[number\] of \[number\].*\[amount\]",
        "fr": r"versement \[number\] sur \[number\].*\[amount\]",
        "de": r"Rate \[number\] von \[number\].*\[amount\]",
    },
)
INSTALMENT_DAY = Part(
    "by which day it is asked",
    "keep it in block `request`",
    blocks=("request",),
    said={"nl": r"uiterlijk op \[date\]", "en": r"by \[date\]", "fr": r"tard le \[date\]", "de": r"am \[date\]"},
)
GRACE = Part(
    "until when the instalment still counts",
    "keep it in block `request`",
    when=lambda p: p.content.instalment is not None and p.content.instalment.grace_until is not None,
    values=lambda p: (
        p.figures.day(p.content.instalment.grace_until)
        if p.content.instalment and p.content.instalment.grace_until
        else None,
    ),
    blocks=("request",),
    said={
        "nl": r"\[date\].*gaat de regeling gewoon door",
        "en": r"\[date\].*arrangement simply goes on",
        "fr": r"\[date\].*plan continue",
        "de": r"\[date\].*geht die Ratenzahlung normal weiter",
    },
)


def _missed_values(printing: Printing) -> tuple[str | None, ...]:
    default, figures = printing.content.default, printing.figures
    if default is None:
        return (None,)
    found = [figures.day(default.agreed_on)]
    for instalment in default.missed:
        found += [figures.short_day(instalment.due), figures.money(instalment.amount)]
    return (*found, *((figures.money(default.paid),) if default.paid.is_positive else ()))


def _warns(printing: Printing) -> bool:
    return printing.content.default is not None and printing.content.default.warning


def _ends(printing: Printing) -> bool:
    return printing.content.default is not None and not printing.content.default.warning


MISSED = Part(
    "when it was agreed, what was paid, and the instalments that were missed",
    "give default",
    values=_missed_values,
    blocks=("opening",),
    said={"nl": r"termijn", "en": r"instalment", "fr": r"versement", "de": r"Rate"},
)
PAY_WHAT_WAS_MISSED = Part(
    "that the arrangement goes on if what was missed is paid within the term",
    "give default.pay_by_days, and keep it in block `request`",
    when=_warns,
    values=lambda p: (
        p.figures.count(p.content.default.pay_by_days) if p.content.default and p.content.default.pay_by_days else None,
    ),
    blocks=("request",),
    said={
        "nl": r"gaat de regeling gewoon door",
        "en": r"arrangement then simply goes on",
        "fr": r"plan continue",
        "de": r"geht die Ratenzahlung normal weiter",
    },
)
OR_THE_WHOLE_SUM = Part(
    "the warning that all is due if what was missed is not paid",
    "keep it in block `terms`",
    when=_warns,
    blocks=("terms",),
    said={
        "nl": r"dan stopt de regeling.*alles wat nog openstaat",
        "en": r"the arrangement ends.*all that is still open",
        "fr": r"le plan prend fin.*tout ce qui reste dû",
        "de": r"endet die Ratenzahlung.*alles, was noch offen ist",
    },
)
ARRANGEMENT_OVER = Part(
    "that the arrangement has ended, and that all that is open is due",
    "keep it in block `request`",
    when=_ends,
    blocks=("request",),
    said={
        "nl": r"regeling is daarom gestopt.*alles wat nog openstaat",
        "en": r"arrangement has ended.*all that is still open",
        "fr": r"plan a pris fin.*tout ce qui reste dû",
        "de": r"Ratenzahlung ist deshalb beendet.*alles, was noch offen ist",
    },
)
ENDED = Part(
    "which arrangement ended, by agreement",
    "give arrangement",
    values=lambda p: (p.figures.money(p.content.arrangement.total) if p.content.arrangement else None,),
    blocks=("opening",),
    said={
        "nl": r"samen afgesproken.*\[amount\].*gelden niet meer",
        "en": r"agreed together.*\[amount\].*no longer hold",
        "fr": r"convenu ensemble.*\[amount\].*ne sont plus valables",
        "de": r"gemeinsam vereinbart.*\[amount\].*gelten nicht mehr",
    },
)
SETTLEMENT = Part(
    "until when the lower amount counts",
    "give settlement",
    values=lambda p: (p.figures.day(p.content.settlement.by) if p.content.settlement else None,),
    blocks=("request",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[amount\].*\[date\]"),
)
RELEASE = Part(
    "that the rest is released then, and how much it is (art. 6:160 BW)",
    "keep it in block `terms`",
    values=lambda p: (p.figures.money(p.content.settlement.released) if p.content.settlement else None,),
    blocks=("terms",),
    said={
        "nl": r"schelden wij u de rest van \[amount\] kwijt",
        "en": r"release you from the rest of \[amount\]",
        "fr": r"faisons remise du reste, soit \[amount\]",
        "de": r"erlassen wir Ihnen den Rest von \[amount\]",
    },
)
ELSE_ALL = Part(
    "that all is due again if it does not arrive in time and in full",
    "keep it in block `terms`",
    blocks=("terms",),
    said={
        "nl": r"niet op tijd of niet helemaal.*weer alles betalen",
        "en": r"not arrive in time, or not in full.*pay everything again",
        "fr": r"pas à temps ou pas en entier.*de nouveau tout payer",
        "de": r"nicht rechtzeitig oder nicht ganz.*wieder alles zahlen",
    },
)
