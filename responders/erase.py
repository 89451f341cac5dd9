"""Erasure: in two steps, approved and then a waiting time in which "stop" cancels it (GDPR art. 17, CCPA 1798.105)."""

from intents.rights import Intent
from responders.responder import Responder

ERASE = Responder(
    right=Intent.ERASE,
    first_letter="erase.acknowledged",
    done_letter="erase.done",
    asks_staff="Approve to erase this person's data at every processor, after the waiting time.",
    waits=True,
)
