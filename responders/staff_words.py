"""What staff wrote, checked before it stands in a letter."""

from responders.case.lifecycle import NotNow
from responders.case.ticket import Ticket
from responders.law.remedies import refusal_grounds
from responders.letters.reasons import why_no_reason


def needed(text: str, what: str) -> str:
    """The text, stripped. Raises NotNow where there is none."""
    if not text.strip():
        raise NotNow(f"Please write the {what}: the person will read it.")
    return text.strip()


def specific(text: str) -> str:
    """A reason that may stand in a letter. Raises NotNow with what is wrong with it (LAW.md section 4.7)."""
    problem = why_no_reason(text)
    if problem is not None:
        raise NotNow(problem)
    return text.strip()


def with_ground(ticket: Ticket, reason: str, ground: str) -> dict[str, str]:
    """The values `reason` and, where the law names any, `ground` of a refusal, whole or in part. Raises NotNow."""
    grounds = refusal_grounds(ticket.dates.regime, ticket.dates.right) if ticket.dates else ()
    if grounds and ground not in {known.code for known in grounds}:
        raise NotNow("Choose the ground that the law gives: a refusal must name it.")
    return {"reason": specific(reason)} | ({"ground": ground} if ground else {})
