"""Intake: what a letter means for us, from its reading, its sender and the case it may belong to. Pure."""

from intents.letter import Letter
from intents.reading import Reading
from intents.rights import Risk
from responders.case import events as e
from responders.case.ticket import Ticket
from responders.house import House
from responders.replies import repeated, reply
from responders.requests import by_mail, person_of, wishes
from responders.routes import Circumstances, Happened, Leave, Note, Open, Route


def route(letter: Letter, reading: Reading, around: Circumstances, house: House) -> Route:
    """What a letter means. Nothing in a letter's text can do more than open a ticket or answer in the sender's own."""
    sender = letter.sender.address
    if sender is not None and sender.casefold() in house.own_addresses:
        return Leave("our own address")
    if letter.bounce_of is not None or letter.bounced_address is not None:
        if around.known is not None and (around.by_token or around.returned):
            return Happened(around.known.number, e.LetterReturned(around.returned or "unknown"))
        return Leave("a bounce of something that is not ours")
    if reading.auto or letter.auto_signs:
        return Leave("machine mail")
    if (ticket := come_before(letter, reading, around)) is not None:
        return Note(ticket.number, "The same letter came again, to this mailbox or another: nothing more was done.")
    if around.known is not None:
        answer = reply(letter, reading, around.known, around)
        if answer is not None:
            return answer
    return repeated(letter, reading, around, house) or fresh(letter, reading, around, house)


def come_before(letter: Letter, reading: Reading, around: Circumstances) -> Ticket | None:
    """The sender's ticket that this very letter has opened: some write to two mailboxes of a house at once. The same
    Message-ID alone proves nothing, some programs give it to all letters."""
    if letter.message_id is None:
        return None
    said = person_of(letter, reading, None)
    same = (said.message_id, said.subject, said.text)
    found = (t for t in around.same_sender if (t.person.message_id, t.person.subject, t.person.text) == same)
    return next(found, None)


def fresh(letter: Letter, reading: Reading, around: Circumstances, house: House) -> Route:
    """A letter of its own: new tickets, or nothing of ours."""
    if wishes(reading) or reading.unsure:
        return Open(by_mail(letter, reading, around, house))
    legal = any(sign.risk is Risk.LEGAL for sign in reading.risks)
    return Leave("a legal matter, but not of privacy" if legal else "no privacy matter")
