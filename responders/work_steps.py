"""What follows when work is given, ticked off or overdue."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from intents.rights import Intent
from responders.case import events as e
from responders.case.decision import Decision, move, noted, stay
from responders.case.effects import (
    Effect,
    GiveTask,
    Recipient,
    RememberNewAddress,
    RemindStaff,
    SendLetter,
    TellStaff,
    VoidCodes,
)
from responders.case.lifecycle import NotNow
from responders.case.ticket import Partly, Status, Task, Ticket
from responders.dates import as_of, lapses_at
from responders.house import House
from responders.proof import changes_address
from responders.registry import responder_of
from responders.reminding import LAPSING, due_kinds, to_give
from responders.writing import mail, spoken

COPIES = (Intent.ACCESS, Intent.PORTABILITY)
"""The rights whose answer carries a copy of the data (GDPR art. 15(3), 20(1))."""


def start_work(ticket: Ticket, now: datetime, house: House) -> Decision:
    """One task for each processor where the right needs work, or one for our own records.

    What was confirmed at once and needs no work anywhere is fulfilled.
    """
    tasks = tuple(Task(p.name, p.how[ticket.right]) for p in house.processors_for(ticket.right))
    if not tasks and responder_of(ticket).needs_code:
        tasks = (Task(house.company, "In our own records."),)
    given = replace(ticket, tasks=tasks, waits_until=None)
    if not tasks:
        return fulfilled(given, now, house)
    return move(given, Status.DOING, *(GiveTask(task.processor, task.how) for task in tasks))


def fulfilled(ticket: Ticket, now: datetime, house: House) -> Decision:
    """Everything is done: the answer goes out, unless it was confirmed at once already, or a client answers."""
    responder = responder_of(ticket)
    if responder.at_once or ticket.data.get("client"):
        return move(ticket, Status.FULFILLED)
    letters = []
    if ticket.person.partly is None or ticket.right in COPIES:
        letters.append(SendLetter(responder.done_letter, holds_data=responder.answer_holds_data))
    if ticket.person.partly is not None:
        letters.append(refused_part(ticket.person.partly))
    effects: list[Effect] = [effect for letter in letters for effect in mail(ticket, letter)]
    if not effects:
        effects.append(TellStaff("The answer went to nobody: no address on file is known. Answer by hand.", loud=True))
    if changes_address(ticket):
        effects += address_notices(ticket, now, house)
    return move(ticket, Status.FULFILLED, *effects, *spoken(ticket, "answered_by_mail"))


def address_notices(ticket: Ticket, now: datetime, house: House) -> list[Effect]:
    """The old and the new mail address are told of the change; what an impostor would want waits for a while."""
    until = (now + house.new_address_wait).astimezone(ZoneInfo(house.controller_tz)).date().isoformat()
    notice = SendLetter("case.changed_address_notice", {"hold_until_date": until})
    return [*mail(ticket, notice), *mail(ticket, replace(notice, to=Recipient.NEW_ADDRESS)), RememberNewAddress()]


def refused_part(part: Partly) -> SendLetter:
    """What was done and what not, with reason and ground: a refusal in part is a refusal (LAW.md REF-6)."""
    values = {"granted": part.granted, "refused": part.refused, "reason": part.reason}
    return SendLetter("case.partly", values | ({"ground": part.ground} if part.ground else {}), holds_data=True)


def task_done(ticket: Ticket, event: e.TaskDone, now: datetime, house: House) -> Decision:
    """Tick a processor off; the second tick of the same one is refused with the name of who was first."""
    task = find(ticket, event.processor)
    if task.done:
        raise NotNow(f"{task.processor} is already ticked off, by {task.done_by}.")
    done = replace(task, done_by=event.by, done_at=now, proof=event.proof)
    tasks = tuple(done if t is task else t for t in ticket.tasks)
    found = (*ticket.person.found, (task.processor, event.found)) if event.found.strip() else ticket.person.found
    ticked = replace(ticket, tasks=tasks, person=replace(ticket.person, found=found))
    if answers_with_copy(ticket) and all(t.done for t in tasks) and not found:
        raise NotNow(
            "The answer would hold no copy of the data: write what was found, say that nothing is held, or refuse."
        )
    decision = fulfilled(ticked, now, house) if all(t.done for t in tasks) else stay(ticked)
    return noted(decision, now, event.by, f"{task.processor} done" + (f": {event.proof}" if event.proof else ""))


def task_reopened(ticket: Ticket, event: e.TaskReopened, now: datetime) -> Decision:
    """Take a mistaken tick back, while the answer has not gone out."""
    task = find(ticket, event.processor)
    if not task.done:
        raise NotNow(f"{task.processor} is not ticked off.")
    tasks = tuple(replace(t, done_by=None, done_at=None, proof="") if t is task else t for t in ticket.tasks)
    found = tuple(pair for pair in ticket.person.found if pair[0] != task.processor)
    reopened = replace(ticket, tasks=tasks, person=replace(ticket.person, found=found))
    return noted(stay(reopened), now, event.by, f"{task.processor} is open again")


def answers_with_copy(ticket: Ticket) -> bool:
    """Whether our own answer carries a copy; what a client answers does not."""
    return ticket.right in COPIES and not ticket.data.get("client")


def find(ticket: Ticket, processor: str) -> Task:
    """The task of a processor. Raises NotNow if the ticket has none."""
    task = next((t for t in ticket.tasks if t.processor == processor), None)
    if task is None:
        raise NotNow(f"This ticket has no task for {processor}.")
    return task


def time_passed(ticket: Ticket, now: datetime, house: House) -> Decision:
    """End a waiting time that has run out, and remind. After a long sleep only the last missed reminder of each sort
    is given."""
    ticket = as_of(ticket, now, house)
    lapses = lapses_at(ticket)
    if lapses is not None and now > lapses and ticket.status in LAPSING:
        letter = mail(ticket, SendLetter("case.cost_lapsed"))
        decision = move(ticket, Status.WITHDRAWN, VoidCodes(), *letter, *spoken(ticket, "withdrawn"))
        return noted(decision, now, "clock", "the share of the cost was not confirmed in time (DPO art. 19(3))")
    if ticket.status is Status.WAITING and ticket.waits_until and now >= ticket.waits_until:
        decision = start_work(ticket, now, house)
        decision = noted(decision, now, "clock", "the waiting time is over, nobody stopped it")
    else:
        decision = stay(ticket)
    kinds = due_kinds(decision.ticket, now, house)
    if not kinds:
        return decision
    reminded = replace(decision.ticket, reminded=(*decision.ticket.reminded, *kinds))
    effects: tuple[Effect, ...] = ()
    if reminded.status.open and reminded.due_at is not None:
        effects = tuple(RemindStaff(kind, reminded.due_at) for kind in to_give(kinds))
    return Decision(reminded, (*decision.effects, *effects))
