"""What staff can do at a ticket, as buttons: which are offered follows from the life cycle's own table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from intents.rights import RIGHTS, Intent, Risk
from responders.case import events as e
from responders.case.lifecycle import TRANSITIONS
from responders.case.ticket import Identity, Status, Ticket
from responders.law.reminders import decide_extension_at, may_extend


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
    Act("decide", "Decide", e.StaffDecidedDispute, style="primary"),
    Act("part", "Approve a part", e.StaffApprovedPart),
    Act("nothing", "Nothing is held", e.StaffFoundNothing, form=False),
    Act("confirm", "Confirm identity", e.IdentityConfirmed),
    Act("fact", "Ask for a fact", e.StaffAskedFact),
    Act("seen", "Confirm what you saw", e.FactConfirmed),
    Act("person", "Ask the person themself", e.StaffAskedPerson),
    Act("agent", "Ask for the permission", e.StaffAskedAgent, form=False),
    Act("ask", "Ask the person", e.StaffAsked),
    Act("refuse", "Refuse", e.StaffRefused, style="danger"),
    Act("extend", "Extend", e.StaffExtended),
    Act("keep", "Keep the date", e.StaffKeptDate, form=False),
    Act("lift", "Lift the restriction", e.StaffAnnouncedLifting),
    Act("forward", "Held for a client", e.StaffForwarded),
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
        case "keep":
            return not ticket.keeps_date and extension_is_forced(ticket, now)
        case "fact" | "seen":
            return bool(ticket.data.get("still_needed"))
        case "person" | "agent":
            return for_somebody_else(ticket)
        case "forward":
            return ticket.dispute is None and ticket.right in RIGHTS
        case "decide":
            return ticket.dispute is not None
        case "answer" | "refuse":
            return ticket.dispute is None
        case "nothing":
            return ticket.identity is not Identity.OPEN and not ticket.person.found
        case "lift":
            return ticket.right is Intent.RESTRICT
        case _:
            return True


def for_somebody_else(ticket: Ticket) -> bool:
    """Whether the letter was written for another person, who has not been asked yet."""
    return bool({Risk.AGENT, Risk.THIRD_PARTY} & set(ticket.risks)) and not ticket.data.get("asked_person")


def extension_is_forced(ticket: Ticket, now: datetime) -> bool:
    """Whether staff must decide now whether they extend: the last seven days before the notice is due."""
    if ticket.dates is None or not may_extend(ticket.dates, now):
        return False
    forced = decide_extension_at(ticket.dates)
    return forced is not None and now >= forced


def sortable(ticket: Ticket) -> tuple[Intent, ...]:
    """What staff may say a letter asks; empty where the life cycle no longer lets them."""
    if e.StaffSorted not in TRANSITIONS[ticket.status]:
        return ()
    return (*RIGHTS, Intent.QUESTION, Intent.OTHER)


def best_readings(ticket: Ticket) -> tuple[Intent, ...]:
    """The two best readings of an unclear letter, as buttons of their own."""
    return ticket.readings[:2] if ticket.status is Status.UNCLEAR else ()
