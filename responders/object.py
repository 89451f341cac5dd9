"""Objection: to direct marketing at once and unchecked (GDPR art. 21(2)-(3)), else weighed by staff (art. 21(1))."""

from intents.rights import Intent
from responders.responder import Responder

OBJECT = Responder(
    right=Intent.OBJECT,
    first_letter="object.acknowledged",
    done_letter="object.done",
    asks_staff="Weigh the objection: approve to stop this use, or refuse with compelling grounds.",
    answer_holds_data=False,
)

OBJECT_TO_MARKETING = Responder(
    right=Intent.OBJECT,
    done_letter="object.marketing_done",
    asks_staff="Already confirmed to the person: see that every processor stops too.",
    needs_code=False,
    at_once=True,
    suppresses=True,
    answer_holds_data=False,
)
