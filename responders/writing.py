"""Whether and how the person is written to: by mail, and with a sentence in the chat thread."""

from responders.case.effects import Effect, Say, SendLetter
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


def mail(ticket: Ticket, letter: SendLetter) -> tuple[Effect, ...]:
    """A letter, unless no automatic answer may go to this writer or there is no address to write to."""
    if ticket.silent or ticket.person.address is None:
        return ()
    return (letter,)


def spoken(ticket: Ticket, phrase: str) -> tuple[Effect, ...]:
    """A sentence in the chat thread, where the request came by chat."""
    return (Say(phrase),) if ticket.person.thread else ()
