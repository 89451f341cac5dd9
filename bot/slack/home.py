"""Lists of tickets: the App Home and the answers to the slash command. Pure."""

from collections.abc import Sequence
from datetime import datetime

from bot.slack import words
from bot.slack.blocks import Json, context, esc, header, link, marked, plain, section
from bot.slack.cards import Look, name_of, title
from responders.case.ticket import Status, Ticket

SHOWN = 40
"""Tickets on one list; the most urgent come first."""
OPEN = tuple(status.value for status in Status if status.open)
EMPTY = "Nothing is open. Every request has its answer."
HELP = (
    "`/rightsdesk open` what is open, the most urgent first\n"
    "`/rightsdesk late` what is past its date\n"
    "`/rightsdesk 12` ticket 12\n"
    "`/rightsdesk breach` open a breach with all its clocks, or show the one that is open\n"
    "`/rightsdesk help` this list\n"
    "A request that came by phone or letter: the shortcut *New request by hand*."
)


def urgent_first(tickets: Sequence[Ticket]) -> list[Ticket]:
    """The earliest due date first; what has none comes last, oldest first."""
    return sorted(tickets, key=lambda t: (t.due_at is None, t.due_at or t.opened_at, t.number))


def line(ticket: Ticket, now: datetime, look: Look) -> str:
    """One ticket in a line of mrkdwn; a late one is loud."""
    left = words.time_left(ticket, now, look.tz)
    when = f"due {esc(words.due(ticket, now, look.tz))}" if ticket.dates else "no date set by law"
    loud = f":rotating_light: *{left}* " if ticket.late(now) else ""
    whose = f" – {esc(name_of(ticket.assigned_to))}" if ticket.assigned_to else ""
    return f"{loud}*{esc(title(ticket))}*\n{esc(words.STATUSES[ticket.status])} – {when}{whose}"


def rows(tickets: Sequence[Ticket], now: datetime, look: Look, links: dict[int, str]) -> list[Json]:
    """A list, cut where it is too long; `links` are the addresses of the cards."""
    shown = urgent_first(tickets)[:SHOWN]
    found = []
    for ticket in shown:
        address = links.get(ticket.number)
        found.append(
            section(
                marked(line(ticket, now, look)),
                link(f"open_card:{ticket.number}", "Open card", address) if address else None,
            )
        )
    if len(tickets) > len(shown):
        found.append(context([plain(f"… and {len(tickets) - len(shown)} more: `rightsdesk tickets` lists them all.")]))
    return found or [section(plain(EMPTY))]


def home(tickets: Sequence[Ticket], now: datetime, look: Look, links: dict[int, str]) -> Json:
    """The App Home of a member of the staff."""
    late = sum(ticket.late(now) for ticket in tickets)
    heading = words.number(len(tickets), "open request")
    heading += f", {late} LATE" if late else ""
    return {"type": "home", "blocks": [header(heading), *rows(tickets, now, look, links)]}


def closed_home(reason: str) -> Json:
    """The App Home of somebody who may not see tickets."""
    return {"type": "home", "blocks": [header("Privacy desk"), section(plain(reason))]}
