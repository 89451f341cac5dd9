"""What a chat message asks, as requests. No address is taken out of the open channel. Pure."""

from dataclasses import replace
from datetime import datetime

from intents.letter import Channel, Letter, Sender
from intents.reading import Reading
from intents.rights import ORDER, Intent
from responders.intake import HOLDING, best_two, person_of, wishes
from responders.law.choose import LawClues, applicable, residence
from responders.opening import Request
from responders.registry import responder_for

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
    asked = wishes(reading)
    if reading.auto or (not asked and not reading.unsure):
        return ()
    hold = hold_reason(reading)
    known = person_of(letter_of(""), reading, None)
    person = replace(known, named=None, thread=thread)
    clues = LawClues(received=received_at.date(), country=reading.country, laws=reading.laws, language=reading.language)
    ordered = sorted((() if reading.unsure else asked) or (Intent.OTHER,), key=ORDER.index)
    requests = []
    for right in ordered:
        marketing = right is Intent.OBJECT and reading.marketing
        own = not responder_for(right, marketing_only=marketing).needs_code
        requests.append(
            Request(
                right=right,
                person=person,
                channel=Channel.CHAT,
                language=reading.language if reading.language != "und" else "en",
                received_at=received_at,
                regimes=applicable(clues),
                country=residence(clues),
                marketing_only=marketing,
                hold=None if own and right is not Intent.OTHER and not reading.unsure else hold,
                readings=best_two(reading) if reading.unsure else (),
                risks=tuple(sign.risk for sign in reading.risks),
                why="; ".join(f"{why.intent}: “{why.text}” ({why.score})" for why in reading.why[:5]),
                passages=passages if right is Intent.QUESTION else "",
            )
        )
    return tuple(requests)
