"""The letters there are, and which one a content really asks for."""

from letters.content import LetterContent

LETTERS = (
    "service_mail",
    "reminder",
    "second_reminder",
    "notice",
    "fourteen_day_letter",
    "default_notice",
    "first_reminder",
    "final_demand",
    "arrangement_confirmation",
    "dispute_confirmation",
    "receipt",
    "apology",
    "dispute_decision",
    "promise_confirmation",
    "promise_broken",
    "instalment_reminder",
    "instalment_missed",
    "arrangement_default",
    "arrangement_ended",
    "settlement_confirmation",
    "debit_returned",
    "claim_withdrawn",
    "invoice_copy",
    "neutral_statement",
    "contact_change",
    "reservation",
    "overpayment",
    "generic",
)
"""Names of all letters, as a policy may name them under `letter:`."""

FORMAL = frozenset(
    {"notice", "fourteen_day_letter", "default_notice", "final_demand", "arrangement_default", "reservation"}
)
"""Letters on which rights hang: formal tone, and they call themselves a letter also in an e-mail."""

RECORD = FORMAL | {
    "first_reminder",
    "receipt",
    "apology",
    "arrangement_confirmation",
    "arrangement_ended",
    "dispute_confirmation",
    "dispute_decision",
    "promise_confirmation",
    "settlement_confirmation",
    "claim_withdrawn",
    "invoice_copy",
    "neutral_statement",
    "overpayment",
}
"""Letters that are evidence: their e-mail, too, names the addressee and the date."""

OVERVIEW = "generic"
"""The letter about invoices that are at different steps: it calls itself no first and no second one."""

LISTS_OTHERS = frozenset({"reminder", "second_reminder", OVERVIEW})
"""Letters that may list other overdue invoices: no right hangs on the amounts in them."""

FEE_LETTERS = frozenset({"fourteen_day_letter", "notice"})
"""Letters that announce a fee by its amount, if the content has one."""

EVENTS = {
    "arrangement_confirmation": "arrangement",
    "dispute_confirmation": "dispute",
    "receipt": "received",
    "apology": "apology",
    "dispute_decision": "decision",
    "promise_confirmation": "promise",
    "promise_broken": "promise",
    "instalment_reminder": "instalment",
    "instalment_missed": "instalment",
    "arrangement_default": "default",
    "arrangement_ended": "arrangement",
    "settlement_confirmation": "settlement",
    "debit_returned": "returned",
    "claim_withdrawn": "withdrawn",
    "contact_change": "contact_change",
    "overpayment": "overpaid",
}
"""Letters that answer something, and the field of the content that says what."""

ANSWERS = frozenset({*EVENTS, "invoice_copy", "neutral_statement", "reservation"})
"""Letters that no step of a ladder sends: they answer, or keep a right, and none of them is a reminder."""

BY_INSTALMENT = frozenset({"instalment_reminder", "instalment_missed"})
"""Letters about one instalment: they name the invoices, and ask nothing of what is open on each."""

NAMES_NO_INVOICE = frozenset({"contact_change"})
"""Letters that may reach a stranger, and say nothing of what is owed."""


def effective_letter(content: LetterContent) -> str:
    """Return the name of the letter that a content really asks for.

    A policy names one ladder for all; the law makes another letter of it for a consumer:

    - `notice` with the exact fee announced is the Dutch 14-day letter (art. 6:96 lid 6 BW), and without it a notice of
      default that announces no costs (art. 6:82 BW). Under Belgian law it stays a notice.
    - `reminder` with a term is under Belgian law the free first reminder (Book XIX WER).
    """
    if not content.consumer:
        return content.letter
    if content.letter == "notice" and content.law != "BE":
        return "fourteen_day_letter" if content.announced_costs else "default_notice"
    if content.letter == "reminder" and content.law == "BE" and content.term_days is not None:
        return "first_reminder"
    return content.letter
