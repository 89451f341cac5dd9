"""Access: a copy of the data and the list of GDPR art. 15(1); "right to know" of Cal. Civ. Code 1798.110."""

from intents.rights import Intent
from responders.responder import Responder

ACCESS = Responder(
    right=Intent.ACCESS,
    first_letter="access.acknowledged",
    done_letter="access.done",
    asks_staff="Approve to collect this person's data from each processor and send it.",
)
