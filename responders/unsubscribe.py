"""Unsubscribe: at once, confirmed once, and never with a code, a question or a log-in (16 CFR 316.5, CASL s. 11)."""

from intents.rights import Intent
from responders.responder import Responder

UNSUBSCRIBE = Responder(
    right=Intent.UNSUBSCRIBE,
    done_letter="unsubscribe.done",
    asks_staff="Already confirmed to the person: take the address off the list at every processor.",
    needs_code=False,
    at_once=True,
    suppresses=True,
    answer_holds_data=False,
)
