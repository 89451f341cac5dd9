"""Filling letters: what a letter says of its ticket, out of the ticket, the law's data and the house. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from intents.rights import Intent
from responders.case.ticket import Ticket
from responders.house import House
from responders.law.remedies import appeal, authority, refusal_grounds
from responders.letters.render import Rendered, render
from responders.letters.values import wanted

STRICTEST = "any"
"""The family of letter blocks where no law leads."""
QUESTION_DAYS = timedelta(days=30)
"""The house's promise for what no law dates."""


def regime_of(ticket: Ticket) -> str:
    """The law whose blocks a ticket's letters carry."""
    return ticket.dates.regime if ticket.dates else STRICTEST


def fill(ticket: Ticket, letter: str, extra: Mapping[str, str], house: House, now: datetime) -> Rendered:
    """The letter of a ticket. `extra` (a code, a reason) goes before what is known anyway. Raises Unfilled."""
    regime = regime_of(ticket)
    known = {**everything(ticket, house, now), **extra}
    if code := extra.get("ground"):
        known["ground"] = ground_words(ticket, code)
    names = {each.name for each in wanted(letter, regime)}
    values = {name: value for name, value in known.items() if name in names and value}
    return render(letter, ticket.language, values, regime=regime, country=ticket.country)


def everything(ticket: Ticket, house: House, now: datetime) -> dict[str, str]:
    """Every placeholder that can be known from the ticket and the house."""
    zone = ZoneInfo(house.controller_tz)
    today = now.astimezone(zone).date()
    values = {**house.facts, **dates_of(ticket, zone, today)}
    values |= {
        "ticket": str(ticket.number),
        "company": house.company,
        "postal_address": house.postal_address,
        "contact": house.contact,
        "own_reference": ", ".join(ticket.person.own_references),
        "rights": ",".join(right.value for right in ticket.rights or (ticket.right,)),
    }
    return values | work_of(ticket, house) | remedies_of(ticket)


def dates_of(ticket: Ticket, zone: ZoneInfo, today: date) -> dict[str, str]:
    """The dates: the promised one is the unrolled date, so that it is never later than the law (LAW.md ACK-4)."""
    dates = ticket.dates
    received = dates.receipt_date if dates else ticket.received_at.astimezone(zone).date()
    due = min(dates.remind_by, dates.due or dates.remind_by) if dates else received + QUESTION_DAYS
    values = {
        "received_date": received.isoformat(),
        "due_date": due.isoformat(),
        "done_date": today.isoformat(),
        "latest_date": (dates.due if dates and dates.due else due).isoformat(),
    }
    if dates and dates.extended:
        values["new_due_date"] = dates.answer_by.isoformat()
    if ticket.waits_until:
        values["erase_at"] = ticket.waits_until.astimezone(zone).isoformat(timespec="minutes")
    return values


def work_of(ticket: Ticket, house: House) -> dict[str, str]:
    """What was done where: recipients by name, what was found, what is frozen or stopped."""
    told = [task.processor for task in ticket.tasks if task.done]
    holds = "\n".join(f"{p.name}: {p.holds}" for p in house.processors_for(ticket.right)) or house.company
    values = {
        "files": "\n".join(f"{name}: {text}" for name, text in ticket.person.found),
        "recipients": "\n".join(p.name for p in house.processors) or "none",
        "recipients_told": "\n".join(told) or "none",
        "frozen": holds,
        "stopped": holds,
        "fields": ticket.person.field or holds,
    }
    if ticket.right is Intent.RESTRICT:
        values["ground"] = "Art. 18(1)"
    return values


def remedies_of(ticket: Ticket) -> dict[str, str]:
    """Where the person can turn: the authority of the leading law, and the appeal where it gives one."""
    if ticket.dates is None:
        return {}
    found = authority(ticket.dates.regime, ticket.country)
    values = {"authority": f"{found.name} ({found.route})" if found.route else found.name}
    route = appeal(ticket.dates.regime, ticket.country)
    if route is not None and route.days is not None:
        values["appeal_days"] = str(route.days)
    return values


def ground_words(ticket: Ticket, code: str) -> str:
    """A ground of refusal as the person reads it: its article, and in English its words."""
    if ticket.dates is None:
        return code
    for ground in refusal_grounds(ticket.dates.regime, ticket.dates.right):
        if ground.code == code:
            return f"{ground.text} ({ground.source})" if ticket.language == "en" else ground.source
    return code


def subject_of(ticket: Ticket, rendered: Rendered) -> str:
    """The subject of an answer: "Re:" and the person's own subject where there is one, and the ticket's number."""
    own = ticket.person.subject.strip()
    if not own:
        return f"{rendered.subject} [#{ticket.number}]"
    bare = own if own.lower().startswith(("re:", "aw:", "sv:", "odp:", "rép:")) else f"Re: {own}"
    return bare if f"[#{ticket.number}]" in bare else f"{bare} [#{ticket.number}]"
