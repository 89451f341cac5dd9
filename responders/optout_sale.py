"""Do not sell or share: at once, and never with an identity check (11 CCR 7026(d), 7060(b))."""

from intents.rights import Intent
from responders.responder import Responder

OPTOUT_SALE = Responder(
    right=Intent.OPTOUT_SALE,
    done_letter="optout_sale.done",
    asks_staff="Already confirmed to the person: see that every processor stops too.",
    needs_code=False,
    at_once=True,
    suppresses=True,
    answer_holds_data=False,
)
