"""What staff can do at a ticket, as buttons: which are offered follows from the life cycle's own table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from intents.rights import RIGHTS, Intent
from responders.case import events as e
from responders.case.lifecycle import TRANSITIONS
from responders.case.ticket import Identity, Status, Ticket
from responders.law.reminders import may_extend


@dataclass(frozen=True, slots=True)
class Act:
    """A button. `name` is its action_id; `form` says whether it opens a form first."""

    name: str
    label: str
    event: type[e.Event]
    form: bool = True
    style: str | None = None


APPROVE = Act("approve", "Approve", e.StaffApproved, form=False, style="primary")
ACTS = (
    APPROVE,
    Act("answer", "Answer", e.StaffAnswered, style="primary"),
    Act("confirm", "Confirm identity", e.IdentityConfirmed),
    Act("ask", "Ask the person", e.StaffAsked),
    Act("refuse", "Refuse", e.StaffRefused, style="danger"),
    Act("extend", "Extend", e.StaffExtended),
    Act("correct", "Correct", e.StaffCorrected),
    Act("assign", "Assign to me", e.StaffAssigned, form=False),
    Act("unverified", "Close unverified", e.StaffClosedUnverified, form=False),
    Act("reopen", "Reopen", e.StaffReopened, form=False),
)
BY_NAME = {act.name: act for act in ACTS}

SORT = "sort"
"""Prefix of the buttons that say what an unclear letter asks; `sort_menu` is the list of all rights."""
TASK_DONE, TASK_UNDO = "task_done", "task_undo"
"""Prefixes of a task's buttons; the task's place in the ticket's list follows."""


def offered(ticket: Ticket, now: datetime) -> Iterator[Act]:
    """The buttons of a ticket as it stands, in the order of the card."""
    for act in ACTS:
        if act.event in TRANSITIONS[ticket.status] and useful(act, ticket, now):
            yield act


def useful(act: Act, ticket: Ticket, now: datetime) -> bool:
    """Whether an act that the life cycle allows can also lead to something here."""
    match act.name:
        case "confirm":
            return ticket.identity is Identity.OPEN
        case "extend":
            return ticket.dates is not None and not ticket.extended and may_extend(ticket.dates, now)
        case _:
            return True


def sortable(ticket: Ticket) -> tuple[Intent, ...]:
    """What staff may say a letter asks; empty where the life cycle no longer lets them."""
    if e.StaffSorted not in TRANSITIONS[ticket.status]:
        return ()
    return (*RIGHTS, Intent.QUESTION, Intent.OTHER)


def best_readings(ticket: Ticket) -> tuple[Intent, ...]:
    """The two best readings of an unclear letter, as buttons of their own."""
    return ticket.readings[:2] if ticket.status is Status.UNCLEAR else ()
