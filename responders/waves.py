"""Waves: letters that one agent, or one template, sends in a short time. Pure.

Staff look at the agent once; what they find is said to each ticket by itself. Each person keeps their own ticket, their
own dates, and their own confirmation at their own address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from intents.rights import Intent, Risk
from intents.templates import alike
from responders.case import events as e
from responders.case.ticket import Status, Ticket

WITHIN = timedelta(days=14)
"""A letter joins a wave whose last letter came so long before it."""
LEAST = 2
"""So many letters are a wave; a single one has its card alone."""


class AgentWord(StrEnum):
    """What staff found of an agent. In either case each person is asked themself."""

    PERMISSION = "permission"
    """The permissions are on file."""
    ASK_EACH = "ask_each"
    """Nothing is on file: what the persons say is all that counts."""


@dataclass(frozen=True, slots=True)
class Wave:
    """`agent` is the name of a known agent, "" for a wave of one template; `template` its letters' fingerprint.

    `word` is what staff found, with who, when and `how`; None until they have looked.
    """

    number: int
    agent: str
    template: str | None
    begun_at: datetime
    last_at: datetime
    word: AgentWord | None = None
    by: str = ""
    how: str = ""
    decided_at: datetime | None = None


def joins(agent: str, template: str | None, at: datetime, wave: Wave) -> bool:
    """Whether a letter belongs to a wave: by its known agent, or else by its wording."""
    if at - wave.last_at > WITHIN:
        return False
    if agent or wave.agent:
        return agent == wave.agent
    return template is not None and wave.template is not None and alike(template, wave.template)


def letters_in(tickets: Iterable[Ticket]) -> int:
    """How many letters the tickets come from; those of one letter are linked."""
    return len({min(ticket.number, *ticket.linked) if ticket.linked else ticket.number for ticket in tickets})


def by_agents(wave: Wave, tickets: Iterable[Ticket]) -> bool:
    """Whether somebody writes for others here: else the persons wrote themselves, and nothing is to be found out."""
    return bool(wave.agent) or any(Risk.AGENT in ticket.risks for ticket in tickets)


def unasked(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The tickets whose person has not been asked yet."""
    return [t for t in tickets if t.status is Status.UNCLEAR and Risk.AGENT in t.risks and t.right is not Intent.OTHER]


def asking(wave: Wave, by: str, agent: str) -> e.StaffAskedPerson:
    """What the word on the agent means for one ticket: the person is asked, and a permission on file is noted."""
    permission = wave.how if wave.word is AgentWord.PERMISSION else ""
    return e.StaffAskedPerson(by, wave.agent or agent, permission=permission)
