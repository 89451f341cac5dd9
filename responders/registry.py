"""Which responder does which right."""

from intents.rights import Intent
from responders.access import ACCESS
from responders.case.ticket import Ticket
from responders.disputes import DISPUTES
from responders.erase import ERASE
from responders.object import OBJECT, OBJECT_TO_MARKETING
from responders.optout_sale import OPTOUT_SALE
from responders.portability import PORTABILITY
from responders.question import QUESTION
from responders.rectify import RECTIFY
from responders.responder import Responder
from responders.restrict import RESTRICT
from responders.unclear import UNCLEAR
from responders.unsubscribe import UNSUBSCRIBE

RESPONDERS: dict[Intent, Responder] = {
    r.right: r
    for r in (UNSUBSCRIBE, ACCESS, PORTABILITY, RECTIFY, ERASE, RESTRICT, OBJECT, OPTOUT_SALE, QUESTION, UNCLEAR)
}


def responder_for(right: Intent, *, marketing_only: bool = False) -> Responder:
    """The responder of a right; an objection to direct marketing alone has its own (GDPR art. 21(2)-(3))."""
    if right is Intent.OBJECT and marketing_only:
        return OBJECT_TO_MARKETING
    return RESPONDERS[right]


def responder_of(ticket: Ticket) -> Responder:
    """The responder of a ticket; an appeal or a complaint has its own, whatever right it is about."""
    if ticket.dispute is not None:
        return DISPUTES[ticket.dispute]
    return responder_for(ticket.right, marketing_only=ticket.marketing_only)
