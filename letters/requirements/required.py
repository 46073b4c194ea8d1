"""The required parts of each letter."""

from collections.abc import Mapping

from letters.requirements.answers import (
    ACKNOWLEDGEMENT,
    DISPUTE,
    INTEREST_IN_ARRANGEMENT,
    MISTAKE,
    RECEIVED,
    RESERVATION_OF_EXTRAS,
    REST,
    SCHEDULE,
    TOO_MUCH,
    WARNING_BEFORE_WHOLE_SUM,
    WHOLE_SUM,
)
from letters.requirements.claim import (
    ACCOUNT,
    AMOUNT,
    DAMAGES,
    DAMAGES_DUE,
    FEE,
    FEE_OF_NOTICE,
    IN_ORDER,
    INTEREST,
    INVOICES,
    NO_DAMAGES,
    OTHERS,
    PRODUCT,
    STAGES,
    VAT_REASON,
)
from letters.requirements.part import Part
from letters.requirements.parties import (
    ADDRESSEE,
    ARRANGEMENT_WAY,
    CONTACT,
    CREDITOR,
    CREDITOR_NAME,
    DEBT_HELP,
    DEBTOR,
    DEBTOR_ADDRESS,
    DISPUTE_WAY,
    ENTERPRISE_NUMBER,
    PARTNER,
    PARTNER_IF_GIVEN,
    REGISTER,
)
from letters.requirements.terms import (
    FREE_REMINDER,
    IN_DEFAULT,
    RESERVATION,
    TERM,
    TERM_IF_GIVEN,
    TERM_OF_FIRST_REMINDER,
)

_REMINDER = (
    CREDITOR_NAME,
    INVOICES,
    AMOUNT,
    ACCOUNT,
    TERM_IF_GIVEN,
    DISPUTE_WAY,
    ARRANGEMENT_WAY,
    DEBT_HELP,
    INTEREST,
    OTHERS,
)

_PARTIES = (CREDITOR, REGISTER, DEBTOR, DEBTOR_ADDRESS)

_CLAIM = (*_PARTIES, INVOICES, AMOUNT, ACCOUNT, DISPUTE_WAY, ARRANGEMENT_WAY, DEBT_HELP, INTEREST)

_ANSWER = (CREDITOR_NAME, ADDRESSEE, INVOICES, ACCOUNT, CONTACT)

REQUIRED: Mapping[str, tuple[Part, ...]] = {
    "service_mail": (CREDITOR_NAME, INVOICES, AMOUNT, ACCOUNT, IN_ORDER, CONTACT),
    "reminder": _REMINDER,
    "second_reminder": (*_REMINDER, DAMAGES_DUE),
    "generic": (*_REMINDER, STAGES),
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
