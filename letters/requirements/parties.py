"""Required parts about who writes to whom: creditor, debtor, partner, and how to answer."""

from letters.address import address_lines
from letters.requirements.part import Part, Printing, both, careful, consumer, to_pay


def _partner_values(printing: Printing) -> tuple[str | None, ...]:
    partner = printing.content.partner
    if partner is None:
        return (None,)
    found: list[str | None] = [partner.name, printing.figures.day(partner.takes_over_on)]
    if partner.kind == "agency" or partner.register_number:
        found.append(partner.register_number)
    return tuple(found)


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
DISPUTE_WAY = Part(
    "how to say that the debtor disagrees",
    "keep block `reaction`",
    when=to_pay,
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
    when=both(careful, to_pay),
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
    when=both(consumer, to_pay),
    blocks=("hardship",),
    said={
        "nl": r"gemeente",
        "en": r"municipality",
        "fr": r"commune",
        "de": r"Gemeinde",
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
