"""Portability: the data the person provided, in a machine-readable form (GDPR art. 20)."""

from intents.rights import Intent
from responders.responder import Responder

PORTABILITY = Responder(
    right=Intent.PORTABILITY,
    first_letter="portability.acknowledged",
    done_letter="portability.done",
    asks_staff="Approve to export what this person provided, in a machine-readable form.",
)
