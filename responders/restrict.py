"""Restriction: data are kept but frozen (GDPR art. 18)."""

from intents.rights import Intent
from responders.responder import Responder

RESTRICT = Responder(
    right=Intent.RESTRICT,
    first_letter="restrict.acknowledged",
    done_letter="restrict.done",
    asks_staff="Approve to freeze this person's data until the dispute is settled.",
    answer_holds_data=False,
)
