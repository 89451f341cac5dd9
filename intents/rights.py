"""The rights a person may ask for, and the two words for everything else.

Sources: GDPR art. 15-22, Cal. Civ. Code 1798.100-.135, 15 USC 7704 (unsubscribe).
"""

from enum import StrEnum


class Intent(StrEnum):
    """What one sentence of a letter may ask. The values are a contract: users script against them."""

    UNSUBSCRIBE = "unsubscribe"
    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFY = "rectify"
    ERASE = "erase"
    RESTRICT = "restrict"
    OBJECT = "object"
    OPTOUT_SALE = "optout_sale"
    QUESTION = "question"
    OTHER = "other"


RIGHTS = tuple(intent for intent in Intent if intent not in (Intent.QUESTION, Intent.OTHER))
"""The eight that open a ticket with a date set by law."""

ORDER = (
    Intent.UNSUBSCRIBE,
    Intent.OPTOUT_SALE,
    Intent.OBJECT,
    Intent.RESTRICT,
    Intent.ACCESS,
    Intent.PORTABILITY,
    Intent.RECTIFY,
    Intent.ERASE,
    Intent.QUESTION,
    Intent.OTHER,
)
"""The order in which several requests of one letter are done: what stops at once first, access before erasure."""


class CaseReply(StrEnum):
    """What a reply inside a running case says."""

    CODE = "code"
    CANCEL = "cancel"
    STATUS = "status"
    NOT_ME = "not_me"
    DETAILS = "details"
    THANKS = "thanks"


class Risk(StrEnum):
    """Why a person of the staff should look before anything else happens."""

    THIRD_PARTY = "third_party"
    PHISHING = "phishing"
    INJECTION = "injection"
    AGENT = "agent"
    MINOR = "minor"
    DECEASED = "deceased"
    LEGAL = "legal"
