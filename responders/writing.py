"""Whether and how the person is written to: by mail, and with a sentence in the chat thread."""

from dataclasses import replace
from datetime import datetime

from responders.case.decision import Decision
from responders.case.effects import Effect, Say, SendCode, SendLetter
from responders.case.ticket import Status, Ticket

STATE_WORDS = {
    Status.UNCLEAR: "checking",
    Status.IDENTIFYING: "waiting_code",
    Status.ANSWERING: "checking",
    Status.DECIDING: "checking",
    Status.ASKING: "waiting_answer",
    Status.WAITING: "waiting_erase",
    Status.DOING: "in_progress",
    Status.DISPUTED: "checking",
    Status.FULFILLED: "done",
    Status.REFUSED: "declined",
    Status.WITHDRAWN: "withdrawn",
    Status.EXPIRED: "expired",
}
"""Keys of [state] in the letters' word lists."""


TELLS_OF_RECEIPT = frozenset(
    {
        "acknowledged",
        "received",
        "answered",
        "staff_answer",
        "done",
        "marketing_done",
        "refused",
        "unverified",
        "nothing_held",
        "partly",
    }
)
"""Moments of letters after which the person knows that the request has come in."""


def acknowledged(decision: Decision, now: datetime) -> Ticket:
    """The ticket of a decision, with the moment at which a letter first told the person of the receipt."""
    ticket = decision.ticket
    letters = (effect.name for effect in decision.effects if isinstance(effect, SendLetter | SendCode))
    if ticket.acknowledged_at is None and any(name.partition(".")[2] in TELLS_OF_RECEIPT for name in letters):
        return replace(ticket, acknowledged_at=now)
    return ticket


def mail(ticket: Ticket, letter: SendLetter) -> tuple[Effect, ...]:
    """A letter, unless no automatic answer may go to this writer or there is no address to write to."""
    if ticket.silent or ticket.person.address is None:
        return ()
    return (letter,)


def spoken(ticket: Ticket, phrase: str) -> tuple[Effect, ...]:
    """A sentence in the chat thread, where the request came by chat."""
    return (Say(phrase),) if ticket.person.thread else ()
