"""What a chat message asks, as requests. No address is taken out of the open channel. Pure."""

from dataclasses import replace
from datetime import datetime

from intents.letter import Channel, Letter, Sender
from intents.reading import Reading
from intents.rights import Intent
from responders.law.choose import LawClues, applicable, residence
from responders.opening import Request
from responders.requests import HOLDING, each_right, free, person_of, wishes

Thread = tuple[str, str, str]
"""Channel, timestamp of the thread's first message, user."""


def letter_of(text: str) -> Letter:
    """A chat message as a letter: nobody is known by it, and it has no subject."""
    return Letter(channel=Channel.CHAT, subject="", body=text, sender=Sender(None))


def hold_reason(reading: Reading) -> str | None:
    """Why a person must look first; None where it may go on."""
    holding = [sign.risk for sign in reading.risks if sign.risk in HOLDING]
    if holding:
        return f"possible {holding[0].value.replace('_', ' ')}"
    return "the reading is not sure" if reading.unsure else None


def requests_of(reading: Reading, thread: Thread, received_at: datetime, passages: str) -> tuple[Request, ...]:
    """The requests of a message, in the order in which they are done; empty where it is no privacy matter.

    `passages` are the policy's own words that answer a question, or "".
    """
    if reading.auto or not (wishes(reading) or reading.unsure):
        return ()
    person = replace(person_of(letter_of(""), reading, None), named=None, thread=thread)
    clues = LawClues(received=received_at.date(), country=reading.country, laws=reading.laws, language=reading.language)
    common = Request(
        right=Intent.OTHER,
        person=person,
        channel=Channel.CHAT,
        language=reading.language,
        received_at=received_at,
        regimes=applicable(clues),
        country=residence(clues),
        hold=hold_reason(reading),
        risks=tuple(sign.risk for sign in reading.risks),
    )
    found = each_right(common, reading, passages)
    return tuple(replace(each, hold=None) if free(each) else each for each in found)
