"""The regulator's pack: everything about one ticket, gathered from the database, for pages and JSON.

It only reads. Raw mails and letters are there as long as they are kept; what is gone is said to be gone.
"""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from bot.mail.parsing import ParserPool
from bot.pack_pages import index_page, ticket_json
from intents.message import Unreadable
from responders.case.ticket import Ticket
from responders.house import House
from storage import audit, letters
from storage.models import InboxRow, OutboxRow
from storage.outbox import DONE
from storage.store import Store


@dataclass(frozen=True, slots=True)
class PackLetter:
    """One letter in or out. `file` is its own file in the pack, with its bytes; "" where there is none any more."""

    ours: bool
    at: datetime
    who: str
    subject: str
    text: str
    note: str = ""
    file: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log."""

    seq: int
    at: datetime
    kind: str
    by: str
    facts: Mapping[str, object]
    hash: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything about one ticket. `broken` is the first line of the whole log that does not fit, or None."""

    ticket: Ticket
    house: House
    written: datetime
    letters: tuple[PackLetter, ...]
    log: tuple[LogLine, ...]
    broken: int | None
    checked: int


async def gather(store: Store, number: int, house: House, now: datetime) -> Pack:
    """Read everything. Raises UnknownTicket, also for a purged one, and WrongKey."""
    database = store.database
    ticket = await database.read(lambda: store.tickets.load(number))
    log = await database.read(lambda: lines_of(number))
    broken, checked = await database.read(audit.first_broken)
    mails = await database.read(lambda: mails_of(store, ticket))
    ours = await database.read(lambda: letters_of(store, number, log))
    read = [*await readable(mails), *ours]
    return Pack(ticket, house, now, tuple(sorted(read, key=lambda each: each.at)), log, broken, checked)


async def lines_of(number: int) -> tuple[LogLine, ...]:
    """The ticket's lines of the log."""
    return tuple(
        [
            LogLine(row.seq, row.at, row.kind, row.by, json.loads(row.facts), row.hash)
            async for row in audit.every(number)
        ]
    )


async def mails_of(store: Store, ticket: Ticket) -> list[tuple[datetime, bytes | None]]:
    """The raw mails of a ticket; the letter that opened several linked tickets is filed under one of them."""
    rows = await InboxRow.filter(ticket__in=[ticket.number, *ticket.linked]).order_by("received_at", "id")
    mine = [row for row in rows if row.ticket == ticket.number or row.received_at == ticket.received_at]
    return [(row.received_at, store.inbox.raw_of(row)) for row in mine]


async def readable(mails: Sequence[tuple[datetime, bytes | None]]) -> list[PackLetter]:
    """The mails as a person reads them, taken apart by the same guarded children as in the daily run."""
    found = []
    async with ParserPool() as pool:
        for place, (at, raw) in enumerate(mails, 1):
            if raw is None:
                found.append(PackLetter(False, at, "", "", "(The mail itself is no longer kept.)"))
                continue
            file = f"letters/in-{place:02}.eml"
            try:
                letter = await pool.read(raw)
            except Unreadable as error:
                text = f"(The mail could not be read: {error.reason}. It is in the file.)"
                found.append(PackLetter(False, at, "", "", text, file=file, content=raw))
                continue
            who = letter.sender.address or "an unusable sender"
            found.append(PackLetter(False, at, who, letter.subject, letter.body, file=file, content=raw))
    return found


async def letters_of(store: Store, number: int, log: Sequence[LogLine]) -> list[PackLetter]:
    """Our letters as they were written, each with what became of it."""
    key = await store.tickets.key(number)
    kept = await letters.of_ticket(number, key) if key is not None else []
    sent = {str(line.facts.get("outbox")): line.at for line in log if line.kind == "LetterSent"}
    states = {row.id: row.state for row in await OutboxRow.filter(ticket=number, kind="mail").only("id", "state")}
    found = []
    for place, each in enumerate(kept, 1):
        letter, at = each.letter, sent.get(each.id[:8])
        note = f"{letter.name}, taken by the other side {at:%Y-%m-%d %H:%M}" if at else f"{letter.name}, not sent"
        if at is None and (state := states.get(each.id)) not in (None, DONE):
            note = f"{letter.name}, {state}"
        text = f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.text}"
        file = f"letters/out-{place:02}-{letter.name}.txt"
        found.append(PackLetter(True, each.at, letter.to, letter.subject, letter.text, note, file, text.encode()))
    return found


def pages_of(pack: Pack) -> dict[str, bytes]:
    """The files of a pack by name."""
    pages = {"index.html": index_page(pack).encode(), "ticket.json": ticket_json(pack).encode()}
    return pages | {letter.file: letter.content for letter in pack.letters if letter.file}


def write(pages: Mapping[str, bytes], out: Path, name: str, *, zipped: bool) -> Path:
    """Write a folder, or one zip file, that only its owner may read; returns where it is."""
    out.mkdir(parents=True, exist_ok=True)
    if zipped:
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for page, content in pages.items():
                archive.writestr(f"{name}/{page}", content)
        private(out / f"{name}.zip", packed.getvalue())
        return out / f"{name}.zip"
    for page, content in pages.items():
        target = out / name / page
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private(target, content)
    return out / name / "index.html"


def private(target: Path, content: bytes) -> None:
    """A file with mode 0600."""
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
