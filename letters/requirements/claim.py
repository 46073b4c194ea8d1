"""Required parts about what is claimed and announced: invoices, amount, account, interest, fee, damages."""

from letters.figures import grouped
from letters.requirements.part import Part, Printing, to_pay


def _invoice_values(printing: Printing) -> tuple[str | None, ...]:
    figures = printing.figures
    found: list[str] = []
    for line in printing.content.lines:
        found += [line.number, figures.short_day(line.invoice_date), figures.short_day(line.due)]
        found.append(figures.money(line.open))
        found += [figures.ordinal(line.reminder)] if line.reminder else []
    return tuple(found)


def _others_values(printing: Printing) -> tuple[str | None, ...]:
    figures = printing.figures
    found: list[str] = []
    for line in printing.content.others:
        found += [line.number, figures.short_day(line.due), figures.money(line.open)]
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


def _reference(printing: Printing) -> str:
    checked = printing.content.checked_reference
    return checked.shown if checked else printing.content.reference


INVOICES = Part(
    "number, date, due date and open amount of every invoice", "print the table of invoices", values=_invoice_values
)
INVOICES_BY_AMOUNT = Part(
    "number, date and amount of every invoice",
    "print the table of invoices",
    values=lambda p: tuple(
        value
        for line in p.content.lines
        for value in (line.number, p.figures.short_day(line.invoice_date), p.figures.money(line.principal))
    ),
)
STAGES = Part(
    "that the overview says which reminder it is of each invoice",
    "keep it in block `opening`",
    when=lambda p: any(line.reminder for line in p.content.lines),
    blocks=("opening",),
    said={
        "nl": r"hoeveelste herinnering",
        "en": r"which reminder this is",
        "fr": r"numéro du rappel",
        "de": r"wievielte Erinnerung",
    },
)
OTHERS = Part(
    "the other overdue invoices, and that they are not asked for here",
    "keep block `others`",
    when=lambda p: bool(p.content.others),
    values=_others_values,
    blocks=("others",),
    said={
        "nl": r"niet in het bedrag hierboven",
        "en": r"not part of the amount above",
        "fr": r"pas comprises? dans le montant ci-dessus",
        "de": r"im Betrag oben nicht enthalten",
    },
)
AMOUNT = Part(
    "the one amount to pay",
    "print `claimed`",
    when=to_pay,
    values=lambda p: (p.figures.money(p.content.claimed),),
    blocks=("request",),
    said=dict.fromkeys(("nl", "en", "fr", "de"), r"\[amount\]"),
)
ACCOUNT = Part(
    "account and reference",
    "print the payment block",
    when=to_pay,
    values=lambda p: (grouped(p.content.creditor.iban), p.content.creditor.account_name, _reference(p)),
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
