"""What outlives the bot: a real Dovecot, an SMTP sink with a ledger, Slack, the people who write and the staff."""

import asyncio
import base64
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.demo.servers import slack_things
from bot.demo.servers.changes import Changes
from bot.demo.servers.slack import APP_TOKEN, BOT_TOKEN, SlackTown
from bot.demo.servers.slack_client import forget_proxies
from bot.demo.servers.slack_things import DESK, IVAN, OLGA, Json, Message
from bot.demo.servers.smtp import Accepted, SmtpDoor, SmtpHouse
from tests.crash.chat import REDELIVERED, Chat
from tests.crash.people import SUPPORT, Person, letter, somebody
from tests.servers.dovecot import PASSWORD, Dovecot

MASTER = bytes(range(32))
BOX = "crash"
CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")
CHATS = 0.2
"""Share of the new people who write in the chat."""
LATENCY = 0.015
"""Longest time, in seconds, between a server's deed and its answer: the window in which a kill leaves doubt."""


class SlowSlack(SlackTown):
    """Slack whose answers come some milliseconds after its deeds."""

    async def _api(self, request: web.Request) -> web.StreamResponse:
        answer = await super()._api(request)
        await asyncio.sleep(random.random() * LATENCY)
        return answer


@dataclass
class World:
    """Everything around the bot. `sent` is the sink's ledger: every letter taken, in order."""

    dovecot: Dovecot
    dice: random.Random
    people: dict[str, Person] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    """Message-ID and recipient."""
    delivered: int = 0
    clicks: Counter[str] = field(default_factory=Counter)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    tried: dict[tuple[str, str], float] = field(default_factory=dict)
    post: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        changes = Changes()
        self.slack = SlowSlack(changes=changes, ack_timeout=1.0, redeliver_after=REDELIVERED)
        self.chat = Chat(self.slack, self.dice)
        house = SmtpHouse(
            lambda user, _password: user, lambda _address: True, self._take, lambda: datetime.now(UTC), changes.tell
        )
        self.sink = SmtpDoor(house)

    # letters

    async def write(self, many: int, *, chats: float = CHATS) -> None:
        """So many new people write, some of them in the chat."""
        for _ in range(many):
            if self.dice.random() < chats:
                self.soon(self.chat.write())
                continue
            person = somebody(self.dice, len(self.people))
            self.people[person.address] = person
            await self._deliver(letter(person, f"My request {len(self.people)}", person.kind.text))

    async def _deliver(self, raw: bytes) -> None:
        async with self.post:
            await asyncio.to_thread(self.dovecot.deliver, BOX, raw)
            self.delivered += 1

    async def _take(self, mail: Accepted) -> None:
        """A letter of the bot: into the ledger first, the answer to the bot a little later."""
        parsed = message_from_bytes(mail.raw, policy=policy.default)
        id_, to = str(parsed["Message-ID"]), mail.rcpt_tos[0]
        self.sent.append((id_, to))
        body = parsed.get_body(("plain",))
        found = CODE.search(body.get_content()) if body is not None else None
        person = self.people.get(to)
        if person is not None and found is not None and not person.slow and id_ not in person.answered:
            person.answered.add(id_)
            self.soon(self._answer(person, id_, str(parsed["Subject"]), found[0]))
        await asyncio.sleep(self.dice.random() * LATENCY)

    async def _answer(self, person: Person, id_: str, subject: str, code: str) -> None:
        await asyncio.sleep(self.dice.random() * 0.3)
        if person.wrong and len(person.answered) == 1:
            await self._deliver(letter(person, f"Re: {subject}", "Here it is: AAAA-BBBB-CCCC", answers=id_))
            await asyncio.sleep(self.dice.random() * 0.3)
        await self._deliver(letter(person, f"Re: {subject}", f"Hello, here it is: {code.lower()}", answers=id_))

    def soon(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # staff

    def cards(self) -> dict[int, list[Message]]:
        """The cards of each ticket: one, if all is well."""
        found: dict[int, list[Message]] = {}
        for message in self.slack.world.channel(DESK).messages.values():
            payload = (message.metadata or {}).get("event_payload") or {}
            if message.thread_ts is None and str(payload.get("key", "")).startswith("card:"):
                found.setdefault(int(payload["ticket"]), []).append(message)
        return found

    def offered(self) -> list[tuple[Message, str]]:
        """What staff could do now: a card and a button."""
        return [
            (card, element["action_id"])
            for cards in self.cards().values()
            for card in cards[:1]
            for element in buttons(card)
            if element["action_id"] in ("approve", "answer") or element["action_id"].startswith("task_done:")
        ]

    async def staff(self) -> None:
        """Work through what is offered, for ever."""
        while True:
            await asyncio.sleep(0.04)
            now = asyncio.get_running_loop().time()
            rested = [(c, a) for c, a in self.offered() if now - self.tried.get((c.ts, a), -9) > 0.7]
            if rested and self.slack.socket.links:
                card, action = self.dice.choice(rested)
                self.tried[(card.ts, action)] = now
                self.clicks[action.partition(":")[0]] += 1
                with suppress(KeyError, LookupError, TimeoutError):
                    await asyncio.wait_for(self._act(card, action), 2 * self.chat.patience)

    async def _act(self, card: Message, action: str) -> None:
        if action == "approve":
            both = (OLGA, IVAN) if self.dice.random() < 0.3 else (OLGA,)
            await asyncio.gather(*(self.slack.click(user, DESK, card.ts, action) for user in both))
            return
        self.slack.world.modals.pop(OLGA, None)
        await self.slack.click(OLGA, DESK, card.ts, action)
        fields = {"proof": "seen in the portal"} if action != "answer" else {"answer": "We keep it for three years."}

        def ready() -> str:
            pile = self.slack.world.modals.get(OLGA) or []
            return pile[-1].id if pile and pile[-1].content.get("callback_id") else ""

        view = await self.slack.changes.until(ready, self.chat.patience)
        blocks = self.slack.world.view(view).content["blocks"]
        if any(block.get("block_id") == "found" for block in blocks):
            fields["found"] = "name, mail address, two orders"
        await self.slack.submit_view(OLGA, view, fields)
        self.slack.world.modals.pop(OLGA, None)

    def have_patience(self, seconds: float) -> None:
        """How long everybody in Slack, and Slack itself, waits for the bot."""
        self.chat.patience = self.slack.socket.ack_timeout = seconds

    def configuration(self, folder: Path, url: str) -> Json:
        """The bot's own."""
        return {
            "company": {"name": "Opterre", "postal_address": "1 Mill Lane, Denver", "contact": SUPPORT},
            "mailbox": {"host": "127.0.0.1", "port": self.dovecot.imap, "security": "none", "user": BOX,
                        "password": PASSWORD, "authserv_id": "mail.opterre.example", "poll_ms": 50},
            "smtp": {"host": "127.0.0.1", "port": self.sink.port, "security": "none", "from_name": "Opterre",
                     "from_address": SUPPORT},
            "slack": {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "api_url": self.slack.api_url,
                      "staff_channel": DESK, "customer_channel": slack_things.HELP, "approvers": [OLGA, IVAN]},
            "answers": {"purposes": "orders", "categories": "contact data", "retention": "6 years", "lists": "News",
                        "how_to_see": "the account page"},
            "limits": {"answers_per_sender_per_day": 100, "answers_per_ticket_per_day": 100,
                       "answers_per_hour": 100_000},
            "times": {"erase_wait": 0.0001},
            "database": {"url": url, "master_key": base64.b64encode(MASTER).decode(),
                         "ledger_file": f"{folder}/ledger"},
            "log": {"format": "json", "level": "INFO"},
            "processors": [
                {"name": "Mailer Inc.", "holds": "mailings", "how": {"erase": "delete", "access": "export"}},
                {"name": "Vault GmbH", "holds": "backups", "how": {"erase": "delete"}},
            ],
        }  # fmt: skip

    def write_configuration(self, folder: Path, url: str) -> Path:
        path = folder / "bot.json"
        path.write_text(json.dumps(self.configuration(folder, url)))
        return path


def buttons(message: Message) -> list[Json]:
    """All buttons of a message."""
    found = []
    for block in message.blocks:
        inner = [*block.get("elements", []), block.get("accessory")]
        found += [each for each in inner if isinstance(each, dict) and each.get("type") == "button"]
    return found


@asynccontextmanager
async def a_world(dovecot: Dovecot, seed: int) -> AsyncIterator[World]:
    """The world with its servers open and its staff at work."""
    forget_proxies()
    world = World(dovecot, random.Random(seed))
    await world.sink.open()
    await world.slack.start()
    busy = [asyncio.create_task(world.staff()), asyncio.create_task(world.chat.people())]
    try:
        yield world
    finally:
        for task in busy:
            task.cancel()
        for task in list(world.tasks):
            task.cancel()
        await world.slack.stop()
        await world.sink.close()
