"""What moved a due date, in a line for the timeline: the old date stays readable for ever."""

from dataclasses import replace

from responders.case import events as e
from responders.case.decision import Decision
from responders.case.ticket import Mark, Ticket
from responders.law.load import laws
from responders.reminding import said


def with_moves(before: Ticket, decision: Decision, event: e.Event) -> Decision:
    """The decision with a line of a due date that its event has moved, beside whatever it says itself."""
    text = moved(before, decision.ticket, event)
    if text is None or not decision.ticket.marks:
        return decision
    last = decision.ticket.marks[-1]
    marks = (*decision.ticket.marks, Mark(last.at, last.by, text))
    return replace(decision, ticket=replace(decision.ticket, marks=marks))


def moved(before: Ticket, after: Ticket, event: e.Event) -> str | None:
    """ "due moved from 2 Mar 2026 (GDPR) to 16 Apr 2026 (CCPA): lives in US-CA"; None where no date has moved."""
    if after.dates is None or before.dates is None or isinstance(event, e.TimePassed):
        return None
    if (before.dates.regime, before.dates.answer_by) == (after.dates.regime, after.dates.answer_by):
        return None
    return f"due moved from {dated(before)} to {dated(after)}: {why(before, after, event)}"


def dated(ticket: Ticket) -> str:
    """ "2 Mar 2026 (GDPR)"."""
    return f"{said(ticket.dates.answer_by)} ({laws()[ticket.dates.regime].title})" if ticket.dates else "no date"


def why(before: Ticket, after: Ticket, event: e.Event) -> str:
    """The fact that moved it, without personal data."""
    match event:
        case e.StaffCorrected():
            facts = []
            if after.country != before.country:
                facts.append(f"lives in {after.country}")
            if after.received_at != before.received_at:
                facts.append(f"received {after.received_at:%Y-%m-%d %H:%M} UTC")
            return " and ".join(facts) or "another law was set"
        case e.StaffExtended():
            return "extended"
        case e.PersonWrote():
            return "the days in which a question was open do not count, or the clock started with the answer"
        case e.StaffAsked():
            return "the days of reflection come first"
        case _:
            return "read anew"
