"""All that the page shows, as one JSON value: mailboxes, Slack as it stands, tickets with their dates and marks."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.cast import CUSTOMERS, STAFF, SUPPORT, Customer
from bot.demo.post import Mail
from bot.demo.servers.slack_things import DESK, HELP, Message
from bot.demo.town import Town
from bot.slack import words
from responders.case.lifecycle import TRANSITIONS
from responders.case.ticket import Status, Ticket
from storage.models import OutboxRow

Json = dict[str, Any]
ZONE = "Europe/Berlin"
ROAD = ("received", "identity", "decision", "time to stop", "work", "answered")
"""The main road of a request; every status stands at one of its places."""
PLACES = {
    Status.UNCLEAR: 0,
    Status.IDENTIFYING: 1,
    Status.ANSWERING: 2,
    Status.DECIDING: 2,
    Status.ASKING: 2,
    Status.WAITING: 3,
    Status.DOING: 4,
    Status.DISPUTED: 4,
}
WAYS = {
    "StaffSorted": "staff say what it is",
    "StaffApproved": "staff approve",
    "StaffRefused": "staff refuse",
    "StaffAsked": "staff ask the person",
    "StaffAnswered": "staff answer",
    "StaffExtended": "staff extend the period",
    "StaffClosedUnverified": "staff close it unverified",
    "StaffReopened": "staff take it up again",
    "IdentityConfirmed": "the code comes back",
    "PersonCancelled": "the person takes it back",
    "PersonDisowned": "“that wasn't me”",
    "TaskDone": "a processor is ticked off",
    "TimePassed": "the clock",
}
"""Events worth naming as what may happen next."""


async def everything(town: Town) -> Json:
    """The whole page."""
    now, tickets = town.now(), await town.tickets()
    store = town.app.store
    rows = await store.database.read(
        lambda: OutboxRow.filter(kind__in=["mail", "remind"]).order_by("created_at").limit(2000)
    )
    look = await town.next_look()
    return {
        "now": moment(now),
        "next": moment(look) if look else None,
        "support": SUPPORT,
        "customers": [customer(town, each) for each in CUSTOMERS],
        "slack": slack(town),
        "tickets": [case(ticket, now, [row for row in rows if row.ticket == ticket.number]) for ticket in tickets],
    }


def moment(at: datetime) -> str:
    """ "Tue 2 March 2027, 14:05" in the company's zone."""
    local = at.astimezone(ZoneInfo(ZONE))
    return f"{local:%a} {local.day} {local:%B %Y, %H:%M}"


def customer(town: Town, who: Customer) -> Json:
    """A customer's mailbox: what they sent and what they got, in threads."""
    sent = [mail_of(each, mine=True) for each in town.written.get(who.key, ())]
    got = [mail_of(each, mine=False) for each in town.mails_of(who.address)]
    mails = sorted([*sent, *got], key=lambda each: str(each["sort"]))
    return {"key": who.key, "name": who.name, "address": who.address, "about": who.about, "mails": mails}


def mail_of(mail: Mail, *, mine: bool) -> Json:
    """One mail of a mailbox; `sort` orders by time, `text` is without the quoted mail below it."""
    return {
        "id": mail.id,
        "mine": mine,
        "from": mail.sender,
        "subject": mail.subject,
        "text": unquoted(mail.text) if mine else mail.text,
        "at": moment(mail.at),
        "sort": mail.at.isoformat(),
        "thread": mail.thread,
    }


def unquoted(text: str) -> str:
    """What the customer typed: `post.letter` puts the quote below a line that ends with "wrote:"."""
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.startswith(">")), len(lines))
    if first < len(lines) and first > 0 and lines[first - 1].endswith("wrote:"):
        lines = lines[: first - 1]
    return "\n".join(lines).strip()


def slack(town: Town) -> Json:
    """Slack as it stands: channels with their messages, and what each person has open."""
    world = town.slack.world
    users = {user.id: {"name": user.real_name, "bot": user.is_bot} for user in world.users.values()}
    channels = []
    for id_, seats in ((DESK, STAFF), (HELP, ("U_ANNA", "U_OLGA"))):
        place = world.channel(id_)
        only = [message for message in world.ephemerals if message.channel == id_]
        found = sorted([*place.messages.values(), *only], key=lambda message: message.ts)
        channels.append(
            {"id": id_, "name": place.name, "seats": list(seats), "messages": [shown(each) for each in found]}
        )
    modals = {
        user: [{"id": v.id, "hash": v.hash, "errors": v.errors, "view": v.content} for v in pile]
        for user, pile in world.modals.items()
        if pile
    }
    homes = {user: {"id": view.id, "hash": view.hash, "view": view.content} for user, view in world.homes.items()}
    return {"users": users, "channels": channels, "modals": modals, "homes": homes}


def shown(message: Message) -> Json:
    """One message; `at` in the company's zone."""
    at = datetime.fromtimestamp(float(message.ts), ZoneInfo(ZONE))
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread": message.thread_ts,
        "edited": message.edited,
        "only_for": message.only_for,
        "at": f"{at:%a} {at.day} {at:%b, %H:%M}",
    }


def sent(row: OutboxRow) -> str:
    """What went out, in words."""
    return f"Letter “{row.name}”" if row.kind == "mail" else "Reminder to staff"


def case(ticket: Ticket, now: datetime, rows: list[OutboxRow]) -> Json:
    """One ticket for the timeline; `rows` are what went out of it."""
    return {
        "number": ticket.number,
        "version": ticket.version,
        "title": words.RIGHTS[ticket.right],
        "status": ticket.status.value,
        "says": words.STATUSES[ticket.status],
        "open": ticket.status.open,
        "late": ticket.late(now),
        "due": words.due(ticket, now, ZONE),
        "left": words.days_left(ticket, now, ZONE) if ticket.status.open else None,
        "share": share(ticket, now),
        "law": words.law(ticket.dates.regime) if ticket.dates else "",
        "working": [{"text": s.text, "source": s.source} for s in ticket.dates.working] if ticket.dates else [],
        "others": [f"{words.law(d.regime)}: by {d.answer_by.isoformat()}" for d in ticket.other_dates],
        "identity": words.IDENTITIES[ticket.identity],
        "person": words.shown_address(ticket.person.address, "masked"),
        "tasks": [{"name": t.processor, "done": t.done, "by": t.done_by} for t in ticket.tasks],
        "marks": [
            {"sort": m.at.isoformat(), "at": moment(m.at), "by": m.by.rpartition(" (")[0] or m.by, "what": m.what}
            for m in ticket.marks
        ],
        "sent": [
            {"sort": row.created_at.isoformat(), "what": sent(row), "state": row.state, "at": moment(row.created_at)}
            for row in rows
        ],
        "linked": list(ticket.linked),
        "place": PLACES.get(ticket.status, len(ROAD) - 1),
        "road": list(ROAD),
        "ways": [WAYS[event.__name__] for event in TRANSITIONS[ticket.status] if event.__name__ in WAYS],
    }


def share(ticket: Ticket, now: datetime) -> int | None:
    """How much of the time is over, in per cent; None where no law sets any, or the ticket is closed."""
    if ticket.due_at is None or not ticket.status.open:
        return None
    whole = (ticket.due_at - ticket.received_at).total_seconds()
    return max(0, min(100, round(100 * (now - ticket.received_at).total_seconds() / whole))) if whole > 0 else 100
