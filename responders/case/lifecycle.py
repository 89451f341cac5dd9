"""The life cycle: which event may move a ticket from where to where. The only place that says so.

An event that is not listed for a status raises `NotNow` and changes nothing.
"""

from collections.abc import Iterator

from responders.case import events as e
from responders.case.ticket import Status


class NotNow(Exception):
    """The life cycle forbids the event here; the message says why, in words for whoever caused it. Nothing changed."""


S = Status
EventType = type[e.Event]

EVERYWHERE_OPEN: dict[EventType, tuple[Status, ...]] = {
    # no move: the ticket only learns something
    e.PersonWrote: (),
    e.LetterReturned: (),
    e.TimePassed: (),
    e.StaffExtended: (),
    e.StaffKeptDate: (),
    e.StaffCorrected: (),
    e.StaffAssigned: (),
    e.CancelDoubted: (),
    e.PersonDisowned: (S.DISPUTED,),
    e.StaffRefused: (S.REFUSED,),
}
"""What may happen in every open status, with the moves it may make; staying is always allowed as well."""

TRANSITIONS: dict[Status, dict[EventType, tuple[Status, ...]]] = {
    S.UNCLEAR: {
        **EVERYWHERE_OPEN,
        e.StaffSorted: (S.IDENTIFYING, S.DECIDING, S.ANSWERING, S.DOING, S.FULFILLED, S.WITHDRAWN),
        e.StaffAsked: (),
        e.StaffAnswered: (S.FULFILLED,),
        e.StaffAskedAgent: (),
        e.StaffAskedPerson: (S.IDENTIFYING,),
        e.StaffForwarded: (S.DOING,),
        e.PersonCancelled: (S.WITHDRAWN,),
    },
    S.IDENTIFYING: {
        **EVERYWHERE_OPEN,
        e.IdentityConfirmed: (S.DECIDING,),
        e.CodeRejected: (),
        e.NewCodeAsked: (),
        e.AddressGiven: (S.IDENTIFYING, S.DOING, S.FULFILLED),
        e.TimePassed: (S.WITHDRAWN,),
        e.PersonCancelled: (S.WITHDRAWN,),
        e.StaffSorted: (S.IDENTIFYING, S.DECIDING, S.ANSWERING, S.DOING, S.FULFILLED, S.WITHDRAWN),
        e.StaffClosedUnverified: (S.EXPIRED,),
        e.StaffAsked: (),
        e.StaffAskedAgent: (),
        e.StaffAskedPerson: (),
        e.StaffForwarded: (S.DOING,),
    },
    S.ANSWERING: {
        **EVERYWHERE_OPEN,
        e.StaffAnswered: (S.FULFILLED,),
        e.StaffDecidedDispute: (S.FULFILLED, S.REFUSED),
        e.StaffSorted: (S.IDENTIFYING, S.DECIDING, S.DOING, S.FULFILLED, S.WITHDRAWN),
        e.PersonCancelled: (S.WITHDRAWN,),
        e.AddressGiven: (),
    },
    S.DECIDING: {
        **EVERYWHERE_OPEN,
        e.StaffApproved: (S.WAITING, S.DOING, S.FULFILLED),
        e.StaffApprovedPart: (S.WAITING, S.DOING, S.FULFILLED),
        e.StaffFoundNothing: (S.FULFILLED,),
        e.StaffAsked: (S.ASKING,),
        e.StaffAskedFact: (S.ASKING,),
        e.FactConfirmed: (),
        e.StaffAskedAgent: (),
        e.StaffForwarded: (S.DOING,),
        e.PersonCancelled: (S.WITHDRAWN,),
        e.IdentityConfirmed: (),
    },
    S.ASKING: {
        **EVERYWHERE_OPEN,
        e.PersonWrote: (S.DECIDING,),
        e.TimePassed: (S.WITHDRAWN,),
        e.StaffApproved: (S.WAITING, S.DOING, S.FULFILLED),
        e.StaffApprovedPart: (S.WAITING, S.DOING, S.FULFILLED),
        e.StaffFoundNothing: (S.FULFILLED,),
        e.StaffAsked: (),
        e.StaffAskedFact: (),
        e.FactConfirmed: (S.DECIDING,),
        e.StaffForwarded: (S.DOING,),
        e.PersonCancelled: (S.WITHDRAWN,),
    },
    S.WAITING: {
        **EVERYWHERE_OPEN,
        e.TimePassed: (S.DOING, S.FULFILLED),
        e.PersonCancelled: (S.WITHDRAWN,),
        e.StaffReopened: (S.DECIDING,),
    },
    S.DOING: {
        **EVERYWHERE_OPEN,
        e.TaskDone: (S.FULFILLED,),
        e.StaffFoundNothing: (S.FULFILLED,),
        e.TaskReopened: (),
        e.PersonCancelled: (S.WITHDRAWN, S.DISPUTED),
    },
    S.DISPUTED: {
        **EVERYWHERE_OPEN,
        e.StaffReopened: (S.IDENTIFYING, S.DECIDING, S.DOING, S.ANSWERING),
        e.PersonCancelled: (S.WITHDRAWN,),
    },
    S.FULFILLED: {
        e.PersonWrote: (),
        e.LetterReturned: (),
        e.StaffReopened: (S.DECIDING, S.ANSWERING),
        e.StaffAnnouncedLifting: (),
    },
    S.REFUSED: {e.PersonWrote: (), e.LetterReturned: (), e.StaffReopened: (S.DECIDING, S.ANSWERING, S.IDENTIFYING)},
    S.WITHDRAWN: {e.PersonWrote: (), e.LetterReturned: (), e.StaffReopened: (S.IDENTIFYING, S.DECIDING, S.ANSWERING)},
    S.EXPIRED: {e.PersonWrote: (), e.LetterReturned: (), e.StaffReopened: (S.IDENTIFYING,)},
}

OPENING = (S.UNCLEAR, S.IDENTIFYING, S.ANSWERING, S.DOING, S.FULFILLED)
"""Where a new ticket may stand."""


def allowed(status: Status, event: e.Event) -> tuple[Status, ...]:
    """The statuses that `event` may lead to, staying among them. Raises `NotNow` where it may not happen."""
    row = TRANSITIONS[status]
    if type(event) not in row:
        raise NotNow(why_not(status, event))
    return (*row[type(event)], status)


def why_not(status: Status, event: e.Event) -> str:
    """Why `event` can't happen in `status`, in a sentence for the person who clicked or wrote."""
    if not status.open:
        return f"This ticket is already closed ({status})."
    if isinstance(event, e.StaffApproved | e.StaffApprovedPart):
        if status is S.IDENTIFYING:
            return "Identity is not confirmed yet: wait for the code, or confirm it yourself and say how."
        return f"There is nothing to approve now: the ticket is {status}."
    if isinstance(event, e.TaskDone | e.TaskReopened):
        return f"Tasks can only be ticked while the ticket is doing; it is {status}."
    return f"That is not possible while the ticket is {status}."


def edges() -> Iterator[tuple[str, str, str]]:
    """Every move as (from, to, event name), for the diagram."""
    for status, row in TRANSITIONS.items():
        for event, targets in row.items():
            for target in targets:
                if target is not status:
                    yield status.value, target.value, event.__name__


def diagram() -> str:
    """The life cycle as a Mermaid state diagram, one arrow for each pair of statuses."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for source, target, event in edges():
        arrows.setdefault((source, target), []).append(event)
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {status}" for status in OPENING]
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
    lines += [f"    {status} --> [*]" for status in TRANSITIONS if not status.open]
    return "\n".join(lines)
