"""A decision: the ticket as it is afterwards, and what is to be done."""

from dataclasses import dataclass, replace
from datetime import datetime

from responders.case.effects import Effect, ShowCard
from responders.case.ticket import Mark, Status, Ticket


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an event. `effects` are in the order in which they are to be done; the card comes last."""

    ticket: Ticket
    effects: tuple[Effect, ...] = ()


def stay(ticket: Ticket, *effects: Effect) -> Decision:
    """The ticket as it is, with effects."""
    return Decision(ticket, effects)


def move(ticket: Ticket, status: Status, *effects: Effect) -> Decision:
    """The ticket in a new status, with effects."""
    return Decision(replace(ticket, status=status), effects)


def noted(decision: Decision, now: datetime, by: str, what: str) -> Decision:
    """The decision with a line of who did what when, and the card brought up to date."""
    ticket = decision.ticket
    marked = replace(ticket, marks=(*ticket.marks, Mark(now, by, what)))
    return Decision(marked, (*decision.effects, ShowCard()))
