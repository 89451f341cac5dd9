"""The reckoning: what went into the world and came out of it, held against what must have."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from bot.demo.servers.slack_things import DESK, HELP
from bot.tokens import message_id
from responders.case import events
from responders.case.lifecycle import OPENING, TRANSITIONS
from responders.case.ticket import Status, Ticket
from storage import audit
from storage.inbox import LEFT, OURS
from storage.models import AuditRow, CodeRow, InboxRow, OutboxRow, TicketRow
from storage.outbox import DONE, FAILED, HELD
from storage.replay import differences, replay
from storage.store import Store, open_store
from tests.crash.books import Books
from tests.crash.people import SUPPORT
from tests.crash.world import BOX, MASTER, World

KEYWORD = "$RightsDesk"
_UID = re.compile(rb"UID (\d+)")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")


@dataclass
class Reckoning:
    """`figures` for the table; `wrong` is a sentence for each thing that must not be."""

    figures: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def count(self, name: str, wrong: Sequence[str]) -> None:
        """A figure that must be 0, with its cases."""
        self.figures[name] = len(wrong)
        self.wrong += [f"{name}: {each}" for each in wrong[:5]]

    def keep(self, file: Path | None) -> None:
        """Write it into a file, which appears only when it is whole."""
        if file is not None:
            part = file.with_suffix(".part")
            part.write_text(json.dumps({"figures": self.figures, "wrong": self.wrong}, indent=1))
            part.replace(file)


async def reckon(world: World, books: Books) -> Reckoning:
    """Everything, once the bot is at rest and stopped."""
    found = Reckoning()
    store = await open_store(books.url, MASTER, writing=False)
    try:
        mailbox = await asyncio.to_thread(lying, world)
        await mails(world, mailbox, found, store)
        await tickets(world, found, store)
        await letters(world, found, store, books)
        await slack(world, found, store)
        await log(found, store)
        await books.look()
        found.count("files not whole", books.broken)
    finally:
        await store.database.close()
    return found


def lying(world: World) -> dict[str, tuple[int, str]]:
    """Message-ID to (UID, flags) of every mail in the mailbox."""
    client = world.dovecot.staff(BOX)
    found = {}
    try:
        _, answers = client.uid("FETCH", "1:*", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        for head, tail in zip(answers[::2], answers[1::2], strict=False):
            text = head[0] + (tail if isinstance(tail, bytes) else b"")
            id_ = head[1].decode().partition(":")[2].strip()
            uid, flags = _UID.search(text), _FLAGS.search(text)
            found[id_] = (
                int(uid[1]) if uid else 0,
                flags[1].decode().replace("\\Recent", "").strip() if flags else "?",
            )
    finally:
        client.logout()
    return found


async def mails(world: World, mailbox: dict[str, tuple[int, str]], found: Reckoning, store: Store) -> None:
    rows = await store.database.read(lambda: InboxRow.all().only("id", "place", "state", "ticket"))
    taken: dict[int, list[InboxRow]] = {}
    for row in rows:
        taken.setdefault(int(row.place.split("\x1f")[3]), []).append(row)
    lost, doubled, wrong, touched, unmarked = [], [], [], [], []
    delivered = 0
    for person in world.people.values():
        ours = person.kind.tickets > 0
        for place, id_ in enumerate(person.mails):
            delivered += 1
            uid, flags = mailbox.get(id_, (0, ""))
            mine = taken.get(uid, [])
            name = f"{person.address} {person.kind.name} mail {place}"
            if not mine:
                lost.append(name)
                continue
            if len(mine) > 1:
                doubled.append(name)
            if mine[0].state != (OURS if ours else LEFT):
                wrong.append(f"{name} is {mine[0].state}")
            if not ours and flags:
                touched.append(f"{name}: {flags}")
            if ours and KEYWORD not in flags:
                unmarked.append(f"{name}: {flags}")
            if "Seen" in flags:
                touched.append(f"{name}: {flags}")
    found.figures["mails delivered"] = delivered
    found.count("mails lost", lost)
    found.count("mails taken twice", doubled)
    found.count("mails settled wrongly", wrong)
    found.count("ordinary mails touched", touched)
    found.count("mails of ours not marked", unmarked)


async def tickets(world: World, found: Reckoning, store: Store) -> None:
    rows = await store.database.read(lambda: TicketRow.all().order_by("number"))
    all_ = [store.tickets.ticket_of(row) for row in rows]
    by_mail = [ticket for ticket in all_ if ticket.person.thread is None]
    by_person = Counter(ticket.person.writer or ticket.person.address for ticket in by_mail)
    lost: list[str] = []
    doubled: list[str] = []
    for person in world.people.values():
        count = by_person.pop(person.address, 0)
        if count != person.kind.tickets:
            (lost if count < person.kind.tickets else doubled).append(
                f"{person.address} {person.kind.name}: {count}, not {person.kind.tickets}"
            )
    found.figures["tickets"] = len(all_)
    found.figures["tickets fulfilled"] = sum(ticket.status is Status.FULFILLED for ticket in all_)
    found.count("tickets lost", lost)
    found.count("tickets double", [*doubled, *(f"{who}: nobody of ours" for who in by_person)])
    chat(world, all_, found)
    numbers = [ticket.number for ticket in all_]
    found.count("gaps in numbers", [] if numbers == list(range(1, len(numbers) + 1)) else [str(numbers)])
    codes = await store.database.read(lambda: CodeRow.filter(tries__gt=5))
    found.count("codes with more tries than five", [code.id for code in codes])


def chat(world: World, all_: Sequence[Ticket], found: Reckoning) -> None:
    """Each message in the chat has become its tickets, and each of our sentences stands there once."""
    threads = Counter(ticket.person.thread[1] for ticket in all_ if ticket.person.thread is not None)
    wrong = {ts: threads.pop(ts, 0) - kind.tickets for ts, kind in world.chat.said.items()}
    keys: Counter[str] = Counter()
    for message in world.slack.world.channel(HELP).messages.values():
        keys[str(((message.metadata or {}).get("event_payload") or {}).get("key", message.ts))] += 1
    found.figures["chat messages"] = len(world.chat.said)
    found.count("chat requests lost", [ts for ts, more in wrong.items() if more < 0])
    found.count("chat requests double", [ts for ts, more in [*wrong.items(), *threads.items()] if more > 0])
    found.count("chat sentences double", [key for key, count in keys.items() if count > 1])
    found.count("chat addresses not taken", [each.ts for each in world.chat.waiting()])


async def letters(world: World, found: Reckoning, store: Store, books: Books) -> None:
    rows = await store.database.read(lambda: OutboxRow.filter(kind="mail").all())
    copies = Counter(id_ for id_, _ in world.sent)
    domain = SUPPORT.partition("@")[2]
    missing, extra, data, undone = [], [], [], []
    again = held = held_sent = 0
    for row in rows:
        sent = copies.pop(message_id(store.keeper, row.ticket or 0, row.id, domain), 0)
        name = f"{row.name} of ticket {row.ticket} ({row.state}): {sent} copies, in doubt {books.doubted[row.id]} times"
        if row.state == HELD:
            held, held_sent = held + 1, held_sent + sent
        elif row.state != DONE:
            undone.append(name)
        elif sent == 0:
            missing.append(name)
        again += max(0, sent - 1)
        if sent > (row.attempts if books.cut else 1 + books.doubted[row.id]):
            extra.append(name)
        if row.holds_data and sent > 1:
            data.append(name)
        if row.state == HELD and not row.holds_data:
            undone.append(f"held without need: {name}")
    found.figures["letters"] = len(rows)
    found.figures["letters taken by the sink"] = len(world.sent)
    found.figures["letters in doubt at a kill"] = len(books.doubted)
    found.figures["extra copies of neutral letters in doubt"] = again
    found.figures["data letters held for staff"] = held
    found.figures["of them had arrived"] = held_sent
    found.count("letters missing", missing)
    found.count("letters not done", undone)
    found.count("extra copies without a doubt", extra)
    found.count("extra copies of data letters", data)
    found.count("letters that nobody wrote", list(copies))


async def slack(world: World, found: Reckoning, store: Store) -> None:
    cards = world.cards()
    rows = await store.database.read(lambda: TicketRow.all().only("number", "version"))
    found.count("Slack roots double", [f"ticket {n}: {len(each)}" for n, each in cards.items() if len(each) > 1])
    found.count("Slack roots missing", [f"ticket {row.number}" for row in rows if row.number not in cards])
    outbox = await store.database.read(lambda: OutboxRow.exclude(kind="mail").all())
    found.count(
        "Slack work not done", [f"{r.kind} of {r.ticket} {r.state} {r.error}" for r in outbox if r.state != DONE]
    )
    asked = Counter(row.ticket for row in outbox if row.kind in ("tell", "remind", "task"))
    posted: Counter[int | None] = Counter()
    keys: Counter[str] = Counter()
    for message in world.slack.world.channel(DESK).messages.values():
        payload = (message.metadata or {}).get("event_payload") or {}
        if message.thread_ts is not None and payload:
            posted[int(payload["ticket"])] += 1
            keys[str(payload["key"])] += 1
    more = [f"ticket {n}: {c} notes for {asked[n]}" for n, c in posted.items() if c > asked[n]]
    found.figures["Slack notes and tasks"] = posted.total()
    found.count("Slack notes double", [*more, *(key for key, count in keys.items() if count > 1)])
    told = " ".join(m.text for m in world.slack.world.channel(DESK).messages.values())
    held = await store.database.read(lambda: OutboxRow.filter(state=HELD).all())
    found.count("held letters that staff were not told of", [row.name for row in held if row.id[:8] not in told])
    failed = await store.database.read(lambda: OutboxRow.filter(state=FAILED).all())
    found.count("effects failed", [f"{row.kind} {row.name}: {row.error}" for row in failed])


async def log(found: Reckoning, store: Store) -> None:
    broken, whole = await store.database.read(audit.first_broken)
    lines = await store.database.read(lambda: AuditRow.filter(ticket__isnull=False).order_by("ticket", "seq"))
    rows = {row.number: row for row in await store.database.read(lambda: TicketRow.filter(number__gt=0))}
    odd, illegal = [], []
    for number, group in groupby(lines, key=lambda line: line.ticket):
        mine = list(group)
        odd += [f"ticket {number}: {each}" for each in differences(replay(mine), rows.get(number or 0))]
        illegal += [f"ticket {number}: {each}" for line in mine if (each := illegal_move(line))]
    found.figures["lines of the log"] = whole
    found.count("log broken", [] if broken is None else [f"at line {broken}"])
    found.count("transitions skipped, double or unlike the ticket", odd)
    found.count("transitions that the life cycle forbids", illegal)
    sent = Counter(json.loads(line.facts)["outbox"] for line in lines if line.kind == "LetterSent")
    found.count("letters logged twice", [id_ for id_, count in sent.items() if count > 1])


def illegal_move(line: AuditRow) -> str:
    """What is wrong with a line's move; "" where nothing is."""
    facts = json.loads(line.facts)
    if "to" not in facts:
        return ""
    target = Status(facts["to"])
    if facts["from"] is None:
        return "" if line.kind == "RequestReceived" and target in OPENING else f"opened by {line.kind} as {target}"
    source = Status(facts["from"])
    if source is target and line.kind == "Noted":
        return ""
    row = TRANSITIONS[source]
    kind = getattr(events, line.kind, None)
    if kind not in row or target not in (*row[kind], source):
        return f"{line.kind} from {source} to {target}"
    return ""
