"""The card of a ticket: a pure function, ticket in, blocks out. Nothing of a letter's text acts, links or calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.slack import acts, words
from bot.slack.blocks import (
    MESSAGE_BLOCKS,
    Json,
    actions,
    button,
    context,
    cut,
    esc,
    header,
    marked,
    menu,
    options,
    plain,
    section,
    table,
)
from bot.slack.refs import Ref
from intents.rights import Intent
from responders.case.ticket import Mark, Status, Task, Ticket
from responders.law.dates import Deadlines
from responders.registry import responder_of

MARKS = 10
"""How many lines of who did what are shown."""
NOT_PRIVACY = "no privacy matter"
TITLE = "Ticket {number}: {right}"
HELD = "held for staff: "


@dataclass(frozen=True, slots=True)
class Look:
    """What the configuration lets a card show. `tz` is the house's zone; `text`: words of the letter may be shown.

    `escalate_to` is the id of who is called when a ticket is late.
    """

    tz: str = "UTC"
    address: words.ShowAddress = "masked"
    text: bool = False
    escalate_to: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A message: `text` is what notifications show, `metadata` finds it again; both without personal data."""

    text: str
    blocks: list[Json]
    metadata: Json


def key_of(number: int) -> str:
    """The key of a ticket's card."""
    return f"card:{number}"


def metadata(number: int, key: str) -> Json:
    """What marks a message as ours: ids only, since other apps can read it."""
    return {"event_type": "rightsdesk", "event_payload": {"ticket": number, "key": key}}


def title(ticket: Ticket) -> str:
    return TITLE.format(number=ticket.number, right=words.rights_of(ticket))


def card(ticket: Ticket, now: datetime, look: Look, *, clickable: bool = True) -> Card:
    """The whole card as of `now`; not `clickable`, it is for reading only."""
    before = [*head(ticket, now, look), *dates(ticket), *doubts(ticket, look)]
    after = [*history(ticket, look), *(buttons(ticket, now) if clickable else ())]
    room = MESSAGE_BLOCKS - len(before) - len(after)
    blocks = [*before, *tasks(ticket, room, clickable=clickable), *after]
    return Card(esc(summary(ticket, now, look)), blocks, metadata(ticket.number, key_of(ticket.number)))


def small(ticket: Ticket, now: datetime, look: Look) -> Card:
    """The card that always fits, for the day on which Slack refuses the whole one."""
    text = esc(summary(ticket, now, look))
    return Card(text, [section(marked(text)), *buttons(ticket, now)], metadata(ticket.number, key_of(ticket.number)))


def summary(ticket: Ticket, now: datetime, look: Look) -> str:
    """The ticket in one line of plain text."""
    line = f"{title(ticket)} – {words.STATUSES[ticket.status]}"
    return f"{line} – due {words.due(ticket, now, look.tz)}" if ticket.dates else line


def head(ticket: Ticket, now: datetime, look: Look) -> Iterator[Json]:
    """What it is, where it stands, what is asked of staff."""
    yield header(title(ticket))
    if ticket.late(now):
        late = words.time_left(ticket, now, look.tz)
        yield section(marked(f":rotating_light: *{late}*"))
    yield table(
        [
            ("Status", words.STATUSES[ticket.status]),
            ("Due", words.due(ticket, now, look.tz)),
            ("Identity", words.IDENTITIES[ticket.identity]),
            ("Person", words.shown_address(ticket.person.address, look.address)),
            (
                "Came by",
                f"{'chat' if ticket.person.thread else 'mail'}, {words.day_and_hour(ticket.received_at, look.tz)}",
            ),
            ("Language", ticket.language),
            ("Lives in", ticket.country or "unknown"),
            ("Assigned to", name_of(ticket.assigned_to) if ticket.assigned_to else "nobody"),
        ]
    )
    asked = asked_of_staff(ticket)
    if asked:
        yield section(marked(f"*Asked of you:* {esc(asked)}"))


def asked_of_staff(ticket: Ticket) -> str:
    """What staff are to do now; "" while it is somebody else's turn."""
    match ticket.status:
        case Status.UNCLEAR | Status.ANSWERING | Status.DECIDING:
            return responder_of(ticket).asks_staff
        case Status.DOING:
            return "Have each processor below do its part, and tick it off with what shows it."
        case Status.DISPUTED:
            return "Look into this: nothing goes on until you reopen, refuse or close it."
        case _:
            return ""


def dates(ticket: Ticket) -> Iterator[Json]:
    """The working of the due date, and the dates of the other laws that may apply."""
    if ticket.dates is not None:
        working = "\n".join(str(step) for step in ticket.dates.working)
        yield context([plain(f"{words.law(ticket.dates.regime)}{words.BINDINGS[ticket.dates.binding]}: {working}")])
    if ticket.other_dates:
        others = "; ".join(one_date(each) for each in ticket.other_dates)
        yield context([plain(f"Other laws that may apply: {others}")])


def one_date(found: Deadlines) -> str:
    """ "CCPA: by 2027-03-15"."""
    return f"{words.law(found.regime)}: by {found.answer_by.isoformat()}"


def doubts(ticket: Ticket, look: Look) -> Iterator[Json]:
    """Why a person should look twice: risks, why it was held, the words that decided the reading."""
    if ticket.risks:
        risks = ", ".join(words.RISKS[risk] for risk in dict.fromkeys(ticket.risks))
        yield section(marked(f":warning: *Look twice:* {esc(risks)}"))
    held = next((m.what.removeprefix(HELD) for m in reversed(ticket.marks) if m.what.startswith(HELD)), "")
    if held and ticket.status is Status.UNCLEAR:
        yield section(plain(f"Held for you: {held}", 500))
    odd = ticket.data.get("doubts")
    if odd:
        yield section(plain(f"Looks odd: {odd}", 500))
    needed = ticket.data.get("still_needed")
    if needed and ticket.status.open:
        yield section(marked(f":lock: *Still needed before it can be approved:* {esc(needed)}"))
    if agent := ticket.data.get("agent"):
        yield context([plain(f"Written by {agent}", 200)])
    if ticket.silent:
        yield context([plain("No automatic answer goes to this writer.")])
    if look.text and ticket.why:
        yield context([plain(f"Read so because of: {ticket.why}", 2000)])


def tasks(ticket: Ticket, room: int, *, clickable: bool) -> Iterator[Json]:
    """One line a task with its button; where there are more than `room`, the rest in words."""
    shown = ticket.tasks if len(ticket.tasks) <= room else ticket.tasks[: room - 1]
    for place, task in enumerate(shown):
        yield section(marked(task_line(task)), task_button(ticket, place, task) if clickable else None)
    rest = ticket.tasks[len(shown) :]
    if rest:
        names = ", ".join(f"{task.processor}{' (done)' if task.done else ''}" for task in rest)
        yield section(plain(f"… {len(rest)} more, each with its button in the thread: {names}"))


def task_line(task: Task) -> str:
    """ ":ballot_box_with_check: *Mailer Inc.* Delete the contact. Done by Olga Berg"."""
    tick = ":white_check_mark:" if task.done else ":white_large_square:"
    done = f" _Done by {esc(name_of(task.done_by or ''))}_" if task.done else ""
    return f"{tick} *{esc(cut(task.processor, 100))}* {esc(cut(task.how, 1000))}{done}"


def task_button(ticket: Ticket, place: int, task: Task) -> Json | None:
    """Done, or not done after all, while the ticket is being worked on."""
    if ticket.status is not Status.DOING:
        return None
    name, label = (acts.TASK_UNDO, "Not done after all") if task.done else (acts.TASK_DONE, "Done")
    return button(f"{name}:{place}", label, str(Ref(ticket.number, ticket.version, str(place))))


def history(ticket: Ticket, look: Look) -> Iterator[Json]:
    """Who did what when, the last ten."""
    if not ticket.marks:
        return
    earlier = len(ticket.marks) - MARKS
    lines = [f"…{earlier} earlier"] if earlier > 0 else []
    lines += [mark_line(mark, look) for mark in ticket.marks[-MARKS:]]
    yield context([plain("\n".join(lines))])


def mark_line(mark: Mark, look: Look) -> str:
    """ "2 Mar 2027, 14:05 Olga Berg: approved"."""
    return f"{words.day_and_hour(mark.at, look.tz)} {name_of(mark.by)}: {cut(mark.what, 250)}"


def name_of(by: str) -> str:
    """Who it was, without the id that the log keeps."""
    name, _, id_ = by.rpartition(" (")
    return name if name and id_.endswith(")") else by


def buttons(ticket: Ticket, now: datetime) -> Iterator[Json]:
    """What can be done now."""
    ref = Ref(ticket.number, ticket.version)
    sorting = [
        button(f"{acts.SORT}:{right}", f"It is: {words.RIGHTS[right]}", sort_value(ref, right))
        for right in acts.best_readings(ticket)
    ]
    choices = [(sort_value(ref, right), sort_label(right)) for right in acts.sortable(ticket)]
    if choices:
        sorting.append(menu(f"{acts.SORT}_menu", "It is something else …", options(choices)))
    if sorting:
        yield actions(sorting, "sorting")
    found = [button(act.name, act.label, str(ref), act.style) for act in acts.offered(ticket, now)]
    if found:
        yield actions(found, "acts")


def sort_value(ref: Ref, right: Intent) -> str:
    return str(Ref(ref.ticket, ref.version, right.value))


def sort_label(right: Intent) -> str:
    return NOT_PRIVACY if right is Intent.OTHER else words.RIGHTS[right]
