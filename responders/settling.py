"""Settling: the moments that follow from every decision, whatever the event was."""

from dataclasses import replace
from datetime import datetime

from responders.case.decision import Decision
from responders.house import House
from responders.reminding import look_again
from responders.writing import acknowledged


def settled(decision: Decision, now: datetime, house: House) -> Decision:
    """The decision whose ticket says when the person first heard of the receipt, when it was closed, and when the
    clock looks at it again."""
    ticket = acknowledged(decision, now)
    closed_at = None if ticket.status.open else ticket.closed_at or now
    again = look_again(ticket, now, house)
    return Decision(replace(ticket, closed_at=closed_at, look_again_at=again), decision.effects)
