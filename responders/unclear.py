"""Unclear: a letter that only a person can sort, or a writer whom no automatic answer may reach."""

from intents.rights import Intent
from responders.responder import Responder

UNCLEAR = Responder(
    right=Intent.OTHER,
    done_letter="unclear.asked",
    asks_staff="Read the letter in the mailbox and say what it asks.",
    needs_code=False,
    answer_holds_data=False,
)
