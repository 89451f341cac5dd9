"""Requests: what a letter of its own asks for, one request for each right, whatever door it came in by. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from intents.letter import AuthResult, Letter
from intents.reading import Reading
from intents.rights import ORDER, Intent, Risk
from responders.case.ticket import Person
from responders.concerned import Concern, concern
from responders.house import House
from responders.opening import Request
from responders.registry import responder_for
from responders.routes import Circumstances
from responders.suspicion import suspicious

HOLDING = (Risk.THIRD_PARTY, Risk.PHISHING, Risk.INJECTION, Risk.AGENT, Risk.MINOR, Risk.DECEASED)
"""Risks that let nothing go out before a person has looked."""
ON_ITS_WAY = timedelta(days=5)
"""So long a mail may be under way (RFC 5321, 4.5.4.1). An older Date is a wrong clock, and moves nothing."""


def wishes(reading: Reading) -> tuple[Intent, ...]:
    """The rights and questions a letter asks for."""
    return tuple(intent for intent in reading.intents if intent is not Intent.OTHER)


def each_right(common: Request, reading: Reading, passages: str) -> list[Request]:
    """One request for each right of a reading, in the order in which they are done; one for staff where it is not
    sure. `common` is what they share; `passages` of the policy answer a question, "" where none does."""
    language = reading.language if reading.language != "und" else "en"
    readings = best_two(reading) if reading.unsure else ()
    why = "; ".join(f"{why.intent}: “{why.text}” ({why.score})" for why in reading.why[:5])
    rights = (() if reading.unsure else wishes(reading)) or (Intent.OTHER,)
    return [
        replace(
            common,
            language=language,
            readings=readings,
            why=why,
            right=right,
            marketing_only=right in (Intent.OBJECT, Intent.OTHER) and reading.marketing,
            passages=passages if right is Intent.QUESTION else "",
        )
        for right in sorted(rights, key=ORDER.index)
    ]


def free(request: Request) -> bool:
    """Whether it is understood, and needs no proof of who asks."""
    needs = responder_for(request.right, marketing_only=request.marketing_only).needs_code
    return request.right is not Intent.OTHER and not needs


def by_mail(letter: Letter, reading: Reading, around: Circumstances, house: House) -> tuple[Request, ...]:
    """The requests of a mail: about its sender, or about somebody else."""
    said = about(letter, reading, house)
    found = each_right(mailed(letter, reading, around, house, said), reading, around.passages)
    if said.address is not None:
        found = about_another(found, said.address if around.directory else None)
    return tuple(freed(each, letter, reading) if free(each) else each for each in found)


def mailed(letter: Letter, reading: Reading, around: Circumstances, house: House, said: Concern) -> Request:
    """What all requests of a mail share, as if it were about its sender."""
    sender = letter.sender.address
    agent = house.agent_at(sender)
    return Request(
        right=Intent.OTHER,
        person=person_of(letter, reading, sender, said),
        channel=letter.channel,
        language=reading.language,
        received_at=around.received_at,
        regimes=tuple(dict.fromkeys((*around.regimes, *house.regimes))),
        country=around.country,
        hold=hold_reason(letter, reading, elsewhere=said.address is not None, directory=around.directory, agent=agent),
        risks=risks_of(reading, agent),
        silent=sender is None or letter.sender.auth is AuthResult.FAIL,
        sent_at=sent_before(letter, around.received_at),
        data=facts_of(letter, reading, around, house, said.address),
    )


def about_another(requests: Sequence[Request], address: str | None) -> list[Request]:
    """The same about another address than the sender's: its codes go to `address`, if that is known, and the writer
    gets one neutral answer, whatever else follows. What needs no proof stays with the sender."""
    found: list[Request] = []
    for request in requests:
        if free(request):
            found.append(request)
        else:
            told = request.silent or any(each.elsewhere for each in found)
            found.append(replace(request, person=replace(request.person, address=address), elsewhere=not told))
    return found


def freed(request: Request, letter: Letter, reading: Reading) -> Request:
    """A request that needs no proof: nothing is weighed, and a usable sender is not made to wait."""
    return replace(request, hold=None if can_stop(letter, reading) else request.hold, data={})


def about(letter: Letter, reading: Reading, house: House) -> Concern:
    """Which other address a letter is about; of a sender who can't be used nothing is believed."""
    return concern(letter, reading, house) if letter.sender.address is not None else Concern()


def hold_reason(
    letter: Letter, reading: Reading, *, elsewhere: bool, directory: bool | None, agent: str = ""
) -> str | None:
    """Why a person must look first, in words for staff; None where it may go on."""
    if letter.sender.address is None:
        return f"the sender can't be used: {letter.sender.defect or 'no single plain address'}"
    if letter.sender.auth is AuthResult.FAIL:
        return "the sender's domain failed authentication"
    holding = [sign.risk for sign in reading.risks if sign.risk in HOLDING]
    if agent:
        return f"{agent} writes for somebody else"
    if holding:
        return f"possible {holding[0].value.replace('_', ' ')}"
    if reading.unsure:
        return "the reading is not sure"
    if elsewhere and directory is not True:
        return "it is about another address than the sender's"
    return None


def risks_of(reading: Reading, agent: str) -> tuple[Risk, ...]:
    """The risks of a letter; a known agent is one whatever its words."""
    found = tuple(sign.risk for sign in reading.risks)
    return found if not agent or Risk.AGENT in found else (*found, Risk.AGENT)


def facts_of(
    letter: Letter, reading: Reading, around: Circumstances, house: House, elsewhere: str | None
) -> dict[str, str]:
    """What staff should know of a letter's sender, and what asks for more proof: see `Ticket.data`. `elsewhere` is the
    other address it is about."""
    ours = house.own_domains
    familiar = (*ours, elsewhere.rpartition("@")[2]) if elsewhere else ours
    signs = suspicious(letter, reading, familiar=familiar, elsewhere=elsewhere is not None)
    facts = {
        "agent": house.agent_at(letter.sender.address),
        "template": reading.template or "",
        "doubts": "; ".join(sign.what for sign in signs),
        "score": str(sum(sign.points for sign in signs) or ""),
        "not_before": around.new_until.isoformat() if around.new_until else "",
    }
    return {key: value for key, value in facts.items() if value}


def sent_before(letter: Letter, received_at: datetime) -> datetime | None:
    """When it was sent, where that was earlier and can be believed: Canada's ten days run from then (CASL s. 11)."""
    sent = letter.date
    return sent if sent is not None and received_at - ON_ITS_WAY <= sent < received_at else None


def can_stop(letter: Letter, reading: Reading) -> bool:
    """Whether mailings may be stopped at once: all that this needs is a usable sender and a sure reading."""
    return letter.sender.address is not None and letter.sender.auth is not AuthResult.FAIL and not reading.unsure


def best_two(reading: Reading) -> tuple[Intent, ...]:
    """The two best readings, for staff to choose from."""
    ranked = sorted(reading.scores.items(), key=lambda pair: -pair[1])
    return tuple(intent for intent, score in ranked if intent is not Intent.OTHER and score > 0)[:2]


def person_of(letter: Letter, reading: Reading, address: str | None, said: Concern | None = None) -> Person:
    """The person of a request, as the letter tells it; every field is a claim."""
    known, said = reading.fields, said or Concern()
    return Person(
        address=address,
        writer=letter.sender.address,
        name=known.name or letter.sender.display_name or None,
        subject=letter.subject[:200],
        message_id=letter.message_id,
        references=letter.references[-10:],
        own_references=known.references,
        named=said.address,
        text=reading.text[:4000],
        field=known.field,
        old_value=known.old_value,
        new_value=said.new_address or known.new_value,
    )
