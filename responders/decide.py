"""What follows from an event: the heart of the core. Pure; the shell loads, asks here, and saves."""

from dataclasses import replace
from datetime import datetime

from responders import person_steps, staff_steps, trust_steps, work_steps
from responders.case import events as e
from responders.case.decision import Decision
from responders.case.lifecycle import NotNow, allowed
from responders.case.ticket import Ticket
from responders.house import House
from responders.moved import with_moves
from responders.reminding import look_again
from responders.staff_steps import StaffEvent
from responders.trust_steps import TrustEvent
from responders.writing import acknowledged

__all__ = ["Decision", "NotNow", "decide"]


def decide(ticket: Ticket, event: e.Event, now: datetime, house: House) -> Decision:
    """What follows from `event`. Raises NotNow, and changes nothing, where the life cycle forbids it.

    `now` is aware. The decision's ticket carries the next `look_again_at`, and `closed_at` once it is closed.
    """
    targets = allowed(ticket.status, event)
    decision = with_moves(ticket, step(ticket, event, now, house), event)
    after = acknowledged(decision, now)
    if after.status not in targets:
        raise AssertionError(f"{type(event).__name__} led from {ticket.status} to {after.status}, not in the table")
    closed_at = None if after.status.open else (ticket.closed_at or now)
    settled = replace(after, closed_at=closed_at)
    return Decision(replace(settled, look_again_at=look_again(settled, now, house)), decision.effects)


def step(ticket: Ticket, event: e.Event, now: datetime, house: House) -> Decision:
    """The event's own rule. The order follows `events.py`; a forgotten event is an error of the type checker."""
    match event:
        case e.IdentityConfirmed():
            return person_steps.identity_confirmed(ticket, event, now, house)
        case e.CodeRejected():
            return person_steps.code_rejected(ticket, event, now)
        case e.NewCodeAsked():
            return person_steps.new_code(ticket, now)
        case e.AddressGiven():
            return person_steps.address_given(ticket, event, now, house)
        case e.PersonWrote():
            return person_steps.wrote(ticket, event, now, house)
        case e.PersonCancelled():
            return person_steps.cancelled(ticket, event, now)
        case e.PersonDisowned():
            return person_steps.disowned(ticket, event, now)
        case e.LetterReturned():
            return person_steps.returned(ticket, event, now)
        case e.TaskDone():
            return work_steps.task_done(ticket, event, now, house)
        case e.TaskReopened():
            return work_steps.task_reopened(ticket, event, now)
        case e.TimePassed():
            return work_steps.time_passed(ticket, now, house)
        case _:
            return staff_step(ticket, event, now, house)


def staff_step(ticket: Ticket, event: StaffEvent | TrustEvent, now: datetime, house: House) -> Decision:
    """An act of staff: about the case, or about who is asking."""
    match event:
        case e.StaffAskedFact() | e.FactConfirmed() | e.StaffAskedAgent() | e.StaffAskedPerson() | e.StaffForwarded():
            return trust_steps.step(ticket, event, now, house)
        case _:
            return staff_steps.step(ticket, event, now, house)
