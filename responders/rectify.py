"""Rectification: wrong data are corrected, and every recipient is told (GDPR art. 16 and 19)."""

from intents.rights import Intent
from responders.responder import Responder

RECTIFY = Responder(
    right=Intent.RECTIFY,
    first_letter="rectify.acknowledged",
    done_letter="rectify.done",
    asks_staff="Approve to correct the named field everywhere. The disputed field itself proves nothing.",
    answer_holds_data=False,  # the answer names fields, never values: LAW.md REC-1
)
