"""Looking back: an old mailbox is read the same way; requests that nobody answered are listed. Nothing is sent."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.config import Config
from bot.configured import house_of, imap_settings
from bot.intake import clues_of
from bot.mail.backfill import backfill
from bot.mail.parsing import ParserPool
from bot.mail.raw import RawMail
from bot.ports import Refused, Unreachable
from intents.letter import Letter
from intents.message import Unreadable
from intents.reader import read_letter
from intents.rights import Intent
from responders.intake import route
from responders.law.choose import applicable, residence
from responders.opening import open_tickets
from responders.routes import Circumstances, Open

ANSWERED = ("\\Answered", "$Forwarded")
"""Flags by which mail programs show that somebody dealt with a mail."""


@dataclass(frozen=True, slots=True)
class Found:
    """A request in the old mailbox. `flags` as on the server; `due` the day the law set, or None."""

    uid: int
    received_at: datetime
    rights: tuple[Intent, ...]
    answered: bool
    due: date | None
    held: bool


def look_back(config: Config, since: date, say: Callable[[str], None]) -> int:
    """Read the mailbox from `since` on and print what was found; returns how many were not answered, -1 on failure."""
    try:
        found = asyncio.run(read_all(config, since))
    except (Unreachable, Refused) as error:
        say(f"The mailbox can't be read: {error}")
        return -1
    never = [each for each in found if not each.answered]
    for each in sorted(never, key=lambda one: one.received_at):
        rights = ", ".join(each.rights) or "unclear"
        due = f"answer was due {each.due}" if each.due else "no date set by law"
        say(f"{each.received_at:%Y-%m-%d}  mail {each.uid:<8} {rights:<24} {due}" + (" (unsure)" if each.held else ""))
    total = len(found)
    requests = "request was" if len(never) == 1 else "requests were"
    say(f"{len(never)} {requests} never answered, of {total} found since {since}." if total else "No requests found.")
    return len(never)


async def read_all(config: Config, since: date) -> list[Found]:
    """Every request since a day. The mailbox is opened read-only; nothing in it changes."""
    settings = imap_settings(config, since)
    found: list[Found] = []
    async with ParserPool(authserv_id=config.mailbox.authserv_id) as pool:
        batches = backfill(settings, since)
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            mails = [mail for mail in batch if mail.raw is not None]
            results = await pool.read_many([mail.raw or b"" for mail in mails])
            found += requests_in(zip(mails, results, strict=True), config)
    return found


def requests_in(mails: Iterable[tuple[RawMail, Letter | Unreadable]], config: Config) -> list[Found]:
    """The requests among some mails, with the dates that held on their day."""
    house, found = house_of(config), []
    for mail, letter in mails:
        if isinstance(letter, Unreadable):
            continue
        reading = read_letter(letter)
        clues = clues_of(letter, reading, mail.received_at)
        around = Circumstances(mail.received_at, regimes=applicable(clues), country=residence(clues))
        meant = route(letter, reading, around, house)
        if not isinstance(meant, Open):
            continue
        numbers = range(1, len(meant.requests) + 1)
        tickets = [d.ticket for d in open_tickets(meant.requests, numbers, mail.received_at, house)]
        due = min((t.dates.answer_by for t in tickets if t.dates), default=None)
        answered = any(flag in mail.flags for flag in ANSWERED)
        rights = tuple(t.right for t in tickets if t.right is not Intent.OTHER)
        held = any(request.hold for request in meant.requests)
        found.append(Found(mail.key.uid, mail.received_at.astimezone(UTC), rights, answered, due, held))
    return found
