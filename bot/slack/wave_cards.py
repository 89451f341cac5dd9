"""The card of a wave, and the form in which staff confirm its agent. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.slack import words
from bot.slack.blocks import (
    Json,
    actions,
    button,
    context,
    esc,
    field,
    header,
    marked,
    menu,
    modal,
    options,
    plain,
    section,
    typed,
)
from bot.slack.cards import Look, name_of
from bot.slack.form_kit import COLLEAGUES_READ
from bot.slack.home import urgent_first
from responders.case.ticket import Ticket
from responders.waves import AgentWord, Wave, by_agents, letters_in, unasked

CONFIRM = "wave_confirm"
LINES = 60
"""Tickets that a wave's card lists; the command line lists them all."""
IN_ONE = 12
"""Lines in one block."""
WORDS = {
    AgentWord.PERMISSION: "The permissions are on file",
    AgentWord.ASK_EACH: "No permission is on file: only what each person says counts",
}


def line(ticket: Ticket, now: datetime, look: Look) -> str:
    """One ticket in a line of mrkdwn: number, right, person as far as shown, state and due date."""
    who = words.shown_address(ticket.person.address or ticket.person.named, look.address)
    late = ":rotating_light: " if ticket.late(now) else ""
    parts = [words.RIGHTS[ticket.right], who, words.STATUSES[ticket.status], words.due(ticket, now, look.tz)]
    return f"{late}*#{ticket.number}* {esc(' – '.join(parts))}"


def heading(wave: Wave, tickets: Sequence[Ticket]) -> str:
    """ "Wave 3: 14 letters by Fairdata"."""
    count = words.number(letters_in(tickets), "letter")
    return (
        f"Wave {wave.number}: {count} by {wave.agent}" if wave.agent else f"Wave {wave.number}: {count} of one wording"
    )


def blocks_of(wave: Wave, tickets: Sequence[Ticket], now: datetime, look: Look) -> list[Json]:
    """The wave's card."""
    return list(_blocks(wave, tickets, now, look))


def _blocks(wave: Wave, tickets: Sequence[Ticket], now: datetime, look: Look) -> Iterator[Json]:
    yield header(heading(wave, tickets))
    open_ = [ticket for ticket in tickets if ticket.status.open]
    yield context(
        [plain(f"{len(open_)} of {len(tickets)} tickets are open. Each keeps its own card, dates and person.")]
    )
    shown = [*urgent_first(open_), *(ticket for ticket in tickets if not ticket.status.open)][:LINES]
    for at in range(0, len(shown), IN_ONE):
        yield section(marked("\n".join(line(ticket, now, look) for ticket in shown[at : at + IN_ONE])))
    if len(tickets) > len(shown):
        yield context([plain(f"… and {len(tickets) - len(shown)} more: `rightsdesk tickets --wave {wave.number}`")])
    if wave.word is not None:
        when = words.day_and_hour(wave.decided_at, look.tz) if wave.decided_at else ""
        yield section(marked(f"*{esc(WORDS[wave.word])}* – {esc(name_of(wave.by))}, {esc(when)}: {esc(wave.how)}"))
    if by_agents(wave, tickets) and (wave.word is None or unasked(open_)):
        yield actions([button(CONFIRM, "Confirm the agent", str(wave.number))])


def form(wave: Wave) -> Json:
    """The form: who the agent is, what was found, and how."""
    agent = typed(most=150) | ({"initial_value": wave.agent} if wave.agent else {})
    found = menu("word", "Choose one", options((word.value, WORDS[word]) for word in AgentWord))
    said = "In either case each person is asked, at the address on file, whether they want this."
    blocks = [
        section(plain(said)),
        field("agent", "Who is the agent?", agent, hint="Each person will read this name."),
        field("word", "What did you find?", found),
        field("how", "How do you know?", typed(most=300), hint=COLLEAGUES_READ),
    ]
    return modal(
        "Confirm the agent", blocks, name=CONFIRM, data=str(wave.number), submit="Ask each person", close="Cancel"
    )
