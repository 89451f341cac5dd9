"""A letter inside a case: what the person of the case answers, and what a letter that may be forged can't do. Pure."""

import re

from intents.letter import AuthResult, Letter
from intents.reading import Reading
from intents.rights import CaseReply, Intent
from responders.case import events as e
from responders.case.ticket import Status, Ticket
from responders.concerned import same_address
from responders.disputes import dispute_in
from responders.house import House
from responders.opening import Request
from responders.registry import responder_of
from responders.requests import about, person_of, wishes
from responders.routes import Circumstances, CodeTyped, Happened, Note, Open, Route

_STOP = re.compile(r"\W*stop\b", re.IGNORECASE)
"""The word that our letters about stopping ask for, in every language."""


def proven(letter: Letter, around: Circumstances) -> bool:
    """Whether the writer shows more than a From line, which anybody can write: a mail that went to this very address
    was before them (its Message-ID holds a token), or the company's own server says that the domain sent this. A
    token alone is none: an impostor has tokens of letters that went to themself."""
    return around.had_ours or letter.sender.auth is AuthResult.PASS


def fits(ticket: Ticket, sender: str | None) -> bool:
    """Whether the sender is the one this ticket is about, or who opened it: exactly, for two mailboxes may differ by
    letter case alone."""
    return any(same_address(sender, each) for each in (ticket.person.address, ticket.person.writer))


def reply(letter: Letter, reading: Reading, ticket: Ticket, around: Circumstances) -> Route | None:
    """What a reply inside a case means; None where it is a letter of its own."""
    if not fits(ticket, letter.sender.address):
        if wishes(reading):
            return None
        return Note(ticket.number, "Somebody else answered in this case's thread: look in the mailbox.")
    if letter.sender.auth is AuthResult.FAIL:
        return Note(ticket.number, "A reply came whose sender failed authentication: nothing was done with it.")
    return answer(letter, reading, ticket, around) or further(letter, reading, ticket, around)


def answer(letter: Letter, reading: Reading, ticket: Ticket, around: Circumstances) -> Route | None:
    """The answers that our letters ask for: a code, "that was not me", a stop. None where it is none of them."""
    number, shown = ticket.number, proven(letter, around)
    match reading.case_reply:
        case CaseReply.CODE if reading.fields.code:
            if not same_address(letter.sender.address, ticket.person.address):
                return Note(number, "A code came from another address than the one it was sent to: it does not count.")
            return CodeTyped(number, reading.fields.code, shown)
        case CaseReply.NOT_ME if ticket.status.open:
            return Happened(number, e.PersonDisowned())
        case CaseReply.CANCEL if ticket.status.open:
            return Happened(number, stopping(ticket, shown=shown))
        case None if _STOP.match(reading.text) and (ticket.status is Status.WAITING or asked_to_stop(ticket)):
            return Happened(number, stopping(ticket, shown=shown))
        case _:
            return None


def asked_to_stop(ticket: Ticket) -> bool:
    """Whether we asked the person to confirm that they take the request back."""
    return ticket.status.open and "stop_asked" in ticket.data


def stopping(ticket: Ticket, *, shown: bool) -> e.Event:
    """An erasure in its waiting time stops at any word from a known address, which is the safe side. A request is
    taken back only by somebody who had our mail before them: else a forger could end other people's requests."""
    safe = ticket.status is Status.WAITING and responder_of(ticket).waits
    return e.PersonCancelled() if shown or safe else e.CancelDoubted()


def further(letter: Letter, reading: Reading, ticket: Ticket, around: Circumstances) -> Route | None:
    """Anything else in the thread; None where it asks for something that the case is not about."""
    disagreed = disagreement(letter, reading, ticket, around)
    if disagreed is not None:
        return disagreed
    kind = reading.case_reply
    if kind is None and any(right not in ticket.rights for right in wishes(reading)):
        return None
    if ticket.status is Status.IDENTIFYING and kind is not CaseReply.THANKS and reading.wants_code:
        return Happened(ticket.number, e.NewCodeAsked(proven(letter, around)))
    return Happened(ticket.number, e.PersonWrote(kind, message_id=letter.message_id, at=around.received_at))


def disagreement(letter: Letter, reading: Reading, ticket: Ticket, around: Circumstances) -> Route | None:
    """An appeal or a complaint, as a ticket of its own with its own clock; a second one joins the first."""
    found = dispute_in(reading.text, ticket, around.received_at.date())
    if found is None:
        return None
    running = next((t for t in around.same_sender if t.disputes == ticket.number and t.status.open), None)
    if running is not None:
        return Happened(running.number, e.PersonWrote(message_id=letter.message_id, at=around.received_at))
    dispute, law = found
    request = Request(
        right=ticket.right,
        person=person_of(letter, reading, ticket.person.address),
        channel=letter.channel,
        language=ticket.language,
        received_at=around.received_at,
        regimes=(law,),
        country=ticket.country,
        silent=ticket.silent,
        dispute=dispute,
        disputes=ticket.number,
    )
    return Open((request,))


def repeated(letter: Letter, reading: Reading, around: Circumstances, house: House) -> Route | None:
    """The same person asks the same again while it is open: no second ticket, and no right is lost by it.

    Only a case that a person opened about themself counts: otherwise the writer of a letter about somebody else could
    tell from the answer whether the other is known, and could take that person's own request out of their hands.
    """
    asked = [intent for intent in wishes(reading) if intent is not Intent.QUESTION]
    if not asked or reading.unsure or reading.risks or not around.same_sender:
        return None
    if about(letter, reading, house).address is not None:
        return None
    sender = letter.sender.address
    own = [t for t in around.same_sender if same_address(sender, t.person.address)]
    own = [t for t in own if same_address(sender, t.person.writer)]
    open_ = [t for t in own if t.status.open and t.status is not Status.UNCLEAR and t.dispute is None]
    same = [next((t for t in open_ if t.right is intent), None) for intent in asked]
    if None in same or same[0] is None:
        return None
    first = same[0]
    if first.status is Status.IDENTIFYING:
        return Happened(first.number, e.NewCodeAsked(proven(letter, around)))
    return Happened(first.number, e.PersonWrote(CaseReply.STATUS))
