"""Appeals and complaints: what a person may do who does not agree, as data, and which of them a reply is.

An appeal is one to the company, where a law gives it (Va. Code 59.1-577(C) and its like); a complaint is that of DPA
2018 s. 164A. Where the leading laws know neither, a reply that disagrees goes to staff like any other.
"""

from datetime import date

from intents.disagreement import disagrees
from intents.rights import Intent
from responders.case.ticket import Status, Ticket
from responders.dates import laws_of
from responders.law.deadlines import gives
from responders.law.regime import FurtherRight
from responders.responder import Responder

DISPUTES = {
    FurtherRight.APPEAL: Responder(
        right=Intent.OTHER,
        done_letter="appeal.decided",
        asks_staff="Decide this appeal, by somebody who did not take the first decision. The person reads the reasons.",
        needs_code=False,
        answer_holds_data=False,
    ),
    FurtherRight.COMPLAINT: Responder(
        right=Intent.OTHER,
        done_letter="complaint.answered",
        asks_staff="Look into this complaint without undue delay, and tell the person the outcome.",
        needs_code=False,
        answer_holds_data=False,
    ),
}
ENDED = (Status.REFUSED, Status.EXPIRED, Status.FULFILLED)


def dispute_in(text: str, ticket: Ticket, day: date) -> tuple[FurtherRight, str] | None:
    """Which dispute a reply inside `ticket` begins, and by which law; None where it begins none."""
    if ticket.dispute is not None or not disagrees(text):
        return None
    for law in laws_of(ticket):
        if ticket.status in ENDED and gives(law, FurtherRight.APPEAL, day):
            return FurtherRight.APPEAL, law
        if gives(law, FurtherRight.COMPLAINT, day):
            return FurtherRight.COMPLAINT, law
    return None
