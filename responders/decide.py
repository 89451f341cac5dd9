"""What follows from an event: the heart of the core. Pure; the shell loads, asks here, and saves."""

from datetime import datetime

from responders import person_steps, staff_steps, trust_steps, work_steps
from responders.case import events as e
from responders.case.decision import Decision
from responders.case.lifecycle import NotNow, allowed
from responders.case.ticket import Ticket
from responders.house import House
from responders.moved import with_moves
from responders.settling import settled

__all__ = ["Decision", "NotNow", "decide"]


def decide(ticket: Ticket, event: e.Event, now: datetime, house: House) -> Decision:
    """What follows from `event`. Raises NotNow, and changes nothing, where the life cycle forbids it.

    `now` is aware. The decision's ticket carries the next `look_again_at`, and `closed_at` once it is closed.
    """
    targets = allowed(ticket.status, event)
    decision = with_moves(ticket, step(ticket, event, now, house), event)
    reached = decision.ticket.status
    if reached not in targets:
        raise AssertionError(f"{type(event).__name__} led from {ticket.status} to {reached}, not in the table")
    return settled(decision, now, house)


def step(ticket: Ticket, event: e.Event, now: datetime, house: House) -> Decision:
    """The event's own rule; a forgotten event is an error of the type checker."""
    match event:
        case e.TaskDone():
            return work_steps.task_done(ticket, event, now, house)
        case e.TaskReopened():
            return work_steps.task_reopened(ticket, event, now)
        case e.TimePassed():
            return work_steps.time_passed(ticket, now, house)
        case e.StaffAskedFact() | e.FactConfirmed() | e.StaffAskedAgent() | e.StaffAskedPerson() | e.StaffForwarded():
            return trust_steps.step(ticket, event, now, house)
        case (
            e.IdentityConfirmed()
            | e.CodeRejected()
            | e.NewCodeAsked()
            | e.AddressGiven()
            | e.PersonWrote()
            | e.PersonCancelled()
            | e.CancelDoubted()
            | e.PersonDisowned()
            | e.LetterReturned()
        ):
            return person_steps.step(ticket, event, now, house)
        case _:
            return staff_steps.step(ticket, event, now, house)
